/* SPDX-License-Identifier: MIT */
/*
 * Members and names in a schema's JSON.  Strict: what is not understood is refused by
 * name, since a mistyped member that is passed over would come out as wrong data.
 */
#include "dataset/schema_json.h"

#include "base/error.h"
#include "base/nearest.h"
#include "manifest/text.h"

#include <errno.h>
#include <jansson.h>

int trfs_schema_fail_unknown(const char *what, const char *name, const char *const *known,
			     struct trfs_error *err)
{
	struct trfs_nearest nearest;
	struct trfs_buffer list;
	char hint[96], shown[96];
	int rc;

	trfs_nearest_init(&nearest, trfs_bytes_of(name));
	trfs_buffer_init(&list, 1024);
	for (size_t i = 0; known[i]; i++) {
		trfs_nearest_offer(&nearest, trfs_bytes_of(known[i]));
		trfs_buffer_printf(&list, i ? ", \"%s\"" : "\"%s\"", known[i]);
	}
	rc = trfs_fail(err, -EINVAL, "unknown %s \"%s\"%s: there are %.*s", what,
		       trfs_text_printable(trfs_bytes_of(name), shown, sizeof(shown)),
		       trfs_nearest_hint(&nearest, hint, sizeof(hint)),
		       TRFS_BYTES_ARG(trfs_buffer_bytes(&list)));
	trfs_buffer_done(&list);
	return rc;
}

int trfs_schema_find_name(const char *name, const char *const *known)
{
	for (int i = 0; known[i]; i++) {
		if (strcmp(known[i], name) == 0)
			return i;
	}
	return -1;
}

int trfs_schema_sort_members(const json_t *object, const char *const *known,
			     const json_t **ret_values, struct trfs_error *err)
{
	json_t *borrowed = (json_t *)object;
	const char *name;
	json_t *value;

	json_object_foreach(borrowed, name, value)
	{
		int i = trfs_schema_find_name(name, known);

		if (i < 0)
			return trfs_schema_fail_unknown("member", name, known, err);
		ret_values[i] = value;
	}
	return 0;
}

const char *trfs_schema_keep_text(struct trfs_schema *schema, const char *text)
{
	return (const char *)trfs_value_arena_copy(&schema->constants.arena,
						   trfs_bytes_of(text))
		.data;
}
