/* SPDX-License-Identifier: MIT */
/*
 * Permutations of 0 .. n - 1 that are computed place by place and never stored: one a
 * key, the same for ever, on every machine.  A change here changes everybody's shards;
 * test vectors pin them.  Fit for shuffling; no cipher.
 */
#ifndef TRFS_BASE_PERMUTATION_H
#define TRFS_BASE_PERMUTATION_H

#include <stddef.h>
#include <stdint.h>

/* May be copied; read by any number of threads. */
struct trfs_permutation {
	uint64_t nr_items;
	uint64_t key; /* of at most 16 items: the items themselves, four bits each */
	uint32_t nr_left, nr_right; /* a place is left * nr_right + right */
	uint32_t nr_rounds;	    /* 0: the items are in the key */
};

/*
 * @n: 0 .. 2^32 - 1 items.  @seed and @stream (an epoch, a hash) are the key;
 * permutations of different keys have nothing to do with one another, however near the
 * keys are.
 */
void trfs_permutation_init(struct trfs_permutation *p, uint64_t n, uint64_t seed,
			   uint64_t stream);

/* The item at place @k < n; every item has one place. */
uint64_t trfs_permutation_at(const struct trfs_permutation *p, uint64_t k);

/*
 * The items at places @first .. @first + @nr - 1, all below n, into @ret: what
 * trfs_permutation_at() gives, several times faster.
 */
void trfs_permutation_run(const struct trfs_permutation *p, uint64_t first, size_t nr,
			  uint32_t *ret);

#endif
