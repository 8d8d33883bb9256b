/* SPDX-License-Identifier: MIT */
/* Counts as people read them: 66,692. */
#ifndef TRFS_BASE_COUNT_TEXT_H
#define TRFS_BASE_COUNT_TEXT_H

#include <stdint.h>

/* Enough for any count with its commas and a NUL. */
#define TRFS_COUNT_SIZE 32

/* Into @buf; returns it, so that it can stand in an argument list. */
const char *trfs_count_text(uint64_t count, char buf[TRFS_COUNT_SIZE]);

#endif
