/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 of bytes that come in pieces, on a thread of its own, so that whoever has the
 * next piece made, and writes this one, does not wait for it.
 */
#ifndef TRFS_STREAM_HASHER_H
#define TRFS_STREAM_HASHER_H

#include "index/known_sums.h"
#include <sys/uio.h>

struct trfs_hasher;

/* @beside: on another thread, where there can be one more; else in each put. */
TRFS_MUST_CHECK
int trfs_hasher_new(bool beside, struct trfs_hasher **ret, struct trfs_error *err);
struct trfs_hasher *trfs_hasher_free(struct trfs_hasher *hasher);

/*
 * One more piece.  It has to stay until the next call of any function here has returned:
 * then it is hashed, and those before it are.
 */
void trfs_hasher_put(struct trfs_hasher *hasher, const struct iovec *parts, int nr);

/* Of all that was put since it was new.  -ENOMEM. */
TRFS_MUST_CHECK
int trfs_hasher_finish(struct trfs_hasher *hasher, uint8_t ret[TRFS_SHA256_SIZE],
		       struct trfs_error *err);

#endif
