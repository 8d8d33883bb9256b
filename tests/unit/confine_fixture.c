/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "confine_fixture.h"
#include "scratch.h"

#include <sys/stat.h>
#include <sys/wait.h>

void in_a_child(void (*run)(void))
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		run();
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int confine_fixture_enter(void **state)
{
	if (scratch_enter(state) < 0)
		return -1;
	mkdir("source", 0755);
	mkdir("source/inner", 0755);
	mkdir("index", 0755);
	mkdir("elsewhere", 0755);
	scratch_write("source/a", "a");
	scratch_write("source/inner/b", "b");
	scratch_write("index/i", "i");
	scratch_write("elsewhere/e", "e");
	return symlink("../elsewhere/e", "source/out");
}

struct trfs_confinement confine_with(unsigned int parts, bool read_everywhere)
{
	static const char *const read[] = { "source", "not there", NULL };
	static const char *const write[] = { "index", NULL };
	static const char *const devices[] = { "/dev/null", NULL };
	struct trfs_confine_rules rules = { .parts = parts,
					    .read = read,
					    .write = write,
					    .devices = devices,
					    .read_everywhere = read_everywhere };
	struct trfs_confinement result;

	trfs_confine(&rules, &result);
	return result;
}

void confine(void)
{
	struct trfs_confinement c = confine_with(TRFS_CONFINE_ALL, false);

	CHECK(c.parts == TRFS_CONFINE_ALL);
	CHECK(c.landlock >= 1);
}
