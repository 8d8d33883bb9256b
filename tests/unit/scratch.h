/* SPDX-License-Identifier: MIT */
/* An empty directory of its own for each test that touches files. */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

/* For cmocka_unit_test_setup_teardown(): enter a new directory, leave and remove it. */
int scratch_enter(void **state);
int scratch_leave(void **state);

/* The directory's real path. */
const char *scratch_path(void **state);

/* Write a file; fails the test if that cannot be done. */
void scratch_write(const char *path, const char *text);

#endif
