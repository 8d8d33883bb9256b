/* SPDX-License-Identifier: MIT */
/*
 * A manifest dialect to begin with: "cat/1.jpg | cat", a row a line, in files called
 * *.pipes, or that begin with "#pipes".  Other lines that begin with # are comments.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/window.h"
#include <errno.h>
#include <stdlib.h>

enum { LINE_MAX_BYTES = 1 << 16 };

/* In this order, as they are named when the file is opened. */
enum { COLUMN_FILE, COLUMN_LABEL };

/**
 * struct pipes - a reader
 * @fd: owned
 * @line: of the window's start, from 1
 */
struct pipes {
	int fd;
	struct trfs_window window;
	uint64_t line;
};

static void pipes_close(void *reader)
{
	struct pipes *pipes = reader;

	if (!pipes)
		return;
	trfs_window_done(&pipes->window);
	trfs_file_close(pipes->fd);
	free(pipes);
}

static int pipes_open(const struct trfs_root *root,
		      const struct trfs_manifest_request *request, int fd,
		      struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		      void **ret_reader, struct trfs_text_place *ret_place,
		      struct trfs_error *err)
{
	static const char *const names[] = { "file", "label" };
	struct pipes *pipes = calloc(1, sizeof(*pipes));
	int rc;

	(void)root;
	(void)request;
	(void)inputs;
	(void)ret_place;
	if (!pipes)
		return trfs_fail_memory(err, "reading");
	/* Whoever called closes @fd unless we succeed. */
	pipes->fd = -1;
	pipes->line = 1;
	rc = trfs_window_init(&pipes->window, fd, LINE_MAX_BYTES, err);
	if (rc == 0)
		rc = trfs_dialect_name_columns(rows, names, TRFS_COUNT(names), err);
	if (rc < 0) {
		pipes_close(pipes);
		return rc;
	}
	pipes->fd = fd;
	*ret_reader = pipes;
	return 0;
}

/* The next line that is neither empty nor a comment: 1, 0 at the end, or an error. */
static int next_line(struct pipes *pipes, struct trfs_bytes *ret,
		     struct trfs_text_place *ret_place, struct trfs_error *err)
{
	int rc;

	do {
		ret_place->line = pipes->line;
		rc = trfs_window_line(&pipes->window, ret, err);
		if (rc <= 0)
			return rc;
		pipes->line++;
		*ret = trfs_bytes_trim(*ret);
	} while (ret->len == 0 || ret->data[0] == '#');
	rc = trfs_text_check_utf8(*ret, err);
	return rc < 0 ? rc : 1;
}

static int pipes_next(void *reader, struct trfs_row_builder *rows,
		      struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct trfs_bytes line, file, label;
	const uint8_t *bar;
	int rc = next_line(reader, &line, ret_place, err);

	if (rc <= 0)
		return rc;
	bar = memchr(line.data, '|', line.len);
	if (!bar)
		return trfs_fail(err, -EBADMSG,
				 "has no \"|\" between a file and a label");
	file = (struct trfs_bytes){ line.data, (size_t)(bar - line.data) };
	label = (struct trfs_bytes){ bar + 1, line.len - file.len - 1 };
	rc = trfs_row_builder_add_text(rows, COLUMN_FILE, trfs_bytes_trim(file), err);
	if (rc == 0)
		rc = trfs_row_builder_add_text(rows, COLUMN_LABEL, trfs_bytes_trim(label),
					       err);
	return rc < 0 ? rc : 1;
}

static bool pipes_recognise(struct trfs_bytes head)
{
	static const char mark[] = "#pipes";

	return head.len >= strlen(mark) && memcmp(head.data, mark, strlen(mark)) == 0;
}

static const char *const pipes_extensions[] = { ".pipes", NULL };

const struct trfs_dialect trfs_dialect_pipes = {
	.name = "pipes",
	.extensions = pipes_extensions,
	.recognise = pipes_recognise,
	.open = pipes_open,
	.next = pipes_next,
	.close = pipes_close,
};
