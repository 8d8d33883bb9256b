/* SPDX-License-Identifier: MIT */
/*
 * filter/COLUMN=VALUE: the examples whose cell in that column of the manifest is VALUE: a
 * text or a number as it is written, several values with '|' between them, nothing for a
 * missing cell.  Of the label's column: the examples with that class.
 */
#include "base/error.h"
#include "dataset/cell.h"
#include "dataset/view_kind.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define VALUE_SPELLED_MAX ((size_t)NAME_MAX)

static bool find_column(const struct trfs_catalog *catalog, struct trfs_bytes text,
			uint64_t *ret)
{
	char spelled[TRFS_VIEW_SPELLED_MAX];

	for (uint64_t i = 0; i < catalog->column_names.nr; i++) {
		if (trfs_view_spell(trfs_strings_get(&catalog->column_names, i), true,
				    spelled, sizeof(spelled)) &&
		    trfs_bytes_equal(text, trfs_bytes_of(spelled))) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/*
 * A buffer in memory of its own, so that no value is taken for another where there is no
 * memory.  What is longer is the value of no path.
 */
static struct trfs_buffer buffer_in(uint8_t room[VALUE_SPELLED_MAX])
{
	return (struct trfs_buffer){ .data = room,
				     .capacity = VALUE_SPELLED_MAX,
				     .max = VALUE_SPELLED_MAX };
}

static void print_cell(struct trfs_bytes cell, struct trfs_buffer *ret)
{
	struct trfs_cell_reader r;
	struct trfs_value value;
	bool is_first = true;

	trfs_buffer_reset(ret);
	trfs_cell_reader_init(&r, cell);
	while (trfs_cell_reader_next(&r, &value)) {
		if (!is_first)
			trfs_buffer_put_u8(ret, '|');
		trfs_value_print(&value, ret);
		is_first = false;
	}
}

static int digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/*
 * What @text spells, see trfs_view_spell(); the empty value, here, as nothing.  Spelling
 * every cell to compare it would take long in a column of ids.
 */
static bool read_value(struct trfs_bytes text, uint8_t ret[VALUE_SPELLED_MAX],
		       struct trfs_bytes *ret_value)
{
	char again[TRFS_VIEW_SPELLED_MAX];
	size_t len = 0;

	*ret_value = (struct trfs_bytes){ ret, 0 };
	if (text.len == 0)
		return true;
	if (text.len > VALUE_SPELLED_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int high = 0, low = text.data[i];

		if (text.data[i] == '%') {
			if (text.len - i < 3)
				return false;
			high = digit_of(text.data[++i]);
			low = digit_of(text.data[++i]);
			if (high < 0 || low < 0)
				return false;
		}
		ret[len++] = (uint8_t)(high << 4 | low);
	}
	ret_value->len = len;
	return trfs_view_spell(*ret_value, false, again, sizeof(again)) &&
	       trfs_bytes_equal(text, trfs_bytes_of(again));
}

/* Whether a cell reads as @value; @scratch is for cells that are not one text. */
static bool reads_as(struct trfs_bytes cell, struct trfs_bytes value,
		     struct trfs_buffer *scratch)
{
	if (cell.len == 0)
		return value.len == 0;
	if (cell.data[0] == 'T')
		return trfs_bytes_equal(
			(struct trfs_bytes){ cell.data + 1, cell.len - 1 }, value);
	print_cell(cell, scratch);
	return !scratch->failed && trfs_bytes_equal(trfs_buffer_bytes(scratch), value);
}

static bool find_value(const struct trfs_strings *values, struct trfs_bytes value,
		       uint64_t *ret)
{
	uint8_t room[VALUE_SPELLED_MAX];
	struct trfs_buffer scratch = buffer_in(room);
	bool found = false;

	for (uint64_t i = 0; !found && i < values->nr; i++) {
		found = reads_as(trfs_strings_get(values, i), value, &scratch);
		*ret = i;
	}
	return found;
}

static bool parse(const struct trfs_view_context *context, unsigned int i,
		  struct trfs_bytes text, struct trfs_view_step *step)
{
	const struct trfs_catalog *catalog = context->catalog;
	const uint8_t *equals = memchr(text.data, '=', text.len);
	uint8_t read[VALUE_SPELLED_MAX];
	const struct trfs_column *column;
	struct trfs_bytes name, value;

	(void)i;
	if (!equals)
		return false;
	name = (struct trfs_bytes){ text.data, (size_t)(equals - text.data) };
	value = (struct trfs_bytes){ equals + 1, text.len - name.len - 1 };
	if (!find_column(catalog, name, &step->numbers[0]) ||
	    !read_value(value, read, &value))
		return false;
	column = &catalog->columns[step->numbers[0]];
	if (trfs_column_is_stored(column))
		return find_value(&column->values, value, &step->numbers[1]);
	if (step->numbers[0] != catalog->label_column)
		return false;
	for (uint64_t class = 0; class < catalog->class_names.nr; class ++) {
		step->numbers[1] = class;
		if (trfs_bytes_equal(trfs_strings_get(&catalog->class_names, class),
				     value))
			return true;
	}
	return false;
}

/* A byte for each value of the column: whether it reads as the one that was found, which
 * is the first: a text "3" and the number 3 do.  The caller's to free. */
static bool *find_alike(const struct trfs_strings *values, uint64_t found)
{
	bool *alike = calloc(values->nr, sizeof(*alike));
	uint8_t rooms[2][VALUE_SPELLED_MAX];
	struct trfs_buffer value = buffer_in(rooms[0]), scratch = buffer_in(rooms[1]);

	print_cell(trfs_strings_get(values, found), &value);
	for (uint64_t i = found; alike && i < values->nr; i++)
		alike[i] = reads_as(trfs_strings_get(values, i),
				    trfs_buffer_bytes(&value), &scratch);
	return alike;
}

static int keep_value(struct trfs_view_builder *b, const struct trfs_column *column,
		      uint64_t found, struct trfs_error *err)
{
	uint64_t *examples = trfs_view_examples_new(b);
	bool *alike = find_alike(&column->values, found);
	int rc = -ENOMEM;

	if (examples && alike) {
		for (uint64_t i = 0; i < b->context->catalog->nr_examples; i++)
			if (alike[trfs_column_number(column, i)])
				trfs_view_examples_add(examples, i);
		rc = trfs_view_keep(b, examples, err);
	} else {
		trfs_fail_memory(err, "the records of a view");
	}
	free(examples);
	free(alike);
	return rc;
}

static int apply(struct trfs_view_builder *b, const struct trfs_view_step *step,
		 struct trfs_error *err)
{
	const struct trfs_catalog *catalog = b->context->catalog;
	const struct trfs_column *column = &catalog->columns[step->numbers[0]];

	if (trfs_column_is_stored(column))
		return keep_value(b, column, step->numbers[1], err);
	return trfs_view_keep_class(b, (uint32_t)step->numbers[1], err);
}

const struct trfs_view_kind trfs_view_filter = {
	.name = "filter",
	.stage = TRFS_VIEW_STAGE_FILTER,
	.min_arguments = 1,
	.max_arguments = 1,
	.repeatable = true,
	.parse = parse,
	.apply = apply,
};
