/* SPDX-License-Identifier: MIT */
/*
 * A mapped file that is believed block by block: each is looked at when it is first used,
 * and used only if its checksum is right and what it holds is within bounds.  From the
 * first that is not, the guard says that the file is damaged, and so does everybody who
 * hands out what was made of it: until then readers put up with zeroes.
 */
#ifndef TRFS_BASE_GUARD_H
#define TRFS_BASE_GUARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRFS_GUARD_BLOCK_BITS 16
#define TRFS_GUARD_BLOCK      (1u << TRFS_GUARD_BLOCK_BITS)
#define TRFS_GUARD_DAMAGED                                                               \
	"the saved index is damaged; reload the mount, or mount again, to build it anew"

/* Whether bytes @offset to @offset + @len - 1, all of one block, are within bounds. */
typedef bool trfs_guard_judge_fn(const void *user, uint64_t offset, const uint8_t *data,
				 size_t len);

/**
 * struct trfs_guard - of one mapping
 * @start, @len: what is guarded; blocks are counted from there
 * @crcs: CRC-32C of each block, little-endian
 * @sound: bit k: block k was looked at and is sound
 * @damaged: some block is not, or bytes outside were asked for
 */
struct trfs_guard {
	const uint8_t *start;
	uint64_t len;
	const uint32_t *crcs;
	_Atomic uint64_t *sound;
	atomic_bool damaged;
	trfs_guard_judge_fn *judge;
	const void *user;
};

static inline uint64_t trfs_guard_nr_blocks(uint64_t len)
{
	return (len >> TRFS_GUARD_BLOCK_BITS) + (len % TRFS_GUARD_BLOCK > 0);
}

/* As below, for bytes of which not all are known to be sound. */
bool trfs_guard_look(struct trfs_guard *guard, const void *data, uint64_t len);

/* Whether @len bytes at @data can be believed; always where there is no guard. */
static inline bool trfs_guard_sound(struct trfs_guard *guard, const void *data,
				    uint64_t len)
{
	uint64_t offset, block;

	if (!guard)
		return true;
	offset = (uint64_t)((const uint8_t *)data - guard->start);
	block = offset >> TRFS_GUARD_BLOCK_BITS;
	if (offset < guard->len && len > 0 &&
	    len <= TRFS_GUARD_BLOCK - offset % TRFS_GUARD_BLOCK &&
	    (atomic_load_explicit(&guard->sound[block / 64], memory_order_acquire) >>
		     block % 64 &
	     1))
		return true;
	return trfs_guard_look(guard, data, len);
}

/* Whether anything was found that cannot be believed; false without a guard. */
static inline bool trfs_guard_is_damaged(struct trfs_guard *guard)
{
	return guard && atomic_load(&guard->damaged);
}

#endif
