/* SPDX-License-Identifier: MIT */
/* What dialects of directories do beneath the source: find, list and read its files. */
#ifndef TRFS_MANIFEST_BENEATH_H
#define TRFS_MANIFEST_BENEATH_H

#include "base/buffer.h"
#include "manifest/inputs.h"
#include "manifest/listing.h"

/* Longest path that a dialect puts together, and what its buffers are limited to. */
enum { TRFS_BENEATH_PATH_MAX = 1 << 16 };

/*
 * Where @path, as a user gives it (relative to the working directory; NULL: the source),
 * lies beneath the root; "." is the root itself.  Appended to @ret, NUL-terminated.
 * -EXDEV where it lies elsewhere, -ENOMEM, or the errno of looking it up.
 */
TRFS_MUST_CHECK
int trfs_beneath_find(const struct trfs_root *root, const char *path,
		      struct trfs_buffer *ret, struct trfs_error *err);

/* @folder and @name with a slash between them, instead of what @ret held; "." is none. */
const char *trfs_beneath_join(struct trfs_buffer *ret, const char *folder,
			      const char *name);

bool trfs_beneath_is_file(const struct trfs_root *root, const char *path);
bool trfs_beneath_is_directory(const struct trfs_root *root, const char *path);

/*
 * Read a file of at most @max bytes instead of what @ret held, and add it to @inputs.
 * -EFBIG, -ENOMEM, or what trfs_root_open_file() says; without a message.
 */
TRFS_MUST_CHECK
int trfs_beneath_read(const struct trfs_root *root, const char *path, size_t max,
		      struct trfs_buffer *ret, struct trfs_inputs *inputs);

/* List a directory by name and add it to @inputs; @ret needs done() only on success. */
TRFS_MUST_CHECK
int trfs_beneath_list(const struct trfs_root *root, const char *path,
		      struct trfs_listing *ret, struct trfs_inputs *inputs,
		      struct trfs_error *err);

/*
 * An image called @stem in @folder, with whatever extension it has, into @ret; false
 * where there is none, and where @stem is too long to be a name.
 */
bool trfs_beneath_image_of(const struct trfs_root *root, const char *folder,
			   struct trfs_bytes stem, struct trfs_buffer *ret);

/* Whether a file's name ends as those of images do. */
bool trfs_beneath_is_image_name(struct trfs_bytes name);

/* @name up to its last dot, but for one in front. */
struct trfs_bytes trfs_beneath_stem(struct trfs_bytes name);

#endif
