/* SPDX-License-Identifier: MIT */
/* A JSON file of COCO annotations: walked once for an index, then read in places. */
#ifndef TRFS_MANIFEST_COCO_FILE_H
#define TRFS_MANIFEST_COCO_FILE_H

#include "base/buffer.h"
#include "manifest/coco_categories.h"
#include "manifest/coco_index.h"
#include "manifest/inputs.h"
#include "manifest/text.h"

/**
 * struct trfs_coco_file - an open file
 * @owned: whether @fd is to be closed; else it is the manifest's own
 * @shown: its path for messages; empty for the manifest, which its reader names
 * @text: the annotation that was read last
 */
struct trfs_coco_file {
	int fd;
	bool owned;
	char shown[TRFS_PRINTABLE_SIZE];
	struct trfs_buffer text;
};

/**
 * struct trfs_coco_wish - annotations that are wanted
 * @marker: a key that only these have; NULL: all are wanted
 * @index: where they go
 */
struct trfs_coco_wish {
	const char *marker;
	struct trfs_coco_index *index;
};

/* @file is to be done() even after a failure of this. */
TRFS_MUST_CHECK
int trfs_coco_file_open(struct trfs_coco_file *file, const char *path,
			struct trfs_inputs *inputs, struct trfs_error *err);
void trfs_coco_file_borrow(struct trfs_coco_file *file, int fd);
void trfs_coco_file_done(struct trfs_coco_file *file);

/**
 * trfs_coco_file_load() - index its annotations, in memory for one of them at a time
 * @wishes: at most TRFS_COCO_WISHES_MAX
 * @categories: receives them; NULL: not wanted
 * @things: whether categories say if they are things
 *
 * A wish for all annotations fails where there is no "annotations" at all, and one for
 * categories of a file that was opened by name where there are none.
 */
enum { TRFS_COCO_WISHES_MAX = 2 };
TRFS_MUST_CHECK
int trfs_coco_file_load(struct trfs_coco_file *file, const struct trfs_coco_wish *wishes,
			size_t nr_wishes, struct trfs_coco_categories *categories,
			bool things, struct trfs_text_place *ret_place,
			struct trfs_error *err);

/* Read an annotation again; its text is valid until the next one. */
TRFS_MUST_CHECK
int trfs_coco_file_read(struct trfs_coco_file *file, const struct trfs_coco_entry *entry,
			struct trfs_bytes *ret, struct trfs_error *err);

/* Say that what @err tells of is on @line: in the message, or in @ret_place. */
int trfs_coco_file_place(const struct trfs_coco_file *file, uint64_t line, int rc,
			 struct trfs_text_place *ret_place, struct trfs_error *err);

#endif
