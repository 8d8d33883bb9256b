/* SPDX-License-Identifier: MIT */
/* Blocks that are looked at when they are used; two threads may look at one at once. */
#include "base/guard.h"

#include "base/crc32c.h"

static bool look_at(struct trfs_guard *guard, uint64_t block)
{
	uint64_t bit = UINT64_C(1) << block % 64;
	_Atomic uint64_t *word = &guard->sound[block / 64];
	uint64_t offset = block << TRFS_GUARD_BLOCK_BITS;
	uint64_t left = guard->len - offset;
	size_t len = left < TRFS_GUARD_BLOCK ? (size_t)left : TRFS_GUARD_BLOCK;
	const uint8_t *data = guard->start + offset;

	if (atomic_load_explicit(word, memory_order_acquire) & bit)
		return true;
	if (trfs_crc32c(0, data, len) != guard->crcs[block] ||
	    !guard->judge(guard->user, offset, data, len)) {
		atomic_store(&guard->damaged, true);
		return false;
	}
	atomic_fetch_or_explicit(word, bit, memory_order_release);
	return true;
}

bool trfs_guard_look(struct trfs_guard *guard, const void *data, uint64_t len)
{
	uint64_t offset = (uint64_t)((const uint8_t *)data - guard->start);

	if (len == 0)
		return true;
	if (offset >= guard->len || len > guard->len - offset) {
		atomic_store(&guard->damaged, true);
		return false;
	}
	for (uint64_t block = offset >> TRFS_GUARD_BLOCK_BITS;
	     block <= (offset + len - 1) >> TRFS_GUARD_BLOCK_BITS; block++) {
		if (!look_at(guard, block))
			return false;
	}
	return true;
}
