/* SPDX-License-Identifier: MIT */
/*
 * Checksums and hashes of images and masks, computed in the pass that reads them and
 * remembered beside the saved index: the lazily known columns of known_format.h.
 */
#ifndef TRFS_INDEX_KNOWN_SUMS_H
#define TRFS_INDEX_KNOWN_SUMS_H

#include "index/generation.h"

#define TRFS_SHA256_SIZE 32u

struct trfs_known_sums;

/*
 * Those of the generation, which must outlive them.  Without a saved index, and where the
 * files beside it cannot be used or made, they are known for as long as this is open.
 * Changes no file.  -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_known_sums_open(const struct trfs_generation *generation,
			 struct trfs_known_sums **ret, struct trfs_error *err);
struct trfs_known_sums *trfs_known_sums_close(struct trfs_known_sums *sums);

/* Whether they can be kept beside the saved index; else they are known until the end. */
bool trfs_known_sums_are_kept(const struct trfs_generation *generation);

/*
 * Files are numbered as in dataset/source_file.h, and only images have a hash.  Each
 * function may be called by any number of threads at once; see known_column.h for what
 * it costs.  Where @ret is NULL the question is only whether it is known.
 */

bool trfs_known_crc(struct trfs_known_sums *sums, uint64_t file, uint32_t *ret);
bool trfs_known_sha256(struct trfs_known_sums *sums, uint64_t image,
		       uint8_t ret[TRFS_SHA256_SIZE]);

/* Of the bytes that were indexed: the file was found unchanged after it was read. */
void trfs_known_crc_set(struct trfs_known_sums *sums, uint64_t file, uint32_t crc);
void trfs_known_sha256_set(struct trfs_known_sums *sums, uint64_t image,
			   const uint8_t hash[TRFS_SHA256_SIZE]);

#endif
