/* SPDX-License-Identifier: MIT */
/* Wall clock times, for people to read: nothing depends on them. */
#ifndef TRFS_FUSE_CLOCK_TEXT_H
#define TRFS_FUSE_CLOCK_TEXT_H

#include <stdint.h>

#define TRFS_CLOCK_TEXT_SIZE 32

/* Seconds since 1970, as the machine's clock has it now. */
int64_t trfs_clock_now(void);

/* "2026-05-17T08:03:59Z". */
void trfs_clock_text(int64_t seconds, char ret[TRFS_CLOCK_TEXT_SIZE]);

#endif
