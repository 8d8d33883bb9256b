/* SPDX-License-Identifier: MIT */
/* The few shapes that everything printed has. */
#include "cli/output.h"

#include "base/visible.h"
#include "cli/command.h"
#include "cli/style.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void trfs_output_init(void)
{
	int fd;

	/* A file opened as descriptor 2 would get our messages. */
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
	/* A limit of file sizes is an error of a write, as a full disk is. */
	signal(SIGXFSZ, SIG_IGN);
}

int trfs_output_finish(int code)
{
	char text[128];

	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	if (errno == EPIPE)
		return code;
	trfs_output_error("writing to standard output: %s",
			  strerror_r(errno, text, sizeof(text)));
	return code ? code : TRFS_EXIT_DATA;
}

/* Bytes of @text that can be shown as they are. */
static size_t visible_run(struct trfs_bytes text)
{
	struct trfs_bytes left = text;

	while (left.len > 0) {
		size_t len = trfs_visible_len(left);

		if (len == 0)
			break;
		left.data += len;
		left.len -= len;
	}
	return text.len - left.len;
}

void trfs_output_text(FILE *out, struct trfs_bytes text)
{
	while (text.len > 0) {
		size_t len = visible_run(text);

		if (len > 0)
			fwrite(text.data, 1, len, out);
		else
			fprintf(out, "\\x%02x", text.data[0]);
		text.data += len ? len : 1;
		text.len -= len ? len : 1;
	}
}

void trfs_output_path(const char *path)
{
	if (isatty(STDOUT_FILENO))
		trfs_output_text(stdout, trfs_bytes_of(path));
	else
		fputs(path, stdout);
	putchar('\n');
}

TRFS_PRINTF(4, 0)
static void print_line(FILE *out, enum trfs_style style, const char *prefix,
		       const char *format, va_list arguments)
{
	char *text = NULL;

	fflush(stdout);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	flockfile(out);
	if (prefix) {
		trfs_style_put(out, style, prefix);
		fputc(' ', out);
	}
	trfs_output_text(out, trfs_bytes_of(text ? text : "no memory for a message"));
	putc('\n', out);
	funlockfile(out);
	free(text);
}

void trfs_output_line(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(stdout, TRFS_STYLE_STRONG, NULL, format, arguments);
	va_end(arguments);
}

void trfs_output_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(stderr, TRFS_STYLE_BAD, "tfrecordfs:", format, arguments);
	va_end(arguments);
}

void trfs_output_note(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(stderr, TRFS_STYLE_DOUBT, "note:", format, arguments);
	va_end(arguments);
}

int trfs_output_exit_code(const struct trfs_error *err)
{
	return err->code == -EINVAL ? TRFS_EXIT_USAGE : TRFS_EXIT_DATA;
}

const char *trfs_output_bytes(uint64_t n, char *buf, int len)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
	double value = (double)n;
	size_t unit = 0;

	while (value >= 999.5 && unit + 1 < TRFS_COUNT(units)) {
		value /= 1000;
		unit++;
	}
	snprintf(buf, (size_t)len, unit > 0 && value < 9.95 ? "%.1f %s" : "%.0f %s",
		 value, units[unit]);
	return buf;
}

const char *trfs_output_seconds(double seconds, char *buf, int len)
{
	int decimals = seconds < 1 ? 3 : seconds < 100 ? 1 : 0;

	snprintf(buf, (size_t)len, "%.*f s", decimals, seconds);
	return buf;
}
