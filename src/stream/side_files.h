/* SPDX-License-Identifier: MIT */
/*
 * Small files beside the shards, computed from catalog and plan: class names, counts.
 * Which of them a data set shows, its options say; a new kind is a file side_NAME.c and a
 * row of the table in side_files.c.
 */
#ifndef TRFS_STREAM_SIDE_FILES_H
#define TRFS_STREAM_SIDE_FILES_H

#include "base/buffer.h"
#include <tfrecordfs/generation.h>

/**
 * struct trfs_side_file - one of them, made
 * @path: in the mount: "labels.txt"; owned
 * @content: owned
 */
struct trfs_side_file {
	char *path;
	struct trfs_buffer content;
};

/* All that a data set shows. */
struct trfs_side_files {
	struct trfs_side_file *items;
	size_t nr;
};

/*
 * Whether @names, as the option side-files has them, are names of sets: -EINVAL says
 * which is not.  NULL is fine.
 */
TRFS_MUST_CHECK
int trfs_side_files_check(const char *names, struct trfs_error *err);

/**
 * trfs_side_files_make() - make all that the generation's options name
 * @ret: end with trfs_side_files_done(), which is fine after a failure too
 *
 * Return: 0; -EINVAL for names of no set, for a set that does not fit the data, and
 *	where a file would match the pattern of a split's shards; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_side_files_make(const struct trfs_generation *generation,
			 struct trfs_side_files *ret, struct trfs_error *err);
void trfs_side_files_done(struct trfs_side_files *files);

/* The file of that path; NULL if there is none. */
const struct trfs_side_file *trfs_side_files_find(const struct trfs_side_files *files,
						  const char *path);

#endif
