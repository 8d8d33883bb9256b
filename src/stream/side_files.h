/* SPDX-License-Identifier: MIT */
/*
 * Small files beside the shards of a view, computed from catalog and plan: class names,
 * counts, indexes.  Which of them a data set shows, its options say; a new kind is a file
 * side_NAME.c and a row of the table in side_kinds.c.
 *
 * A file is made when its size or content is first asked for: whole, or, where it has a
 * line a record, window by window, so that memory does not grow with it.
 */
#ifndef TRFS_STREAM_SIDE_FILES_H
#define TRFS_STREAM_SIDE_FILES_H

#include "index/view.h"
#include <tfrecordfs/stream.h>

/*
 * Whether @names, as the option side-files has them, are names of sets: -EINVAL says
 * which is not.  NULL is fine.
 */
TRFS_MUST_CHECK
int trfs_side_files_check(const char *names, struct trfs_error *err);

struct trfs_side_files;

/**
 * trfs_side_files_open() - list the side files of a view; makes none of them
 * @view, @stream: must outlive the result; @stream may be NULL, then files that need
 *	bytes of images cannot be made
 *
 * The sets are those that the view's options name; without any, the sets of "standard"
 * for data sets without a profile.  A standard file is left out where its name would
 * match the pattern of a split's shards or is a shard's; one that was asked for by name
 * then fails the whole with -EINVAL.
 *
 * Return: 0; -EINVAL; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_side_files_open(const struct trfs_view *view, struct trfs_stream *stream,
			 struct trfs_side_files **ret, struct trfs_error *err);
struct trfs_side_files *trfs_side_files_free(struct trfs_side_files *files);
TRFS_DEFINE_FREEP(trfs_side_files)

size_t trfs_side_files_nr(const struct trfs_side_files *files);

/* The path of file @i relative to the view's directory: "labels.txt", "index/x.idx". */
const char *trfs_side_files_path(const struct trfs_side_files *files, size_t i);

/* Whether listings show it. */
bool trfs_side_files_is_listed(const struct trfs_side_files *files, size_t i);

/* The number of the file of that path; false if there is none. */
bool trfs_side_files_find(const struct trfs_side_files *files, const char *path,
			  size_t *ret);

/*
 * The exact size of file @i; makes it, or adds up its lines, the first time.  Any number
 * of threads.  What making it fails with.
 */
TRFS_MUST_CHECK
int trfs_side_files_size(struct trfs_side_files *files, size_t i, uint64_t *ret,
			 struct trfs_error *err);

/* Whether the size is known already, so that asking costs nothing. */
bool trfs_side_files_is_sized(const struct trfs_side_files *files, size_t i);

/* Bytes from @offset on, fewer than @len only at the end.  Threads, errors: as above. */
TRFS_MUST_CHECK
int trfs_side_files_read(struct trfs_side_files *files, size_t i, uint64_t offset,
			 void *buf, size_t len, size_t *ret_len, struct trfs_error *err);

/* Bytes of memory that it takes now; about. */
uint64_t trfs_side_files_memory(const struct trfs_side_files *files);

#endif
