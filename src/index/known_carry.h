/* SPDX-License-Identifier: MIT */
/*
 * When an index is built anew, images get other numbers: known sums move with them.  It
 * is the names that tell where an entry goes; whether it is still right, the entry tells
 * whoever reads it (known_format.h).  Nothing here can fail: what is not carried over is
 * computed again.
 */
#ifndef TRFS_INDEX_KNOWN_CARRY_H
#define TRFS_INDEX_KNOWN_CARRY_H

#include "index/known_format.h"

/* The saved index, as it is before it is replaced. */
struct trfs_known_carry;

/* NULL where nothing is known, or nothing can be made of the index. */
struct trfs_known_carry *trfs_known_carry_begin(
	const char *directory, const char *index_name,
	const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE]);

/* After it was replaced by one of @catalog. */
void trfs_known_carry_over(const struct trfs_known_carry *carry,
			   const struct trfs_catalog *catalog);

/* Frees it (NULL is fine); returns NULL. */
struct trfs_known_carry *trfs_known_carry_end(struct trfs_known_carry *carry);

#endif
