/* SPDX-License-Identifier: MIT */
/* Counts as people read them: 66,692. */
#ifndef TRFS_DATASET_COUNT_TEXT_H
#define TRFS_DATASET_COUNT_TEXT_H

#include <stdint.h>

/* Enough for any count with its commas and a NUL. */
#define TRFS_COUNT_TEXT_MAX 32

/* The text stands at the end of @buf; the result can go into an argument list. */
static inline const char *trfs_count_text(uint64_t count, char buf[TRFS_COUNT_TEXT_MAX])
{
	char *p = buf + TRFS_COUNT_TEXT_MAX - 1;
	unsigned int nr_digits = 0;

	*p = '\0';
	do {
		if (nr_digits > 0 && nr_digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + count % 10);
		count /= 10;
		nr_digits++;
	} while (count > 0);
	return p;
}

#endif
