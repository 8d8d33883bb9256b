/* SPDX-License-Identifier: MIT */
/* A word is whole or not there, so that its parts never come from two writers. */
#include "index/known_slots.h"

#include <errno.h>
#include <stdlib.h>

#define KNOWN (UINT64_C(1) << 63)

int trfs_known_slots_init(struct trfs_known_slots *slots, uint64_t nr)
{
	*slots = (struct trfs_known_slots){ .shift = 0 };
	while ((UINT64_C(1) << slots->shift) < nr &&
	       (UINT64_C(1) << slots->shift) < TRFS_KNOWN_SLOTS_MAX)
		slots->shift++;
	slots->words = calloc((size_t)1 << slots->shift, sizeof(*slots->words));
	return slots->words ? 0 : -ENOMEM;
}

void trfs_known_slots_done(struct trfs_known_slots *slots)
{
	free(slots->words);
}

static _Atomic uint64_t *place_of(const struct trfs_known_slots *slots, uint64_t number)
{
	return &slots->words[number & ((UINT64_C(1) << slots->shift) - 1)];
}

/* Which of the numbers of its place; not 0.  31 bits are enough for 2^47 files. */
static uint64_t tag_of(const struct trfs_known_slots *slots, uint64_t number)
{
	return ((number >> slots->shift) + 1) << 32;
}

enum trfs_known_answer trfs_known_slots_get(const struct trfs_known_slots *slots,
					    uint64_t number, uint64_t *ret_word,
					    uint32_t *ret_value)
{
	uint64_t word =
		atomic_load_explicit(place_of(slots, number), memory_order_acquire);
	uint64_t tag = word & ~KNOWN & ~(uint64_t)UINT32_MAX;

	*ret_word = word;
	if (tag != tag_of(slots, number))
		return TRFS_KNOWN_NOT_HERE;
	if (!(word & KNOWN))
		return TRFS_KNOWN_NO;
	*ret_value = (uint32_t)word;
	return TRFS_KNOWN_YES;
}

void trfs_known_slots_put(struct trfs_known_slots *slots, uint64_t number, uint32_t value)
{
	atomic_store_explicit(place_of(slots, number),
			      KNOWN | tag_of(slots, number) | value,
			      memory_order_release);
}

void trfs_known_slots_put_unknown(struct trfs_known_slots *slots, uint64_t number,
				  uint64_t before)
{
	atomic_compare_exchange_strong_explicit(
		place_of(slots, number), &before, tag_of(slots, number),
		memory_order_release, memory_order_relaxed);
}
