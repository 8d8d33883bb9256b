/* SPDX-License-Identifier: MIT */
/*
 * Directories that the user names, absolute or from where they stand, as places beneath
 * the root: rows have paths relative to it, and nothing outside may be served.
 */
#ifndef TRFS_MANIFEST_PART_PATH_H
#define TRFS_MANIFEST_PART_PATH_H

#include "base/buffer.h"
#include "base/file.h"
#include "manifest/inputs.h"
#include "manifest/listing.h"

/**
 * trfs_part_path() - where a directory is, relative to the root
 * @path: as the user typed it: absolute, or relative to the working directory; NULL: the
 *	root
 * @option: that named it, for messages: "--masks"
 * @ret_path: "." for the root; NUL-terminated; is emptied first
 *
 * -EXDEV where it does not lie beneath the root, -ENOENT, -ENOTDIR, ... with a sentence.
 * With root->follow a link beneath the root may lead out of it.
 */
TRFS_MUST_CHECK
int trfs_part_path(const struct trfs_root *root, const char *path, const char *option,
		   struct trfs_buffer *ret_path, struct trfs_error *err);

/*
 * The path of @name, which may have several components, in the directory @directory
 * ("." the root).  @ret_path is emptied first; NUL-terminated.  -EXDEV when it leaves the
 * root, -EINVAL for names with a NUL, without a message.
 */
TRFS_MUST_CHECK
int trfs_part_join(const struct trfs_root *root, struct trfs_bytes directory,
		   struct trfs_bytes name, struct trfs_buffer *ret_path);

/*
 * The text of the path of @name, with @tail behind it, in the directory @directory ("."
 * the root), as it is: nothing is folded.  @ret_path is emptied first.  -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_part_put(struct trfs_bytes directory, struct trfs_bytes name, const char *tail,
		  struct trfs_buffer *ret_path);

/*
 * List the directory @path beneath the root, hidden entries too, which makes it an input.
 * Messages name it; -ENOENT and -ENOTDIR are told to the caller as such.  The listing
 * needs trfs_listing_done() after success only.
 */
TRFS_MUST_CHECK
int trfs_part_list(const struct trfs_root *root, const char *path,
		   struct trfs_inputs *inputs, struct trfs_listing *ret,
		   struct trfs_error *err);

/*
 * -EBADMSG where @name, an entry of @directory ("." or empty: the root), is not UTF-8,
 * with a sentence.
 */
TRFS_MUST_CHECK
int trfs_part_check_name(const struct trfs_root *root, struct trfs_bytes directory,
			 const char *name, struct trfs_error *err);

#endif
