/* SPDX-License-Identifier: MIT */
/* "did you mean": what is near, what is not, and the words of the hint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/nearest.h"

#include <string.h>

static struct trfs_nearest offer(const char *wanted, const char *const *candidates)
{
	struct trfs_nearest n;

	trfs_nearest_init(&n, trfs_bytes_of(wanted));
	for (; *candidates; candidates++)
		trfs_nearest_offer(&n, trfs_bytes_of(*candidates));
	return n;
}

static void expect_nearest(const char *wanted, const char *const *candidates,
			   const char *best)
{
	struct trfs_nearest n = offer(wanted, candidates);

	if (!trfs_bytes_equal(n.best, trfs_bytes_of(best)))
		fail_msg("for \"%s\" got \"%.*s\" instead of \"%s\"", wanted,
			 TRFS_BYTES_ARG(n.best), best);
}

static void each_kind_of_edit_is_one(void **state)
{
	static const char *const word[] = { "raccoon", NULL };
	/* insert, delete, replace, swap */
	static const char *const typos[] = { "racoon", "raccooon", "rakcoon", "raccono" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct trfs_nearest n = offer(typos[i], word);

		assert_true(trfs_bytes_equal(n.best, trfs_bytes_of("raccoon")));
		assert_int_equal(n.best_distance, 2); /* half edits */
	}
}

static void case_counts_half(void **state)
{
	static const char *const both[] = { "cats", "CAT", NULL };
	static const char *const letter[] = { "Cat", NULL };

	(void)state;
	assert_int_equal(offer("cat", letter).best_distance, 1);
	/* One edit is nearer than three wrong cases. */
	expect_nearest("cat", both, "cats");
}

static void only_a_third_may_be_wrong(void **state)
{
	static const char *const six[] = { "abcdef", NULL };

	(void)state;
	expect_nearest("abcdxy", six, "abcdef");
	expect_nearest("abcxyz", six, "");
	expect_nearest("", six, "");
	expect_nearest("abcdefghi", six, "abcdef");
	expect_nearest("abcdefghij", six, "");
}

static void the_nearest_wins_and_the_first_of_equals(void **state)
{
	static const char *const words[] = { "labels", "label", "libel", "table", NULL };
	static const char *const equals[] = { "bat", "hat", NULL };

	(void)state;
	expect_nearest("lable", words, "label");
	expect_nearest("cat", equals, "bat");
}

static void neither_very_long_nor_empty_names_are_weighed(void **state)
{
	char wanted[66], candidate[66];
	const char *const list[] = { candidate, NULL };
	static const char *const empty[] = { "", NULL };

	(void)state;
	memset(wanted, 'a', sizeof(wanted));
	memset(candidate, 'a', sizeof(candidate));
	wanted[64] = '\0';
	candidate[63] = '\0';
	expect_nearest(wanted, list, candidate);
	candidate[63] = 'a';
	candidate[65] = '\0';
	expect_nearest(wanted, list, "");
	expect_nearest("", empty, "");
}

static void the_hint_is_whole_or_empty(void **state)
{
	static const char *const word[] = { "raccoon", NULL };
	struct trfs_nearest n = offer("racoon", word);
	char buf[96];

	(void)state;
	assert_string_equal(trfs_nearest_hint(&n, buf, sizeof(buf)),
			    " (did you mean \"raccoon\"?)");
	assert_string_equal(trfs_nearest_hint(&n, buf, 26), "");
	assert_string_equal(trfs_nearest_hint(&n, buf, 27),
			    " (did you mean \"raccoon\"?)");
	n = offer("zebra", word);
	assert_string_equal(trfs_nearest_hint(&n, buf, sizeof(buf)), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_edit_is_one),
		cmocka_unit_test(case_counts_half),
		cmocka_unit_test(only_a_third_may_be_wrong),
		cmocka_unit_test(the_nearest_wins_and_the_first_of_equals),
		cmocka_unit_test(neither_very_long_nor_empty_names_are_weighed),
		cmocka_unit_test(the_hint_is_whole_or_empty),
	};

	return cmocka_run_group_tests_name("nearest", tests, NULL, NULL);
}
