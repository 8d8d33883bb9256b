/* SPDX-License-Identifier: MIT */
/*
 * Lists of file names in little room: names that follow each other mostly differ in a few
 * bytes, and only these are kept.  A list is built in memory or is a view of a mapped
 * file, which nobody need have looked at: whatever stands there, a name lies within its
 * room.
 *
 * Every TRFS_NAMES_BLOCK-th name stands as it is (u16 length, bytes); each that follows
 * as what it has in common with the one before it (u8 bytes in front, u8 at the end) and
 * what is between (u8 length, where that is 255 a u16 behind it; bytes).  Little-endian.
 */
#ifndef TRFS_BASE_NAMES_H
#define TRFS_BASE_NAMES_H

#include "base/buffer.h"
#include "base/strings.h"

/* As PATH_MAX with its NUL: what is longer cannot be opened. */
#define TRFS_NAME_SIZE	 4096u
#define TRFS_NAMES_BLOCK 16u

/**
 * struct trfs_names - a list, borrowed
 * @starts: where each block begins in @bytes, ascending, and behind the last where it
 * ends
 */
struct trfs_names {
	const uint64_t *starts;
	const uint8_t *bytes;
	uint64_t nr;
	struct trfs_guard *guard;
};

static inline uint64_t trfs_names_nr_blocks(uint64_t nr)
{
	return nr / TRFS_NAMES_BLOCK + (nr % TRFS_NAMES_BLOCK > 0);
}

/* Room for one name, and for a NUL behind it; need not be initialised. */
struct trfs_name {
	uint8_t text[TRFS_NAME_SIZE];
};

/*
 * Name @i, which must be less than @nr, ended by a NUL that is not counted; in @room.
 * Empty where the list is damaged.  Cost: of up to TRFS_NAMES_BLOCK names what differs.
 */
struct trfs_bytes trfs_names_get(const struct trfs_names *names, uint64_t i,
				 struct trfs_name *room);

/* Begin to fetch what name @i needs, of a list whose starts are there. */
static inline void trfs_names_prefetch(const struct trfs_names *names, uint64_t i)
{
	const uint64_t *start = &names->starts[i / TRFS_NAMES_BLOCK];
	const uint8_t *bytes;

	if (!trfs_guard_sound(names->guard, start, sizeof(*start)))
		return;
	bytes = names->bytes + *start;
	__builtin_prefetch(bytes);
	__builtin_prefetch(bytes + 64);
}

static inline uint64_t trfs_names_nr_bytes(const struct trfs_names *names)
{
	return names->nr ? names->starts[trfs_names_nr_blocks(names->nr)] : 0;
}

/**
 * struct trfs_name_list - a list being built, zeroed at first
 * @last: the name added last
 */
struct trfs_name_list {
	uint8_t *bytes;
	size_t len;
	size_t capacity;
	uint64_t *starts;
	size_t starts_capacity;
	uint64_t nr;
	uint8_t *last;
	size_t last_len;
};

/* -ENOMEM; -ENAMETOOLONG where it does not fit into a room. */
TRFS_MUST_CHECK
int trfs_name_list_add(struct trfs_name_list *list, struct trfs_bytes name);
void trfs_name_list_done(struct trfs_name_list *list);

/* No more are added: let go of what only adding needs. */
void trfs_name_list_finish(struct trfs_name_list *list);

/* The list as it stands; valid until the next add. */
struct trfs_names trfs_name_list_view(const struct trfs_name_list *list);

#endif
