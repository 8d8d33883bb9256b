/* SPDX-License-Identifier: MIT */
/* Numbers as people type them on the command line: decimal digits and nothing else. */
#ifndef TRFS_CLI_DIGITS_H
#define TRFS_CLI_DIGITS_H

#include <stdbool.h>
#include <stdint.h>

/* false for anything but digits: no sign, blank or suffix; and beyond 64 bits. */
bool trfs_digits_parse(const char *text, uint64_t *ret);

#endif
