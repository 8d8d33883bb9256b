/* SPDX-License-Identifier: MIT */
/* Profiles are data: that each row fits the tables it refers to, and what applies when.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dataset/profile.h"
#include "dataset/schema.h"

#include <errno.h>
#include <string.h>

static void every_default_can_be_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < trfs_profile_table_len; i++) {
		struct trfs_error err = { 0 };
		struct trfs_options options;

		trfs_options_init(&options);
		if (trfs_profile_apply(&trfs_profile_table[i], &options, NULL, &err) < 0)
			fail_msg("%s", err.message);
		assert_string_equal(options.profile, trfs_profile_table[i].name);
	}
}

static void every_profile_has_a_schema_of_its_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < trfs_profile_table_len; i++) {
		struct trfs_error err = { 0 };
		struct trfs_options options;

		trfs_options_init(&options);
		assert_int_equal(
			trfs_profile_apply(&trfs_profile_table[i], &options, NULL, &err),
			0);
		assert_string_equal(options.schema, trfs_profile_table[i].name);
		assert_non_null(trfs_schema_builtin_text(options.schema));
	}
}

static void every_flag_that_stands_for_an_option_names_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < trfs_profile_table_len; i++) {
		const struct trfs_profile_flag *flag = trfs_profile_table[i].flags;

		for (; flag->name; flag++) {
			bool file = flag->kind == TRFS_FLAG_PART_FILE && flag->target;

			if (flag->kind != TRFS_FLAG_OPTION &&
			    flag->kind != TRFS_FLAG_PART_OPTION && !file)
				continue;
			if (!trfs_option_find(flag->target))
				fail_msg("%s --%s: no option %s",
					 trfs_profile_table[i].name, flag->name,
					 flag->target);
		}
	}
}

static void flags_are_found_however_they_are_spelled(void **state)
{
	const struct trfs_profile *profile = trfs_profile_find("inception", NULL);

	(void)state;
	assert_non_null(profile);
	assert_non_null(trfs_profile_find_flag(profile, "train_directory"));
	assert_ptr_equal(trfs_profile_find_flag(profile, "train_directory"),
			 trfs_profile_find_flag(profile, "train-directory"));
	assert_null(trfs_profile_find_flag(profile, "train"));
}

static void what_the_user_gave_stays(void **state)
{
	const struct trfs_profile *profile = trfs_profile_find("inception", NULL);
	const struct trfs_option *seed = trfs_option_find("seed");
	bool given[128] = { false };
	struct trfs_options options;

	(void)state;
	trfs_options_init(&options);
	options.seed = 7;
	given[seed - trfs_option_table] = true;
	assert_int_equal(trfs_profile_apply(profile, &options, given, NULL), 0);
	assert_int_equal(options.seed, 7);
	assert_int_equal(options.cut, TRFS_CUT_LINSPACE);
	given[seed - trfs_option_table] = false;
	assert_int_equal(trfs_profile_apply(profile, &options, given, NULL), 0);
	assert_int_equal(options.seed, 12345);
}

static void a_variant_comes_before_the_profile_s_own_defaults(void **state)
{
	const struct trfs_profile *pet = trfs_profile_find("pet", NULL);
	const struct trfs_option *names = trfs_option_find("shard-names");
	bool given[128] = { false };
	struct trfs_options options;

	(void)state;
	trfs_options_init(&options);
	assert_int_equal(trfs_profile_apply(pet, &options, NULL, NULL), 0);
	assert_string_equal(options.schema, "pet");
	options.faces_only = false;
	assert_int_equal(trfs_profile_apply(pet, &options, NULL, NULL), 0);
	assert_string_equal(options.schema, "pet-masks");
	assert_non_null(strstr(options.shard_names, "pets_fullbody_with_masks_{split}"));
	options.mask_type = TRFS_MASK_NUMERICAL;
	options.shard_names = "mine-{shard}";
	given[names - trfs_option_table] = true;
	assert_int_equal(trfs_profile_apply(pet, &options, given, NULL), 0);
	assert_string_equal(options.schema, "pet-numerical");
	assert_string_equal(options.shard_names, "mine-{shard}");
	for (size_t i = 0; i < trfs_profile_variants_len; i++)
		assert_non_null(
			trfs_profile_find(trfs_profile_variants[i].profile, NULL));
}

static void a_name_that_is_nearly_right_is_suggested(void **state)
{
	struct trfs_error err = { 0 };

	(void)state;
	assert_null(trfs_profile_find("incepton", &err));
	assert_int_equal(err.code, -EINVAL);
	assert_non_null(strstr(err.message, "did you mean \"inception\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_default_can_be_set),
		cmocka_unit_test(every_profile_has_a_schema_of_its_name),
		cmocka_unit_test(every_flag_that_stands_for_an_option_names_one),
		cmocka_unit_test(flags_are_found_however_they_are_spelled),
		cmocka_unit_test(what_the_user_gave_stays),
		cmocka_unit_test(a_variant_comes_before_the_profile_s_own_defaults),
		cmocka_unit_test(a_name_that_is_nearly_right_is_suggested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
