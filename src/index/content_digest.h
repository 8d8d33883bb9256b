/* SPDX-License-Identifier: MIT */
/* Whether two generations show the same bytes, as a number that can be kept. */
#ifndef TRFS_INDEX_CONTENT_DIGEST_H
#define TRFS_INDEX_CONTENT_DIGEST_H

#include "index/generation.h"

#define TRFS_CONTENT_DIGEST_SIZE 32u

/**
 * trfs_content_digest() - SHA-256 of the fingerprint and of all that was found
 *
 * What the manifest says of each example, and which file its image is, by size, inode and
 * time, as every read holds it to.  Equal digests mean equal shards, of every view; where
 * one image was touched they differ.
 *
 * Cost: all of the index is read once.  Return: 0; -ENOMEM; -EIO for a damaged index.
 */
TRFS_MUST_CHECK
int trfs_content_digest(const struct trfs_generation *g,
			uint8_t ret[TRFS_CONTENT_DIGEST_SIZE], struct trfs_error *err);

#endif
