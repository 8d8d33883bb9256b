/* SPDX-License-Identifier: MIT */
/* strtoull() takes blanks, signs and "0x"; an offset that was mistyped must not pass. */
#include "cli/digits.h"

#include <stddef.h>

bool trfs_digits_parse(const char *text, uint64_t *ret)
{
	uint64_t number = 0;

	if (*text == '\0')
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		if (__builtin_mul_overflow(number, 10u, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number))
			return false;
	}
	*ret = number;
	return true;
}
