/* SPDX-License-Identifier: MIT */
/* Numbers out of text and out of each other: exactly, or not at all. */
#ifndef TRFS_BASE_NUMBER_H
#define TRFS_BASE_NUMBER_H

#include "base/bytes.h"

/*
 * The whole of @text as a decimal number ("12", "-0.5", ".5", "1e-3"), nearest double,
 * whatever the locale.  No blanks, "nan", "inf", hexadecimal, or what no double holds.
 */
bool trfs_number_parse(struct trfs_bytes text, double *ret);

/* False where @real has a fraction or is out of range. */
bool trfs_number_whole(double real, int64_t *ret);

/* Nearest float32, ties to even; false where a finite @real would become infinite. */
bool trfs_number_float(double real, float *ret);

#endif
