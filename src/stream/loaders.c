/* SPDX-License-Identifier: MIT */
/*
 * The threads that load ahead.  There are as many as were ever wanted at a time; each
 * takes the first chunk of the queue, wakes at most one other, and sleeps again where
 * there is nothing to do or enough others do it.
 */
#include "stream/loaders.h"

#include "base/error.h"
#include "base/workers.h"
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>

void trfs_read_ahead_lock(struct trfs_read_ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
}

void trfs_read_ahead_unlock(struct trfs_read_ahead *ahead)
{
	struct trfs_shard_reader *ended = ahead->ended;

	ahead->ended = NULL;
	pthread_mutex_unlock(&ahead->lock);
	/* Whoever is told may take locks of its own. */
	while (ended) {
		struct trfs_shard_reader *reader = ended;

		ended = reader->older;
		reader->closed(reader->user);
		free(reader);
	}
}

struct trfs_chunk *trfs_read_ahead_add(struct trfs_shard_reader *reader, uint64_t start,
				       uint64_t end)
{
	struct trfs_chunk *chunk = trfs_chunk_new(reader, start, end);

	if (chunk) {
		reader->nr_inside++;
		chunk->nr_counted = end - start;
		reader->ahead->nr_bytes += chunk->nr_counted;
	}
	return chunk;
}

void trfs_read_ahead_drop(struct trfs_read_ahead *ahead, struct trfs_chunk *chunk)
{
	struct trfs_shard_reader *reader = chunk->reader;

	if (--chunk->nr_users > 0)
		return;
	trfs_chunk_list_remove(&ahead->queue, chunk);
	trfs_chunk_list_remove(&ahead->all, chunk);
	ahead->nr_bytes -= chunk->nr_counted;
	trfs_chunk_free(chunk, &ahead->memory);
	trfs_shard_reader_leave(reader);
}

int trfs_chunk_fill(struct trfs_read_ahead *ahead, struct trfs_chunk *chunk,
		    struct trfs_error *err)
{
	const struct trfs_shard_reader *reader = chunk->reader;
	size_t len = (size_t)trfs_chunk_len(chunk);
	uint64_t nr_sleeps;
	size_t got;
	int rc;

	pthread_mutex_unlock(&ahead->lock);
	chunk->data = trfs_chunk_memory_take(&ahead->memory, len);
	nr_sleeps = trfs_pace_nr_sleeps();
	/* All of it: chunks end where their shard does at the latest. */
	rc = chunk->data
		     ? trfs_stream_read_view(ahead->stream, reader->view, reader->shard,
					     chunk->start, chunk->data, len, &got, err)
		     : trfs_fail_memory(err, "a reply");
	nr_sleeps = trfs_pace_nr_sleeps() - nr_sleeps;
	pthread_mutex_lock(&ahead->lock);
	trfs_pace_note(&ahead->pace, nr_sleeps > 0);
	return rc;
}

void trfs_chunk_load(struct trfs_read_ahead *ahead, struct trfs_chunk *chunk)
{
	trfs_chunk_list_remove(&ahead->queue, chunk);
	chunk->state = TRFS_CHUNK_LOADING;
	chunk->loading_ms = trfs_clock_ms();
	chunk->state = trfs_chunk_fill(ahead, chunk, NULL) == 0 ? TRFS_CHUNK_READY
								: TRFS_CHUNK_BY_WINDOW;
	ahead->counts.nr_chunks++;
	pthread_cond_broadcast(&chunk->changed);
}

static unsigned int nr_wanted(struct trfs_read_ahead *ahead)
{
	return trfs_pace_nr_loaders(&ahead->pace, trfs_read_ahead_nr_active(ahead));
}

static bool has_work(struct trfs_read_ahead *ahead)
{
	return ahead->queue.first && ahead->nr_busy < nr_wanted(ahead);
}

static void load_first(struct trfs_read_ahead *ahead)
{
	struct trfs_chunk *chunk = ahead->queue.first;

	chunk->nr_users++;
	ahead->nr_busy++;
	ahead->counts.nr_ahead++;
	/* Whoever is woken wakes the next. */
	trfs_chunk_list_remove(&ahead->queue, chunk);
	trfs_loaders_wake(ahead);
	trfs_chunk_load(ahead, chunk);
	ahead->nr_busy--;
	trfs_read_ahead_drop(ahead, chunk);
}

static void *run_loader(void *user)
{
	struct trfs_read_ahead *ahead = user;

	trfs_read_ahead_lock(ahead);
	while (!ahead->stopping) {
		if (has_work(ahead)) {
			load_first(ahead);
			trfs_read_ahead_unlock(ahead);
			trfs_read_ahead_lock(ahead);
			continue;
		}
		ahead->nr_idle++;
		pthread_cond_wait(&ahead->work, &ahead->lock);
		ahead->nr_idle--;
	}
	trfs_read_ahead_unlock(ahead);
	return NULL;
}

/* The thread takes no signals: they are for the program's. */
static void start_loader(struct trfs_read_ahead *ahead)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&ahead->threads[ahead->nr_threads], NULL, run_loader, ahead) ==
	    0)
		ahead->nr_threads++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void trfs_loaders_wake(struct trfs_read_ahead *ahead)
{
	if (!has_work(ahead))
		return;
	if (ahead->nr_idle > 0)
		pthread_cond_signal(&ahead->work);
	else if (ahead->nr_threads < nr_wanted(ahead) &&
		 ahead->nr_threads < TRFS_PACE_LOADERS_MAX)
		start_loader(ahead);
}

int trfs_read_ahead_new(struct trfs_stream *stream, struct trfs_read_ahead **ret)
{
	struct trfs_read_ahead *ahead = calloc(1, sizeof(*ahead));

	if (!ahead)
		return -ENOMEM;
	ahead->stream = stream;
	ahead->queue.link_offset = offsetof(struct trfs_chunk, queue);
	ahead->all.link_offset = offsetof(struct trfs_chunk, all);
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->work, NULL);
	trfs_chunk_memory_init(&ahead->memory);
	trfs_pace_init(&ahead->pace, trfs_workers_nr_threads(0));
	*ret = ahead;
	return 0;
}

struct trfs_read_ahead *trfs_read_ahead_free(struct trfs_read_ahead *ahead)
{
	if (ahead) {
		pthread_mutex_lock(&ahead->lock);
		ahead->stopping = true;
		pthread_cond_broadcast(&ahead->work);
		pthread_mutex_unlock(&ahead->lock);
		for (unsigned int i = 0; i < ahead->nr_threads; i++)
			pthread_join(ahead->threads[i], NULL);
		trfs_chunk_memory_done(&ahead->memory);
		pthread_cond_destroy(&ahead->work);
		pthread_mutex_destroy(&ahead->lock);
		free(ahead);
	}
	return NULL;
}

struct trfs_read_ahead_counts trfs_read_ahead_count(struct trfs_read_ahead *ahead)
{
	struct trfs_read_ahead_counts counts;

	pthread_mutex_lock(&ahead->lock);
	counts = ahead->counts;
	counts.nr_bytes = ahead->nr_bytes;
	counts.nr_loaders = ahead->nr_threads;
	counts.is_cold = trfs_pace_is_cold(&ahead->pace);
	pthread_mutex_unlock(&ahead->lock);
	return counts;
}
