/* SPDX-License-Identifier: MIT */
/*
 * strtod() accepts more than a manifest's number is (blanks, "nan", "0x1p3") and obeys
 * the program's locale; so the text is checked first, then read in the "C" locale.
 */
#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

/* Longer than any number that people or printf("%f") of a double write. */
#define TEXT_SIZE 512

static size_t skip_digits(struct trfs_bytes text, size_t at)
{
	while (at < text.len && text.data[at] >= '0' && text.data[at] <= '9')
		at++;
	return at;
}

static bool is_sign(struct trfs_bytes text, size_t at)
{
	return at < text.len && (text.data[at] == '+' || text.data[at] == '-');
}

/* [sign] digits with at most one point among them [e [sign] digits], all of it. */
static bool is_decimal(struct trfs_bytes text)
{
	size_t start = is_sign(text, 0) ? 1 : 0;
	size_t at = skip_digits(text, start);
	size_t nr_digits = at - start;

	if (at < text.len && text.data[at] == '.') {
		start = at + 1;
		at = skip_digits(text, start);
		nr_digits += at - start;
	}
	if (nr_digits == 0)
		return false;
	if (at < text.len && (text.data[at] | 0x20) == 'e') {
		start = is_sign(text, at + 1) ? at + 2 : at + 1;
		at = skip_digits(text, start);
		if (at == start)
			return false;
	}
	return at == text.len;
}

bool trfs_number_parse(struct trfs_bytes text, double *ret)
{
	char copy[TEXT_SIZE];
	locale_t plain;
	double real;

	if (text.len >= sizeof(copy) || !is_decimal(text))
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';

	/* In glibc this hands out a constant: it neither allocates nor fails. */
	plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (!plain)
		return false;
	real = strtod_l(copy, NULL, plain);
	freelocale(plain);
	if (isinf(real))
		return false;
	*ret = real;
	return true;
}
