/* SPDX-License-Identifier: MIT */
/* A stream from the inside: windows of the shards of any view, and contents by
 * themselves. */
#ifndef TRFS_STREAM_STREAM_H
#define TRFS_STREAM_STREAM_H

#include "index/view.h"
#include "stream/content_store.h"
#include <tfrecordfs/stream.h>

/* The root view, which lives as long as the stream. */
const struct trfs_view *trfs_stream_root(const struct trfs_stream *stream);

/* Contents of examples, for side files and for looking at single records. */
struct trfs_content_store *trfs_stream_contents(struct trfs_stream *stream);

/*
 * From now on images that are read do not stay in the page cache, unless they were there.
 * To be called before the stream is read.
 */
void trfs_stream_leave_uncached(struct trfs_stream *stream);

/* From now on reads of images are entered in @reads, which must outlive the stream. */
void trfs_stream_watch(struct trfs_stream *stream, struct trfs_source_reads *reads);

/*
 * Reads of images and masks that do not let all read whom @readers, bits of
 * base/access.h, means, fail with -EACCES from now on.  To be called before the first
 * read.
 */
void trfs_stream_hold_to(struct trfs_stream *stream, uint32_t readers);

/* As trfs_stream_read(), of a shard of @view, which must be of the stream's generation.
 */
TRFS_MUST_CHECK
int trfs_stream_read_view(struct trfs_stream *stream, const struct trfs_view *view,
			  uint32_t shard, uint64_t offset, void *buf, size_t len,
			  size_t *ret_len, struct trfs_error *err);

/* As trfs_stream_where(), of a shard of @view. */
TRFS_MUST_CHECK
int trfs_stream_where_view(const struct trfs_view *view, uint32_t shard, uint64_t offset,
			   struct trfs_place *ret);

#endif
