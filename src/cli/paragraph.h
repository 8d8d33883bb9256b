/* SPDX-License-Identifier: MIT */
/* Sentences, in lines that end where a terminal does and not within a word. */
#ifndef TRFS_CLI_PARAGRAPH_H
#define TRFS_CLI_PARAGRAPH_H

#include "base/compiler.h"
#include "cli/style.h"

/*
 * @text and a newline, in lines of at most @columns (0: one line), of which @used are
 * taken in the first one, and @indent are left free in all others.  Shown as
 * trfs_output_text() does.
 */
void trfs_paragraph_put(FILE *out, size_t columns, size_t used, size_t indent,
			const char *text);

/*
 * "note: sentence": @label in @style, and the sentence in as many columns as the terminal
 * has, but not so many that the eye loses the line.  Not for what is to be pasted.
 */
TRFS_PRINTF(4, 5)
void trfs_paragraph_labelled(FILE *out, enum trfs_style style, const char *label,
			     const char *format, ...);

/* What is behind a label of @used columns, which all lines leave free. */
TRFS_PRINTF(3, 4)
void trfs_paragraph_behind(FILE *out, size_t used, const char *format, ...);

/* The same without a label. */
TRFS_PRINTF(2, 3) void trfs_paragraph_printf(FILE *out, const char *format, ...);

#endif
