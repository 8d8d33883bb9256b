/* SPDX-License-Identifier: MIT */
/* Fills a struct trfs_catalog with what the tables below say. */
#include "small_catalog.h"

#include "dataset/cell.h"

#include <stdlib.h>

#define NR_VALUES_MAX 3

struct cell {
	size_t nr;
	struct trfs_value values[NR_VALUES_MAX];
};

#define LITERAL(s)                                                                       \
	{                                                                                \
		(const uint8_t *)(s), sizeof(s) - 1                                      \
	}
#define TEXT(s)                                                                          \
	{                                                                                \
		.kind = TRFS_VALUE_TEXT, .text = LITERAL(s)                              \
	}
#define INTEGER(i)                                                                       \
	{                                                                                \
		.kind = TRFS_VALUE_INTEGER, .integer = (i)                               \
	}
#define REAL(r)                                                                          \
	{                                                                                \
		.kind = TRFS_VALUE_REAL, .real = (r)                                     \
	}

static const struct {
	const char *path;
	uint32_t size;
	struct trfs_appearance appearance;
	uint32_t labels[2];
	size_t nr_labels;
	struct cell cells[SMALL_NR_COLUMNS];
} rows[SMALL_NR_EXAMPLES] = {
	{
		.path = "cat/1.jpg",
		.size = 5,
		.appearance = { .height = 30, .width = 40, .channels = 3,
			     .depth = 8, .orientation = 6, .format = TRFS_IMAGE_JPEG },
		.labels = { 0 },
		.nr_labels = 1,
		.cells = {
			[SMALL_AGE] = { 1, { TEXT("7") } },
			[SMALL_SCORE] = { 1, { REAL(0.1) } },
			[SMALL_TAGS] = { 3, { TEXT("a"), TEXT(""), TEXT("bb") } },
			[SMALL_COUNT] = { 1, { INTEGER(3) } },
			[SMALL_NOTE] = { 1, { TEXT("first") } },
			[SMALL_PATIENT] = { 1, { TEXT("p01") } },
		},
	},
	{
		.path = "dog/a.b.png",
		.size = 300,
		.appearance = { .height = 200, .width = 3000, .channels = 1,
			     .depth = 16, .orientation = 1, .format = TRFS_IMAGE_PNG },
		.labels = { 1 },
		.nr_labels = 1,
		.cells = {
			[SMALL_AGE] = { 1, { TEXT("n/a") } },
			[SMALL_SCORE] = { 1, { REAL(16777217.0) } },
			[SMALL_TAGS] = { 1, { TEXT("x") } },
			[SMALL_COUNT] = { 2, { INTEGER(-5), INTEGER(16777217) } },
			[SMALL_PATIENT] = { 1, { TEXT("p02") } },
		},
	},
	{
		.path = "2.gif",
		.size = 200,
		.appearance = { .height = 1, .width = 128, .channels = 3,
			     .depth = 8, .orientation = 1, .format = TRFS_IMAGE_GIF },
		.labels = { 0, 1 },
		.nr_labels = 2,
		.cells = {
			[SMALL_SCORE] = { 2, { REAL(1.0000000596046448), REAL(-2.5) } },
			[SMALL_COUNT] = { 1, { INTEGER(INT64_MAX) } },
			[SMALL_NOTE] = { 1, { TEXT("gr\xc3\xbc\xc3\x9f" "e") } },
			[SMALL_PATIENT] = { 1, { TEXT("p01") } },
		},
	},
	{
		.path = "dog/x/gr\xc3\xb6\xc3\x9f" "e.jpg",
		.size = 127,
		.appearance = { .height = 16384, .width = 127, .channels = 4,
			     .depth = 8, .orientation = 1, .format = TRFS_IMAGE_JPEG },
		.labels = { 1 },
		.nr_labels = 1,
		.cells = {
			[SMALL_AGE] = { 1, { TEXT("-12") } },
			[SMALL_SCORE] = { 1, { REAL(3) } },
			[SMALL_COUNT] = { 1, { INTEGER(0) } },
			[SMALL_PATIENT] = { 1, { TEXT("p03") } },
		},
	},
};

static const char *const column_names[SMALL_NR_COLUMNS] = {
	"file", "label", "age", "score", "tags", "count", "note", "patient",
};
static const char *const class_names[] = { "cat", "dog" };
static const int64_t class_ids[] = { 3, 70000 };
static const char input_path[] = "/data/labels.csv";

static struct trfs_string_table *new_table(struct small_catalog *c)
{
	struct trfs_string_table *table = trfs_string_table_new();

	if (!table)
		abort();
	c->tables[c->nr_tables++] = table;
	return table;
}

static uint32_t add(struct trfs_string_table *table, const void *data, size_t len)
{
	uint32_t number;
	bool is_new;

	if (trfs_string_table_intern(table, (struct trfs_bytes){ data, len }, &number,
				     &is_new) < 0)
		abort();
	return number;
}

static struct trfs_strings strings_of(struct small_catalog *c, const char *const *texts,
				      size_t nr)
{
	struct trfs_string_table *table = new_table(c);

	for (size_t i = 0; i < nr; i++)
		add(table, texts[i], strlen(texts[i]));
	return trfs_string_table_view(table);
}

void small_catalog_set(struct small_catalog *c, enum small_column column,
		       uint64_t example, const struct trfs_value *values,
		       size_t nr_values)
{
	const struct trfs_cell cell = { values, nr_values };
	struct trfs_string_table *table = c->tables[column];
	struct trfs_buffer encoded;

	trfs_buffer_init(&encoded, 1u << 20);
	trfs_cell_encode(&cell, &encoded);
	c->numbers[column][example] = add(table, encoded.data, encoded.len);
	c->columns[column].values = trfs_string_table_view(table);
	trfs_buffer_done(&encoded);
}

static void fill_columns(struct small_catalog *c)
{
	for (uint32_t column = 0; column < SMALL_NR_COLUMNS; column++) {
		/* The first tables of all, so that a column's number is its table's. */
		add(new_table(c), NULL, 0);
		c->columns[column].name = trfs_bytes_of(column_names[column]);
		if (column == SMALL_FILE || column == SMALL_LABEL)
			continue;
		c->columns[column].numbers =
			(struct trfs_numbers){ .data = c->numbers[column],
					       .width = sizeof(uint32_t) };
		for (uint64_t i = 0; i < SMALL_NR_EXAMPLES; i++)
			small_catalog_set(c, column, i, rows[i].cells[column].values,
					  rows[i].cells[column].nr);
	}
}

static void fill_examples(struct small_catalog *c)
{
	struct trfs_string_table *sets = new_table(c);

	for (uint64_t i = 0; i < SMALL_NR_EXAMPLES; i++) {
		c->appearances[i] = rows[i].appearance;
		c->examples[i].size = rows[i].size;
		c->examples[i].appearance = (uint32_t)i;
		if (trfs_name_list_add(&c->names, trfs_bytes_of(rows[i].path)) < 0)
			abort();
		c->labels[i] =
			add(sets, rows[i].labels, rows[i].nr_labels * sizeof(uint32_t));
	}
	c->catalog.labels =
		(struct trfs_numbers){ .data = c->labels, .width = sizeof(uint32_t) };
	c->catalog.names = trfs_name_list_view(&c->names);
	c->catalog.appearances = c->appearances;
	c->catalog.nr_appearances = SMALL_NR_EXAMPLES;
	c->catalog.label_sets = trfs_string_table_view(sets);
}

struct small_catalog *small_catalog_new(void)
{
	static const char *const input_paths[] = { input_path };
	struct small_catalog *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	fill_columns(c);
	fill_examples(c);
	c->stamp.size = 1234;
	c->catalog.nr_examples = SMALL_NR_EXAMPLES;
	c->catalog.examples = c->examples;
	c->catalog.columns = c->columns;
	c->catalog.column_names = strings_of(c, column_names, SMALL_NR_COLUMNS);
	c->catalog.class_names = strings_of(c, class_names, TRFS_COUNT(class_names));
	c->catalog.class_ids = class_ids;
	c->catalog.input_paths = strings_of(c, input_paths, 1);
	c->catalog.input_stamps = &c->stamp;
	c->catalog.label_column = SMALL_LABEL;
	c->catalog.split_column = TRFS_NO_COLUMN;
	c->catalog.group_column = TRFS_NO_COLUMN;
	c->catalog.target_column = TRFS_NO_COLUMN;
	return c;
}

void small_catalog_free(struct small_catalog *c)
{
	while (c && c->nr_tables > 0)
		trfs_string_table_free(c->tables[--c->nr_tables]);
	if (c)
		trfs_name_list_done(&c->names);
	free(c);
}
