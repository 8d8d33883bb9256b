/* SPDX-License-Identifier: MIT */
/* Catalogs as words that a test can compare. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "dataset/cell.h"
#include "loading.h"
#include "pictures.h"
#include "scratch.h"

#include <errno.h>
#include <stdio.h>

struct trfs_options options_for(const char *manifest)
{
	struct trfs_options options;

	trfs_options_init(&options);
	options.source = "img";
	options.manifest = manifest;
	return options;
}

struct trfs_catalog *load(const struct trfs_options *options)
{
	struct trfs_catalog *catalog = NULL;
	struct trfs_error err = { 0 };

	if (trfs_catalog_load(options, NULL, &catalog, &err) < 0)
		fail_msg("%s", err.message);
	return catalog;
}

static void check_text(struct trfs_bytes got, const char *wanted)
{
	if (!trfs_bytes_equal(got, trfs_bytes_of(wanted)))
		fail_msg("\"%.*s\" is not \"%s\"", TRFS_BYTES_ARG(got), wanted);
}

void check_list(struct trfs_strings list, const char *wanted)
{
	struct trfs_buffer joined;

	trfs_buffer_init(&joined, 10000);
	for (uint64_t i = 0; i < list.nr; i++)
		trfs_buffer_printf(&joined, "%s%.*s", i ? " " : "",
				   TRFS_BYTES_ARG(trfs_strings_get(&list, i)));
	check_text(trfs_buffer_bytes(&joined), wanted);
	trfs_buffer_done(&joined);
}

void check_names(const struct trfs_catalog *catalog, const char *wanted)
{
	struct trfs_string_table *table = trfs_string_table_new();
	struct trfs_name room;

	assert_non_null(table);
	assert_int_equal(catalog->names.nr, catalog->nr_examples);
	for (uint64_t i = 0; i < catalog->nr_examples; i++)
		assert_int_equal(
			trfs_string_table_add(table, trfs_catalog_name(catalog, i, &room),
					      NULL),
			0);
	check_list(trfs_string_table_view(table), wanted);
	trfs_string_table_free(table);
}

const struct trfs_appearance *appearance_of(const struct trfs_catalog *catalog,
					    uint64_t example)
{
	return trfs_catalog_appearance(catalog, &catalog->examples[example]);
}

void check_labels(const struct trfs_catalog *c, uint64_t example, const char *wanted)
{
	struct trfs_buffer joined;
	size_t nr;
	const uint8_t *labels = trfs_catalog_labels(c, example, &nr);

	trfs_buffer_init(&joined, 10000);
	for (size_t i = 0; i < nr; i++) {
		uint32_t number = trfs_catalog_label(labels, i);

		assert_true(number < c->class_names.nr);
		trfs_buffer_printf(
			&joined, "%s%.*s", i ? "+" : "",
			TRFS_BYTES_ARG(trfs_strings_get(&c->class_names, number)));
	}
	check_text(trfs_buffer_bytes(&joined), wanted);
	trfs_buffer_done(&joined);
}

void check_cell(const struct trfs_catalog *c, const char *column, uint64_t example,
		const char *wanted)
{
	uint32_t number = trfs_catalog_find_column(c, trfs_bytes_of(column));
	struct trfs_buffer scratch, joined;
	struct trfs_cell_reader reader;
	struct trfs_value value;

	trfs_buffer_init(&scratch, 10000);
	trfs_buffer_init(&joined, 10000);
	assert_int_not_equal(number, TRFS_NO_COLUMN);
	trfs_cell_reader_init(&reader, trfs_catalog_cell(c, number, example, &scratch));
	while (trfs_cell_reader_next(&reader, &value)) {
		if (joined.len > 0)
			trfs_buffer_put(&joined, "+", 1);
		trfs_value_print(&value, &joined);
	}
	check_text(trfs_buffer_bytes(&joined), wanted);
	trfs_buffer_done(&joined);
	trfs_buffer_done(&scratch);
}

void check_fails(const struct trfs_options *options, int code, const char *wanted)
{
	struct trfs_catalog *catalog = NULL;
	struct trfs_error err = { 0 };

	assert_int_equal(trfs_catalog_load(options, NULL, &catalog, &err), code);
	assert_null(catalog);
	assert_int_equal(err.code, code);
	assert_string_equal(err.message, wanted);
	/* And without anybody listening. */
	assert_int_equal(trfs_catalog_load(options, NULL, &catalog, NULL), code);
}

void check_csv(const char *rows, const char *wanted)
{
	struct trfs_options options = options_for("l.csv");
	char text[4096];

	picture_write("img/ok.png", picture_png);
	snprintf(text, sizeof(text), "file,label\nok.png,x\n%s", rows);
	scratch_write("l.csv", text);
	check_fails(&options, -EBADMSG, wanted);
}

void check_problem(const struct trfs_catalog *c, uint64_t i, uint64_t line,
		   const char *kind, const char *name, const char *reason)
{
	struct trfs_bytes is_name = trfs_strings_get(&c->problems.names, i);
	struct trfs_bytes is_reason = trfs_strings_get(&c->problems.reasons, i);
	char is[512], wanted[512];

	assert_true(i < c->problems.nr);
	snprintf(is, sizeof(is), "%u %s %.*s %.*s",
		 (unsigned int)c->problems.items[i].line,
		 trfs_problem_kind_name(c->problems.items[i].kind),
		 TRFS_BYTES_ARG(is_name), TRFS_BYTES_ARG(is_reason));
	snprintf(wanted, sizeof(wanted), "%u %s %s %s", (unsigned int)line, kind, name,
		 reason);
	assert_string_equal(is, wanted);
}
