/* SPDX-License-Identifier: MIT */
/* What is printed: errors, notes and numbers; colours are in cli/style.h. */
#ifndef TRFS_CLI_OUTPUT_H
#define TRFS_CLI_OUTPUT_H

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/count_text.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Before anything else: descriptors 0 to 2 exist afterwards. */
void trfs_output_init(void);

/* Flush standard output; @code, or a failure where what was printed did not get out. */
int trfs_output_finish(int code);

/*
 * Names of files, classes and columns as a terminal may show them: what is not visible
 * (base/visible.h) as \xNN.
 */
void trfs_output_text(FILE *out, struct trfs_bytes text);

/* A path on a line of its own on standard output: as it is, but for a terminal. */
void trfs_output_path(const char *path);

/* One line on standard output, which is shown as trfs_output_text() does. */
TRFS_PRINTF(1, 2) void trfs_output_line(const char *format, ...);

/*
 * "tfrecordfs: message" on standard error, which is shown as trfs_output_text() does. One
 * line on terminals too, as it ends with what can be pasted.
 */
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
