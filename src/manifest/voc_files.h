/* SPDX-License-Identifier: MIT */
/* Which annotations a directory of Pascal VOC has, of which split, and where images are.
 */
#ifndef TRFS_MANIFEST_VOC_FILES_H
#define TRFS_MANIFEST_VOC_FILES_H

#include "manifest/beneath.h"
#include "manifest/remarks.h"

struct trfs_voc_file;

/**
 * struct trfs_voc_files - annotations in the order of rows
 * @xmls: paths beneath the root
 * @folders: of images; each with a NUL at its end
 * @items: owned
 * @has_splits: whether they are in splits
 * @nr_ignored: files that are neither annotations nor images
 */
struct trfs_voc_files {
	struct trfs_string_table *xmls;
	struct trfs_string_table *folders;
	struct trfs_string_table *splits;
	struct trfs_voc_file *items;
	uint32_t nr, capacity;
	bool has_splits;
	uint64_t nr_ignored;
};

/*
 * Find them in the directory @base beneath the root.  What is left out is remarked on:
 * images without an annotation, annotations in no list.  -EBADMSG where an id is in two
 * lists or nothing is found at all; done() is needed after failures too.
 */
TRFS_MUST_CHECK
int trfs_voc_files_find(struct trfs_voc_files *files, const struct trfs_root *root,
			const char *base, struct trfs_inputs *inputs,
			struct trfs_remarks *remarks, struct trfs_error *err);
void trfs_voc_files_done(struct trfs_voc_files *files);

/* Annotation @i: its path, its image's folder and its split (or empty); borrowed. */
struct trfs_bytes trfs_voc_files_get(const struct trfs_voc_files *files, uint32_t i,
				     const char **ret_folder,
				     struct trfs_bytes *ret_split);

/* Whether a directory is of this kind; as struct trfs_dialect wants it. */
int trfs_voc_files_recognise(const struct trfs_root *root, const char *path);

#endif
