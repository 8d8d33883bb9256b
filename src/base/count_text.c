/* SPDX-License-Identifier: MIT */
/* Digits in groups of three, whatever the locale. */
#include "base/count_text.h"

#include <inttypes.h>
#include <stdio.h>

const char *trfs_count_text(uint64_t count, char buf[TRFS_COUNT_SIZE])
{
	char digits[24];
	int nr = snprintf(digits, sizeof(digits), "%" PRIu64, count);
	int at = 0;

	for (int i = 0; i < nr; i++) {
		if (i > 0 && (nr - i) % 3 == 0)
			buf[at++] = ',';
		buf[at++] = digits[i];
	}
	buf[at] = '\0';
	return buf;
}
