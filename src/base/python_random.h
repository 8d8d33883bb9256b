/* SPDX-License-Identifier: MIT */
/*
 * The random numbers of Python 3, bit for bit: Mersenne Twister 19937, seeded with a
 * whole number as random.seed(n) does.  Converters shuffle with it, and their order is
 * only met by drawing what they draw.
 */
#ifndef TRFS_BASE_PYTHON_RANDOM_H
#define TRFS_BASE_PYTHON_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#define TRFS_PYTHON_RANDOM_WORDS 624u

/**
 * struct trfs_python_random - a generator; random.Random in Python
 * @next: the word to be drawn next; TRFS_PYTHON_RANDOM_WORDS: all are used up
 */
struct trfs_python_random {
	uint32_t words[TRFS_PYTHON_RANDOM_WORDS];
	uint32_t next;
};

/* random.seed(@seed) */
void trfs_python_random_seed(struct trfs_python_random *random, uint64_t seed);

/* random.randrange(@limit); @limit > 0. */
uint32_t trfs_python_random_below(struct trfs_python_random *random, uint32_t limit);

/*
 * random.Random(@seed).shuffle(): the same items change places as in a list of @nr of
 * them.
 */
void trfs_python_shuffle(uint64_t seed, uint32_t *items, uint32_t nr);

#endif
