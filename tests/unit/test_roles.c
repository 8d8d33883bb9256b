/* SPDX-License-Identifier: MIT */
/* Which column is which, by its usual name or by the user's. */
#include "manifest/roles.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct trfs_error err;

/* Find a role among columns given as "a|b|c"; the column, or -1 for none, or -errno. */
static int find(const char *columns, enum trfs_role role, const char *wanted)
{
	TRFS_CLEANUP(trfs_string_table_freep)
	struct trfs_string_table *table = trfs_string_table_new();
	struct trfs_strings view;
	uint32_t column = UINT32_MAX;
	int rc;

	assert_non_null(table);
	for (;;) {
		size_t len = strcspn(columns, "|");
		struct trfs_bytes name = { (const uint8_t *)columns, len };

		assert_int_equal(trfs_string_table_add(table, name, &column), 0);
		if (!columns[len])
			break;
		columns += len + 1;
	}
	view = trfs_string_table_view(table);
	column = UINT32_MAX;
	err = (struct trfs_error){ 0 };
	rc = trfs_role_find(&view, role, wanted, &column, &err);
	if (rc != 1)
		assert_int_equal(column, UINT32_MAX);
	return rc == 1 ? (int)column : rc == 0 ? -1 : rc;
}

static void every_usual_name_is_known(void **state)
{
	static const char *const names[TRFS_NR_ROLES][16] = {
		[TRFS_ROLE_FILE] = { "filename", "file_name", "file", "image",
				     "image_name", "image_id", "image_path", "path",
				     "filepath", "img", "id", "id_code", "Image Index",
				     "image_uri" },
		[TRFS_ROLE_LABEL] = { "label", "class", "class_name", "category",
				      "target", "diagnosis", "dx", "breed",
				      "Finding Labels", "y" },
		[TRFS_ROLE_SPLIT] = { "split", "subset", "set", "fold", "ml_use",
				      "usage" },
		[TRFS_ROLE_GROUP] = { "patient_id", "Patient ID", "patient", "lesion_id",
				      "subject", "study_id", "group" },
	};

	(void)state;
	for (int role = 0; role < TRFS_NR_ROLES; role++) {
		for (size_t i = 0; names[role][i]; i++) {
			char columns[64];

			snprintf(columns, sizeof(columns), "other|%s", names[role][i]);
			assert_int_equal(find(columns, (enum trfs_role)role, NULL), 1);
			/* Earlier names win, wherever they stand. */
			if (!names[role][i + 1])
				continue;
			snprintf(columns, sizeof(columns), "%s|%s", names[role][i + 1],
				 names[role][i]);
			assert_int_equal(find(columns, (enum trfs_role)role, NULL), 1);
		}
		assert_int_equal(find("other|more", (enum trfs_role)role, NULL), -1);
	}
}

static void case_blanks_and_dashes_do_not_matter(void **state)
{
	(void)state;
	assert_int_equal(find("x|Image-Name ", TRFS_ROLE_FILE, NULL), 1);
	assert_int_equal(find("x|FINDINGLABELS", TRFS_ROLE_LABEL, NULL), 1);
	assert_int_equal(find("filenames", TRFS_ROLE_FILE, NULL), -1);
	assert_int_equal(find("filenam", TRFS_ROLE_FILE, NULL), -1);
}

static void two_names_of_one_rank_are_a_question(void **state)
{
	(void)state;
	assert_int_equal(find("label|x|Label", TRFS_ROLE_LABEL, NULL), -EBADMSG);
	assert_string_equal(
		err.message,
		"both columns \"label\" and \"Label\" could be meant; say which "
		"with --label-column \"label\"");
}

static void wanted_names_are_exact_before_they_are_nearly(void **state)
{
	(void)state;
	assert_int_equal(find("Y|y", TRFS_ROLE_LABEL, "y"), 1);
	assert_int_equal(find("a|Kind", TRFS_ROLE_LABEL, "kind"), 1);
	assert_int_equal(find("KIND|Kind", TRFS_ROLE_LABEL, "kind"), -EINVAL);
	/* A usual name does not stand in for the wanted one. */
	assert_int_equal(find("label|brede", TRFS_ROLE_LABEL, "breed"), -EINVAL);
	assert_string_equal(err.message,
			    "--label-column \"breed\": there is no such column (did you "
			    "mean \"brede\"?); the columns are: label, brede");
	assert_int_equal(find("a", TRFS_ROLE_GROUP, "patient"), -EINVAL);
	assert_string_equal(err.message,
			    "--group \"patient\": there is no such column; the "
			    "columns are: a");
}

static void long_lists_of_columns_are_cut(void **state)
{
	char columns[8192] = "first";

	(void)state;
	for (int i = 0; i < 500; i++)
		strcat(columns, "|column");
	assert_int_equal(find(columns, TRFS_ROLE_FILE, "nothing-like-it"), -EINVAL);
	assert_non_null(strstr(err.message, "are: first, column, column, "));
	assert_non_null(strstr(err.message, "column, ..."));
}

static void splits_have_one_name(void **state)
{
	static const char *const names[][2] = {
		{ "train", "train" },	   { "TRAIN", "train" },
		{ "Training", "train" },   { "validation", "validation" },
		{ "valid", "validation" }, { "VAL", "validation" },
		{ "dev", "validation" },   { "test", "test" },
		{ "testing", "test" },	   { "eval", "test" },
		{ "Evaluation", "test" },
	};

	(void)state;
	for (size_t i = 0; i < TRFS_COUNT(names); i++) {
		struct trfs_bytes name = trfs_bytes_of(names[i][0]);

		assert_true(trfs_bytes_equal(trfs_split_name(name),
					     trfs_bytes_of(names[i][1])));
		assert_true(trfs_split_name_usual(name));
	}
	assert_true(trfs_bytes_equal(trfs_split_name(trfs_bytes_of("Fold3")),
				     trfs_bytes_of("Fold3")));
	assert_false(trfs_split_name_usual(trfs_bytes_of("trains")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_usual_name_is_known),
		cmocka_unit_test(case_blanks_and_dashes_do_not_matter),
		cmocka_unit_test(two_names_of_one_rank_are_a_question),
		cmocka_unit_test(wanted_names_are_exact_before_they_are_nearly),
		cmocka_unit_test(long_lists_of_columns_are_cut),
		cmocka_unit_test(splits_have_one_name),
	};

	return cmocka_run_group_tests_name("roles", tests, NULL, NULL);
}
