/* SPDX-License-Identifier: MIT */
/* A scratch source directory for tests of manifests, and rows as text to compare. */
#ifndef TRFS_TESTS_MANIFEST_FIXTURE_H
#define TRFS_TESTS_MANIFEST_FIXTURE_H

#include "manifest/manifest.h"

/**
 * struct manifest_fixture
 * @options: for manifest_read_as(); their paths may begin with "$/"
 * @text: what was read last; owned
 */
struct manifest_fixture {
	char directory[64];
	struct trfs_root root;
	struct trfs_inputs inputs;
	struct trfs_options options;
	struct trfs_error err;
	uint64_t nr_ignored;
	char *text;
};

/* That of the test that is run. */
extern struct manifest_fixture source;

/* For each test, cmocka's setup and teardown. */
int manifest_fixture_enter(void **state);
int manifest_fixture_leave(void **state);
#define MANIFEST_TEST(name)                                                              \
	cmocka_unit_test_setup_teardown(name, manifest_fixture_enter,                    \
					manifest_fixture_leave)

/* Write a file below the directory, and the folders it needs. */
void manifest_write(const char *name, const void *data, size_t len);
void manifest_put(const char *name, const char *text);
/* One whose content does not matter. */
void manifest_touch(const char *name);
/* An empty folder. */
void manifest_mkdir(const char *name);
/* The path of @name in a static buffer. */
const char *manifest_path(const char *name);

/*
 * All rows of a manifest (NULL: class folders), one a line as "LINE column=value ...",
 * texts in single quotes, lists in brackets, what is wrong with a row
 * behind "problem: "; at the end the error, if any, as
 * "ERRNAME: message" with "$" for the directory.  Valid until the next read.
 */
const char *manifest_read(const char *name);

/*
 * The same of file or directory @name read as @dialect, with the fixture's options, and
 * remarks at the end as "remark: name reason".  Rows of several files have "FILE:" in
 * front of their line.
 */
const char *manifest_read_as(const char *dialect, const char *name);

/* The same of one file with this text. */
const char *manifest_read_text(const char *name, const char *text);

#endif
