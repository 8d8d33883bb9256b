/* SPDX-License-Identifier: MIT */
/* Asked anew each time: that costs two calls a line, and nothing has to be kept. */
#include "cli/style.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_MIN	40
#define COLUMNS_UNKNOWN 80
#define ELLIPSIS	"..."

static bool is_terminal(FILE *out)
{
	int fd = fileno(out);

	return fd >= 0 && isatty(fd) == 1;
}

static bool has_colours(FILE *out)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return is_terminal(out) && !(no_colour && *no_colour) && term && *term &&
	       strcmp(term, "dumb") != 0;
}

void trfs_style_put(FILE *out, enum trfs_style style, const char *text)
{
	static const char *const begin[] = {
		[TRFS_STYLE_STRONG] = "\033[1m",
		[TRFS_STYLE_GOOD] = "\033[32m",
		[TRFS_STYLE_DOUBT] = "\033[33m",
		[TRFS_STYLE_BAD] = "\033[1;31m",
	};

	if (has_colours(out))
		fprintf(out, "%s%s\033[0m", begin[style], text);
	else
		fputs(text, out);
}

size_t trfs_style_columns(FILE *out)
{
	struct winsize size = { 0 };

	if (!is_terminal(out))
		return 0;
	if (ioctl(fileno(out), TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return COLUMNS_UNKNOWN;
	return size.ws_col < COLUMNS_MIN ? COLUMNS_MIN : size.ws_col;
}

static bool starts_character(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

size_t trfs_style_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += starts_character(*text);
	return width;
}

/* Bytes of the first @nr characters of @text. */
static size_t bytes_of(const char *text, size_t nr)
{
	size_t len = 0;

	while (text[len] && (nr > 0 || !starts_character(text[len])))
		nr -= starts_character(text[len++]);
	return len;
}

const char *trfs_style_shorten(const char *path, size_t columns, char *buf, size_t size)
{
	size_t width = trfs_style_width(path);
	size_t kept, begin, end;

	if (columns == 0 || width <= columns)
		return path;
	/* The end of a path tells more than its beginning. */
	kept = columns > strlen(ELLIPSIS) ? columns - strlen(ELLIPSIS) : 0;
	begin = bytes_of(path, kept / 3);
	end = bytes_of(path, width - (kept - kept / 3));
	snprintf(buf, size, "%.*s" ELLIPSIS "%s", (int)begin, path, path + end);
	return buf;
}
