/* SPDX-License-Identifier: MIT */
/* What several side files need; their table is in side_file.h. */
#include "stream/side_file.h"

#include "dataset/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_KIND(name) &trfs_side_##name,

const struct trfs_side_kind *const trfs_side_kinds[] = { TRFS_SIDE_KINDS(SIDE_KIND) };
const size_t trfs_side_kinds_len = TRFS_COUNT(trfs_side_kinds);

int64_t trfs_side_class_id(const struct trfs_view *view, uint64_t number)
{
	const int64_t *ids = view->catalog->class_ids;
	const char *text = view->options->label_base;
	int64_t id = ids[number], shown;

	/* That it is a number was seen to when the schema was bound. */
	if (!text || __builtin_sub_overflow(id, ids[0], &shown) ||
	    __builtin_add_overflow(shown, strtoll(text, NULL, 10), &shown))
		return id;
	return shown;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

const char *trfs_side_data_set_name(const struct trfs_view *view,
				    char room[TRFS_SIDE_DATA_SET_NAME_SIZE])
{
	const char *given = view->options->name;
	const char *slash = strrchr(view->catalog->root_path, '/');
	const char *source = slash ? slash + 1 : view->catalog->root_path;

	if (given)
		return given;
	snprintf(room, TRFS_SIDE_DATA_SET_NAME_SIZE, "%s%s",
		 is_letter(*source) ? "" : "images_", source);
	for (char *c = room; *c; c++)
		if (!is_letter(*c) && !(*c >= '0' && *c <= '9'))
			*c = '_';
	return room;
}

/* Whether the field has to be in quotes, and how many quotes it has in it. */
static bool is_quoted(struct trfs_bytes field, size_t *ret_nr_quotes)
{
	bool quoted = false;
	size_t nr = 0;

	for (size_t i = 0; i < field.len; i++) {
		uint8_t c = field.data[i];

		nr += c == '"';
		quoted |= c == ',' || c == '"' || c == '\r' || c == '\n';
	}
	*ret_nr_quotes = nr;
	return quoted;
}

uint64_t trfs_side_csv_length(struct trfs_bytes field)
{
	size_t nr_quotes;

	return field.len + (is_quoted(field, &nr_quotes) ? nr_quotes + 2 : 0);
}

void trfs_side_put_csv(struct trfs_buffer *out, struct trfs_bytes field)
{
	size_t unused;

	if (!is_quoted(field, &unused)) {
		trfs_buffer_put(out, field.data, field.len);
		return;
	}
	trfs_buffer_put_u8(out, '"');
	for (size_t i = 0; i < field.len; i++) {
		if (field.data[i] == '"')
			trfs_buffer_put_u8(out, '"');
		trfs_buffer_put_u8(out, field.data[i]);
	}
	trfs_buffer_put_u8(out, '"');
}

unsigned int trfs_side_nr_digits(uint64_t number)
{
	unsigned int nr = 1;

	while (number >= 10) {
		number /= 10;
		nr++;
	}
	return nr;
}

void trfs_side_put_cell_text(struct trfs_buffer *out, struct trfs_bytes cell)
{
	struct trfs_cell_reader r;
	struct trfs_value value;
	const char *before = "";

	trfs_cell_reader_init(&r, cell);
	while (trfs_cell_reader_next(&r, &value)) {
		trfs_buffer_printf(out, "%s", before);
		trfs_value_print(&value, out);
		before = "|";
	}
}
