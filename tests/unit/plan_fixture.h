/* SPDX-License-Identifier: MIT */
/* Building plans in tests, and saying what is wrong with one. */
#ifndef TESTS_UNIT_PLAN_FIXTURE_H
#define TESTS_UNIT_PLAN_FIXTURE_H

#include "fixture_catalog.h"

#include "dataset/plan.h"

/* Seed 42, stratified, and nothing else. */
struct trfs_options plan_options(void);

/* Fails the test with the message where there is no plan. */
struct trfs_plan *plan_build(struct fixture_catalog *f,
			     const struct trfs_options *options);

void plan_expect_refusal(struct fixture_catalog *f, const struct trfs_options *options,
			 int code, const char *part);

/* The plan as text, all of which must be @expected: "name: 3 1* 2\n" a shard, a '*' for
 * each number of a copy. */
void plan_expect(const struct trfs_plan *plan, const char *expected);
void plan_build_and_expect(struct fixture_catalog *f, const struct trfs_options *options,
			   const char *expected);

#endif
