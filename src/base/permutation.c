/* SPDX-License-Identifier: MIT */
/*
 * A Feistel network (Luby, Rackoff 1988) over digits of two radices, with cycle walking:
 * Black and Rogaway, "Ciphers with arbitrary finite domains" (2002).
 *
 * A place is written with two digits, left and right.  Each round adds to one digit,
 * modulo its radix, a function of the other and of the round's key; that can be undone
 * whatever the function is, so all rounds together are a bijection.  It goes from 0 .. A
 * * B - 1 onto itself, and A * B is a little over n.  Where it leads to n or more it is
 * applied again, until it leads back below n: it must, as the cycle began there.
 *
 * A, the number of left digits, is even.  Adding a constant modulo an odd number is an
 * even permutation, so with A and B odd and n = A * B half of all permutations would
 * never come.
 */
#include "base/permutation.h"

#include "base/random.h"

/* Items of four bits that fit in the key; so few are shuffled rather than computed. */
#define NR_STORED_MAX 16

/*
 * Rounds, an even number.  Over many keys, counting pairs of places that share a digit
 * and whose items share one at the same distance, which shows a Feistel network best:
 * eight rounds cannot be told from a shuffle from 4096 items on, sixteen from 17 on; six
 * and twelve can.  Few items are given more than they need, as they take no time.
 */
#define NR_ROUNDS     8
#define NR_ROUNDS_FEW 24
#define NR_ITEMS_FEW  65536

/* Places computed side by side, so that the processor overlaps their multiplications. */
#define NR_ABREAST 32

struct digits {
	uint32_t left[NR_ABREAST];
	uint32_t right[NR_ABREAST];
};

/* Fisher-Yates: all n! orders are equally likely. */
static uint64_t shuffled(uint64_t n, uint64_t key)
{
	uint64_t items = UINT64_C(0xfedcba9876543210);

	for (uint64_t left = n; left > 1; left--) {
		uint64_t chosen = 4 * trfs_random_below(&key, left);
		uint64_t last = 4 * (left - 1);
		uint64_t change = (items >> chosen ^ items >> last) & 15;

		items ^= change << chosen;
		if (chosen != last)
			items ^= change << last;
	}
	return items;
}

/* The least even number whose square is @n or more; @n is 1 .. 2^32. */
static uint32_t even_root(uint64_t n)
{
	uint64_t below = 0;

	for (uint64_t bit = 32768; bit > 1; bit /= 2) {
		if ((below + bit) * (below + bit) < n)
			below += bit;
	}
	return (uint32_t)below + 2;
}

void trfs_permutation_init(struct trfs_permutation *p, uint64_t n, uint64_t seed,
			   uint64_t stream)
{
	uint64_t state = seed;
	uint64_t key;

	state = trfs_random_next(&state) ^ stream;
	key = trfs_random_next(&state);

	*p = (struct trfs_permutation){ .nr_items = n, .key = key };
	if (n <= NR_STORED_MAX) {
		p->key = shuffled(n, key);
		return;
	}
	p->nr_left = even_root(n);
	p->nr_right = (uint32_t)((n + p->nr_left - 1) / p->nr_left);
	p->nr_rounds = n < NR_ITEMS_FEW ? NR_ROUNDS_FEW : NR_ROUNDS;
}

/* A number below @limit made of @digit and the round's @key. */
static uint32_t mixed(uint32_t digit, uint64_t key, uint32_t limit)
{
	uint64_t z = (digit ^ key) * UINT64_C(0xbf58476d1ce4e5b9);

	z = (z ^ z >> 32) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((unsigned __int128)z * limit >> 64);
}

static void add_mixed(uint32_t *restrict to, uint32_t limit,
		      const uint32_t *restrict from, uint64_t key, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		uint32_t sum = to[i] + mixed(from[i], key, limit);

		to[i] = sum < limit ? sum : sum - limit;
	}
}

static void encipher(const struct trfs_permutation *p, struct digits *d, size_t nr)
{
	uint64_t state = p->key;

	for (uint32_t round = 0; round < p->nr_rounds; round += 2) {
		add_mixed(d->left, p->nr_left, d->right, trfs_random_next(&state), nr);
		add_mixed(d->right, p->nr_right, d->left, trfs_random_next(&state), nr);
	}
}

/* Place @k into digits @i.  32 bits hold it, and are divided several times faster
 * than 64. */
static void split(const struct trfs_permutation *p, uint64_t k, struct digits *d,
		  size_t i)
{
	d->left[i] = (uint32_t)k / p->nr_right;
	d->right[i] = (uint32_t)k % p->nr_right;
}

static uint64_t joined(const struct trfs_permutation *p, const struct digits *d, size_t i)
{
	return (uint64_t)d->left[i] * p->nr_right + d->right[i];
}

uint64_t trfs_permutation_at(const struct trfs_permutation *p, uint64_t k)
{
	struct digits d;

	if (p->nr_rounds == 0)
		return p->key >> 4 * k & 15;
	do {
		split(p, k, &d, 0);
		encipher(p, &d, 1);
		k = joined(p, &d, 0);
	} while (k >= p->nr_items);
	return k;
}

/* As trfs_permutation_at() for 1 to NR_ABREAST places, of more than NR_STORED_MAX. */
static void run_abreast(const struct trfs_permutation *p, uint64_t first, size_t nr,
			uint32_t *ret)
{
	struct digits d;

	split(p, first, &d, 0);
	for (size_t i = 1; i < nr; i++) {
		bool carry = d.right[i - 1] + 1 == p->nr_right;

		d.left[i] = d.left[i - 1] + carry;
		d.right[i] = carry ? 0 : d.right[i - 1] + 1;
	}
	encipher(p, &d, nr);
	for (size_t i = 0; i < nr; i++) {
		uint64_t item = joined(p, &d, i);

		if (item >= p->nr_items)
			item = trfs_permutation_at(p, item);
		ret[i] = (uint32_t)item;
	}
}

void trfs_permutation_run(const struct trfs_permutation *p, uint64_t first, size_t nr,
			  uint32_t *ret)
{
	if (p->nr_rounds == 0) {
		for (size_t i = 0; i < nr; i++)
			ret[i] = (uint32_t)trfs_permutation_at(p, first + i);
		return;
	}
	while (nr > 0) {
		size_t abreast = nr < NR_ABREAST ? nr : NR_ABREAST;

		run_abreast(p, first, abreast, ret);
		first += abreast;
		ret += abreast;
		nr -= abreast;
	}
}
