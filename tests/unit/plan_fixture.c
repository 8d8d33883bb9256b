/* SPDX-License-Identifier: MIT */
/* A plan as text: so that a failing test shows all of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan_fixture.h"

#include "base/buffer.h"

#include <inttypes.h>

struct trfs_options plan_options(void)
{
	return (struct trfs_options){ .seed = 42, .stratify = true, .cut_threads = 1 };
}

struct trfs_plan *plan_build(struct fixture_catalog *f,
			     const struct trfs_options *options)
{
	struct trfs_error err = { 0 };
	struct trfs_plan *plan;

	if (trfs_plan_build(fixture_catalog_finish(f), options, &plan, &err) < 0)
		fail_msg("%s", err.message);
	return plan;
}

void plan_expect_refusal(struct fixture_catalog *f, const struct trfs_options *options,
			 int code, const char *part)
{
	struct trfs_error err = { 0 };
	struct trfs_plan *plan = NULL;
	int rc = trfs_plan_build(fixture_catalog_finish(f), options, &plan, &err);

	if (rc != code || !strstr(err.message, part))
		fail_msg("%d: \"%s\" is not in \"%s\"", rc, part, err.message);
	assert_null(plan);
}

void plan_expect(const struct trfs_plan *plan, const char *expected)
{
	struct trfs_buffer text;

	trfs_buffer_init(&text, 1u << 20);
	for (uint32_t s = 0; s < trfs_plan_nr_shards(plan); s++) {
		struct trfs_shard_range range = trfs_plan_shard_range(plan, s);
		char name[TRFS_SHARD_NAME_MAX];

		trfs_plan_shard_name(plan, s, name);
		trfs_buffer_printf(&text, "%s:", name);
		for (uint64_t r = range.first; r < range.first + range.nr_records; r++) {
			trfs_buffer_printf(&text, " %" PRIu64,
					   trfs_plan_example(plan, r));
			for (uint32_t c = 0; c < trfs_plan_copy(plan, r); c++)
				trfs_buffer_printf(&text, "*");
		}
		trfs_buffer_printf(&text, "\n");
	}
	assert_string_equal(trfs_buffer_text(&text), expected);
	trfs_buffer_done(&text);
}

void plan_build_and_expect(struct fixture_catalog *f, const struct trfs_options *options,
			   const char *expected)
{
	struct trfs_plan *plan = plan_build(f, options);

	plan_expect(plan, expected);
	trfs_plan_free(plan);
}
