/* SPDX-License-Identifier: MIT */
/*
 * The content of one side file: made whole and kept, or, where it is of many lines, known
 * by where its blocks of lines start and made again for each window.
 */
#ifndef TRFS_STREAM_SIDE_CONTENT_H
#define TRFS_STREAM_SIDE_CONTENT_H

#include "stream/side_file.h"

#include <pthread.h>
#include <stdatomic.h>

/**
 * struct trfs_side_content - private to side_content.c
 * @is_ready: set once all below is there, which then stays as it is
 * @whole: of files that are made whole
 * @starts: of files of lines: where each block starts, and behind them the size
 * @state: what the kind keeps between reads, of @state_size bytes
 */
struct trfs_side_content {
	pthread_mutex_t lock;
	_Atomic bool is_ready;
	struct trfs_buffer whole;
	uint64_t *starts;
	uint64_t nr_blocks;
	void *state;
	size_t state_size;
};

void trfs_side_content_init(struct trfs_side_content *content);
void trfs_side_content_done(struct trfs_side_content *content);

/* Make it, or add up its lines, unless that is done.  Not remembered if it fails. */
TRFS_MUST_CHECK
int trfs_side_content_prepare(struct trfs_side_content *content,
			      const struct trfs_side_kind *kind,
			      struct trfs_side_request *request, struct trfs_error *err);
bool trfs_side_content_is_ready(const struct trfs_side_content *content);

/* Of prepared contents. */
uint64_t trfs_side_content_size(const struct trfs_side_content *content);
TRFS_MUST_CHECK
int trfs_side_content_read(struct trfs_side_content *content,
			   const struct trfs_side_kind *kind,
			   struct trfs_side_request *request, uint64_t offset, void *buf,
			   size_t len, size_t *ret_len, struct trfs_error *err);

uint64_t trfs_side_content_memory(const struct trfs_side_content *content);

#endif
