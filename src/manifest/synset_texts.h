/* SPDX-License-Identifier: MIT */
/* What the synsets of ImageNet are called: lines of synset, tab, text. */
#ifndef TRFS_MANIFEST_SYNSET_TEXTS_H
#define TRFS_MANIFEST_SYNSET_TEXTS_H

#include "manifest/inputs.h"

/**
 * struct trfs_synset_texts - a file of them
 * @synsets: interned
 * @texts: of all lines, in the file's order
 * @text_of: number within @texts for each synset: of several lines the last counts; owned
 */
struct trfs_synset_texts {
	struct trfs_string_table *synsets;
	struct trfs_string_table *texts;
	uint32_t *text_of;
	size_t capacity;
};

/*
 * Read the file: every line must have one tab.  Messages name file and line.  -EBADMSG,
 * or -errno of open and read.
 */
TRFS_MUST_CHECK
int trfs_synset_texts_load(const char *path, struct trfs_inputs *inputs,
			   struct trfs_synset_texts *ret, struct trfs_error *err);
/* Harmless on a zeroed struct. */
void trfs_synset_texts_done(struct trfs_synset_texts *texts);

/* What @synset is called, borrowed; false where no line says. */
bool trfs_synset_texts_find(const struct trfs_synset_texts *texts,
			    struct trfs_bytes synset, struct trfs_bytes *ret);

#endif
