/* SPDX-License-Identifier: MIT */
/*
 * Packed lists of strings with an optional open-addressing hash over the interned ones.
 * A slot keeps half of the hash beside the number, and the place of a string is the top
 * of that half: growing moves slots without looking at a single string again.
 */
#include "base/strings.h"
#include "base/random.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#define BYTES_MIN     64
#define ENDS_MIN      16
#define SLOT_BITS_MIN 6
#define SLOT_BITS_MAX 32

/**
 * struct trfs_string_table - see the header
 * @slots: 2^@slot_bits of: hash's upper half << 32 | (number + 1), 0 where empty; NULL
 *         before the first intern and after finishing
 * @seed: keys the hash, so that no list can be made up to collide; numbers do not
 *        depend on it
 */
struct trfs_string_table {
	uint8_t *bytes;
	uint64_t *ends;
	size_t bytes_capacity;
	size_t ends_capacity;
	size_t nr;
	uint64_t *slots;
	unsigned int slot_bits;
	size_t nr_interned;
	uint64_t seed;
};

struct trfs_bytes trfs_strings_get_guarded(const struct trfs_strings *s, uint64_t i)
{
	size_t before = i ? 1 : 0;
	uint64_t start = 0, end;

	if (!trfs_guard_sound(s->guard, s->ends + i - before,
			      (before + 1) * sizeof(*s->ends)))
		return (struct trfs_bytes){ s->bytes, 0 };
	if (i)
		start = s->ends[i - 1];
	end = s->ends[i];
	if (end <= start || !trfs_guard_sound(s->guard, s->bytes + start, end - start))
		return (struct trfs_bytes){ s->bytes, 0 };
	return (struct trfs_bytes){ s->bytes + start, (size_t)(end - start) };
}

struct trfs_string_table *trfs_string_table_new(void)
{
	struct trfs_string_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	/* Never NULL, so that views of empty strings have an address to add to. */
	t->bytes = malloc(BYTES_MIN);
	if (!t->bytes)
		return trfs_string_table_free(t);
	t->bytes_capacity = BYTES_MIN;
	/* Without randomness the table is merely predictable. */
	if (getrandom(&t->seed, sizeof(t->seed), GRND_NONBLOCK) < 0)
		t->seed = (uint64_t)(uintptr_t)t;
	return t;
}

struct trfs_string_table *trfs_string_table_free(struct trfs_string_table *t)
{
	if (t) {
		free(t->bytes);
		free(t->ends);
		free(t->slots);
		free(t);
	}
	return NULL;
}

static size_t bytes_used(const struct trfs_string_table *t)
{
	return t->nr ? (size_t)t->ends[t->nr - 1] : 0;
}

static int reserve_bytes(struct trfs_string_table *t, size_t len)
{
	size_t used = bytes_used(t);
	size_t capacity = t->bytes_capacity;
	uint8_t *bytes;

	if (len <= capacity - used)
		return 0;
	if (len > SIZE_MAX / 2 - used)
		return -ENOMEM;
	capacity += capacity / 2;
	if (capacity < used + len)
		capacity = used + len;
	bytes = realloc(t->bytes, capacity);
	if (!bytes)
		return -ENOMEM;
	t->bytes = bytes;
	t->bytes_capacity = capacity;
	return 0;
}

static int reserve_end(struct trfs_string_table *t)
{
	size_t capacity = t->ends_capacity;
	uint64_t *ends;

	if (t->nr < capacity)
		return 0;
	capacity = capacity ? capacity + capacity / 2 : ENDS_MIN;
	ends = reallocarray(t->ends, capacity, sizeof(*ends));
	if (!ends)
		return -ENOMEM;
	t->ends = ends;
	t->ends_capacity = capacity;
	return 0;
}

int trfs_string_table_add(struct trfs_string_table *t, struct trfs_bytes s,
			  uint32_t *ret_number)
{
	size_t used = bytes_used(t);

	if (t->nr >= UINT32_MAX)
		return -EOVERFLOW;
	if (reserve_bytes(t, s.len) < 0 || reserve_end(t) < 0)
		return -ENOMEM;
	if (s.len > 0)
		memcpy(t->bytes + used, s.data, s.len);
	t->ends[t->nr] = used + s.len;
	if (ret_number)
		*ret_number = (uint32_t)t->nr;
	t->nr++;
	return 0;
}

static uint32_t half_hash(const struct trfs_string_table *t, struct trfs_bytes s)
{
	return (uint32_t)(trfs_random_hash(t->seed, s) >> 32);
}

static size_t home_of(uint64_t slot, unsigned int slot_bits)
{
	return (size_t)(slot >> (64 - slot_bits));
}

/* The first empty place for @slot in a table that has one. */
static size_t empty_place(const uint64_t *slots, unsigned int slot_bits, uint64_t slot)
{
	size_t mask = ((size_t)1 << slot_bits) - 1;
	size_t place = home_of(slot, slot_bits);

	while (slots[place])
		place = (place + 1) & mask;
	return place;
}

/* Room for one more: at most three quarters are ever in use. */
static int reserve_slot(struct trfs_string_table *t)
{
	size_t nr_slots = t->slots ? (size_t)1 << t->slot_bits : 0;
	unsigned int bits = t->slots ? t->slot_bits + 1 : SLOT_BITS_MIN;
	uint64_t *slots;

	if (t->nr_interned < nr_slots / 4 * 3)
		return 0;
	if (bits > SLOT_BITS_MAX)
		return -EOVERFLOW;
	slots = calloc((size_t)1 << bits, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < nr_slots; i++) {
		if (t->slots[i])
			slots[empty_place(slots, bits, t->slots[i])] = t->slots[i];
	}
	free(t->slots);
	t->slots = slots;
	t->slot_bits = bits;
	return 0;
}

static bool look_up(const struct trfs_string_table *t, struct trfs_bytes s, uint32_t hash,
		    uint32_t *ret_number)
{
	struct trfs_strings list = trfs_string_table_view(t);
	size_t mask = ((size_t)1 << t->slot_bits) - 1;
	size_t place;

	if (!t->slots)
		return false;
	place = home_of((uint64_t)hash << 32, t->slot_bits);
	for (; t->slots[place]; place = (place + 1) & mask) {
		uint32_t number = (uint32_t)t->slots[place] - 1;

		if (t->slots[place] >> 32 == hash &&
		    trfs_bytes_equal(trfs_strings_get(&list, number), s)) {
			*ret_number = number;
			return true;
		}
	}
	return false;
}

bool trfs_string_table_find(const struct trfs_string_table *t, struct trfs_bytes s,
			    uint32_t *ret_number)
{
	uint32_t number;

	if (!look_up(t, s, half_hash(t, s), &number))
		return false;
	if (ret_number)
		*ret_number = number;
	return true;
}

int trfs_string_table_intern(struct trfs_string_table *t, struct trfs_bytes s,
			     uint32_t *ret_number, bool *ret_new)
{
	uint32_t hash = half_hash(t, s);
	uint32_t number = 0;
	bool found = look_up(t, s, hash, &number);
	int rc;

	if (!found) {
		uint64_t slot;

		rc = reserve_slot(t);
		if (rc < 0)
			return rc;
		rc = trfs_string_table_add(t, s, &number);
		if (rc < 0)
			return rc;
		slot = (uint64_t)hash << 32 | (number + 1);
		t->slots[empty_place(t->slots, t->slot_bits, slot)] = slot;
		t->nr_interned++;
	}
	if (ret_number)
		*ret_number = number;
	if (ret_new)
		*ret_new = !found;
	return 0;
}

void trfs_string_table_finish(struct trfs_string_table *t)
{
	size_t used = bytes_used(t);
	uint8_t *bytes = realloc(t->bytes, used ? used : 1);
	uint64_t *ends = reallocarray(t->ends, t->nr ? t->nr : 1, sizeof(*ends));

	/* Where shrinking fails the larger block is still there. */
	if (bytes) {
		t->bytes = bytes;
		t->bytes_capacity = used ? used : 1;
	}
	if (ends) {
		t->ends = ends;
		t->ends_capacity = t->nr ? t->nr : 1;
	}
	free(t->slots);
	t->slots = NULL;
	t->slot_bits = 0;
	t->nr_interned = 0;
}

struct trfs_strings trfs_string_table_view(const struct trfs_string_table *t)
{
	return (struct trfs_strings){ .ends = t->ends, .bytes = t->bytes, .nr = t->nr };
}
