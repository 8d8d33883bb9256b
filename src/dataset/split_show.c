/* SPDX-License-Identifier: MIT */
/* --split-names: a converter writes val-00000-of-00004 for the split validation. */
#include "base/error.h"
#include "base/nearest.h"
#include "dataset/split_names.h"
#include "manifest/roles.h"

#include <errno.h>

static int fail_unknown(const struct trfs_splits *splits, struct trfs_bytes name,
			struct trfs_error *err)
{
	char hint[TRFS_SPLIT_NAME_MAX + 32], list[512];
	struct trfs_nearest nearest;

	trfs_nearest_init(&nearest, name);
	for (uint32_t i = 0; i < splits->nr; i++)
		trfs_nearest_offer(&nearest, trfs_bytes_of(splits->names[i]));
	return trfs_fail(err, -EINVAL,
			 "--split-names: there is no split \"%.*s\"%s; the splits are: "
			 "%s",
			 TRFS_BYTES_ARG(name),
			 trfs_nearest_hint(&nearest, hint, sizeof(hint)),
			 trfs_split_names_list(splits, list, sizeof(list)));
}

/* One "validation=val". */
static int show(struct trfs_bytes item, const struct trfs_splits *splits,
		char (*ret)[TRFS_SPLIT_NAME_MAX], struct trfs_error *err)
{
	const uint8_t *equals = memchr(item.data, '=', item.len);
	size_t len = equals ? (size_t)(equals - item.data) : item.len;
	struct trfs_bytes name, shown;
	const char *objection;
	uint32_t split;

	if (!equals)
		return trfs_fail(err, -EINVAL,
				 "--split-names: \"%.*s\" is not NAME=SHOWN, such as "
				 "validation=val",
				 TRFS_BYTES_ARG(item));
	name = trfs_bytes_trim((struct trfs_bytes){ item.data, len });
	shown = trfs_bytes_trim((struct trfs_bytes){ equals + 1, item.len - len - 1 });
	objection = trfs_split_names_objection(shown);
	if (objection)
		return trfs_fail(err, -EINVAL, "--split-names: the name \"%.*s\" %s",
				 TRFS_BYTES_ARG(shown), objection);
	if (!trfs_split_names_find(splits, trfs_split_name(name), &split))
		return trfs_split_name_usual(name) ? 0 : fail_unknown(splits, name, err);
	memcpy(ret[split], shown.data, shown.len);
	ret[split][shown.len] = '\0';
	return 0;
}

static int check_distinct(const struct trfs_splits *splits,
			  char (*shown)[TRFS_SPLIT_NAME_MAX], struct trfs_error *err)
{
	for (uint32_t i = 0; i < splits->nr; i++) {
		for (uint32_t j = 0; j < i; j++) {
			if (strcmp(shown[i], shown[j]) == 0)
				return trfs_fail(err, -EINVAL,
						 "--split-names: the splits \"%s\" and "
						 "\"%s\" would both be called \"%s\"",
						 splits->names[j], splits->names[i],
						 shown[i]);
		}
	}
	return 0;
}

int trfs_split_names_show(const char *text, const struct trfs_splits *splits,
			  char (*ret)[TRFS_SPLIT_NAME_MAX], struct trfs_error *err)
{
	bool more = text && strcmp(text, TRFS_SPLIT_NAMES_KEEP) != 0;

	memcpy(ret, splits->names, splits->nr * sizeof(splits->names[0]));
	while (more) {
		size_t len = strcspn(text, ",");
		struct trfs_bytes item = { (const uint8_t *)text, len };
		int rc = show(trfs_bytes_trim(item), splits, ret, err);

		if (rc < 0)
			return rc;
		more = text[len] == ',';
		text += len + more;
	}
	return check_distinct(splits, ret, err);
}
