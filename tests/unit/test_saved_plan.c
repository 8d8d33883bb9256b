/* SPDX-License-Identifier: MIT */
/* Plans as converters have them, through a saved index and back. */
#include "scratch.h"
#include "source_fixture.h"

#include "base/compiler.h"
#include "index/generation.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void check_same_plan(const struct trfs_plan *a, const struct trfs_plan *b)
{
	assert_int_equal(a->nr_records, b->nr_records);
	assert_int_equal(a->nr_shards, b->nr_shards);
	assert_memory_equal(a->order, b->order, a->nr_records * sizeof(*a->order));
	assert_memory_equal(a->shard_starts, b->shard_starts,
			    (a->nr_shards + 1) * sizeof(*a->shard_starts));
	assert_int_equal(a->copies != NULL, b->copies != NULL);
	if (a->copies)
		assert_memory_equal(a->copies, b->copies, a->nr_records);
	assert_string_equal(a->name_template, b->name_template);
	for (uint32_t s = 0; s < a->nr_shards; s++) {
		char name[TRFS_SHARD_NAME_MAX], other[TRFS_SHARD_NAME_MAX];

		trfs_plan_shard_name(a, s, name);
		trfs_plan_shard_name(b, s, other);
		assert_string_equal(name, other);
	}
}

/* Every shard from its start to its end, one read each. */
static void read_all(const struct trfs_generation *g)
{
	struct trfs_stream *stream = NULL;

	assert_int_equal(trfs_stream_open(g, &stream, NULL), 0);
	for (uint32_t i = 0; i < g->plan->nr_shards; i++) {
		uint64_t size = trfs_generation_shard_size(g, i);
		uint8_t *bytes = malloc(size + 100);
		size_t got = 0;

		assert_non_null(bytes);
		assert_int_equal(
			trfs_stream_read(stream, i, 0, bytes, size + 100, &got, NULL), 0);
		assert_int_equal(got, size);
		assert_int_equal(size == 0, trfs_plan_shard_nr_records(g->plan, i) == 0);
		free(bytes);
	}
	trfs_stream_close(stream);
}

static void check_round_trip(const struct trfs_options *options)
{
	struct trfs_generation *built = source_open_with(options, "index");
	struct trfs_generation *mapped = source_open_with(options, "index");

	assert_false(trfs_generation_was_saved(built));
	assert_true(trfs_generation_was_saved(mapped));
	assert_int_equal(built->catalog->nr_rows, SOURCE_NR_IMAGES);
	assert_int_equal(mapped->catalog->nr_rows, SOURCE_NR_IMAGES);
	check_same_plan(built->plan, mapped->plan);
	read_all(mapped);
	trfs_generation_free(built);
	trfs_generation_free(mapped);
}

static void plans_of_every_cut_come_back(void **state)
{
	(void)state;
	source_write();
	for (unsigned int cut = TRFS_CUT_EVEN; cut <= TRFS_CUT_BLOCKS; cut++) {
		struct trfs_options options = source_options();

		options.cut = (enum trfs_cut)cut;
		options.cut_threads = 11;
		options.shards = cut == TRFS_CUT_EVEN ? NULL : "train=77,test=22";
		if (cut == TRFS_CUT_BLOCKS) {
			options.shards = NULL;
			options.shard_size = 7;
		}
		check_round_trip(&options);
	}
}

static void names_and_the_place_of_a_row_left_out_come_back(void **state)
{
	struct trfs_options options = source_options();

	(void)state;
	source_write();
	scratch_write("images/cat/00.png", "no image");
	usleep(50000);
	options.on_bad = TRFS_ON_BAD_SKIP;
	options.order = TRFS_ORDER_PYTHON;
	options.cut = TRFS_CUT_ROUND_ROBIN;
	options.split = NULL;
	options.shards = "70";
	options.name = "cats";
	options.shard_names = "{name}/{split}{number:02}.tfrec";
	options.split_names = "train=training";
	check_round_trip(&options);
}

static void copies_come_back(void **state)
{
	struct trfs_options options = source_options();
	struct trfs_generation *built, *mapped;

	(void)state;
	source_write();
	options.cut = TRFS_CUT_CEILING;
	options.keep_every = (struct trfs_option_list){ .nr = 1, .items = { "dog=2" } };
	options.augment =
		(struct trfs_option_list){ .nr = 2,
					   .items = { "cat=rotate,hflip", "cat=hflip" } };
	built = source_open_with(&options, "index");
	mapped = source_open_with(&options, "index");
	assert_true(trfs_generation_was_saved(mapped));
	assert_int_equal(trfs_plan_nr_copies_max(mapped->plan), 2);
	check_same_plan(built->plan, mapped->plan);
	trfs_generation_free(built);
	trfs_generation_free(mapped);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plans_of_every_cut_come_back),
		TEST(copies_come_back),
		TEST(names_and_the_place_of_a_row_left_out_come_back),
	};

	return cmocka_run_group_tests_name("saved_plan", tests, NULL, NULL);
}
