/* SPDX-License-Identifier: MIT */
/*
 * Colours, and how wide a terminal is.  All that is printed in colour goes through here;
 * there is none but on a terminal that is not dumb, and none where NO_COLOR is set to
 * anything (https://no-color.org).  What colour says, words say as well.
 */
#ifndef TRFS_CLI_STYLE_H
#define TRFS_CLI_STYLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum trfs_style {
	TRFS_STYLE_STRONG, /* what to look at first; bold */
	TRFS_STYLE_GOOD,   /* fine; green */
	TRFS_STYLE_DOUBT,  /* to be looked at; yellow */
	TRFS_STYLE_BAD,	   /* refused, or failing; red */
};

/* @text, which has nothing hidden in it, in a style where @out shows colours. */
void trfs_style_put(FILE *out, enum trfs_style style, const char *text);

/*
 * The columns of the terminal that @out is, at least 40 and 80 where it does not say; 0
 * where it is none: then nothing is to be wrapped or shortened, for grep and for files.
 */
size_t trfs_style_columns(FILE *out);

/* Characters of UTF-8; combining and wide ones are miscounted, which only looks bad. */
size_t trfs_style_width(const char *text);

/*
 * @path as it fits into @columns: its middle as "..." where it is longer.  For what is
 * not to be pasted.  @columns 0: as it is.  Returns @buf, or @path where it fits.
 */
const char *trfs_style_shorten(const char *path, size_t columns, char *buf, size_t size);

#endif
