/* SPDX-License-Identifier: MIT */
/* What dialects of directories do beneath the source: find, list and read its files. */
#ifndef TRFS_MANIFEST_BENEATH_H
#define TRFS_MANIFEST_BENEATH_H

#include "base/buffer.h"
#include "manifest/inputs.h"
#include "manifest/listing.h"

/* Longest path that a dialect puts together, and what its buffers are limited to. */
enum { TRFS_BENEATH_PATH_MAX = 1 << 16 };

/**
 * trfs_beneath_find() - where a file or directory is, relative to the root
 * @path: as the user typed it: absolute, or relative to the working directory; NULL: the
 *	root
 * @option: that named it, for messages: "--masks"; NULL: none did
 * @ret: "." for the root; NUL-terminated; is emptied first
 *
 * -EXDEV where it does not lie beneath the root, -ENOENT, ... with a sentence.  With
 * root->follow a link beneath the root may lead out of it.
 */
TRFS_MUST_CHECK
int trfs_beneath_find(const struct trfs_root *root, const char *path, const char *option,
		      struct trfs_buffer *ret, struct trfs_error *err);

/*
 * What stands before names in the directory @path, which is found as above: "", or
 * "sub/"; where it is not beneath the root and @outside, its real path and a slash.
 */
TRFS_MUST_CHECK
int trfs_beneath_prefix(const struct trfs_root *root, const char *path,
			const char *option, bool outside, struct trfs_buffer *ret,
			struct trfs_error *err);

/*
 * @folder and @name with a slash between them, instead of what @ret held; "." and "" are
 * no folder.  NULL when there is no memory, or the path is longer than @ret may be.
 */
const char *trfs_beneath_join(struct trfs_buffer *ret, const char *folder,
			      const char *name);

/* The same with @tail behind it, NUL-terminated.  -ENOMEM. */
TRFS_MUST_CHECK
int trfs_beneath_put(struct trfs_bytes folder, struct trfs_bytes name, const char *tail,
		     struct trfs_buffer *ret);

/*
 * The path of @name, which may have several components, in @folder; ".." is folded.  @ret
 * is emptied first; NUL-terminated.  -EXDEV when it leaves the root, -EINVAL for names
 * with a NUL, -ENOMEM, without a message.
 */
TRFS_MUST_CHECK
int trfs_beneath_fold(const struct trfs_root *root, struct trfs_bytes folder,
		      struct trfs_bytes name, struct trfs_buffer *ret);

/*
 * -EBADMSG where @name, an entry of @folder ("." or empty: the root), is not UTF-8, with
 * a sentence.
 */
TRFS_MUST_CHECK
int trfs_beneath_check_name(const struct trfs_root *root, struct trfs_bytes folder,
			    const char *name, struct trfs_error *err);

bool trfs_beneath_is_file(const struct trfs_root *root, const char *path);
bool trfs_beneath_is_directory(const struct trfs_root *root, const char *path);

/*
 * Read a file of at most @max bytes instead of what @ret held, and add it to @inputs.
 * -EFBIG, -ENOMEM, or what trfs_root_open_file() says; without a message.
 */
TRFS_MUST_CHECK
int trfs_beneath_read(const struct trfs_root *root, const char *path, size_t max,
		      struct trfs_buffer *ret, struct trfs_inputs *inputs);

/* Open a directory beneath the root; the message names it and says what to do. */
TRFS_MUST_CHECK
int trfs_beneath_open_directory(const struct trfs_root *root, const char *path,
				int *ret_fd, struct trfs_error *err);

/*
 * List a directory by name, and add it to @inputs unless that is NULL.  Messages name it;
 * -ENOENT and -ENOTDIR are told to the caller as such.  @ret needs
 * trfs_listing_done() after success only.
 */
TRFS_MUST_CHECK
int trfs_beneath_list(const struct trfs_root *root, const char *path,
		      struct trfs_listing *ret, struct trfs_inputs *inputs,
		      struct trfs_error *err);

/* The same with hidden entries. */
TRFS_MUST_CHECK
int trfs_beneath_list_all(const struct trfs_root *root, const char *path,
			  struct trfs_listing *ret, struct trfs_inputs *inputs,
			  struct trfs_error *err);

/*
 * Whether what open said of a path means that there is nothing for us; otherwise, without
 * memory or descriptors or where the disk fails, nobody knows what is there.
 */
bool trfs_beneath_is_absent(int rc);

/* The first file of @folder among @names (NULL-terminated) into @ret: 1; 0 for none;
 * -ENOMEM. */
TRFS_MUST_CHECK
int trfs_beneath_first_file(const struct trfs_root *root, const char *folder,
			    const char *const *names, struct trfs_buffer *ret);

/*
 * An image called @stem in @folder, with whatever extension it has, into @ret: 1; 0 where
 * there is none, and where @stem is too long to be a name; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_beneath_image_of(const struct trfs_root *root, const char *folder,
			  struct trfs_bytes stem, struct trfs_buffer *ret);

/* Whether a file's name ends as those of images do. */
bool trfs_beneath_is_image_name(struct trfs_bytes name);

/* @name up to its last dot, but for one in front. */
struct trfs_bytes trfs_beneath_stem(struct trfs_bytes name);

#endif
