/* SPDX-License-Identifier: MIT */
/*
 * A catalog holds what its own schema needs.  Another schema can be shown over it as long
 * as it needs nothing beyond that: what would have to be looked at first is refused.
 */
#include "index/view_schema.h"

#include "base/error.h"
#include "dataset/needs.h"
#include "dataset/profile.h"
#include <errno.h>
#include <stdlib.h>

/* The options of a profile that say what a record is made of, not how it is found. */
static const char *const record_options[] = { "schema", "label-base", "label-type",
					      "map-order" };

/* Set those of the options that concern records to the profile's defaults. */
static int apply_profile(const struct trfs_profile *profile, struct trfs_options *options,
			 struct trfs_error *err)
{
	bool *given = malloc(trfs_option_table_len * sizeof(*given));
	int rc;

	if (!given)
		return trfs_fail_memory(err, "the options of a view");
	for (size_t i = 0; i < trfs_option_table_len; i++) {
		given[i] = true;
		for (size_t k = 0; k < TRFS_COUNT(record_options); k++)
			if (strcmp(trfs_option_table[i].name, record_options[k]) == 0)
				given[i] = false;
	}
	rc = trfs_profile_apply(profile, options, given, err);
	free(given);
	return rc;
}

static const struct trfs_profile *find_profile(const char *name)
{
	for (size_t i = 0; i < trfs_profile_table_len; i++)
		if (strcmp(trfs_profile_table[i].name, name) == 0)
			return &trfs_profile_table[i];
	return NULL;
}

/* Whether the generation's catalog has all that the schema needs. */
static int check_needs(const struct trfs_view *view, const struct trfs_schema *schema,
		       struct trfs_error *err)
{
	const struct trfs_generation *g = view->generation;
	const struct trfs_presentation *shown = &g->catalog->presentation;
	struct trfs_needs wanted, there;

	if (trfs_needs_find(schema, shown, TRFS_CHECK_HEADER, &wanted, err) < 0 ||
	    trfs_needs_find(g->schema, shown, g->options.check, &there, err) < 0)
		return -ENOENT;
	if ((wanted.masks_required && !g->catalog->masks) ||
	    wanted.panoptic != there.panoptic || wanted.pixels > there.pixels ||
	    wanted.mask_pixels > there.mask_pixels ||
	    (wanted.measuring && (wanted.contents & ~there.contents)) ||
	    wanted.unlabelled < there.unlabelled)
		return trfs_fail(err, -ENOENT,
				 "schema %s needs what this mount did not look at; mount "
				 "again with it as --schema",
				 trfs_schema_name(schema));
	return 0;
}

int trfs_view_schema_load(struct trfs_view *view, const char *name,
			  struct trfs_error *err)
{
	const struct trfs_profile *profile = find_profile(name);
	struct trfs_options options = view->generation->options;
	struct trfs_options *copy = calloc(1, sizeof(*copy));
	struct trfs_schema *schema = NULL;
	int rc = 0;

	if (!copy)
		return -ENOMEM;
	options.schema = name;
	if (profile)
		rc = apply_profile(profile, &options, err);
	if (rc == 0)
		rc = trfs_options_copy(&options, copy);
	if (rc < 0) {
		free(copy);
		return rc == -ENOMEM ? rc : -ENOENT;
	}
	view->options = copy;
	rc = trfs_schema_load_options(copy, view->catalog, &schema, err);
	if (rc == 0) {
		view->schema = schema;
		rc = check_needs(view, schema, err);
	}
	return rc < 0 && rc != -ENOMEM ? -ENOENT : rc;
}

void trfs_view_schema_done(struct trfs_view *view)
{
	const struct trfs_generation *g = view->generation;

	if (view->schema != g->schema)
		trfs_schema_free((struct trfs_schema *)view->schema);
	if (view->options != &g->options) {
		trfs_options_copy_done((struct trfs_options *)view->options);
		free((struct trfs_options *)view->options);
	}
}
