/* SPDX-License-Identifier: MIT */
/*
 * JSON Lines: an object a line, and each line is a row.  Lines are found first and
 * parsed alone, so a broken one is told with its number and cannot swallow the next.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/json_values.h"
#include "manifest/window.h"
#include <errno.h>
#include <stdlib.h>

enum {
	LINE_MAX_BYTES = 64 << 20,
};

/* @line: number of the line that the window's start is on. */
struct jsonl {
	int fd; /* owned */
	struct trfs_window window;
	uint64_t line;
};

static void jsonl_close(void *reader)
{
	struct jsonl *lines = reader;

	if (!lines)
		return;
	trfs_window_done(&lines->window);
	trfs_file_close(lines->fd);
	free(lines);
}

static int jsonl_open(const struct trfs_root *root,
		      const struct trfs_manifest_request *request, int fd,
		      struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		      void **ret_reader, struct trfs_text_place *ret_place,
		      struct trfs_error *err)
{
	struct jsonl *lines = calloc(1, sizeof(*lines));
	int rc;

	(void)request;
	(void)root;
	(void)inputs;
	(void)rows;
	(void)ret_place;
	if (!lines)
		return trfs_fail_memory(err, "reading");
	lines->fd = -1;
	lines->line = 1;
	rc = trfs_window_init(&lines->window, fd, LINE_MAX_BYTES + 1, err);
	if (rc == 0)
		rc = trfs_window_skip_mark(&lines->window, err);
	if (rc == 0 && lines->window.at == lines->window.len)
		rc = trfs_fail(err, -EBADMSG,
			       "is empty; an object {\"key\": value, ...} on each line "
			       "was expected");
	if (rc < 0) {
		jsonl_close(lines);
		return rc;
	}
	lines->fd = fd;
	*ret_reader = lines;
	return 0;
}

static int jsonl_next(void *reader, struct trfs_row_builder *rows,
		      struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct jsonl *lines = reader;
	TRFS_CLEANUP(json_decrefp) json_t *object = NULL;
	struct trfs_bytes line;
	int rc;

	do {
		*ret_place = (struct trfs_text_place){ .line = lines->line };
		rc = trfs_window_line(&lines->window, &line, err);
		if (rc <= 0)
			return rc;
		lines->line++;
	} while (trfs_bytes_trim(line).len == 0);
	ret_place->column = 1;
	rc = trfs_json_parse(line, *ret_place, &object, ret_place, err);
	if (rc < 0 && line.data[0] == '[' && ret_place->line == 1)
		return trfs_error_prefix(err, rc,
					 "not an object a line (an array of objects is "
					 "named .json)");
	if (rc < 0)
		return rc;
	rc = trfs_json_values_add(object, rows, err);
	return rc < 0 ? rc : 1;
}

static uint64_t jsonl_nr_read(const void *reader)
{
	const struct jsonl *lines = reader;

	return trfs_window_offset(&lines->window);
}

/*
 * An object that is closed on the first line; one with "images" is taken for the
 * JSON dialect's, and so is a first line that is longer than what is looked at.
 */
static bool jsonl_recognise(struct trfs_bytes head)
{
	TRFS_CLEANUP(json_decrefp) json_t *object = NULL;
	struct trfs_text_place place;
	struct trfs_bytes line = { 0 };

	head = trfs_text_after_mark(head);
	trfs_text_take_line(&head, &line);
	if (trfs_json_parse(line, (struct trfs_text_place){ 0 }, &object, &place, NULL) <
	    0)
		return false;
	return json_is_object(object) && !json_object_get(object, "images");
}

static const char *const jsonl_extensions[] = { ".jsonl", ".ndjson", NULL };

const struct trfs_dialect trfs_dialect_jsonl = {
	.name = "JSON Lines",
	.extensions = jsonl_extensions,
	.recognise = jsonl_recognise,
	.open = jsonl_open,
	.next = jsonl_next,
	.close = jsonl_close,
	.nr_read = jsonl_nr_read,
};
