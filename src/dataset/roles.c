/* SPDX-License-Identifier: MIT */
/*
 * Which columns mean something.  Found when all rows are read, because a JSON object far
 * down may be the first with a label.
 */
#include "base/buffer.h"
#include "base/error.h"
#include "dataset/catalog.h"
#include "dataset/rows.h"

#include <errno.h>
#include <limits.h>

#define COLUMNS_TEXT_MAX 512

/* 1 and the column, 0 and TRFS_NO_COLUMN, or a negative errno. */
static int find(const struct trfs_rows *rows, enum trfs_role role, const char *wanted,
		uint32_t *ret_column, struct trfs_error *err)
{
	struct trfs_strings names = trfs_string_table_view(rows->names);
	uint32_t column = TRFS_NO_COLUMN;
	int rc;

	if (!wanted)
		wanted = rows->role_columns[role];
	rc = trfs_role_find(&names, role, wanted, &column, err);
	if (rc < 0)
		return trfs_error_prefix(err, rc, "%s", rows->place);
	*ret_column = rc > 0 ? column : TRFS_NO_COLUMN;
	return rc;
}

/* A spreadsheet's idea of CSV, where commas are for decimals: one column, cut by none. */
static bool has_semicolons(const struct trfs_strings *names)
{
	struct trfs_bytes name;

	if (names->nr != 1)
		return false;
	name = trfs_strings_get(names, 0);
	return memchr(name.data, ';', name.len) != NULL;
}

static int fail_no_file(const struct trfs_rows *rows, struct trfs_error *err)
{
	struct trfs_strings names = trfs_string_table_view(rows->names);
	struct trfs_buffer list;
	int rc;

	trfs_buffer_init(&list, COLUMNS_TEXT_MAX);
	for (uint64_t i = 0; i < names.nr; i++) {
		struct trfs_bytes name = trfs_strings_get(&names, i);

		if (list.len + name.len + 8 > COLUMNS_TEXT_MAX) {
			trfs_buffer_printf(&list, ", ...");
			break;
		}
		trfs_buffer_printf(&list, "%s%.*s", i ? ", " : "", TRFS_BYTES_ARG(name));
	}
	rc = trfs_fail(
		err, -EBADMSG,
		"%s: no column is known to hold the images' files; name it with "
		"--file-column (columns: %.*s)%s",
		rows->place, TRFS_BYTES_ARG(trfs_buffer_bytes(&list)),
		has_semicolons(&names)
			? "; its cells seem to be separated by semicolons: save it "
			  "with commas or tabs"
			: "");
	trfs_buffer_done(&list);
	return rc;
}

/* Shares given by the user win over the manifest's splits: no doubt about these then. */
static int find_split(const struct trfs_rows *rows, const struct trfs_options *options,
		      struct trfs_roles *roles, struct trfs_error *err)
{
	int rc = find(rows, TRFS_ROLE_SPLIT, options->split_column, &roles->split, err);

	if (rc == -EBADMSG && options->split) {
		roles->split = TRFS_NO_COLUMN;
		if (err)
			*err = (struct trfs_error){ 0 };
		return 0;
	}
	return rc;
}

static int find_group(const struct trfs_rows *rows, const char *wanted,
		      struct trfs_roles *roles, struct trfs_error *err)
{
	int rc = find(rows, TRFS_ROLE_GROUP, wanted, &roles->group, err);
	char place[PATH_MAX + 32];

	if (rc <= 0)
		return rc;
	for (uint32_t row = 0; row < rows->nr; row++) {
		if (trfs_rows_cell_number(rows, roles->group, row) != 0)
			continue;
		return trfs_fail(
			err, -EBADMSG,
			"%s lacks a value in column \"%s\"; fill it in, or leave "
			"--group out",
			trfs_rows_place(rows, row, place, sizeof(place)), wanted);
	}
	return 0;
}

int trfs_rows_find_roles(const struct trfs_rows *rows, const struct trfs_options *options,
			 struct trfs_roles *ret, struct trfs_error *err)
{
	struct trfs_roles roles = {
		.split = TRFS_NO_COLUMN,
		.group = TRFS_NO_COLUMN,
		.mask = TRFS_NO_COLUMN,
		.target = TRFS_NO_COLUMN,
	};
	int rc;

	rc = find(rows, TRFS_ROLE_FILE, options->file_column, &roles.file, err);
	if (rc == 0)
		return fail_no_file(rows, err);
	if (rc < 0)
		return rc;
	rc = find(rows, TRFS_ROLE_LABEL, options->label_column, &roles.label, err);
	if (rc < 0)
		return rc;
	if (roles.label == roles.file)
		return trfs_fail(err, -EINVAL,
				 "--label-column and --file-column name the same column "
				 "of %s; name the one with the classes",
				 rows->place);
	if (options->label_type == TRFS_LABEL_FLOAT) {
		roles.target = roles.label;
		roles.label = TRFS_NO_COLUMN;
	}
	rc = find(rows, TRFS_ROLE_MASK, options->mask_column, &roles.mask, err);
	if (rc >= 0)
		rc = find_split(rows, options, &roles, err);
	if (rc >= 0 && options->group_column)
		rc = find_group(rows, options->group_column, &roles, err);
	if (rc < 0)
		return rc;
	*ret = roles;
	return 0;
}
