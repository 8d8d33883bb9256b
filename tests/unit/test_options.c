/* SPDX-License-Identifier: MIT */
/* The table of options: names, values, and what they are refused with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "dataset/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int set(struct trfs_options *options, const char *name, const char *text,
	       struct trfs_error *err)
{
	const struct trfs_option *option = trfs_option_find(name);

	assert_non_null(option);
	return trfs_option_set(options, option, text, err);
}

static void every_option_is_found_by_its_own_name_only_once(void **state)
{
	(void)state;
	assert_true(trfs_option_table_len > 10);
	for (size_t i = 0; i < trfs_option_table_len; i++) {
		const struct trfs_option *option = &trfs_option_table[i];

		assert_ptr_equal(trfs_option_find(option->name), option);
		assert_non_null(option->help);
		assert_int_equal(option->argument == NULL,
				 option->type == TRFS_OPTION_FLAG);
		assert_int_equal(option->choices != NULL,
				 option->type == TRFS_OPTION_CHOICE);
	}
}

static void converters_spellings_and_underscores_are_understood(void **state)
{
	(void)state;
	assert_ptr_equal(trfs_option_find("labels_file"), trfs_option_find("labels"));
	assert_ptr_equal(trfs_option_find("num_shards"), trfs_option_find("shards"));
	assert_ptr_equal(trfs_option_find("image_info_file"),
			 trfs_option_find("manifest"));
	assert_ptr_equal(trfs_option_find("on_bad"), trfs_option_find("on-bad"));
	assert_null(trfs_option_find("label"));
	assert_null(trfs_option_find("labels-"));
	assert_null(trfs_option_find(""));
}

static void defaults_are_those_of_the_manual(void **state)
{
	struct trfs_options options;

	(void)state;
	memset(&options, 0xa5, sizeof(options));
	trfs_options_init(&options);
	assert_null(options.source);
	assert_null(options.schema);
	assert_int_equal(options.seed, 42);
	assert_int_equal(options.order, TRFS_ORDER_SHUFFLED);
	assert_int_equal(options.on_bad, TRFS_ON_BAD_FAIL);
	assert_int_equal(options.check, TRFS_CHECK_HEADER);
	assert_int_equal(options.map_order, TRFS_MAP_ORDER_UPB);
	assert_true(options.stratify);
	assert_false(options.follow);
	assert_int_equal(options.threads, 0);
}

static void each_type_is_set_from_text(void **state)
{
	struct trfs_options options;

	(void)state;
	trfs_options_init(&options);
	assert_int_equal(set(&options, "manifest", "a.csv", NULL), 0);
	assert_int_equal(set(&options, "group", "patient_id", NULL), 0);
	assert_int_equal(set(&options, "seed", "18446744073709551615", NULL), 0);
	assert_int_equal(set(&options, "threads", "3", NULL), 0);
	assert_int_equal(set(&options, "order", "local", NULL), 0);
	assert_int_equal(set(&options, "map-order", "cpp", NULL), 0);
	assert_int_equal(set(&options, "follow", NULL, NULL), 0);
	assert_string_equal(options.manifest, "a.csv");
	assert_string_equal(options.group_column, "patient_id");
	assert_true(options.seed == UINT64_MAX);
	assert_int_equal(options.threads, 3);
	assert_int_equal(options.order, TRFS_ORDER_LOCAL);
	assert_int_equal(options.map_order, TRFS_MAP_ORDER_CPP);
	assert_true(options.follow);
}

static void flags_take_yes_and_no_in_many_words(void **state)
{
	static const char *const on[] = { "", "true", "1", "yes", "on", "TRUE" };
	static const char *const off[] = { "false", "0", "no", "off", "False" };
	struct trfs_options options;

	(void)state;
	trfs_options_init(&options);
	for (size_t i = 0; i < TRFS_COUNT(on); i++) {
		options.stratify = false;
		assert_int_equal(set(&options, "stratify", on[i], NULL), 0);
		assert_true(options.stratify);
	}
	for (size_t i = 0; i < TRFS_COUNT(off); i++) {
		options.stratify = true;
		assert_int_equal(set(&options, "stratify", off[i], NULL), 0);
		assert_false(options.stratify);
	}
}

static void check_refused(const char *name, const char *text, const char *wanted)
{
	struct trfs_options options, before;
	struct trfs_error err = { 0 };

	trfs_options_init(&options);
	before = options;
	assert_int_equal(set(&options, name, text, &err), -EINVAL);
	assert_int_equal(err.code, -EINVAL);
	assert_string_equal(err.message, wanted);
	assert_memory_equal(&options, &before, sizeof(options));
}

static void wrong_values_are_refused_with_what_may_stand_there(void **state)
{
	(void)state;
	check_refused("seed", "18446744073709551616",
		      "--seed is a whole number from 0 to 18446744073709551615, not "
		      "\"18446744073709551616\"");
	check_refused("seed", "-1",
		      "--seed is a whole number from 0 to 18446744073709551615, not "
		      "\"-1\"");
	check_refused("threads", "4294967296",
		      "--threads is a whole number from 0 to 4294967295, not "
		      "\"4294967296\"");
	check_refused("threads", "2x",
		      "--threads is a whole number from 0 to 4294967295, not \"2x\"");
	check_refused("order", "shufled",
		      "--order is shuffled, manifest, local, classes, python or "
		      "python-train, not \"shufled\" (did you mean \"shuffled\"?)");
	check_refused("follow", "maybe", "--follow is true or false, not \"maybe\"");
	check_refused("manifest", "", "--manifest needs a value: --manifest=FILE");
	check_refused("seed", NULL, "--seed needs a value: --seed=N");
}

/* All that a user can set is set; texts are of @owner, so that they can be taken away. */
static void fill(struct trfs_options *options, char owner[8])
{
	trfs_options_init(options);
	options->source = owner;
	for (size_t i = 0; i < trfs_option_table_len; i++) {
		const struct trfs_option *option = &trfs_option_table[i];
		bool list = option->type == TRFS_OPTION_LIST ||
			    option->type == TRFS_OPTION_PATHS;
		bool text = option->type == TRFS_OPTION_TEXT ||
			    option->type == TRFS_OPTION_PATH;

		for (int k = 0; k < (list ? 3 : text); k++)
			assert_int_equal(trfs_option_set(options, option, owner, NULL),
					 0);
	}
}

static void a_copy_outlives_the_texts_that_it_was_made_of(void **state)
{
	struct trfs_options options, copy;
	struct trfs_buffer wanted, printed;
	char owner[8] = "text";

	(void)state;
	trfs_buffer_init(&wanted, 10000);
	trfs_buffer_init(&printed, 10000);
	fill(&options, owner);
	trfs_options_print_layout(&options, &wanted);
	assert_int_equal(trfs_options_copy(&options, &copy), 0);
	memset(owner, 'x', 4);
	trfs_options_print_layout(&copy, &printed);
	assert_string_equal(trfs_buffer_text(&printed), trfs_buffer_text(&wanted));
	assert_string_equal(copy.source, "text");
	assert_string_equal(copy.side_files, "text");
	trfs_options_copy_done(&copy);
	assert_null(copy.source);
	trfs_options_copy_done(&copy);
	trfs_buffer_done(&wanted);
	trfs_buffer_done(&printed);
}

static const char *print(const struct trfs_options *options, struct trfs_buffer *buf)
{
	trfs_buffer_reset(buf);
	trfs_options_print_layout(options, buf);
	return trfs_buffer_text(buf);
}

/* Whether @printed has exactly one line that begins with @name and '='. */
static bool has_line(const char *printed, const char *name)
{
	char start[64];
	const char *found;

	snprintf(start, sizeof(start), "\n%s=", name);
	if (strncmp(printed, start + 1, strlen(start + 1)) == 0)
		return true;
	found = strstr(printed, start);
	return found && !strstr(found + 1, start);
}

static void the_layout_is_printed_in_full(void **state)
{
	struct trfs_options options;
	struct trfs_buffer buf;
	const char *printed;

	(void)state;
	trfs_buffer_init(&buf, 10000);
	trfs_options_init(&options);
	options.source = "/somewhere";
	options.threads = 7;
	options.labels = "/l.txt";
	options.parts = (struct trfs_option_list){ 2, { "train=a", "test=b" } };
	printed = print(&options, &buf);
	assert_non_null(
		strstr(printed, "manifest=\nlabels=/l.txt\nschema=slim\nsplit=\n"));
	assert_non_null(strstr(printed, "\nseed=42\norder=shuffled\non-bad=fail\n"));
	assert_non_null(
		strstr(printed, "\nmap-order=upb\nstratify=true\nfollow=false\n"));
	assert_non_null(strstr(printed, "\npart=train=a\ntest=b\n"));
	assert_null(strstr(printed, "/somewhere"));
	for (size_t i = 0; i < trfs_option_table_len; i++)
		assert_int_equal(has_line(printed, trfs_option_table[i].name),
				 trfs_option_table[i].layout);
	trfs_buffer_done(&buf);
}

/* Text that is not the option's default. */
static const char *other_text(const struct trfs_option *option)
{
	struct trfs_options options;

	trfs_options_init(&options);
	if (option->type == TRFS_OPTION_CHOICE)
		return option->choices[1];
	if (option->type == TRFS_OPTION_FLAG)
		return *(const bool *)((const char *)&options + option->offset) ? "no"
										: "yes";
	return "7";
}

static void a_list_grows_up_to_its_limit(void **state)
{
	struct trfs_options options;
	struct trfs_error err = { 0 };

	(void)state;
	trfs_options_init(&options);
	for (unsigned int i = 0; i < TRFS_LIST_MAX; i++) {
		assert_int_equal(set(&options, "extra", "age:float", &err), 0);
		assert_int_equal(options.extra.nr, i + 1);
		assert_string_equal(options.extra.items[i], "age:float");
	}
	assert_int_equal(set(&options, "extra", "sex", &err), -EINVAL);
	assert_string_equal(err.message, "--extra is given more than 32 times");
}

/* Else a saved index would be taken for one of other options. */
static void every_layout_option_changes_what_is_printed(void **state)
{
	struct trfs_buffer plain, changed;

	(void)state;
	trfs_buffer_init(&plain, 10000);
	trfs_buffer_init(&changed, 10000);
	for (size_t i = 0; i < trfs_option_table_len; i++) {
		const struct trfs_option *option = &trfs_option_table[i];
		const char *text = other_text(option);
		struct trfs_options options;

		trfs_options_init(&options);
		print(&options, &plain);
		assert_int_equal(trfs_option_set(&options, option, text, NULL), 0);
		assert_int_equal(
			strcmp(print(&options, &changed), trfs_buffer_text(&plain)) != 0,
			option->layout);
	}
	trfs_buffer_done(&plain);
	trfs_buffer_done(&changed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_option_is_found_by_its_own_name_only_once),
		cmocka_unit_test(converters_spellings_and_underscores_are_understood),
		cmocka_unit_test(defaults_are_those_of_the_manual),
		cmocka_unit_test(each_type_is_set_from_text),
		cmocka_unit_test(flags_take_yes_and_no_in_many_words),
		cmocka_unit_test(wrong_values_are_refused_with_what_may_stand_there),
		cmocka_unit_test(a_list_grows_up_to_its_limit),
		cmocka_unit_test(a_copy_outlives_the_texts_that_it_was_made_of),
		cmocka_unit_test(the_layout_is_printed_in_full),
		cmocka_unit_test(every_layout_option_changes_what_is_printed),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
