/* SPDX-License-Identifier: MIT */
/*
 * Every odd and broken image of a collection, against what TensorFlow said of it.
 *
 * tests/data/torture always; and the larger collection it was taken from where that is,
 * named by TRFS_TORTURE or beside the source tree.
 */
#include "image_bytes.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define NR_COLUMNS_MAX 40
/* Every beginning of a file of n bytes costs n probes. */
#define PREFIXES_SIZE_MAX 12000

enum column { FILE_NAME, VERDICT, HEIGHT, WIDTH, CHANNELS, ORIENTATION, NR_COLUMNS };

static const char *const column_names[NR_COLUMNS] = {
	[FILE_NAME] = "file",	   [VERDICT] = "tf_image",
	[HEIGHT] = "tf_image_h",   [WIDTH] = "tf_image_w",
	[CHANNELS] = "tf_image_c", [ORIENTATION] = "pil_orientation",
};

/* A line of expected.tsv, and where the columns stand in all of them. */
struct line {
	char *fields[NR_COLUMNS_MAX];
	size_t nr_fields;
};

struct table {
	const char *directory;
	size_t columns[NR_COLUMNS];
	unsigned int nr_files;
};

static void split(char *text, struct line *line)
{
	line->nr_fields = 0;
	text[strcspn(text, "\r\n")] = '\0';
	while (text && line->nr_fields < NR_COLUMNS_MAX)
		line->fields[line->nr_fields++] = strsep(&text, "\t");
}

static const char *field(const struct table *table, const struct line *line,
			 enum column c)
{
	size_t at = table->columns[c];

	assert_true(at < line->nr_fields);
	return line->fields[at];
}

static unsigned long number(const struct table *table, const struct line *line,
			    enum column c)
{
	return strtoul(field(table, line, c), NULL, 10);
}

static void find_columns(struct table *table, const struct line *header)
{
	for (size_t c = 0; c < NR_COLUMNS; c++) {
		size_t at = 0;

		while (at < header->nr_fields &&
		       strcmp(header->fields[at], column_names[c]) != 0)
			at++;
		assert_true(at < header->nr_fields);
		table->columns[c] = at;
	}
}

static bool is_decoded_by_every_tensorflow(unsigned int format)
{
	return TRFS_IMAGE_FORMATS_DEFAULT & 1u << format;
}

static void check_info(const struct table *table, const struct line *line,
		       const struct trfs_image_info *info)
{
	assert_int_equal(info->height, number(table, line, HEIGHT));
	assert_int_equal(info->width, number(table, line, WIDTH));
	assert_int_equal(info->channels, number(table, line, CHANNELS));
}

static void check_orientation(const struct table *table, const struct line *line,
			      const struct trfs_image_info *info)
{
	unsigned long orientation = number(table, line, ORIENTATION);

	if (info->format != TRFS_IMAGE_JPEG && info->format != TRFS_IMAGE_PNG)
		return;
	if (orientation < 1 || orientation > 8)
		orientation = 1;
	assert_int_equal(info->orientation, orientation);
}

/* What has bytes behind its end is whole before they come. */
static bool may_be_cut(const char *name, const struct trfs_image_info *info)
{
	return info->oddities & TRFS_IMAGE_TRAILING || strstr(name, "mpo_") ||
	       info->format == TRFS_IMAGE_GIF;
}

static void check_accepted(const struct table *table, const struct line *line,
			   struct trfs_bytes whole)
{
	const char *name = field(table, line, FILE_NAME);
	struct trfs_image_info info, decoded;
	struct trfs_error err = { 0 };

	if (image_bytes_probe(whole, &info, &err) < 0)
		fail_msg("%s is fine, but the probe says it %s", name, err.message);
	check_info(table, line, &info);
	check_orientation(table, line, &info);
	decoded = info;
	if (trfs_image_decode_check(whole, &decoded, &err) < 0)
		fail_msg("%s is fine, but the full check says it %s", name, err.message);
	check_info(table, line, &decoded);
	if (whole.len <= PREFIXES_SIZE_MAX && !may_be_cut(name, &info) &&
	    image_bytes_count_accepted_prefixes(whole) > 0)
		fail_msg("the probe accepts the beginning of %s for the whole", name);
}

static void check_refused(const char *name, struct trfs_bytes whole)
{
	struct trfs_image_info info;
	struct trfs_error err = { 0 };
	bool is_cut = strstr(name, "cut_") || strstr(name, "no_eoi");

	if (is_cut && image_bytes_probe(whole, &info, NULL) != -EBADMSG)
		fail_msg("%s is cut, and the probe does not see it", name);
	if (image_bytes_check(whole, &info, &err) != -EBADMSG)
		fail_msg("%s is refused by TensorFlow, but not by the full check", name);
	assert_int_equal(err.code, -EBADMSG);
	assert_true(strlen(err.message) > 0);
	assert_null(strchr(err.message, '\n'));
}

static void check_file(struct table *table, const struct line *line)
{
	const char *name = field(table, line, FILE_NAME);
	const char *verdict = field(table, line, VERDICT);
	struct trfs_bytes whole = { NULL, 0 };
	struct trfs_image_info info;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", table->directory, name);
	whole.data = image_bytes_load(path, &whole.len);
	assert_non_null(whole.data);
	table->nr_files++;

	(void)!image_bytes_probe(whole, &info, NULL);
	/* Formats that only some TensorFlow decodes are refused unless asked for. */
	if (strncmp(verdict, "ok", 2) == 0 && is_decoded_by_every_tensorflow(info.format))
		check_accepted(table, line, whole);
	else
		check_refused(name, whole);
	if (strncmp(verdict, "ok", 2) == 0)
		assert_int_not_equal(info.format, TRFS_IMAGE_UNKNOWN);
	image_bytes_free(whole);
}

/* False where there is no such collection. */
static bool check_directory(const char *directory, unsigned int nr_files_min)
{
	struct table table = { .directory = directory };
	struct line line;
	char path[4096], text[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/expected.tsv", directory);
	file = fopen(path, "r");
	if (!file)
		return false;
	assert_non_null(fgets(text, sizeof(text), file));
	split(text, &line);
	find_columns(&table, &line);
	while (fgets(text, sizeof(text), file)) {
		split(text, &line);
		check_file(&table, &line);
	}
	fclose(file);
	assert_true(table.nr_files >= nr_files_min);
	return true;
}

static void the_collection_in_the_tree_is_judged_as_tensorflow_does(void **state)
{
	(void)state;
	assert_true(check_directory("tests/data/torture", 50));
}

static void the_whole_collection_is_judged_as_tensorflow_does(void **state)
{
	const char *directory = getenv("TRFS_TORTURE");

	(void)state;
	if (!directory)
		directory = "../shared/torture";
	if (!check_directory(directory, 150)) {
		print_message("no %s/expected.tsv: only tests/data/torture was checked\n",
			      directory);
		skip();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_collection_in_the_tree_is_judged_as_tensorflow_does),
		cmocka_unit_test(the_whole_collection_is_judged_as_tensorflow_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
