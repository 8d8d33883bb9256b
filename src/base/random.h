/* SPDX-License-Identifier: MIT */
/*
 * Random numbers that are the same for ever, on every machine: shuffles and splits
 * depend on them, so a change here changes everybody's shards.  Test vectors pin them.
 */
#ifndef TRFS_BASE_RANDOM_H
#define TRFS_BASE_RANDOM_H

#include "base/bytes.h"

/* SplitMix64: advances @state, gives 64 bits. */
uint64_t trfs_random_next(uint64_t *state);

/* Uniform in 0 .. @limit - 1 without bias (Lemire's multiplication); @limit > 0. */
uint64_t trfs_random_below(uint64_t *state, uint64_t limit);

/* Fisher-Yates over @items. */
void trfs_random_shuffle(uint64_t seed, uint32_t *items, size_t nr_items);

/* 64-bit keyed hash of @data (SipHash-2-4 with key {seed, 0}), little-endian. */
uint64_t trfs_random_hash(uint64_t seed, struct trfs_bytes data);

#endif
