/* SPDX-License-Identifier: MIT */
/* by-class/CLASS: the examples with that label, be it one of several. */
#include "base/error.h"
#include "dataset/view_kind.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

bool trfs_view_spell_class(const struct trfs_catalog *catalog, uint64_t number, char *ret,
			   size_t size)
{
	struct trfs_bytes name = trfs_strings_get(&catalog->class_names, number);

	if (trfs_view_spell(name, false, ret, size) && strlen(ret) <= NAME_MAX)
		return true;
	/* No name is spelled so. */
	return snprintf(ret, size, "%%N%llu", (unsigned long long)number) < (int)size;
}

static bool parse(const struct trfs_view_context *context, unsigned int i,
		  struct trfs_bytes text, struct trfs_view_step *step)
{
	const struct trfs_catalog *catalog = context->catalog;
	char spelled[TRFS_VIEW_SPELLED_MAX];

	(void)i;
	for (uint64_t number = 0; number < catalog->class_names.nr; number++) {
		if (trfs_view_spell_class(catalog, number, spelled, sizeof(spelled)) &&
		    trfs_bytes_equal(text, trfs_bytes_of(spelled))) {
			step->numbers[0] = number;
			return true;
		}
	}
	return false;
}

static int apply(struct trfs_view_builder *b, const struct trfs_view_step *step,
		 struct trfs_error *err)
{
	return trfs_view_keep_class(b, (uint32_t)step->numbers[0], err);
}

/* Of each label set, whether the class is in it; the caller's to free. */
static bool *find_sets(const struct trfs_catalog *catalog, uint32_t class)
{
	bool *has = calloc(catalog->label_sets.nr + 1, sizeof(*has));

	for (uint64_t i = 0; has && i < catalog->label_sets.nr; i++) {
		struct trfs_bytes set = trfs_strings_get(&catalog->label_sets, i);

		for (size_t k = 0; k < set.len / 4; k++)
			has[i] |= trfs_catalog_label(set.data, k) == class;
	}
	return has;
}

int trfs_view_keep_class(struct trfs_view_builder *b, uint32_t class,
			 struct trfs_error *err)
{
	const struct trfs_catalog *catalog = b->context->catalog;
	uint64_t *examples = trfs_view_examples_new(b);
	bool *has = find_sets(catalog, class);
	int rc = -ENOMEM;

	if (examples && has) {
		for (uint64_t i = 0; i < catalog->nr_examples; i++)
			if (has[trfs_catalog_label_set(catalog, i)])
				trfs_view_examples_add(examples, i);
		rc = trfs_view_keep(b, examples, err);
	} else {
		trfs_fail_memory(err, "the records of a view");
	}
	free(has);
	free(examples);
	return rc;
}

const struct trfs_view_kind trfs_view_by_class = {
	.name = "by-class",
	.stage = TRFS_VIEW_STAGE_CLASS,
	.min_arguments = 1,
	.max_arguments = 1,
	.parse = parse,
	.apply = apply,
};
