/* SPDX-License-Identifier: MIT */
/*
 * Names of splits.  They become the beginnings of file names that people match with
 * shell patterns, so the rules are about these: no character that a shell or a file
 * system minds, and no name whose pattern matches another split's shards.
 */
#include "dataset/split_names.h"
#include "base/error.h"

#include "manifest/roles.h"
#include <stdio.h>

static const char *const usual[] = { "train", "validation", "test" };

static bool is_alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

struct trfs_bytes trfs_split_names_meant(const struct trfs_options *options,
					 struct trfs_bytes name)
{
	const char *shown = options->split_names;

	name = trfs_bytes_trim(name);
	return shown && strcmp(shown, TRFS_SPLIT_NAMES_KEEP) == 0 ? name
								  : trfs_split_name(name);
}

const char *trfs_split_names_objection(struct trfs_bytes name)
{
	if (name.len == 0)
		return "is empty";
	if (name.len >= TRFS_SPLIT_NAME_MAX)
		return "is longer than 63 bytes";
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];

		if (!is_alphanumeric(c) && c != '-' && c != '_' && c != '.')
			return "may hold only the letters a-z and A-Z, digits, '-', '_' "
			       "and '.'";
	}
	if (name.data[0] == '.' || name.data[0] == '-')
		return "must begin with a letter, a digit or '_'";
	return NULL;
}

static size_t rank(const char *name)
{
	size_t i = 0;

	while (i < TRFS_COUNT(usual) && strcmp(name, usual[i]) != 0)
		i++;
	return i;
}

int trfs_split_names_compare(const char *a, const char *b)
{
	size_t rank_a = rank(a), rank_b = rank(b);

	if (rank_a != rank_b)
		return rank_a < rank_b ? -1 : 1;
	return strcmp(a, b);
}

bool trfs_split_names_find(const struct trfs_splits *splits, struct trfs_bytes name,
			   uint32_t *ret_split)
{
	for (uint32_t i = 0; i < splits->nr; i++) {
		if (trfs_bytes_equal(trfs_bytes_of(splits->names[i]), name)) {
			*ret_split = i;
			return true;
		}
	}
	return false;
}

int trfs_split_names_check_patterns(const struct trfs_splits *splits, int code,
				    struct trfs_error *err)
{
	for (uint32_t i = 0; i < splits->nr; i++) {
		const char *shorter = splits->names[i];
		size_t len = strlen(shorter);

		for (uint32_t j = 0; j < splits->nr; j++) {
			const char *longer = splits->names[j];

			if (strncmp(longer, shorter, len) == 0 && longer[len] == '-')
				return trfs_fail(
					err, code,
					"the pattern %s-* would match the shards "
					"of split \"%s\" too; call it \"%.*s_%s\"",
					shorter, longer, (int)len, longer,
					longer + len + 1);
		}
	}
	return 0;
}

const char *trfs_split_names_list(const struct trfs_splits *splits, char *buf, size_t len)
{
	size_t used = 0;

	buf[0] = '\0';
	for (uint32_t i = 0; i < splits->nr; i++) {
		/* Room for ", ..." is kept, so that a list cut short says so. */
		if (used + strlen(splits->names[i]) + sizeof(", , ...") > len) {
			snprintf(buf + used, len - used, ", ...");
			break;
		}
		used += (size_t)snprintf(buf + used, len - used, "%s%s", i ? ", " : "",
					 splits->names[i]);
	}
	return buf;
}
