/* SPDX-License-Identifier: MIT */
/*
 * Lists of byte strings, packed: all bytes in one block, and where each ends.
 * A list is either built (struct trfs_string_table) or a view into a mapped file.
 */
#ifndef TRFS_BASE_STRINGS_H
#define TRFS_BASE_STRINGS_H

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/guard.h"

/**
 * struct trfs_strings - a packed list, borrowed
 * @ends: @nr offsets: string i is bytes[ends[i - 1] .. ends[i])
 * @guard: see base/guard.h
 */
struct trfs_strings {
	const uint64_t *ends;
	const uint8_t *bytes;
	uint64_t nr;
	struct trfs_guard *guard;
};

struct trfs_bytes trfs_strings_get_guarded(const struct trfs_strings *s, uint64_t i);

/*
 * String @i, which must be less than @nr; lives as long as the list.  Empty where what it
 * stands in is damaged.
 */
static inline struct trfs_bytes trfs_strings_get(const struct trfs_strings *s, uint64_t i)
{
	uint64_t start;

	if (s->guard)
		return trfs_strings_get_guarded(s, i);
	start = i ? s->ends[i - 1] : 0;
	return (struct trfs_bytes){ s->bytes + start, (size_t)(s->ends[i] - start) };
}

static inline uint64_t trfs_strings_nr_bytes(const struct trfs_strings *s)
{
	return s->nr ? s->ends[s->nr - 1] : 0;
}

/**
 * struct trfs_string_table - a list being built
 *
 * trfs_string_table_add() appends; trfs_string_table_intern() gives equal strings
 * one number.  Both may be mixed: only interned strings are found again.
 * At most 2^32 - 1 strings.  Not thread-safe.
 */
struct trfs_string_table;

struct trfs_string_table *trfs_string_table_new(void);
struct trfs_string_table *trfs_string_table_free(struct trfs_string_table *t);
TRFS_DEFINE_FREEP(trfs_string_table)

/* -ENOMEM, or -EOVERFLOW for too many.  @ret_number may be NULL, here and below. */
TRFS_MUST_CHECK
int trfs_string_table_add(struct trfs_string_table *t, struct trfs_bytes s,
			  uint32_t *ret_number);

/*
 * As add, but an equal interned string gives its number again; *@ret_new (may be NULL)
 * says which.
 */
TRFS_MUST_CHECK
int trfs_string_table_intern(struct trfs_string_table *t, struct trfs_bytes s,
			     uint32_t *ret_number, bool *ret_new);

/* An interned string's number; false if it is not there. */
bool trfs_string_table_find(const struct trfs_string_table *t, struct trfs_bytes s,
			    uint32_t *ret_number);

/* Drop what only interning needs, once the list is complete: nothing is found any more.
 */
void trfs_string_table_finish(struct trfs_string_table *t);

/* The list as it stands; valid until the next add or intern. */
struct trfs_strings trfs_string_table_view(const struct trfs_string_table *t);

#endif
