/* SPDX-License-Identifier: MIT */
/* Catalog, plan and layout in one file: written once, then mapped. */
#ifndef TRFS_INDEX_SAVED_INDEX_H
#define TRFS_INDEX_SAVED_INDEX_H

#include "index/format.h"
#include "index/layout.h"

/*
 * Write it under @directory, atomically.  Its modification time becomes @looked_ns, when
 * looking at the source began: what was touched later may not be as the index says.
 * -errno with a sentence that names the place.
 */
TRFS_MUST_CHECK
int trfs_saved_index_write(const char *directory, const char *name,
			   const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
			   const struct trfs_catalog *catalog,
			   const struct trfs_plan *plan, const struct trfs_layout *layout,
			   int64_t looked_ns, struct trfs_error *err);

/**
 * trfs_saved_index_load() - map a saved index
 * @path: its file
 * @fingerprint: what it must have been made for
 * @whole_max: in bytes, TRFS_INDEX_WHOLE_MAX; tests have others
 * @ret_catalog, @ret_plan, @ret_layout: views of the mapping, which goes when all three
 *	are freed
 *
 * Reads the whole file once (not through the mapping, so that this leaves no pages
 * resident) and checks all that later code relies on for memory safety.  Of a file larger
 * than @whole_max it reads and checks only what does not grow with the
 * records; the rest is checked when it is used, and trfs_saved_index_damaged() tells
 * whether all that was used could be believed.
 *
 * -ENOENT when there is none; -EBADMSG when it is odd in any way; else -errno.
 */
TRFS_MUST_CHECK
int trfs_saved_index_load(const char *path,
			  const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
			  uint64_t whole_max, struct trfs_catalog **ret_catalog,
			  struct trfs_plan **ret_plan, struct trfs_layout **ret_layout,
			  struct trfs_error *err);

/* What reading costs a few tens of milliseconds of. */
#define TRFS_INDEX_WHOLE_MAX (UINT64_C(64) << 20)

/* Whether anything that was used of a catalog, plan or layout cannot be believed. */
bool trfs_saved_index_damaged(const struct trfs_catalog *catalog);

/*
 * Whether the source is still as it was when @catalog was made: 0, or 1 with the reason
 * in @why.  @looked_ns: see trfs_saved_index_write().  Looks at every input, and at the
 * files of rows that were left out, since those may have been mended; and at a few
 * images, as the source may be another copy.  Images that are examples are checked by
 * each read.
 */
int trfs_saved_index_outdated(const struct trfs_catalog *catalog, int64_t looked_ns,
			      struct trfs_error *why);

#endif
