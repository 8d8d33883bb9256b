/* SPDX-License-Identifier: MIT */
/*
 * A labels file is short, so it is read whole and then taken apart line by line; a CSV
 * of names and ids goes through the manifest reader instead.  Whatever the form, each
 * class goes through labels_build.c.
 */
#include "manifest/labels_build.h"
#include "manifest/labels_pbtxt.h"

#include "base/buffer.h"
#include "base/error.h"
#include "manifest/manifest.h"
#include "manifest/text.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

enum {
	FILE_SIZE_MAX = 64 << 20,
};

/* Take the next line off @text, trimmed; it ends with LF, CRLF or CR. */
static struct trfs_bytes next_line(struct trfs_bytes *text)
{
	struct trfs_bytes line = { text->data, 0 };
	size_t taken;

	while (line.len < text->len && text->data[line.len] != '\n' &&
	       text->data[line.len] != '\r')
		line.len++;
	taken = line.len;
	if (taken < text->len)
		taken++;
	if (taken < text->len && text->data[taken - 1] == '\r' &&
	    text->data[taken] == '\n')
		taken++;
	text->data += taken;
	text->len -= taken;
	return trfs_bytes_trim(line);
}

/* Whether @line is "id:name". */
static bool split_numbered(struct trfs_bytes line, int64_t *ret_id,
			   struct trfs_bytes *ret_name)
{
	const uint8_t *colon = line.len ? memchr(line.data, ':', line.len) : NULL;
	struct trfs_bytes id = line;

	if (!colon)
		return false;
	id.len = (size_t)(colon - line.data);
	if (!trfs_text_integer(trfs_bytes_trim(id), ret_id))
		return false;
	*ret_name =
		trfs_bytes_trim((struct trfs_bytes){ colon + 1, line.len - id.len - 1 });
	return ret_name->len > 0;
}

static int add_line(struct trfs_labels_building *l, struct trfs_bytes line,
		    bool is_numbered)
{
	char shown[TRFS_PRINTABLE_SIZE];
	int64_t id = l->labels.nr;
	struct trfs_bytes name = line;
	size_t bad;

	if (line.len == 0)
		return trfs_fail(l->err, -EBADMSG,
				 "is blank; every line is a class, in the order of ids");
	if (!trfs_utf8_valid(line)) {
		bad = trfs_text_first_invalid(line);
		return trfs_fail(l->err, -EBADMSG,
				 "the byte 0x%02x is not UTF-8; save the file as UTF-8",
				 line.data[bad < line.len ? bad : 0]);
	}
	if (is_numbered && !split_numbered(line, &id, &name))
		return trfs_fail(l->err, -EBADMSG,
				 "\"%s\" is not \"id:name\", as the lines before are",
				 trfs_text_printable(line, shown, sizeof(shown)));
	return trfs_labels_add(l, name, id);
}

static int load_lines(struct trfs_labels_building *l, struct trfs_bytes text)
{
	struct trfs_bytes name;
	struct trfs_bytes body;
	bool is_numbered = false;
	int64_t id;

	text = trfs_text_after_mark(text);
	body = trfs_bytes_trim(text);
	if (body.len == 0)
		return trfs_fail(
			l->err, -EBADMSG,
			"is empty; the name of a class was expected on each line");
	text.len = (size_t)(body.data - text.data) + body.len;
	while (text.len > 0) {
		struct trfs_bytes line = next_line(&text);
		int rc;

		l->line++;
		if (l->line == 1)
			is_numbered = split_numbered(line, &id, &name);
		rc = add_line(l, line, is_numbered);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int load_text_file(struct trfs_labels_building *l, const char *path,
			  struct trfs_inputs *inputs)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer text;
	struct trfs_file_identity identity;
	struct trfs_file_owner owner;
	uint8_t *room;
	int rc;

	trfs_buffer_init(&text, FILE_SIZE_MAX);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return trfs_fail_errno(l->err, -errno, "cannot open the labels");
	rc = trfs_file_identify(fd, &identity, &owner);
	if (rc < 0)
		return trfs_fail_errno(l->err, rc, "cannot look at the labels");
	if (!S_ISREG(owner.mode))
		return trfs_fail(l->err, S_ISDIR(owner.mode) ? -EISDIR : -EINVAL,
				 "is not a regular file; --labels takes a file with the "
				 "name of a class on each line");
	if (identity.size > FILE_SIZE_MAX)
		return trfs_fail(l->err, -EBADMSG,
				 "is over %d MiB long; that cannot be class names",
				 FILE_SIZE_MAX >> 20);
	rc = trfs_inputs_add(inputs, fd);
	if (rc < 0)
		return trfs_fail_errno(l->err, rc, "cannot look at the labels");
	room = trfs_buffer_extend(&text, (size_t)identity.size);
	if (!room)
		return trfs_fail_memory(l->err, "the labels");
	rc = trfs_file_read(fd, 0, room, (size_t)identity.size);
	if (rc < 0)
		return trfs_fail_errno(l->err, rc, "cannot read the labels");
	if (trfs_labels_pbtxt_named(path))
		return trfs_labels_pbtxt_parse(l, trfs_buffer_bytes(&text));
	return load_lines(l, trfs_buffer_bytes(&text));
}

/* "class_id" beside "class", "id", or whatever ends in "_id". */
static bool is_id_column(struct trfs_bytes name)
{
	return trfs_bytes_equal_nocase(name, trfs_bytes_of("id")) ||
	       trfs_bytes_ends_with(name, "_id") || trfs_bytes_ends_with(name, "_ID");
}

static bool is_name_column(struct trfs_bytes name)
{
	return trfs_bytes_equal_nocase(name, trfs_bytes_of("class")) ||
	       trfs_bytes_equal_nocase(name, trfs_bytes_of("class_name")) ||
	       trfs_bytes_equal_nocase(name, trfs_bytes_of("label")) ||
	       trfs_bytes_equal_nocase(name, trfs_bytes_of("name"));
}

/*
 * The columns of name and id; of just two, the one that is no id is the name, and where
 * neither is called an id they stand in this order, as image2tfrecords has it.
 */
static int find_columns(struct trfs_labels_building *l,
			const struct trfs_strings *columns, uint32_t *ret_name,
			uint32_t *ret_id)
{
	uint32_t nr_names = 0, nr_ids = 0;
	int64_t number;

	for (uint32_t i = 0; i < columns->nr; i++) {
		struct trfs_bytes column = trfs_strings_get(columns, i);

		if (is_id_column(column)) {
			nr_ids++;
			*ret_id = i;
		} else if (is_name_column(column) || columns->nr == 2) {
			nr_names++;
			*ret_name = i;
		}
	}
	if (nr_names == 1 && nr_ids == 1)
		return 0;
	/* A number there is a class of its own, in a file without a header. */
	if (columns->nr == 2 && nr_ids == 0 &&
	    !trfs_text_integer(trfs_strings_get(columns, 1), &number)) {
		*ret_name = 0;
		*ret_id = 1;
		return 0;
	}
	l->line = 1;
	return trfs_fail(l->err, -EBADMSG,
			 "the header must name one column of classes (class, name or "
			 "label) and one of ids (id, class_id or label_id)");
}

static int add_row(struct trfs_labels_building *l, const struct trfs_row *row,
		   uint32_t name_column, uint32_t id_column)
{
	char shown[TRFS_PRINTABLE_SIZE];
	const struct trfs_cell *name = &row->cells[name_column];
	const struct trfs_cell *id = &row->cells[id_column];
	int64_t number;

	l->line = row->line;
	if (name->nr_values == 0 || id->nr_values == 0)
		return trfs_fail(l->err, -EBADMSG, "has no %s",
				 name->nr_values == 0 ? "class name" : "id");
	if (!trfs_text_integer(id->values[0].text, &number))
		return trfs_fail(
			l->err, -EBADMSG, "the id \"%s\" is not an integer",
			trfs_text_printable(id->values[0].text, shown, sizeof(shown)));
	return trfs_labels_add(l, name->values[0].text, number);
}

/* The manifest reader's own errors name the file already: @ret_named says so. */
static int load_separated_file(struct trfs_labels_building *l, const char *path,
			       struct trfs_inputs *inputs, bool *ret_named)
{
	TRFS_CLEANUP(trfs_manifest_freep) struct trfs_manifest *manifest = NULL;
	uint32_t name_column = 0, id_column = 0;
	struct trfs_strings columns;
	struct trfs_row row;
	int rc;

	*ret_named = true;
	rc = trfs_manifest_open(NULL, &(struct trfs_manifest_request){ .path = path },
				inputs, &manifest, l->err);
	if (rc < 0)
		return rc;
	columns = trfs_manifest_columns(manifest);
	*ret_named = false;
	rc = find_columns(l, &columns, &name_column, &id_column);
	if (rc < 0)
		return rc;
	for (;;) {
		*ret_named = true;
		rc = trfs_manifest_next(manifest, &row, l->err);
		if (rc < 0)
			return rc;
		*ret_named = false;
		l->line = 0;
		if (rc == 0 && l->labels.nr == 0)
			return trfs_fail(l->err, -EBADMSG, "has no classes");
		if (rc == 0)
			return 0;
		rc = add_row(l, &row, name_column, id_column);
		if (rc < 0)
			return rc;
	}
}

static int prefix_place(const struct trfs_labels_building *l, const char *path, int rc)
{
	char shown[TRFS_PRINTABLE_SIZE];

	trfs_text_printable(trfs_bytes_of(path), shown, sizeof(shown));
	if (l->line == 0)
		return trfs_error_prefix(l->err, rc, "%s", shown);
	return trfs_error_prefix(l->err, rc, "%s:%" PRIu64, shown, l->line);
}

int trfs_labels_load(const char *path, struct trfs_inputs *inputs,
		     struct trfs_labels *ret, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_labels_building_done)
	struct trfs_labels_building l = { .err = err };
	struct trfs_bytes name = trfs_bytes_of(path);
	bool is_named = false;
	int rc;

	l.labels.names = trfs_string_table_new();
	if (!l.labels.names)
		return trfs_fail_memory(err, "the labels");
	if (trfs_bytes_ends_with(name, ".csv") || trfs_bytes_ends_with(name, ".CSV"))
		rc = load_separated_file(&l, path, inputs, &is_named);
	else
		rc = load_text_file(&l, path, inputs);
	if (rc == 0)
		rc = trfs_labels_check_ids(&l);
	if (rc < 0)
		return is_named ? rc : prefix_place(&l, path, rc);
	*ret = l.labels;
	l.labels = (struct trfs_labels){ .names = NULL };
	return 0;
}
