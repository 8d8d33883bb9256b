/* SPDX-License-Identifier: MIT */
/*
 * gzip of bytes that come in pieces.  The result has no name and no time in it, and
 * depends on the bytes alone, not on how they were cut into pieces: it is the same
 * wherever ISA-L is the same.
 */
#ifndef TRFS_STREAM_GZIP_H
#define TRFS_STREAM_GZIP_H

#include "base/bytes.h"
#include "base/compiler.h"

struct trfs_gzip;

/* Takes what was made; it is of use until this returns.  A failure ends it all. */
typedef int trfs_gzip_take_fn(void *user, const void *data, size_t len,
			      struct trfs_error *err);

TRFS_MUST_CHECK
int trfs_gzip_new(trfs_gzip_take_fn *take, void *user, struct trfs_gzip **ret,
		  struct trfs_error *err);
struct trfs_gzip *trfs_gzip_free(struct trfs_gzip *gzip);

TRFS_MUST_CHECK
int trfs_gzip_put(struct trfs_gzip *gzip, const void *data, size_t len,
		  struct trfs_error *err);

/* There is no more. */
TRFS_MUST_CHECK
int trfs_gzip_finish(struct trfs_gzip *gzip, struct trfs_error *err);

#endif
