/* SPDX-License-Identifier: MIT */
/* Paths of views: what they mean however spelled, and what they are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view_fixture.h"

#include "dataset/view_kind.h"

#include <stdio.h>
#include <stdlib.h>

static struct view_fixture *root(void)
{
	static const uint32_t classes[] = { 0, 1, 2 };
	struct fixture_catalog *f = fixture_catalog_new(3);
	struct trfs_options options = plan_options();

	for (uint32_t i = 0; i < 30; i++)
		fixture_catalog_add(
			f, &(struct fixture_example){ .path = "x.jpg",
						      .size = 1000,
						      .labels = &classes[i % 3],
						      .nr_labels = 1,
						      .split = i % 5 ? "train" : "test",
						      .group = i % 2 ? "a/b" : ".x=" });
	f->catalog.group_column = TRFS_NO_COLUMN;
	return view_fixture_new(f, &options);
}

static enum trfs_view_path parse(const struct view_fixture *v, const char *path,
				 char key[TRFS_VIEW_KEY_MAX])
{
	struct trfs_view_spec spec;
	enum trfs_view_path leads = trfs_view_path_parse(&v->context, path, &spec);

	trfs_view_spec_key(&spec, key);
	return leads;
}

static void numbers_are_plain_decimals(void **state)
{
	static const char *const bad[] = { "",
					   "007",
					   "+7",
					   "-1",
					   "1 ",
					   " 1",
					   "0x1",
					   "1.0",
					   "00",
					   "1e3",
					   "\xc2\xb2",
					   "18446744073709551616",
					   "99999999999999999999999" };
	uint64_t number = 0;

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(bad); i++)
		assert_false(trfs_view_parse_number(trfs_bytes_of(bad[i]), UINT64_MAX,
						    &number));
	assert_true(trfs_view_parse_number(trfs_bytes_of("18446744073709551615"),
					   UINT64_MAX, &number));
	assert_true(number == UINT64_MAX);
	assert_true(trfs_view_parse_number(trfs_bytes_of("0"), 0, &number));
	assert_int_equal(number, 0);
	assert_true(trfs_view_parse_number(trfs_bytes_of("10"), 10, &number));
	assert_false(trfs_view_parse_number(trfs_bytes_of("11"), 10, &number));
	assert_false(trfs_view_parse_number(trfs_bytes_of("5"), 0, &number));
}

static void a_path_leads_all_the_way_in_part_or_nowhere(void **state)
{
	static const char *const whole[] = { "",
					     "epochs/0",
					     "epochs/9223372036854775807",
					     "epochs/1/from/3",
					     "from/0",
					     "shards/99999",
					     "bysize/128MB",
					     "folds/2/1",
					     "folds/1000/999",
					     "balanced",
					     "balanced/under",
					     "balanced/0.125/epochs/2",
					     "balanced/shards/2",
					     "by-class/class1",
					     "filter/subset=train",
					     "filter/patient_id=a%2Fb",
					     "filter/patient_id=%2Ex=",
					     "first/1",
					     "schemas/slim" };
	static const char *const part[] = {
		"epochs",	   "folds", "folds/5",	       "filter",
		"by-class",	   "first", "schemas",	       "shards",
		"bysize",	   "from",  "epochs/3/shards", "balanced/first",
		"epochs/3/folds/7"
	};
	struct view_fixture *v = root();
	char key[TRFS_VIEW_KEY_MAX];

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(whole); i++)
		if (parse(v, whole[i], key) != TRFS_VIEW_WHOLE)
			fail_msg("%s is no view", whole[i]);
	for (size_t i = 0; i < TRFS_COUNT(part); i++)
		if (parse(v, part[i], key) != TRFS_VIEW_PARTIAL)
			fail_msg("%s does not lead on", part[i]);
	view_fixture_free(v);
}

static void what_is_no_path_leads_nowhere(void **state)
{
	static const char *const none[] = {
		"nosuch",
		"epoch/1",
		"Epochs/1",
		"epochs/x",
		"epochs//1",
		"/epochs/1",
		"epochs/-1",
		"epochs/01",
		"epochs/+1",
		"epochs/9223372036854775808",
		"epochs/1/2",
		"epochs/1/epochs/1",
		"epochs/1/epochs",
		"epochs/1/nosuch",
		"folds/1/0",
		"folds/0/0",
		"folds/1001/0",
		"folds/5/5",
		"folds/x",
		"folds/5/1/folds/4/1",
		"shards/0",
		"shards/100000",
		"shards/1/shards/1",
		"shards/4/bysize/1MB",
		"bysize/1MB/shards/4",
		"bysize/128",
		"bysize/MB",
		"bysize/0MB",
		"bysize/01MB",
		"bysize/1mb",
		"bysize/1.5MB",
		"bysize/1MB ",
		"bysize/99999999999999999999GB",
		"first/0",
		"first/00",
		"first/4294967296",
		"from/4294967296",
		"balanced/2",
		"balanced/1.0",
		"balanced/0.50",
		"balanced/0.1234",
		"balanced/.5",
		"balanced/-0",
		"balanced/1.5",
		"balanced/nan",
		"balanced/under/under",
		"balanced/0.",
		"balanced/balanced",
		"by-class/",
		"by-class/nosuch",
		"by-class/class01",
		"by-class/class3",
		"by-class/%63lass1",
		"by-class/%",
		"by-class/%N1",
		"by-class/class1/by-class/class2",
		"filter/subset",
		"filter/=train",
		"filter/nosuch=train",
		"filter/subset=nosuch",
		"filter/Subset=train",
		"filter/subset=Train",
		"filter/patient_id=a",
		"filter/patient_id=.x=",
		"filter/patient_id=%2ex=",
		"filter/patient_id=a%2fb",
		"filter/patient_id=%2Ex%3D",
		"schemas/nosuch",
		"schemas/SLIM",
		"schemas/slim/schemas/slim",
	};
	struct view_fixture *v = root();

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(none); i++)
		view_expect_no_path(v, none[i]);
	view_fixture_free(v);
}

static void order_and_repeats_do_not_matter(void **state)
{
	static const char *const same[][2] = {
		{ "epochs/7/shards/64", "shards/64/epochs/7" },
		{ "from/3/epochs/1/folds/5/2", "folds/5/2/epochs/1/from/3" },
		{ "bysize/1MB", "bysize/1000KB" },
		{ "bysize/1MiB", "bysize/1024KiB" },
		{ "balanced", "balanced/0" },
		{ "balanced/epochs/1", "epochs/1/balanced/0" },
		{ "filter/subset=train/filter/patient_id=a%2Fb",
		  "filter/patient_id=a%2Fb/filter/subset=train" },
		{ "filter/subset=train/filter/subset=train", "filter/subset=train" },
	};
	struct view_fixture *v = root();
	char a[TRFS_VIEW_KEY_MAX], b[TRFS_VIEW_KEY_MAX];

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(same); i++) {
		assert_int_equal(parse(v, same[i][0], a), TRFS_VIEW_WHOLE);
		assert_int_equal(parse(v, same[i][1], b), TRFS_VIEW_WHOLE);
		assert_string_equal(a, b);
	}
	view_fixture_free(v);
}

static void different_views_have_different_keys(void **state)
{
	static const char *const paths[] = {
		"",
		"epochs/0",
		"epochs/1",
		"from/1",
		"shards/1",
		"bysize/1MB",
		"bysize/1MiB",
		"folds/2/0",
		"folds/2/1",
		"folds/3/1",
		"balanced",
		"balanced/under",
		"balanced/0.1",
		"balanced/0.01",
		"balanced/0.001",
		"balanced/1",
		"by-class/class0",
		"by-class/class1",
		"first/1",
		"schemas/slim",
		"schemas/simple",
		"filter/subset=train",
		"filter/subset=test",
		"filter/subset=",
		"epochs/1/from/1",
	};
	char keys[TRFS_COUNT(paths)][TRFS_VIEW_KEY_MAX];
	struct view_fixture *v = root();

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(paths); i++) {
		assert_int_equal(parse(v, paths[i], keys[i]), TRFS_VIEW_WHOLE);
		for (size_t k = 0; k < i; k++)
			if (strcmp(keys[i], keys[k]) == 0)
				fail_msg("%s and %s have one key", paths[i], paths[k]);
	}
	view_fixture_free(v);
}

/* Filters, of which the same eight times is enough: no path goes on for ever. */
static void chains_end(void **state)
{
	struct view_fixture *v = root();
	char path[4096] = "filter/subset=train", key[TRFS_VIEW_KEY_MAX];

	(void)state;
	for (int i = 1; i < 8; i++) {
		assert_int_equal(parse(v, path, key), TRFS_VIEW_WHOLE);
		strcat(path, "/filter/subset=train");
	}
	assert_int_equal(parse(v, path, key), TRFS_VIEW_WHOLE);
	strcat(path, "/filter/subset=train");
	view_expect_no_path(v, path);
	view_fixture_free(v);
}

static void the_longest_beginning_is_found(void **state)
{
	static const struct {
		const char *path, *prefix;
	} cases[] = {
		{ "train-00000-of-00001.tfrecord", "" },
		{ "", "" },
		{ "nosuch/epochs/1", "" },
		{ "epochs", "" },
		{ "epochs/1", "epochs/1" },
		{ "epochs/1/train-00000", "epochs/1" },
		{ "epochs/1/shards", "epochs/1" },
		{ "epochs/1/shards/0/x", "epochs/1" },
		{ "epochs/1/shards/4/index/a", "epochs/1/shards/4" },
		{ "folds/5/1/folds/5/2", "folds/5/1" },
		{ "balanced/x", "balanced" },
		{ "balanced/0.5/x", "balanced/0.5" },
		{ "balanced/epochs/x", "balanced" },
		{ "balanced/epochs/2/x", "balanced/epochs/2" },
	};
	struct view_fixture *v = root();

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(cases); i++) {
		char key[TRFS_VIEW_KEY_MAX], expected[TRFS_VIEW_KEY_MAX];
		struct trfs_view_spec spec;
		size_t len = trfs_view_path_prefix(&v->context, cases[i].path, &spec);

		if (len != strlen(cases[i].prefix))
			fail_msg("%s: %zu", cases[i].path, len);
		trfs_view_spec_key(&spec, key);
		assert_int_equal(parse(v, cases[i].prefix, expected), TRFS_VIEW_WHOLE);
		assert_string_equal(key, expected);
	}
	view_fixture_free(v);
}

static void names_have_one_spelling(void **state)
{
	static const struct {
		struct trfs_bytes name;
		const char *spelled;
	} cases[] = {
#define NAME(s) { (const uint8_t *)(s), sizeof(s) - 1 }
		{ NAME(""), "%" },
		{ NAME("cat"), "cat" },
		{ NAME("a b"), "a b" },
		{ NAME("gr\xc3\xbc"
		       "n"),
		  "gr\xc3\xbc"
		  "n" },
		{ NAME("a/b"), "a%2Fb" },
		{ NAME("%41"), "%2541" },
		{ NAME("."), "%2E" },
		{ NAME(".."), "%2E." },
		{ NAME("a.b"), "a.b" },
		{ NAME("a\0b\x1f\x7f\n"), "a%00b%1F%7F%0A" },
		{ NAME("a=b"), "a=b" },
#undef NAME
	};
	char spelled[TRFS_VIEW_SPELLED_MAX];

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(cases); i++) {
		assert_true(
			trfs_view_spell(cases[i].name, false, spelled, sizeof(spelled)));
		assert_string_equal(spelled, cases[i].spelled);
	}
	assert_true(
		trfs_view_spell(trfs_bytes_of("a=b"), true, spelled, sizeof(spelled)));
	assert_string_equal(spelled, "a%3Db");
}

/* Classes of any name are found by their spelling, and by no other's. */
static void every_class_is_found(void **state)
{
	static const char *const names[] = { "",   "cat", "a/b",    "%",   "%25",     ".",
					     "..", "%N4", "epochs", "x y", "\xff\xfe" };
	struct view_fixture *v = root();
	struct trfs_string_table *table = trfs_string_table_new();
	struct trfs_view_spec spec;
	char name[600], spelled[TRFS_VIEW_SPELLED_MAX], path[TRFS_VIEW_SPELLED_MAX + 16];

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(names); i++)
		assert_int_equal(
			trfs_string_table_add(table, trfs_bytes_of(names[i]), NULL), 0);
	/* As long as a file's name can be, one more, and as long when spelled. */
	memset(name, 'n', sizeof(name));
	for (size_t len = 254; len <= 256; len++)
		assert_int_equal(
			trfs_string_table_add(
				table, (struct trfs_bytes){ (uint8_t *)name, len }, NULL),
			0);
	memset(name, '/', sizeof(name));
	for (size_t len = 85; len <= 86; len++)
		assert_int_equal(
			trfs_string_table_add(
				table, (struct trfs_bytes){ (uint8_t *)name, len }, NULL),
			0);
	v->catalog->catalog.class_names = trfs_string_table_view(table);
	for (uint64_t i = 0; i < v->catalog->catalog.class_names.nr; i++) {
		assert_true(trfs_view_spell_class(&v->catalog->catalog, i, spelled,
						  sizeof(spelled)));
		assert_in_range(strlen(spelled), 1, 255);
		assert_null(strchr(spelled, '/'));
		snprintf(path, sizeof(path), "by-class/%s", spelled);
		assert_int_equal(trfs_view_path_parse(&v->context, path, &spec),
				 TRFS_VIEW_WHOLE);
		assert_int_equal(spec.steps[0].numbers[0], i);
	}
	trfs_string_table_free(table);
	view_fixture_free(v);
}

static void kinds_are_listed(void **state)
{
	const char *name, *before = "";
	bool listed;
	size_t nr = 0;

	(void)state;
	for (; (name = trfs_view_kind_name(nr, &listed)); nr++) {
		assert_true(strcmp(before, name) < 0);
		assert_int_equal(listed, strcmp(name, "balanced") != 0);
		before = name;
	}
	assert_true(nr >= 10);
	assert_null(trfs_view_kind_name(nr + 1, &listed));
}

static void schemas_are_named(void **state)
{
	struct view_fixture *v = root();
	struct trfs_view_spec spec;

	(void)state;
	assert_int_equal(
		trfs_view_path_parse(&v->context, "epochs/1/schemas/simple", &spec),
		TRFS_VIEW_WHOLE);
	assert_string_equal(trfs_view_spec_schema(&spec), "simple");
	assert_int_equal(trfs_view_path_parse(&v->context, "epochs/1", &spec),
			 TRFS_VIEW_WHOLE);
	assert_null(trfs_view_spec_schema(&spec));
	view_fixture_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_plain_decimals),
		cmocka_unit_test(a_path_leads_all_the_way_in_part_or_nowhere),
		cmocka_unit_test(what_is_no_path_leads_nowhere),
		cmocka_unit_test(order_and_repeats_do_not_matter),
		cmocka_unit_test(different_views_have_different_keys),
		cmocka_unit_test(chains_end),
		cmocka_unit_test(the_longest_beginning_is_found),
		cmocka_unit_test(names_have_one_spelling),
		cmocka_unit_test(every_class_is_found),
		cmocka_unit_test(kinds_are_listed),
		cmocka_unit_test(schemas_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
