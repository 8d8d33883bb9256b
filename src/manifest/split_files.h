/* SPDX-License-Identifier: MIT */
/* A manifest under a usual name, in a directory or in each of its folders of splits. */
#ifndef TRFS_MANIFEST_SPLIT_FILES_H
#define TRFS_MANIFEST_SPLIT_FILES_H

#include "manifest/beneath.h"

/**
 * struct trfs_split_files - those that were found
 * @folders: they lie in, beneath the root, and @paths, absolute: with NULs at their ends
 */
struct trfs_split_files {
	struct trfs_string_table *folders;
	struct trfs_string_table *paths;
};

/*
 * Find the first of @names (NULL-terminated) in @base, or else in each folder of it that
 * is called as splits are.  -ENOENT where there is none; done() is needed after failures
 * too.
 */
TRFS_MUST_CHECK
int trfs_split_files_find(struct trfs_split_files *files, const struct trfs_root *root,
			  const char *base, const char *const *names,
			  struct trfs_inputs *inputs, struct trfs_error *err);
void trfs_split_files_done(struct trfs_split_files *files);

static inline const char *trfs_split_files_text(const struct trfs_string_table *table,
						uint32_t i)
{
	struct trfs_strings texts = trfs_string_table_view(table);

	return (const char *)trfs_strings_get(&texts, i).data;
}

/* Whether one would be found: 1, 0, or -errno where that cannot be told. */
TRFS_MUST_CHECK
int trfs_split_files_exist(const struct trfs_root *root, const char *base,
			   const char *const *names);

#endif
