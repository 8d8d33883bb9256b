/* SPDX-License-Identifier: MIT */
/*
 * Values arrive in any order of columns, since lists of JSON objects alternate between
 * them; a counting sort by column makes the cells.  Nothing is freed between rows, so a
 * million rows cost a handful of allocations.
 */
#include "manifest/row_builder.h"

#include "base/error.h"
#include "manifest/text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define PROBLEM_MAX 1024

struct trfs_built_value {
	uint32_t column;
	enum trfs_value_kind kind;
	union {
		struct {
			size_t offset, len;
		} text;
		int64_t integer;
		double real;
	};
};

/* @kinds has the bit 1 << kind for each kind of value that the cell got. */
struct trfs_built_cell {
	size_t nr_values;
	size_t next;
	unsigned int kinds;
};

enum {
	HAS_TEXT = 1u << TRFS_VALUE_TEXT,
	HAS_INTEGER = 1u << TRFS_VALUE_INTEGER,
	HAS_REAL = 1u << TRFS_VALUE_REAL,
};

int trfs_row_builder_init(struct trfs_row_builder *b)
{
	*b = (struct trfs_row_builder){ .columns = trfs_string_table_new() };
	trfs_buffer_init(&b->bytes, TRFS_ROW_BYTES_MAX);
	trfs_buffer_init(&b->problem, PROBLEM_MAX);
	return b->columns ? 0 : -ENOMEM;
}

void trfs_row_builder_done(struct trfs_row_builder *b)
{
	trfs_string_table_free(b->columns);
	trfs_buffer_done(&b->bytes);
	trfs_buffer_done(&b->problem);
	free(b->values);
	free(b->building);
	free(b->cells);
	free(b->finished);
	*b = (struct trfs_row_builder){ .columns = NULL };
}

void trfs_row_builder_reset(struct trfs_row_builder *b)
{
	trfs_buffer_reset(&b->bytes);
	b->file = NULL;
	trfs_buffer_reset(&b->problem);
	b->nr_values = 0;
	if (b->nr_columns > 0)
		memset(b->building, 0, b->nr_columns * sizeof(*b->building));
}

/* Make room for at least @wanted items; the pointer stays as it was on failure. */
static void *grown(void *items, size_t *capacity, size_t wanted, size_t item_size)
{
	size_t larger = *capacity * 2 > wanted ? *capacity * 2 : wanted;
	void *moved = reallocarray(items, larger, item_size);

	if (moved)
		*capacity = larger;
	return moved;
}

static int grow_cells(struct trfs_row_builder *b)
{
	size_t larger = b->cells_capacity ? b->cells_capacity * 2 : 16;
	struct trfs_built_cell *building;
	struct trfs_cell *cells;

	building = reallocarray(b->building, larger, sizeof(*building));
	if (!building)
		return -ENOMEM;
	b->building = building;
	cells = reallocarray(b->cells, larger, sizeof(*cells));
	if (!cells)
		return -ENOMEM;
	b->cells = cells;
	b->cells_capacity = larger;
	return 0;
}

int trfs_row_builder_column(struct trfs_row_builder *b, struct trfs_bytes name,
			    uint32_t *ret_column, struct trfs_error *err)
{
	bool is_new;
	int rc;

	if (trfs_string_table_find(b->columns, name, ret_column))
		return 0;
	if (b->nr_columns == TRFS_ROW_COLUMNS_MAX)
		return trfs_fail(err, -EBADMSG, "there are more than %d columns",
				 TRFS_ROW_COLUMNS_MAX);
	if (b->nr_columns == b->cells_capacity && grow_cells(b) < 0)
		return trfs_fail_memory(err, "the columns");
	rc = trfs_string_table_intern(b->columns, name, ret_column, &is_new);
	if (rc < 0)
		return trfs_fail_memory(err, "the columns");
	b->building[b->nr_columns++] = (struct trfs_built_cell){ .nr_values = 0 };
	return 0;
}

static int store_text(struct trfs_row_builder *b, struct trfs_bytes text,
		      struct trfs_built_value *built, struct trfs_error *err)
{
	built->text.offset = b->bytes.len;
	built->text.len = text.len;
	if (text.len > TRFS_ROW_BYTES_MAX - b->bytes.len)
		return trfs_fail(err, -EBADMSG, "the row holds more than %d MiB of text",
				 TRFS_ROW_BYTES_MAX >> 20);
	trfs_buffer_put(&b->bytes, text.data, text.len);
	if (b->bytes.failed)
		return trfs_fail_memory(err, "a row");
	return 0;
}

int trfs_row_builder_add(struct trfs_row_builder *b, uint32_t column,
			 const struct trfs_value *value, struct trfs_error *err)
{
	struct trfs_built_value *built;
	int rc;

	if (b->nr_values == TRFS_ROW_VALUES_MAX)
		return trfs_fail(err, -EBADMSG, "the row holds more than %d values",
				 TRFS_ROW_VALUES_MAX);
	if (b->nr_values == b->values_capacity) {
		built = grown(b->values, &b->values_capacity, 32, sizeof(*built));
		if (!built)
			return trfs_fail_memory(err, "a row");
		b->values = built;
	}
	built = &b->values[b->nr_values];
	built->column = column;
	built->kind = value->kind;
	if (value->kind == TRFS_VALUE_TEXT) {
		rc = store_text(b, value->text, built, err);
		if (rc < 0)
			return rc;
	} else if (value->kind == TRFS_VALUE_INTEGER) {
		built->integer = value->integer;
	} else {
		built->real = value->real;
	}
	b->nr_values++;
	b->building[column].nr_values++;
	b->building[column].kinds |= 1u << value->kind;
	return 0;
}

int trfs_row_builder_add_text(struct trfs_row_builder *b, uint32_t column,
			      struct trfs_bytes text, struct trfs_error *err)
{
	struct trfs_value value = { .kind = TRFS_VALUE_TEXT, .text = text };

	return trfs_row_builder_add(b, column, &value, err);
}

/* The shortest decimal that reads back as the same number, with a point in any locale. */
static void print_real(double real, char *buf, size_t len)
{
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(buf, len, "%.*g", digits, real);
		if (strtod(buf, NULL) == real)
			break;
	}
	for (char *at = buf; *at; at++)
		if (!strchr("+-0123456789einfa", *at))
			*at = '.';
}

static int convert_to_text(struct trfs_row_builder *b, struct trfs_built_value *value,
			   struct trfs_error *err)
{
	char text[40];

	if (value->kind == TRFS_VALUE_INTEGER)
		snprintf(text, sizeof(text), "%" PRId64, value->integer);
	else
		print_real(value->real, text, sizeof(text));
	value->kind = TRFS_VALUE_TEXT;
	return store_text(b, trfs_bytes_of(text), value, err);
}

/* Give all values of a cell one kind. */
static int convert(struct trfs_row_builder *b, struct trfs_built_value *value,
		   struct trfs_error *err)
{
	unsigned int kinds = b->building[value->column].kinds;

	if ((kinds & HAS_TEXT) && value->kind != TRFS_VALUE_TEXT)
		return convert_to_text(b, value, err);
	if ((kinds & HAS_REAL) && value->kind == TRFS_VALUE_INTEGER) {
		value->real = (double)value->integer;
		value->kind = TRFS_VALUE_REAL;
	}
	return 0;
}

static bool is_mixed(unsigned int kinds)
{
	return (kinds & (kinds - 1)) != 0;
}

/* Give each column its stretch of @finished, in the order of columns. */
static void lay_out_cells(struct trfs_row_builder *b)
{
	size_t next = 0;

	for (size_t i = 0; i < b->nr_columns; i++) {
		struct trfs_built_cell *cell = &b->building[i];

		cell->next = next;
		b->cells[i].nr_values = cell->nr_values;
		b->cells[i].values = cell->nr_values ? b->finished + next : NULL;
		next += cell->nr_values;
	}
}

static struct trfs_value finished_value(const struct trfs_row_builder *b,
					const struct trfs_built_value *built)
{
	struct trfs_value value = { .kind = built->kind };

	if (built->kind == TRFS_VALUE_TEXT && built->text.len == 0)
		value.text = trfs_bytes_of("");
	else if (built->kind == TRFS_VALUE_TEXT)
		value.text = (struct trfs_bytes){ b->bytes.data + built->text.offset,
						  built->text.len };
	else if (built->kind == TRFS_VALUE_INTEGER)
		value.integer = built->integer;
	else
		value.real = built->real;
	return value;
}

void trfs_row_builder_problem(struct trfs_row_builder *b, const char *format, ...)
{
	char whole[PROBLEM_MAX];
	char shown[PROBLEM_MAX];
	va_list arguments;

	if (b->problem.len > 0 || b->problem.failed)
		return;
	va_start(arguments, format);
	vsnprintf(whole, sizeof(whole), format, arguments);
	va_end(arguments);
	trfs_text_printable(trfs_bytes_of(whole), shown, sizeof(shown));
	trfs_buffer_put(&b->problem, shown, strlen(shown));
}

int trfs_row_builder_row(struct trfs_row_builder *b, uint64_t line, struct trfs_row *ret,
			 struct trfs_error *err)
{
	const char *problem = NULL;
	int rc;

	if (b->problem.len > 0 || b->problem.failed) {
		problem = trfs_buffer_text(&b->problem);
		if (!problem)
			return trfs_fail_memory(err, "a row");
	}
	if (b->nr_values > b->finished_capacity) {
		struct trfs_value *finished;

		finished = grown(b->finished, &b->finished_capacity, b->nr_values,
				 sizeof(*finished));
		if (!finished)
			return trfs_fail_memory(err, "a row");
		b->finished = finished;
	}
	for (size_t i = 0; i < b->nr_values; i++) {
		if (!is_mixed(b->building[b->values[i].column].kinds))
			continue;
		rc = convert(b, &b->values[i], err);
		if (rc < 0)
			return rc;
	}
	lay_out_cells(b);
	for (size_t i = 0; i < b->nr_values; i++) {
		struct trfs_built_cell *cell = &b->building[b->values[i].column];

		b->finished[cell->next++] = finished_value(b, &b->values[i]);
	}
	*ret = (struct trfs_row){ .line = line,
				  .file = b->file,
				  .nr_cells = b->nr_columns,
				  .cells = b->cells,
				  .problem = problem };
	return 0;
}
