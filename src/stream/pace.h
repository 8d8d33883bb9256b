/* SPDX-License-Identifier: MIT */
/*
 * How far and how wide to read ahead, decided from what loading took.  A thread that
 * slept while it loaded has waited for storage: then many loads at a time pay, as what
 * they wait for overlaps.  One that did not has copied out of memory: then more threads
 * than processors only get into each other's way.
 */
#ifndef TRFS_STREAM_PACE_H
#define TRFS_STREAM_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* Threads that load ahead, at most, and bytes ahead of all readers together. */
#define TRFS_PACE_LOADERS_MAX 32u
#define TRFS_PACE_BYTES_MAX   (UINT64_C(40) << 20)

/**
 * struct trfs_pace - what was seen lately
 * @nr_processors: that we may run on
 * @sleepiness: share of the last loads that slept, 0 .. TRFS_PACE_ONE
 * @thoroughness: share of the last readers that read their shards to the end
 */
struct trfs_pace {
	unsigned int nr_processors;
	uint32_t sleepiness;
	uint32_t thoroughness;
};

#define TRFS_PACE_ONE (UINT32_C(1) << 16)

void trfs_pace_init(struct trfs_pace *pace, unsigned int nr_processors);

/* A load of a chunk has slept, or not. */
void trfs_pace_note(struct trfs_pace *pace, bool slept);

/* A reader was closed, at the end of its shard or before. */
void trfs_pace_note_closed(struct trfs_pace *pace, bool at_end);

/* Whether whoever opens a shard will read all of it, as far as one can tell. */
bool trfs_pace_trusts_readers(const struct trfs_pace *pace);

bool trfs_pace_is_cold(const struct trfs_pace *pace);

/* How many loads ahead should run at a time, with so many active readers. */
unsigned int trfs_pace_nr_loaders(const struct trfs_pace *pace, unsigned int nr_readers);

/*
 * How many bytes ahead of one of @nr_readers active readers, that has read on @nr_reads
 * times, should be loaded; 0: none.
 */
uint64_t trfs_pace_bytes_ahead(const struct trfs_pace *pace, unsigned int nr_readers,
			       unsigned int nr_reads);

/* Times that the calling thread has slept since it began. */
uint64_t trfs_pace_nr_sleeps(void);

#endif
