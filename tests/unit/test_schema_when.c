/* SPDX-License-Identifier: MIT */
/* Features that exist only where an option is on, or given. */
#include "dataset/schema.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Which of the features of the options' schema exist. */
static void expect_keys(const struct trfs_options *options, const char *expected)
{
	TRFS_CLEANUP(trfs_schema_freep) struct trfs_schema *schema = NULL;
	struct trfs_buffer keys;

	trfs_buffer_init(&keys, 256);
	assert_int_equal(trfs_schema_load_options(options, NULL, &schema, NULL), 0);
	for (size_t i = 0; i < trfs_schema_nr_features(schema); i++) {
		struct trfs_schema_feature f = trfs_schema_feature(schema, i);

		trfs_buffer_printf(&keys, "%.*s ", TRFS_BYTES_ARG(f.key));
	}
	assert_string_equal(trfs_buffer_text(&keys), expected);
	trfs_buffer_done(&keys);
}

static void a_feature_can_wait_for_its_option(void **state)
{
	static const char json[] =
		"{\"features\": {\"a\": {\"value\": 1, \"when\": \"include_masks\"}, "
		"\"b\": {\"value\": 1, \"when\": \"panoptic\"}, \"c\": {\"value\": 1, "
		"\"when\": \"metadata\"}, \"d\": \"image.size\"}}";
	struct trfs_options options;

	(void)state;
	scratch_write("when.json", json);
	trfs_options_init(&options);
	options.schema = "when.json";
	expect_keys(&options, "d ");
	options.include_masks = true;
	options.panoptic.nr = 1;
	options.panoptic.items[0] = "p.json";
	expect_keys(&options, "a b d ");
	options.metadata = "m.txt";
	expect_keys(&options, "a b c d ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_feature_can_wait_for_its_option,
						scratch_enter, scratch_leave),
	};

	return cmocka_run_group_tests_name("schema_when", tests, NULL, NULL);
}
