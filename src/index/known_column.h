/* SPDX-License-Identifier: MIT */
/*
 * One value of each file of a catalog, computed once and remembered: in a file beside the
 * index, so that later mounts know it too, or, where that cannot be had, in memory.
 *
 * Knowing is only ever a matter of speed: no function here can fail.
 */
#ifndef TRFS_INDEX_KNOWN_COLUMN_H
#define TRFS_INDEX_KNOWN_COLUMN_H

#include "index/known_file.h"
#include "index/known_memory.h"
#include "index/known_slots.h"

/**
 * struct trfs_known_column - the values of one kind
 * @slots: what was looked up last, so that most look-ups need no system call
 * @memory: made with the first value that the file does not take
 */
struct trfs_known_column {
	const struct trfs_catalog *catalog;
	uint64_t nr;
	uint32_t value_size;
	struct trfs_known_slots slots;
	struct trfs_known_file file;
	_Atomic(struct trfs_known_memory *) memory;
};

/*
 * Of files 0 .. @nr - 1 of the catalog, which must outlive it.  Other parameters as for
 * trfs_known_file_init().  -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_known_column_init(struct trfs_known_column *column,
			   const struct trfs_catalog *catalog, uint64_t nr,
			   uint32_t value_size, int directory_fd, const char *name,
			   const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE]);
void trfs_known_column_done(struct trfs_known_column *column);

/*
 * Whether the value of a file is known; if so, it is in @ret_value, which may be NULL.
 * Any number of threads, without a lock: some nanoseconds for what was looked up lately,
 * a system call else, which brings in what follows where numbers are looked up in order.
 */
bool trfs_known_column_get(struct trfs_known_column *column, uint64_t number,
			   void *ret_value);

/*
 * From now on it is known.  The value must be of the file's bytes as they were indexed.
 * Any number of threads.
 */
void trfs_known_column_set(struct trfs_known_column *column, uint64_t number,
			   const void *value);

#endif
