/* SPDX-License-Identifier: MIT */
/*
 * Lists of numbers of 32 bits that are kept in as many bytes as the largest needs: 1, 2
 * or 4.  Little-endian, as all machines are that this builds for.
 */
#ifndef TRFS_BASE_NUMBERS_H
#define TRFS_BASE_NUMBERS_H

#include "base/guard.h"
#include <stdint.h>
#include <string.h>

/**
 * struct trfs_numbers - a list, borrowed
 * @data: NULL where there is none
 * @width: bytes a number
 * @guard: see base/guard.h
 */
struct trfs_numbers {
	const void *data;
	unsigned int width;
	struct trfs_guard *guard;
};

/* Where number @i stands. */
static inline const void *trfs_numbers_at(const struct trfs_numbers *numbers, uint64_t i)
{
	return (const uint8_t *)numbers->data + i * numbers->width;
}

/* Number @i, which must be there; 0 where what it stands in is damaged. */
static inline uint32_t trfs_numbers_get(const struct trfs_numbers *numbers, uint64_t i)
{
	if (!trfs_guard_sound(numbers->guard, trfs_numbers_at(numbers, i),
			      numbers->width))
		return 0;
	switch (numbers->width) {
	case 1:
		return ((const uint8_t *)numbers->data)[i];
	case 2:
		return ((const uint16_t *)numbers->data)[i];
	default:
		return ((const uint32_t *)numbers->data)[i];
	}
}

/* Bytes that numbers less than @limit need. */
static inline unsigned int trfs_numbers_width(uint64_t limit)
{
	if (limit <= UINT8_MAX + 1u)
		return 1;
	return limit <= UINT16_MAX + 1u ? 2 : 4;
}

/* Put @nr numbers from @first on into @ret, of @width bytes each, into which they fit. */
static inline void trfs_numbers_pack(const struct trfs_numbers *numbers, uint64_t first,
				     uint64_t nr, unsigned int width, uint8_t *ret)
{
	for (uint64_t i = 0; i < nr; i++) {
		uint32_t number = trfs_numbers_get(numbers, first + i);

		memcpy(ret + i * width, &number, width);
	}
}

#endif
