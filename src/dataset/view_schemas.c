/* SPDX-License-Identifier: MIT */
/*
 * schemas/NAME: the same records as another schema, or another converter, has them.  The
 * plan stays as it is; the index layer lays the records out anew (index/view_schema.c).
 */
#include "dataset/profile.h"
#include "dataset/schema.h"
#include "dataset/view_kinds.h"

/* Built-in schemas first, then profiles; one may have the name of a schema. */
const char *trfs_view_schema_name(uint64_t number)
{
	size_t nr = trfs_schema_nr_builtins();

	if (number < nr)
		return trfs_schema_builtin_name((size_t)number);
	return trfs_profile_table[number - nr].name;
}

static bool parse(const struct trfs_view_context *context, unsigned int i,
		  struct trfs_bytes text, struct trfs_view_step *step)
{
	uint64_t nr = trfs_schema_nr_builtins() + trfs_profile_table_len;

	(void)context;
	(void)i;
	for (uint64_t number = 0; number < nr; number++) {
		if (trfs_bytes_equal(text,
				     trfs_bytes_of(trfs_view_schema_name(number)))) {
			step->numbers[0] = number;
			return true;
		}
	}
	return false;
}

static int apply(struct trfs_view_builder *b, const struct trfs_view_step *step,
		 struct trfs_error *err)
{
	(void)b;
	(void)step;
	(void)err;
	return 0;
}

const struct trfs_view_kind trfs_view_schemas = {
	.name = "schemas",
	.stage = TRFS_VIEW_STAGE_SCHEMA,
	.min_arguments = 1,
	.max_arguments = 1,
	.parse = parse,
	.apply = apply,
};
