/* SPDX-License-Identifier: MIT */
/* Numbers: read whole or not at all, rounded once, the same in every locale. */
#include "dataset/feature_number.h"
#include "base/number.h"

#include "base/compiler.h"
#include "scratch.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void text_is_the_nearest_double_or_nothing(void **state)
{
	static const struct {
		const char *text;
		double want;
	} good[] = {
		{ "0.1", 0.1 },
		{ "-0", -0.0 },
		{ "9007199254740993", 9007199254740992.0 },
		{ "1.7976931348623157e308", DBL_MAX },
		{ "4.9e-324", 0x1p-1074 },
		{ "2.4703282292062327208e-324", 0 },
	};
	static const char *const bad[] = {
		"",    "-",   "+-1", "1.2.3", "1e+",   "1e1.5", "1_000", "\t1",
		"1\n", "nan", "inf", "0x1",   "1e309", "1f",	"1 2",	 "infinity",
	};

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(good); i++) {
		double got = 1;

		assert_true(trfs_number_parse(trfs_bytes_of(good[i].text), &got));
		assert_memory_equal(&got, &good[i].want, sizeof(got));
	}
	for (size_t i = 0; i < TRFS_COUNT(bad); i++) {
		double got = 1;

		if (trfs_number_parse(trfs_bytes_of(bad[i]), &got))
			fail_msg("\"%s\" is taken for %g", bad[i], got);
	}
}

/* The text has no NUL behind it, and may be any length. */
static void text_is_not_left_and_may_be_long(void **state)
{
	char long_text[600];
	double got = 0;

	(void)state;
	assert_true(trfs_number_parse((struct trfs_bytes){ (const uint8_t *)"125", 2 },
				      &got));
	assert_true(got > 11.5 && got < 12.5);
	memset(long_text, '1', sizeof(long_text));
	long_text[1] = '.';
	for (size_t len = 500; len <= sizeof(long_text); len++) {
		struct trfs_bytes text = { (const uint8_t *)long_text, len };

		assert_int_equal(trfs_number_parse(text, &got), len < 512);
	}
}

static void a_float_is_rounded_to_even_and_never_to_infinity(void **state)
{
	const double beyond = 0x1p128 - 0x1p103;
	float got = 0;

	(void)state;
	assert_true(trfs_number_float(0x1.fffffefffffffp127, &got));
	assert_true(got >= FLT_MAX);
	assert_true(isfinite(got));
	assert_false(trfs_number_float(beyond, &got));
	assert_false(trfs_number_float(-beyond, &got));
	assert_true(trfs_number_float(16777217, &got));
	assert_true(got < 16777217.0);
	assert_true(trfs_number_float(16777219, &got));
	assert_true(got > 16777219.0);
	assert_true(trfs_number_float(NAN, &got));
	assert_true(isnan(got));
}

/* Debian's own locales have no decimal comma, so one is made. */
static bool enter_comma_locale(void)
{
	scratch_write("comma", "LC_NUMERIC\ndecimal_point \",\"\nthousands_sep \"\"\n"
			       "grouping -1\nEND LC_NUMERIC\n");
	/* It complains of the other categories, and exits 1, but writes. */
	if (system("localedef -c -i ./comma ./xx_XX >/dev/null 2>&1") < 0)
		return false;
	setenv("LOCPATH", ".", 1);
	return setlocale(LC_NUMERIC, "xx_XX") && strtod("0,5", NULL) > 0.4;
}

static void a_comma_locale_changes_no_number(void **state)
{
	double real = 0;

	(void)state;
	if (!enter_comma_locale())
		skip();
	assert_true(trfs_number_parse(trfs_bytes_of("0.5"), &real));
	assert_true(real > 0.4 && real < 0.6);
	assert_false(trfs_number_parse(trfs_bytes_of("0,5"), &real));
	setlocale(LC_NUMERIC, "C");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_the_nearest_double_or_nothing),
		cmocka_unit_test(text_is_not_left_and_may_be_long),
		cmocka_unit_test(a_float_is_rounded_to_even_and_never_to_infinity),
		cmocka_unit_test_setup_teardown(a_comma_locale_changes_no_number,
						scratch_enter, scratch_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
