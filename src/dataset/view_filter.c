/* SPDX-License-Identifier: MIT */
/*
 * filter/COLUMN=VALUE: the examples whose cell in that column of the manifest is VALUE: a
 * text or a number as it is written, several values with '|' between them, nothing for a
 * missing cell.  Of the label's column: the examples with that class.
 */
#include "base/error.h"
#include "dataset/cell.h"
#include "dataset/view_kind.h"

#include <stdlib.h>

#define VALUE_MAX ((size_t)1 << 16)

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

/* Whether @name is spelled @text; the empty name, here, as nothing. */
static bool is_spelled(struct trfs_bytes name, struct trfs_bytes text)
{
	char spelled[TRFS_VIEW_SPELLED_MAX];

	if (name.len == 0 || text.len == 0)
		return name.len == text.len;
	/* Spelling only makes longer, and most differ in length already. */
	if (name.len > text.len)
		return false;
	return trfs_view_spell(name, false, spelled, sizeof(spelled)) &&
	       trfs_bytes_equal(text, trfs_bytes_of(spelled));
}

static bool find_value(const struct trfs_strings *values, struct trfs_bytes text,
		       uint64_t *ret)
{
	struct trfs_buffer cell;
	bool found = false;

	trfs_buffer_init(&cell, VALUE_MAX);
	for (uint64_t i = 0; !found && i < values->nr; i++) {
		print_cell(trfs_strings_get(values, i), &cell);
		found = !cell.failed && is_spelled(trfs_buffer_bytes(&cell), text);
		*ret = i;
	}
	trfs_buffer_done(&cell);
	return found;
}

static bool parse(const struct trfs_view_context *context, unsigned int i,
		  struct trfs_bytes text, struct trfs_view_step *step)
{
	const struct trfs_catalog *catalog = context->catalog;
	const uint8_t *equals = memchr(text.data, '=', text.len);
	const struct trfs_column *column;
	struct trfs_bytes name, value;

	(void)i;
	if (!equals)
		return false;
	name = (struct trfs_bytes){ text.data, (size_t)(equals - text.data) };
	value = (struct trfs_bytes){ equals + 1, text.len - name.len - 1 };
	if (!find_column(catalog, name, &step->numbers[0]))
		return false;
	column = &catalog->columns[step->numbers[0]];
	if (column->numbers)
		return find_value(&column->values, value, &step->numbers[1]);
	if (step->numbers[0] != catalog->label_column)
		return false;
	for (uint64_t class = 0; class < catalog->class_names.nr; class ++) {
		step->numbers[1] = class;
		if (is_spelled(trfs_strings_get(&catalog->class_names, class), value))
			return true;
	}
	return false;
}

static int keep_value(struct trfs_view_builder *b, const uint32_t *numbers,
		      uint64_t value, struct trfs_error *err)
{
	uint64_t *examples = trfs_view_examples_new(b);
	int rc;

	if (!examples)
		return trfs_fail_memory(err, "the records of a view");
	for (uint64_t i = 0; i < b->context->catalog->nr_examples; i++)
		if (numbers[i] == value)
			trfs_view_examples_add(examples, i);
	rc = trfs_view_keep(b, examples, err);
	free(examples);
	return rc;
}

static int apply(struct trfs_view_builder *b, const struct trfs_view_step *step,
		 struct trfs_error *err)
{
	const struct trfs_catalog *catalog = b->context->catalog;
	const struct trfs_column *column = &catalog->columns[step->numbers[0]];

	if (column->numbers)
		return keep_value(b, column->numbers, step->numbers[1], err);
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
