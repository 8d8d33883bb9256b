/* SPDX-License-Identifier: MIT */
/* Loading catalogs and looking into them; all of these fail the test they stand in. */
#ifndef TESTS_UNIT_LOADING_H
#define TESTS_UNIT_LOADING_H

#include "dataset/catalog.h"

/* How a sentence about problems ends. */
#define ADVICE                                                                           \
	"; mend them, or leave them out with --on-bad=skip (tfrecordfs check lists all)"

/* The defaults, for the source "img"; @manifest may be NULL. */
struct trfs_options options_for(const char *manifest);

struct trfs_catalog *load(const struct trfs_options *options);

/* All strings of a list, joined by spaces. */
void check_list(struct trfs_strings list, const char *wanted);
/* The same of the images' names. */
void check_names(const struct trfs_catalog *catalog, const char *wanted);
const struct trfs_appearance *appearance_of(const struct trfs_catalog *catalog,
					    uint64_t example);

/* The class names of an example, joined by '+'. */
void check_labels(const struct trfs_catalog *c, uint64_t example, const char *wanted);

/* The values of a cell, joined by '+'. */
void check_cell(const struct trfs_catalog *c, const char *column, uint64_t example,
		const char *wanted);

/* Loading fails with this code and sentence. */
void check_fails(const struct trfs_options *options, int code, const char *wanted);

/* l.csv of one sound row (ok.png, line 2) and @rows fails with -EBADMSG and @wanted. */
void check_csv(const char *rows, const char *wanted);

/* Problem @i is this one. */
void check_problem(const struct trfs_catalog *c, uint64_t i, uint64_t line,
		   const char *kind, const char *name, const char *reason);

#endif
