/* SPDX-License-Identifier: MIT */
/* Numbers out of text. */
#ifndef TRFS_BASE_NUMBER_H
#define TRFS_BASE_NUMBER_H

#include "base/bytes.h"

/*
 * The whole of @text as a decimal number ("12", "-0.5", ".5", "1e-3"), nearest double,
 * whatever the locale.  No blanks, "nan", "inf", hexadecimal, or what no double holds.
 */
bool trfs_number_parse(struct trfs_bytes text, double *ret);

#endif
