/* SPDX-License-Identifier: MIT */
/* How much memory there is for us and for what the kernel caches on our behalf. */
#ifndef TRFS_BASE_MEMORY_LIMIT_H
#define TRFS_BASE_MEMORY_LIMIT_H

#include <stdint.h>

/* Bytes: the machine's, or the limit of a control group around us where it is lower. */
uint64_t trfs_memory_limit(void);

/*
 * As above of a machine with @machine bytes, of what @groups has (/proc/self/cgroup) and
 * the control groups mounted on @mounted (/sys/fs/cgroup).
 */
uint64_t trfs_memory_limit_of(uint64_t machine, const char *groups, const char *mounted);

#endif
