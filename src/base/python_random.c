/* SPDX-License-Identifier: MIT */
/*
 * MT19937 as its authors describe it, with the seeding by a key of 32-bit words, of which
 * Python makes a whole number's digits.  Numbers below a limit are drawn by rejection.
 */
#include "base/python_random.h"

#define NR_WORDS      TRFS_PYTHON_RANDOM_WORDS
#define MIDDLE	      397u
#define TWIST	      0x9908b0dfu
#define UPPER_BIT     0x80000000u
#define FIRST_SEED    19650218u
#define FIRST_FACTOR  1812433253u
#define SECOND_FACTOR 1664525u
#define THIRD_FACTOR  1566083941u

static void fill_words(struct trfs_python_random *r, uint32_t seed)
{
	r->words[0] = seed;
	for (uint32_t i = 1; i < NR_WORDS; i++) {
		uint32_t last = r->words[i - 1];

		r->words[i] = FIRST_FACTOR * (last ^ (last >> 30)) + i;
	}
}

/* The word after @i; past the end the first one follows, and the last one is its twin. */
static uint32_t step(struct trfs_python_random *r, uint32_t i)
{
	if (++i < NR_WORDS)
		return i;
	r->words[0] = r->words[NR_WORDS - 1];
	return 1;
}

void trfs_python_random_seed(struct trfs_python_random *r, uint64_t seed)
{
	const uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
	uint32_t nr_keys = key[1] ? 2 : 1;
	uint32_t i = 1;

	fill_words(r, FIRST_SEED);
	for (uint32_t n = 0; n < NR_WORDS; n++) {
		uint32_t last = r->words[i - 1];

		r->words[i] = (r->words[i] ^ ((last ^ (last >> 30)) * SECOND_FACTOR)) +
			      key[n % nr_keys] + n % nr_keys;
		i = step(r, i);
	}
	for (uint32_t n = 0; n < NR_WORDS - 1; n++) {
		uint32_t last = r->words[i - 1];

		r->words[i] = (r->words[i] ^ ((last ^ (last >> 30)) * THIRD_FACTOR)) - i;
		i = step(r, i);
	}
	r->words[0] = UPPER_BIT;
	r->next = NR_WORDS;
}

static void make_words(struct trfs_python_random *r)
{
	for (uint32_t i = 0; i < NR_WORDS; i++) {
		uint32_t mixed = (r->words[i] & UPPER_BIT) |
				 (r->words[(i + 1) % NR_WORDS] & ~UPPER_BIT);

		r->words[i] = r->words[(i + MIDDLE) % NR_WORDS] ^ (mixed >> 1) ^
			      (mixed & 1 ? TWIST : 0);
	}
	r->next = 0;
}

static uint32_t draw(struct trfs_python_random *r)
{
	uint32_t word;

	if (r->next == NR_WORDS)
		make_words(r);
	word = r->words[r->next++];
	word ^= word >> 11;
	word ^= (word << 7) & 0x9d2c5680u;
	word ^= (word << 15) & 0xefc60000u;
	return word ^ (word >> 18);
}

uint32_t trfs_python_random_below(struct trfs_python_random *r, uint32_t limit)
{
	/* As many bits as @limit has, from the top of a word. */
	int spare = __builtin_clz(limit);
	uint32_t number;

	do
		number = draw(r) >> spare;
	while (number >= limit);
	return number;
}

void trfs_python_shuffle(uint64_t seed, uint32_t *items, uint32_t nr)
{
	struct trfs_python_random random;

	trfs_python_random_seed(&random, seed);
	for (uint32_t i = nr; i > 1; i--) {
		uint32_t other = trfs_python_random_below(&random, i);
		uint32_t item = items[i - 1];

		items[i - 1] = items[other];
		items[other] = item;
	}
}
