/* SPDX-License-Identifier: MIT */
/*
 * Asking the kernel for what libfuse cannot ask for yet: that files which are read past
 * the page cache (direct_io) can be mapped all the same.  Linux 6.6 offers it in the
 * upper half of the flags of FUSE_INIT, which libfuse before 3.17 leaves zero.
 */
#ifndef TRFS_FUSE_INIT_EXCHANGE_H
#define TRFS_FUSE_INIT_EXCHANGE_H

#define FUSE_USE_VERSION 312
#include <fuse_lowlevel.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct trfs_init_exchange - the first request of a mount, and its reply
 * @unique: number of that request, while it was not replied to and offers it; else 0
 * @is_over: it was replied to
 */
struct trfs_init_exchange {
	_Atomic uint64_t unique;
	_Atomic bool is_over;
};

/*
 * To be called between mounting @session and its loop.  @exchange must be what
 * trfs_init_exchange_of() finds by the session's user data.  Where it cannot be asked
 * for, mapping such files shared is refused by the kernel as before.
 */
void trfs_init_exchange_watch(struct fuse_session *session);

/* To be defined by who owns the user data. */
struct trfs_init_exchange *trfs_init_exchange_of(void *userdata);

#endif
