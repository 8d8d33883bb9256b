/* SPDX-License-Identifier: MIT */
/* A service of an index that was damaged, with a kernel that asks it. */
#ifndef TRFS_TESTS_FUZZ_MOUNTED_H
#define TRFS_TESTS_FUZZ_MOUNTED_H

#include "kernel.h"

#include "stream/stream.h"

/**
 * struct mounted - what is mounted
 * @edits: of its index
 */
struct mounted {
	struct trfs_bytes edits;
	struct trfs_service service;
	struct kernel kernel;
};

/* False where the index is refused, which the sound one may not be. */
bool mounted_start(struct mounted *m);
void mounted_stop(struct mounted *m);

/* Another process serves: the one before died. */
void mounted_start_anew(struct mounted *m);

/* Another generation takes its place, of the same index or of the sound one. */
void mounted_reload(struct mounted *m, bool as_before);

/* Whatever was asked, nothing is left once the kernel forgot it. */
void mounted_forget(struct mounted *m);

/* The shard of the root that the kernel knows as @inode; false for all else. */
bool mounted_find_shard(struct mounted *m, uint64_t inode, uint32_t *ret);

/* Of the sound index. */
struct trfs_stream *mounted_sound_stream(void);

#endif
