/* SPDX-License-Identifier: MIT */
/*
 * Usual names of columns and splits, from what data sets and other tools use.  A name
 * earlier in its list beats a later one; the table is all there is to change.
 */
#include "manifest/roles.h"

#include "base/error.h"
#include "base/nearest.h"
#include "manifest/text.h"
#include <errno.h>
#include <stdio.h>

/* As the comparison sees them: lower case, '_' for '-', no blanks. */
static const char *const file_names[] = {
	"filename", "file_name",  "file",	"image",     "image_name",
	"image_id", "image_path", "path",	"filepath",  "img",
	"id",	    "id_code",	  "imageindex", "image_uri", NULL,
};
static const char *const label_names[] = {
	"label", "class", "class_name",	   "category", "target",	"diagnosis",
	"dx",	 "breed", "findinglabels", "y",	       "objects/class", NULL,
};
static const char *const split_names[] = { "split",  "subset", "set", "fold",
					   "ml_use", "usage",  NULL };
static const char *const group_names[] = { "patient_id", "patientid", "patient",
					   "lesion_id",	 "subject",   "study_id",
					   "group",	 NULL };
static const char *const mask_names[] = {
	"mask", "mask_path", "mask_file", "segmentation", "segmentation_mask", NULL
};

static const struct {
	const char *option;
	const char *const *usual_names;
} roles[TRFS_NR_ROLES] = {
	[TRFS_ROLE_FILE] = { "--file-column", file_names },
	[TRFS_ROLE_LABEL] = { "--label-column", label_names },
	[TRFS_ROLE_SPLIT] = { "--split-column", split_names },
	[TRFS_ROLE_GROUP] = { "--group", group_names },
	[TRFS_ROLE_MASK] = { "--mask-column", mask_names },
};

static const struct {
	const char *split;
	const char *alias;
} split_aliases[] = {
	{ "train", "train" },
	{ "train", "training" },
	{ "validation", "validation" },
	{ "validation", "valid" },
	{ "validation", "val" },
	{ "validation", "dev" },
	{ "test", "test" },
	{ "test", "testing" },
	{ "test", "eval" },
	{ "test", "evaluation" },
};

/* Whether a column's name is @usual but for case, blanks, and '-' for '_'. */
static bool is_usual_name(struct trfs_bytes name, const char *usual)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = (char)name.data[i];

		if (c == ' ' || c == '\t')
			continue;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c == '-')
			c = '_';
		if (c != *usual++)
			return false;
	}
	return *usual == '\0';
}

static int fail_several(const struct trfs_strings *columns, enum trfs_role role,
			uint64_t first, uint64_t second, int code, struct trfs_error *err)
{
	char a[TRFS_PRINTABLE_SIZE / 4], b[TRFS_PRINTABLE_SIZE / 4];

	trfs_text_printable(trfs_strings_get(columns, first), a, sizeof(a));
	trfs_text_printable(trfs_strings_get(columns, second), b, sizeof(b));
	return trfs_fail(err, code,
			 "both columns \"%s\" and \"%s\" could be meant; say which with "
			 "%s \"%s\"",
			 a, b, roles[role].option, a);
}

static int find_usual(const struct trfs_strings *columns, enum trfs_role role,
		      uint32_t *ret_column, struct trfs_error *err)
{
	const char *const *usual = roles[role].usual_names;

	for (; *usual; usual++) {
		uint64_t found = columns->nr;

		for (uint64_t i = 0; i < columns->nr; i++) {
			if (!is_usual_name(trfs_strings_get(columns, i), *usual))
				continue;
			if (found < columns->nr)
				return fail_several(columns, role, found, i, -EBADMSG,
						    err);
			found = i;
		}
		if (found < columns->nr) {
			*ret_column = (uint32_t)found;
			return 1;
		}
	}
	return 0;
}

/* The columns' names in @buf, as many as fit. */
static const char *list_columns(const struct trfs_strings *columns, char *buf, size_t len)
{
	size_t used = 0;

	buf[0] = '\0';
	for (uint64_t i = 0; i < columns->nr; i++) {
		char shown[64];

		trfs_text_printable(trfs_strings_get(columns, i), shown, sizeof(shown));
		if (used + strlen(shown) + sizeof(", ...") > len) {
			snprintf(buf + used, len - used, ", ...");
			break;
		}
		used += (size_t)snprintf(buf + used, len - used, "%s%s", used ? ", " : "",
					 shown);
	}
	return buf;
}

static int fail_unknown(const struct trfs_strings *columns, enum trfs_role role,
			struct trfs_bytes wanted, struct trfs_error *err)
{
	char shown[TRFS_PRINTABLE_SIZE / 2], hint[128], list[512];
	struct trfs_nearest nearest;

	trfs_nearest_init(&nearest, wanted);
	for (uint64_t i = 0; i < columns->nr; i++)
		trfs_nearest_offer(&nearest, trfs_strings_get(columns, i));
	return trfs_fail(
		err, -EINVAL, "%s \"%s\": there is no such column%s; the columns are: %s",
		roles[role].option, trfs_text_printable(wanted, shown, sizeof(shown)),
		trfs_nearest_hint(&nearest, hint, sizeof(hint)),
		list_columns(columns, list, sizeof(list)));
}

static int find_wanted(const struct trfs_strings *columns, enum trfs_role role,
		       struct trfs_bytes wanted, uint32_t *ret_column,
		       struct trfs_error *err)
{
	uint64_t found = columns->nr;

	for (uint64_t i = 0; i < columns->nr; i++) {
		if (trfs_bytes_equal(trfs_strings_get(columns, i), wanted)) {
			*ret_column = (uint32_t)i;
			return 1;
		}
	}
	for (uint64_t i = 0; i < columns->nr; i++) {
		if (!trfs_bytes_equal_nocase(trfs_strings_get(columns, i), wanted))
			continue;
		if (found < columns->nr)
			return fail_several(columns, role, found, i, -EINVAL, err);
		found = i;
	}
	if (found == columns->nr)
		return fail_unknown(columns, role, wanted, err);
	*ret_column = (uint32_t)found;
	return 1;
}

int trfs_role_find(const struct trfs_strings *columns, enum trfs_role role,
		   const char *wanted, uint32_t *ret_column, struct trfs_error *err)
{
	if (wanted)
		return find_wanted(columns, role, trfs_bytes_of(wanted), ret_column, err);
	return find_usual(columns, role, ret_column, err);
}

static const char *find_split(struct trfs_bytes name)
{
	for (size_t i = 0; i < TRFS_COUNT(split_aliases); i++)
		if (trfs_bytes_equal_nocase(name, trfs_bytes_of(split_aliases[i].alias)))
			return split_aliases[i].split;
	return NULL;
}

struct trfs_bytes trfs_split_name(struct trfs_bytes name)
{
	const char *split = find_split(name);

	return split ? trfs_bytes_of(split) : name;
}

bool trfs_split_name_usual(struct trfs_bytes name)
{
	return find_split(name) != NULL;
}
