/* SPDX-License-Identifier: MIT */
/*
 * Random numbers and a keyed hash from integer arithmetic alone, so that every machine
 * agrees: SplitMix64 (Steele, Lea, Flood 2014), Lemire's unbiased range reduction
 * (2018), SipHash-2-4 (Aumasson, Bernstein 2012).
 */
#include "base/random.h"

uint64_t trfs_random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t trfs_random_below(uint64_t *state, uint64_t limit)
{
	unsigned __int128 product = (unsigned __int128)trfs_random_next(state) * limit;

	/* Of the 2^64 draws the first 2^64 mod limit in each run are too many. */
	if ((uint64_t)product < limit) {
		uint64_t surplus = (0 - limit) % limit;

		while ((uint64_t)product < surplus)
			product = (unsigned __int128)trfs_random_next(state) * limit;
	}
	return (uint64_t)(product >> 64);
}

void trfs_random_shuffle(uint64_t seed, uint32_t *items, size_t nr_items)
{
	uint64_t state = seed;

	for (size_t left = nr_items; left > 1; left--) {
		size_t chosen = (size_t)trfs_random_below(&state, left);
		uint32_t item = items[chosen];

		items[chosen] = items[left - 1];
		items[left - 1] = item;
	}
}

struct siphash {
	uint64_t a, b, c, d;
};

static uint64_t rotate(uint64_t v, unsigned int bits)
{
	return v << bits | v >> (64 - bits);
}

static void siphash_round(struct siphash *s)
{
	s->a += s->b;
	s->c += s->d;
	s->b = rotate(s->b, 13) ^ s->a;
	s->d = rotate(s->d, 16) ^ s->c;
	s->a = rotate(s->a, 32);
	s->c += s->b;
	s->a += s->d;
	s->b = rotate(s->b, 17) ^ s->c;
	s->d = rotate(s->d, 21) ^ s->a;
	s->c = rotate(s->c, 32);
}

static void siphash_word(struct siphash *s, uint64_t word)
{
	s->d ^= word;
	siphash_round(s);
	siphash_round(s);
	s->a ^= word;
}

uint64_t trfs_random_hash(uint64_t seed, struct trfs_bytes data)
{
	/* The second half of the key is 0, so b and d are the bare constants. */
	struct siphash s = {
		.a = UINT64_C(0x736f6d6570736575) ^ seed,
		.b = UINT64_C(0x646f72616e646f6d),
		.c = UINT64_C(0x6c7967656e657261) ^ seed,
		.d = UINT64_C(0x7465646279746573),
	};
	size_t whole = data.len & ~(size_t)7;
	uint64_t word;

	for (size_t at = 0; at < whole; at += 8) {
		memcpy(&word, data.data + at, 8);
		siphash_word(&s, word);
	}
	word = (uint64_t)data.len << 56;
	for (size_t at = whole; at < data.len; at++)
		word |= (uint64_t)data.data[at] << (8 * (at - whole));
	siphash_word(&s, word);

	s.c ^= 0xff;
	for (int i = 0; i < 4; i++)
		siphash_round(&s);
	return s.a ^ s.b ^ s.c ^ s.d;
}
