/* SPDX-License-Identifier: MIT */
/* Words are never broken: one that is too long has a line that the terminal breaks. */
#include "cli/paragraph.h"

#include "cli/output.h"
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#define COLUMNS_MAX 100
#define TEXT_SIZE   (4 * PATH_MAX)

/* Of all lines but the first, which is short where a label is long. */
#define INDENT	   2
#define INDENT_MAX 8

static size_t characters_of(const char *word, size_t len)
{
	size_t nr = 0;

	for (size_t i = 0; i < len; i++)
		nr += ((unsigned char)word[i] & 0xc0) != 0x80;
	return nr;
}

void trfs_paragraph_put(FILE *out, size_t columns, size_t used, size_t indent,
			const char *text)
{
	text += strspn(text, " ");
	while (*text) {
		/* A path may have several. */
		size_t blanks = strspn(text, " ");
		size_t len = strcspn(text + blanks, " ");
		size_t width = characters_of(text + blanks, len);

		if (columns > 0 && used > indent && used + blanks + width > columns) {
			fprintf(out, "\n%*s", (int)indent, "");
			used = indent;
		} else {
			fprintf(out, "%*s", (int)blanks, "");
			used += blanks;
		}
		text += blanks;
		trfs_output_text(out, (struct trfs_bytes){ (const uint8_t *)text, len });
		used += width;
		text += len;
	}
	fputc('\n', out);
}

/* No memory is asked for: a report is whole where there is none left. */
TRFS_PRINTF(4, 0)
static void put_formatted(FILE *out, size_t used, size_t indent, const char *format,
			  va_list arguments)
{
	size_t columns = trfs_style_columns(out);
	char text[TEXT_SIZE];

	vsnprintf(text, sizeof(text), format, arguments);
	trfs_paragraph_put(out, columns > COLUMNS_MAX ? COLUMNS_MAX : columns, used,
			   indent, text);
}

void trfs_paragraph_labelled(FILE *out, enum trfs_style style, const char *label,
			     const char *format, ...)
{
	size_t width = trfs_style_width(label);
	va_list arguments;

	trfs_style_put(out, style, label);
	fputc(' ', out);
	va_start(arguments, format);
	put_formatted(out, width + 1, width < INDENT_MAX ? width + 1 : INDENT, format,
		      arguments);
	va_end(arguments);
}

void trfs_paragraph_behind(FILE *out, size_t used, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	put_formatted(out, used, used, format, arguments);
	va_end(arguments);
}

void trfs_paragraph_printf(FILE *out, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	put_formatted(out, 0, INDENT, format, arguments);
	va_end(arguments);
}
