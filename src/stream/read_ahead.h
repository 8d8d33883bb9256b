/* SPDX-License-Identifier: MIT */
/*
 * Reading shards from front to back, ahead of whoever reads them.
 *
 * A reader cuts its shard into chunks: runs of whole records, of about 128 KiB, or one
 * larger record.  A chunk is loaded once, so each image is opened once, its checksum is
 * made in the pass that reads it, and replies are sent from where the bytes were put.
 *
 *	QUEUED ---> LOADING ---> READY ---> (all of it was asked for) freed
 *	                |
 *	                +------> BY_WINDOW: loading failed, or too large
 *
 * Whoever needs a queued chunk loads it at once; the loaders, threads of their own, take
 * those that will be needed.  What failed is read again by window (stream.h), which finds
 * out what exactly cannot be read, and gives all the rest: so read-ahead never changes
 * what a reader gets, only when.
 */
#ifndef TRFS_STREAM_READ_AHEAD_H
#define TRFS_STREAM_READ_AHEAD_H

#include "stream/stream.h"
#include <sys/uio.h>

struct trfs_read_ahead;
struct trfs_shard_reader;
struct trfs_chunk;

/* Threads start when they are first needed.  @stream must outlive it. */
TRFS_MUST_CHECK
int trfs_read_ahead_new(struct trfs_stream *stream, struct trfs_read_ahead **ret);
/* All readers must have been closed.  Waits for loads. */
struct trfs_read_ahead *trfs_read_ahead_free(struct trfs_read_ahead *ahead);

/*
 * Called at times: forget what was loaded for readers that stopped reading; true where
 * memory was given back.
 */
bool trfs_read_ahead_age(struct trfs_read_ahead *ahead);

/**
 * struct trfs_read_ahead_counts - for the curious
 * @nr_chunks: loaded
 * @nr_ahead: of these, by loaders
 * @nr_by_window: reads, or parts of them, that no chunk was for
 * @nr_shared: chunks that a reader found another reader of the shard to have
 * @nr_waits: of a reader for a chunk that was being loaded
 * @nr_loaders: threads there are
 * @nr_bytes: in memory for chunks
 * @is_cold: storage has to be waited for
 */
struct trfs_read_ahead_counts {
	uint64_t nr_chunks;
	uint64_t nr_ahead;
	uint64_t nr_by_window;
	uint64_t nr_shared;
	uint64_t nr_waits;
	uint64_t nr_bytes;
	unsigned int nr_loaders;
	bool is_cold;
};

struct trfs_read_ahead_counts trfs_read_ahead_count(struct trfs_read_ahead *ahead);

/**
 * trfs_shard_reader_open() - begin to read a shard of a view
 * @view: must live until @closed is called
 * @closed: called once with @user after trfs_shard_reader_close(), when nothing is loaded
 *for the reader any more; by another thread then, or at once
 *
 * A reader may be used by several threads; where these read at different places, one
 * reader for each is faster.  Readers of the same shard share what was loaded.
 */
TRFS_MUST_CHECK
int trfs_shard_reader_open(struct trfs_read_ahead *ahead, const struct trfs_view *view,
			   uint32_t shard, void (*closed)(void *user), void *user,
			   struct trfs_shard_reader **ret, struct trfs_error *err);
void trfs_shard_reader_close(struct trfs_shard_reader *reader);

#define TRFS_REPLY_PARTS_MAX 24

/**
 * struct trfs_reply - bytes that were asked for, in pieces that stand in memory
 * @len: of all pieces
 */
struct trfs_reply {
	struct iovec parts[TRFS_REPLY_PARTS_MAX];
	struct trfs_chunk *chunks[TRFS_REPLY_PARTS_MAX];
	int nr;
	size_t len;
};

/**
 * trfs_shard_reader_read() - a window of the shard, as trfs_stream_read_view() has it
 * @interrupted: nobody wants the answer any more once this is set, which is looked at
 *	every now and then; NULL: never
 *
 * End with trfs_reply_done(), also after a failure.
 *
 * Return: 0; -EINTR; what trfs_stream_read_view() fails with.
 */
TRFS_MUST_CHECK
int trfs_shard_reader_read(struct trfs_shard_reader *reader, uint64_t offset, size_t len,
			   const _Atomic bool *interrupted, struct trfs_reply *ret,
			   struct trfs_error *err);
void trfs_reply_done(struct trfs_shard_reader *reader, struct trfs_reply *reply);

#endif
