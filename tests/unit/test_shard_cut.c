/* SPDX-License-Identifier: MIT */
/* Cuts: linspace against numpy 2.4's own numbers, the others against their definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dataset/shard_cut.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void expect_cut(enum trfs_cut cut, unsigned int argument, uint32_t nr_slots,
		       uint32_t nr_shards, const uint32_t *expected)
{
	const struct trfs_options options = { .cut = cut,
					      .cut_threads = argument,
					      .shard_size = argument };
	uint32_t starts[32];

	trfs_shard_cut(&options, nr_slots, nr_shards, starts);
	assert_memory_equal(starts, expected, (nr_shards + 1) * sizeof(*starts));
}

#define EXPECT_CUT(cut, argument, nr_slots, ...)                                         \
	expect_cut(cut, argument, nr_slots,                                              \
		   sizeof((uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t) - 1,           \
		   (const uint32_t[]){ __VA_ARGS__ })

static void each_cut_is_what_its_name_says(void **state)
{
	(void)state;
	EXPECT_CUT(TRFS_CUT_EVEN, 0, 10, 0, 2, 5, 7, 10);
	EXPECT_CUT(TRFS_CUT_CEILING, 0, 9, 0, 3, 6, 9, 9);
	EXPECT_CUT(TRFS_CUT_CEILING, 0, 4, 0, 1, 2, 3, 4, 4);
	EXPECT_CUT(TRFS_CUT_CEILING, 0, 0, 0, 0, 0, 0, 0);
	EXPECT_CUT(TRFS_CUT_ROUND_ROBIN, 0, 10, 0, 3, 6, 8, 10);
	EXPECT_CUT(TRFS_CUT_ROUND_ROBIN, 0, 2, 0, 1, 2, 2, 2);
	EXPECT_CUT(TRFS_CUT_BLOCKS, 15, 31, 0, 15, 30, 31);
	EXPECT_CUT(TRFS_CUT_LINSPACE, 4, 112, 0, 14, 28, 42, 56, 70, 84, 98, 112);
	EXPECT_CUT(TRFS_CUT_LINSPACE, 3, 7, 0, 1, 2, 3, 4, 5, 7);
	EXPECT_CUT(TRFS_CUT_LINSPACE, 2, 3, 0, 0, 0, 0, 1, 1, 2, 2, 3);
}

static void linspace_rounds_as_numpy_does(void **state)
{
	const struct trfs_options options = { .cut = TRFS_CUT_LINSPACE,
					      .cut_threads = 1 };
	uint32_t starts[101];

	(void)state;
	trfs_shard_cut(&options, 58, 100, starts);
	assert_int_equal(starts[50], 28); /* 58 * 50 / 100 is 29 */
	assert_int_equal(starts[51], 29);
	assert_int_equal(starts[100], 58);
}

/* A sum over a cut that depends on every start. */
static uint64_t add_cut(uint64_t sum, uint32_t nr_slots, uint32_t nr_shards,
			unsigned int nr_threads)
{
	const struct trfs_options options = { .cut = TRFS_CUT_LINSPACE,
					      .cut_threads = nr_threads };
	uint32_t *starts = malloc((nr_shards + 1) * sizeof(*starts));

	assert_non_null(starts);
	trfs_shard_cut(&options, nr_slots, nr_shards, starts);
	for (uint32_t i = 0; i <= nr_shards; i++)
		sum = sum * 1000003 + starts[i];
	free(starts);
	return sum;
}

static void thousands_of_linspaces_are_numpys(void **state)
{
	static const uint32_t small[][2] = { { 1, 1 },	 { 4, 2 },    { 8, 4 },
					     { 100, 1 }, { 100, 10 }, { 24, 3 },
					     { 1024, 8 } };
	static const uint32_t large[][2] = {
		{ 1024, 8 }, { 128, 8 }, { 2, 2 }, { 99999, 3 }
	};
	static const struct {
		uint32_t nr_slots;
		uint64_t sum;
	} known[] = {
		{ 1281167, UINT64_C(0x36de9fd240220dc3) },
		{ 50000, UINT64_C(0x70feef3c86d7695d) },
		{ 4294967294, UINT64_C(0xccca99ec85fbd57) },
	};
	uint64_t sum = 0;

	(void)state;
	for (uint32_t n = 0; n < 600; n += 7) {
		for (size_t i = 0; i < 7; i++)
			sum = add_cut(sum, n, small[i][0], small[i][1]);
	}
	assert_true(sum == UINT64_C(0x9624187a470b9841));
	for (size_t k = 0; k < 3; k++) {
		sum = 0;
		for (size_t i = 0; i < 4; i++)
			sum = add_cut(sum, known[k].nr_slots, large[i][0], large[i][1]);
		assert_true(sum == known[k].sum);
	}
}

/* Whatever the cut: from 0 to the end, never down. */
static void every_cut_ascends_to_the_end(void **state)
{
	static const enum trfs_cut cuts[] = { TRFS_CUT_EVEN, TRFS_CUT_CEILING,
					      TRFS_CUT_ROUND_ROBIN, TRFS_CUT_LINSPACE };
	uint32_t starts[41];

	(void)state;
	for (size_t c = 0; c < 4; c++) {
		const struct trfs_options options = { .cut = cuts[c], .cut_threads = 1 };

		for (uint32_t n = 0; n < 90; n++) {
			for (uint32_t nr = 1; nr <= 40; nr++) {
				trfs_shard_cut(&options, n, nr, starts);
				assert_int_equal(starts[0], 0);
				for (uint32_t s = 0; s < nr; s++)
					assert_true(starts[s] <= starts[s + 1]);
				assert_int_equal(starts[nr], n);
			}
		}
	}
}

static void round_robin_deals_slot_by_slot(void **state)
{
	static const uint32_t items[] = { 10, 11, 12, 13, 14, 15, 16 };
	static const uint32_t expected[] = { 10, 13, 16, 11, 14, 12, 15 };
	uint32_t dealt[7];

	(void)state;
	trfs_shard_cut_deal(items, 7, 3, dealt);
	assert_memory_equal(dealt, expected, sizeof(expected));
	trfs_shard_cut_deal(items, 2, 5, dealt);
	assert_memory_equal(dealt, items, 2 * sizeof(items[0]));
}

static void blocks_are_as_many_as_are_needed(void **state)
{
	struct trfs_options options = { .cut = TRFS_CUT_BLOCKS, .shard_size = 500 };
	struct trfs_error err = { 0 };
	uint32_t nr = 7;

	(void)state;
	assert_int_equal(trfs_shard_cut_count_blocks(&options, 0, &nr, &err), 0);
	assert_int_equal(nr, 0);
	assert_int_equal(trfs_shard_cut_count_blocks(&options, 500, &nr, &err), 0);
	assert_int_equal(nr, 1);
	assert_int_equal(trfs_shard_cut_count_blocks(&options, 501, &nr, &err), 0);
	assert_int_equal(nr, 2);
	options.shard_size = 1;
	assert_int_equal(trfs_shard_cut_count_blocks(&options, 100000, &nr, &err),
			 -EINVAL);
	assert_non_null(strstr(err.message, "--shard-size 1 makes 100,000 shards"));
	options.shard_size = 0;
	assert_int_equal(trfs_shard_cut_count_blocks(&options, 1, &nr, &err), -EINVAL);
	assert_non_null(strstr(err.message, "type --shard-size 500"));
}

static void shards_that_threads_cannot_share_are_refused(void **state)
{
	struct trfs_options options = { .cut = TRFS_CUT_LINSPACE, .cut_threads = 4 };
	struct trfs_error err = { 0 };

	(void)state;
	assert_int_equal(trfs_shard_cut_check(&options, "train", 8, &err), 0);
	assert_int_equal(trfs_shard_cut_check(&options, "train", 6, &err), -EINVAL);
	assert_string_equal(err.message,
			    "--cut linspace: the 6 shards of split \"train\" are no "
			    "multiple of 4 threads; type another --shards or "
			    "--cut-threads");
	options.cut_threads = 0;
	assert_int_equal(trfs_shard_cut_check(&options, "train", 8, &err), -EINVAL);
	options.cut = TRFS_CUT_CEILING;
	assert_int_equal(trfs_shard_cut_check(&options, "train", 6, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cut_is_what_its_name_says),
		cmocka_unit_test(linspace_rounds_as_numpy_does),
		cmocka_unit_test(thousands_of_linspaces_are_numpys),
		cmocka_unit_test(every_cut_ascends_to_the_end),
		cmocka_unit_test(round_robin_deals_slot_by_slot),
		cmocka_unit_test(blocks_are_as_many_as_are_needed),
		cmocka_unit_test(shards_that_threads_cannot_share_are_refused),
	};

	return cmocka_run_group_tests_name("shard_cut", tests, NULL, NULL);
}
