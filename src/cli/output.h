/* SPDX-License-Identifier: MIT */
/* What is printed: errors, notes, numbers and colours. */
#ifndef TRFS_CLI_OUTPUT_H
#define TRFS_CLI_OUTPUT_H

#include "base/compiler.h"
#include "base/count_text.h"
#include <stdbool.h>
#include <stdint.h>

/* Before anything else: descriptors 0 to 2 exist afterwards, and NO_COLOR was heard. */
void trfs_output_init(void);

/* Flush standard output; @code, or a failure where what was printed did not get out. */
int trfs_output_finish(int code);

/* "tfrecordfs: message" on standard error. */
TRFS_PRINTF(1, 2) void trfs_output_error(const char *format, ...);

/* "note: message" on standard error. */
TRFS_PRINTF(1, 2) void trfs_output_note(const char *format, ...);

/* The exit code that an error's code means: usage for -EINVAL, else data. */
int trfs_output_exit_code(const struct trfs_error *err);

/* "1.2 GB", "512 B" (powers of ten); at least 16 bytes.  Returns @buf. */
const char *trfs_output_bytes(uint64_t n, char *buf, int len);

/* "0.012 s", "3.4 s", "210 s"; at least 16 bytes.  Returns @buf. */
const char *trfs_output_seconds(double seconds, char *buf, int len);

#endif
