/* SPDX-License-Identifier: MIT */
/*
 * What a confined process can and cannot do: a child is confined, tries, and answers with
 * its exit code; what it finds wrong it says on standard error.
 */
#ifndef TESTS_UNIT_CONFINE_FIXTURE_H
#define TESTS_UNIT_CONFINE_FIXTURE_H

#include "base/confine.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define CHECK(what)                                                                      \
	do {                                                                             \
		if (!(what)) {                                                           \
			dprintf(STDERR_FILENO, "line %d: " #what ": errno %d\n",         \
				__LINE__, errno);                                        \
			_exit(1);                                                        \
		}                                                                        \
	} while (0)

/* @call fails with @error. */
#define CHECK_FAILS(call, error)                                                         \
	do {                                                                             \
		errno = 0;                                                               \
		CHECK((call) == -1);                                                     \
		CHECK(errno == (error));                                                 \
	} while (0)

/* Run it in a child; fails the test if that found something wrong. */
void in_a_child(void (*run)(void));

/*
 * A scratch directory: "source" is to be read, "index" written, "elsewhere" neither. Left
 * with scratch_leave().
 */
int confine_fixture_enter(void **state);

struct trfs_confinement confine_with(unsigned int parts, bool read_everywhere);

/* With all that this machine's kernel has. */
void confine(void);

#define CONFINE_TEST(name)                                                               \
	cmocka_unit_test_setup_teardown(name, confine_fixture_enter, scratch_leave)

#endif
