/* SPDX-License-Identifier: MIT */
/* The threads that take the kernel's requests. */
#ifndef TRFS_FUSE_LOOP_H
#define TRFS_FUSE_LOOP_H

#include "fuse/init_exchange.h"

/**
 * Answer requests until the mount or this process is told to end.
 *
 * Want of memory ends nothing where the kernel can send requests again: it goes on with
 * them when there is some.
 *
 * Return: 0; -EAGAIN if not one thread can be started; -ENOMEM; or what reading the
 * kernel's requests fails with.
 */
TRFS_MUST_CHECK
int trfs_loop_run(struct fuse_session *session);

#endif
