/* SPDX-License-Identifier: MIT */
/*
 * The first request of a mount, FUSE_INIT, and its reply.  libfuse wants to see it in the
 * process that serves, and the kernel sends it once.  So it is received where the mount
 * is made, and handed to libfuse in each process that serves; the kernel gets the reply
 * of the first of them.
 *
 * On the way the reply gets what libfuse cannot ask for yet: that files which are read
 * past the page cache (direct_io) can be mapped all the same.  Linux 6.6 offers it in the
 * upper half of the flags, which libfuse before 3.17 leaves zero.
 */
#ifndef TRFS_FUSE_INIT_EXCHANGE_H
#define TRFS_FUSE_INIT_EXCHANGE_H

#define FUSE_USE_VERSION 312
#include "base/compiler.h"
#include <fuse_lowlevel.h>
#include <stdbool.h>
#include <stdint.h>

/* The request has about a hundred bytes, and grows by a few with each version. */
#define TRFS_INIT_REQUEST_MAX 1024

/**
 * struct trfs_init_exchange - of one mount
 * @request, @len: what the kernel asked
 * @was_answered: by a process before this one, which then died
 * @maps_direct: ask for mapping of files that are read past the page cache
 * @is_received: libfuse has the request
 * @begun: called once with @begun_user, by the first thread that is about to receive
 *	another; may be NULL
 */
struct trfs_init_exchange {
	char request[TRFS_INIT_REQUEST_MAX];
	size_t len;
	bool was_answered;
	bool maps_direct;
	bool is_received;
	_Atomic bool has_begun;
	void (*begun)(void *user);
	void *begun_user;
};

/*
 * Receive the request of a @session that was just mounted, and have libfuse send and
 * receive through us from now on.  @exchange, zeroed, must be what
 * trfs_init_exchange_of() finds by the session's user data.  -errno.
 */
TRFS_MUST_CHECK
int trfs_init_exchange_begin(struct trfs_init_exchange *exchange,
			     struct fuse_session *session);

/*
 * Let libfuse answer the request, before it has threads: they would read other requests
 * first, which it then refuses.  -errno.
 */
TRFS_MUST_CHECK
int trfs_init_exchange_finish(struct fuse_session *session);

/* Have the kernel send again what it has no answer to.  -errno where it cannot. */
TRFS_MUST_CHECK
int trfs_init_exchange_resend(const struct fuse_session *session);

/*
 * The process that served has died: have the kernel send again what it did not answer.
 * All of that will be refused (EIO).  -errno where the kernel cannot.
 */
TRFS_MUST_CHECK
int trfs_init_exchange_resume(struct trfs_init_exchange *exchange,
			      const struct fuse_session *session);

/* To be defined by who owns the user data. */
struct trfs_init_exchange *trfs_init_exchange_of(void *userdata);

#endif
