/* SPDX-License-Identifier: MIT */
/* Limits of control groups, as files that look like the kernel's. */
#include "scratch.h"

#include "base/memory_limit.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#define MACHINE (UINT64_C(64) << 30)

static void write_group(const char *directory, const char *path, const char *text)
{
	mkdir("cgroup", 0755);
	mkdir("cgroup/memory", 0755);
	mkdir(directory, 0755);
	scratch_write(path, text);
}

static uint64_t limit(const char *groups)
{
	scratch_write("groups", groups);
	return trfs_memory_limit_of(MACHINE, "groups", "cgroup");
}

static void without_groups_it_is_the_machine_s(void **state)
{
	(void)state;
	assert_int_equal(trfs_memory_limit_of(MACHINE, "nothing", "nowhere"), MACHINE);
	assert_int_equal(limit("0::/a\n"), MACHINE);
	assert_int_equal(limit("no colons\n7:cpu\n"), MACHINE);
	assert_true(trfs_memory_limit() > 0);
}

static void the_lowest_of_a_group_and_those_above_counts(void **state)
{
	(void)state;
	write_group("cgroup/a", "cgroup/a/memory.max", "1000000\n");
	assert_int_equal(limit("0::/a\n"), 1000000);
	write_group("cgroup/a/b", "cgroup/a/b/memory.max", "max\n");
	assert_int_equal(limit("0::/a/b\n"), 1000000);
	write_group("cgroup/a/b", "cgroup/a/b/memory.max", "5000\n");
	assert_int_equal(limit("0::/a/b\n"), 5000);
	assert_int_equal(limit("0::/\n"), MACHINE);
	/* A container's root has the container's limit. */
	write_group("cgroup", "cgroup/memory.max", "3000\n");
	assert_int_equal(limit("0::/not/here\n"), 3000);
}

static void the_first_version_is_read_as_well(void **state)
{
	(void)state;
	write_group("cgroup/memory/x", "cgroup/memory/x/memory.limit_in_bytes", "777\n");
	assert_int_equal(limit("9:cpu:/x\n4:memory:/x\n0::/x\n"), 777);
	assert_int_equal(limit("9:cpu:/x\n"), MACHINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_groups_it_is_the_machine_s,
						scratch_enter, scratch_leave),
		cmocka_unit_test_setup_teardown(
			the_lowest_of_a_group_and_those_above_counts, scratch_enter,
			scratch_leave),
		cmocka_unit_test_setup_teardown(the_first_version_is_read_as_well,
						scratch_enter, scratch_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
