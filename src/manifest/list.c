/* SPDX-License-Identifier: MIT */
/*
 * A list: an image's path a line, and behind it, if at all, its label: as Caffe, DALI's
 * file_list and ImageNet's validation set have it.  Paths may hold blanks: one ends with
 * the last word that ends as images do, or, where no word does, before the last one.
 */
#include "manifest/dialect.h"

#include "base/error.h"
#include "manifest/beneath.h"
#include "manifest/window.h"
#include <errno.h>
#include <stdlib.h>

enum { LINE_MAX_BYTES = 1 << 20 };

/* Columns, in this order; the label's only where there are labels. */
enum { COLUMN_PATH, COLUMN_LABEL };

/**
 * struct list - a reader
 * @line: of the window's start, from 1
 * @has_labels: whether lines have labels: all or none
 */
struct list {
	int fd; /* owned */
	struct trfs_window window;
	uint64_t line;
	bool is_first;
	bool has_labels;
};

/* A line taken apart; @label is empty where there is none. */
struct parts {
	struct trfs_bytes path;
	struct trfs_bytes label;
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static size_t word_start(struct trfs_bytes line, size_t end)
{
	while (end > 0 && !is_blank(line.data[end - 1]))
		end--;
	return end;
}

/* Where the word before the one that ends at @end ends; 0 where it is the first. */
static size_t word_end_before(struct trfs_bytes line, size_t end)
{
	end = word_start(line, end);
	while (end > 0 && is_blank(line.data[end - 1]))
		end--;
	return end;
}

static struct parts split_at(struct trfs_bytes line, size_t end)
{
	struct trfs_bytes rest = { line.data + end, line.len - end };

	return (struct parts){ { line.data, end }, trfs_bytes_trim(rest) };
}

/* @ret_by_name: whether the path was told by how images' names end. */
static struct parts take_apart(struct trfs_bytes line, bool *ret_by_name)
{
	size_t end = line.len;

	for (; end > 0; end = word_end_before(line, end)) {
		size_t start = word_start(line, end);

		*ret_by_name = trfs_beneath_is_image_name(
			(struct trfs_bytes){ line.data + start, end - start });
		if (*ret_by_name)
			return split_at(line, end);
	}
	end = word_end_before(line, line.len);
	return split_at(line, end > 0 ? end : line.len);
}

static void list_close(void *reader)
{
	struct list *list = reader;

	if (!list)
		return;
	trfs_window_done(&list->window);
	trfs_file_close(list->fd);
	free(list);
}

static int list_open(const struct trfs_root *root,
		     const struct trfs_manifest_request *request, int fd,
		     struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		     void **ret_reader, struct trfs_text_place *ret_place,
		     struct trfs_error *err)
{
	struct list *list = calloc(1, sizeof(*list));
	uint32_t column;
	int rc;

	(void)request;
	(void)root;
	(void)inputs;
	(void)ret_place;
	if (!list)
		return trfs_fail_memory(err, "reading");
	list->fd = -1;
	list->line = 1;
	list->is_first = true;
	rc = trfs_window_init(&list->window, fd, LINE_MAX_BYTES, err);
	if (rc == 0)
		rc = trfs_window_skip_mark(&list->window, err);
	if (rc == 0)
		rc = trfs_row_builder_column(rows, trfs_bytes_of("path"), &column, err);
	if (rc < 0) {
		list_close(list);
		return rc;
	}
	list->fd = fd;
	*ret_reader = list;
	return 0;
}

/* Whether all words are numbers: then they are several labels, else one name. */
static bool all_integers(struct trfs_bytes label)
{
	for (size_t end = label.len; end > 0;) {
		size_t before = word_end_before(label, end);
		struct trfs_bytes word = { label.data + before, end - before };
		int64_t integer;

		if (!trfs_text_integer(trfs_bytes_trim(word), &integer))
			return false;
		end = before;
	}
	return true;
}

static int add_label(struct trfs_row_builder *rows, struct trfs_bytes label,
		     struct trfs_error *err)
{
	bool several = all_integers(label);
	size_t at = 0;
	int rc = 0;

	if (!several)
		return trfs_row_builder_add_text(rows, COLUMN_LABEL, label, err);
	while (rc == 0 && at < label.len) {
		size_t start = at;

		while (at < label.len && !is_blank(label.data[at]))
			at++;
		rc = trfs_row_builder_add_text(
			rows, COLUMN_LABEL,
			(struct trfs_bytes){ label.data + start, at - start }, err);
		while (at < label.len && is_blank(label.data[at]))
			at++;
	}
	return rc;
}

/* What the first line has, the others must have. */
static int check_labels(struct list *list, const struct parts *parts,
			struct trfs_row_builder *rows, struct trfs_error *err)
{
	bool has_label = parts->label.len > 0;
	uint32_t column;

	if (list->is_first) {
		list->is_first = false;
		list->has_labels = has_label;
		return has_label ? trfs_row_builder_column(rows, trfs_bytes_of("label"),
							   &column, err)
				 : 0;
	}
	if (has_label == list->has_labels)
		return 0;
	return trfs_fail(err, -EBADMSG,
			 has_label ? "has a label, which the lines before have not"
				   : "has no label, as the lines before have: write it "
				     "behind the path");
}

static int list_next(void *reader, struct trfs_row_builder *rows,
		     struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct list *list = reader;
	struct trfs_bytes line;
	struct parts parts;
	bool by_name;
	int rc;

	do {
		ret_place->line = list->line;
		rc = trfs_window_line(&list->window, &line, err);
		if (rc <= 0)
			return rc;
		list->line++;
	} while (trfs_bytes_trim(line).len == 0);
	rc = trfs_text_check_utf8(line, err);
	if (rc < 0)
		return rc;
	parts = take_apart(trfs_bytes_trim(line), &by_name);
	rc = check_labels(list, &parts, rows, err);
	if (rc == 0)
		rc = trfs_row_builder_add_text(rows, COLUMN_PATH, parts.path, err);
	if (rc == 0 && parts.label.len > 0)
		rc = add_label(rows, parts.label, err);
	return rc < 0 ? rc : 1;
}

static uint64_t list_nr_read(const void *reader)
{
	const struct list *list = reader;

	return trfs_window_offset(&list->window);
}

/* A first line with a word that ends as images' names do; JSON's would end in quotes. */
static bool list_recognise(struct trfs_bytes head)
{
	struct trfs_bytes line;
	bool by_name = false;

	head = trfs_text_after_mark(head);
	if (!trfs_text_take_line(&head, &line) || line.len == 0 ||
	    !trfs_utf8_valid(line) || memchr(line.data, ',', line.len))
		return false;
	take_apart(line, &by_name);
	return by_name;
}

static const char *const list_extensions[] = { ".lst", NULL };

const struct trfs_dialect trfs_dialect_list = {
	.name = "list",
	.extensions = list_extensions,
	.recognise = list_recognise,
	.role_columns = { [TRFS_ROLE_FILE] = "path" },
	.open = list_open,
	.next = list_next,
	.close = list_close,
	.nr_read = list_nr_read,
};
