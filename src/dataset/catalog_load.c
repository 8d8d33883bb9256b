/* SPDX-License-Identifier: MIT */
/*
 * From a source to its catalog, step by step: rows, what their columns mean, classes,
 * images, a look at each, a verdict on each row.  Cheap steps come first, so that a
 * mistyped class is told before a million images are opened.
 */
#include "base/error.h"
#include "base/workers.h"
#include "dataset/augments.h"
#include "dataset/catalog_build.h"
#include "dataset/needs.h"
#include "manifest/objects.h"
#include "dataset/label_flags.h"
#include "dataset/mask_pairs.h"

#include <errno.h>

/* What COCO's dialect calls their column, see manifest/coco_reader.h. */
#define PANOPTIC_PICTURES "panoptic/file"

static int open_source(struct trfs_catalog_parts *parts,
		       const struct trfs_options *options, struct trfs_error *err)
{
	int rc;

	if (!options->source || !*options->source)
		return trfs_fail(err, -EINVAL,
				 "no source is given: name the directory of the images");
	rc = trfs_root_open(&parts->root, options->source, options->follow, err);
	if (rc < 0) {
		parts->root = (struct trfs_root){ 0 };
		return rc;
	}
	rc = trfs_inputs_init(&parts->inputs);
	if (rc < 0)
		return trfs_fail_memory(err, "the list of inputs");
	return 0;
}

/* Whether the label column holds the classes of the objects in an image. */
static bool labels_are_objects(const struct trfs_catalog_parts *parts)
{
	struct trfs_strings names = trfs_string_table_view(parts->rows.names);

	return parts->roles.label != TRFS_NO_COLUMN &&
	       trfs_bytes_equal(trfs_strings_get(&names, parts->roles.label),
				trfs_bytes_of(TRFS_OBJECTS_CLASS));
}

static int read_manifest(struct trfs_catalog_parts *parts,
			 const struct trfs_options *options,
			 const struct trfs_needs *needs,
			 const struct trfs_progress *progress, struct trfs_error *err)
{
	struct trfs_options with_labels = *options;
	const char *label_column;
	int rc;

	rc = trfs_rows_read(&parts->rows, &parts->root, options, &parts->inputs, progress,
			    err);
	if (rc == 0)
		rc = trfs_label_flags_add(&parts->rows, options, &label_column, err);
	if (rc == 0 && label_column)
		with_labels.label_column = label_column;
	if (rc == 0)
		rc = trfs_rows_find_roles(&parts->rows, &with_labels, &parts->roles, err);
	if (rc == 0)
		rc = trfs_mask_pairs_add(&parts->rows, &parts->roles, &parts->root,
					 options, &parts->inputs, err);
	if (rc == 0)
		rc = trfs_classes_number(&parts->classes, &parts->rows,
					 parts->roles.label, options, &parts->inputs,
					 err);
	if (rc == 0 && needs->unlabelled && labels_are_objects(parts)) {
		rc = trfs_classes_allow_none(
			&parts->classes,
			trfs_rows_cells(&parts->rows, parts->roles.label).nr);
		if (rc < 0)
			trfs_fail_memory(err, "the classes");
	}
	return rc;
}

/* Name and look at the images, or masks, of one column. */
static int look_at(struct trfs_catalog_parts *parts, const struct trfs_options *options,
		   uint32_t column, const struct trfs_scan_rules *rules,
		   struct trfs_files *files, struct trfs_scan *scan,
		   struct trfs_earlier *known, const char *what,
		   const struct trfs_progress *progress, struct trfs_error *err)
{
	unsigned int nr_threads = trfs_workers_nr_threads(options->threads);
	struct trfs_strings cells = trfs_rows_cells(&parts->rows, column);
	struct trfs_earlier_files *seen = NULL;
	struct trfs_strings paths;
	int rc;

	if (known)
		seen = scan == &parts->scan ? &known->images : &known->masks;

	rc = trfs_files_name(files, &cells, options->manifest != NULL, &parts->root,
			     rules->allowed, nr_threads, progress, err);
	if (rc < 0)
		return rc;
	paths = trfs_string_table_view(files->paths);
	return trfs_scan_run(scan, &parts->root, &paths, rules, seen, options->threads,
			     what, progress, err);
}

static uint32_t find_column(const struct trfs_catalog_parts *parts, const char *name)
{
	struct trfs_strings names = trfs_string_table_view(parts->rows.names);

	for (uint32_t i = 0; i < names.nr; i++) {
		if (trfs_bytes_equal(trfs_strings_get(&names, i), trfs_bytes_of(name)))
			return i;
	}
	return TRFS_NO_COLUMN;
}

static int look_at_masks(struct trfs_catalog_parts *parts,
			 const struct trfs_options *options, struct trfs_scan_rules rules,
			 const struct trfs_needs *needs, struct trfs_earlier *known,
			 const struct trfs_progress *progress, struct trfs_error *err)
{
	const struct trfs_recipe as_they_are = {
		.max_pixels = needs->presentation->recipe.max_pixels
	};

	if (needs->panoptic)
		parts->roles.mask = find_column(parts, PANOPTIC_PICTURES);
	if (parts->roles.mask == TRFS_NO_COLUMN && !needs->masks_required)
		return 0;
	if (parts->roles.mask == TRFS_NO_COLUMN && needs->panoptic)
		return trfs_fail(err, -EINVAL,
				 "the schema shows panoptic masks, but %s has none; name "
				 "them with --panoptic and --panoptic-masks",
				 parts->rows.place);
	if (parts->roles.mask == TRFS_NO_COLUMN)
		return trfs_fail(err, -EINVAL,
				 "the schema shows masks, but %s has no column of them; "
				 "name it with --mask-column, or their directory with "
				 "--masks",
				 parts->rows.place);
	parts->masks = true;
	/* --formats only:... is said of images. */
	rules.allowed |= TRFS_IMAGE_FORMATS_DEFAULT;
	rules.pixels = needs->mask_pixels;
	rules.recipe = &as_they_are;
	return look_at(parts, options, parts->roles.mask, &rules, &parts->mask_files,
		       &parts->mask_scan, known, "Scanning masks", progress, err);
}

static int look_at_images(struct trfs_catalog_parts *parts,
			  const struct trfs_options *options,
			  const struct trfs_needs *needs, struct trfs_earlier *known,
			  const struct trfs_progress *progress, struct trfs_error *err)
{
	struct trfs_scan_rules rules = {
		.allowed = TRFS_IMAGE_FORMATS_DEFAULT,
		.check = options->check,
		.pixels = needs->pixels,
		.recipe = needs->presentation ? &needs->presentation->recipe : NULL,
	};
	int rc = 0;

	if (options->formats)
		rc = trfs_image_formats_parse(options->formats, &rules.allowed, err);
	if (rc == 0)
		rc = look_at(parts, options, parts->roles.file, &rules, &parts->files,
			     &parts->scan, known, "Scanning images", progress, err);
	if (rc == 0 && needs->masks)
		rc = look_at_masks(parts, options, rules, needs, known, progress, err);
	return rc;
}

static int judge_rows(struct trfs_catalog_parts *parts,
		      const struct trfs_options *options, const struct trfs_needs *needs,
		      struct trfs_error *err)
{
	const struct trfs_evidence evidence = {
		.keep_repeats = options->keep_repeats,
		.rows = &parts->rows,
		.roles = &parts->roles,
		.classes = &parts->classes,
		.files = &parts->files,
		.scan = &parts->scan,
		.mask_files = parts->masks ? &parts->mask_files : NULL,
		.mask_scan = &parts->mask_scan,
		.masks_optional = needs->panoptic,
	};
	bool skip = options->on_bad == TRFS_ON_BAD_SKIP;
	struct trfs_problems problems;
	int rc;

	rc = trfs_judge_rows(&evidence, &parts->judgement, err);
	if (rc < 0)
		return rc;
	problems = trfs_problem_list_view(&parts->judgement.problems);
	if (problems.nr == 0 || options->on_bad == TRFS_ON_BAD_LIST ||
	    (skip && parts->judgement.nr_kept > 0))
		return 0;
	return trfs_problems_fail(&problems, parts->rows.place, parts->rows.nr, skip,
				  err);
}

int trfs_catalog_load_for(const struct trfs_options *options,
			  const struct trfs_needs *needs, struct trfs_earlier *known,
			  const struct trfs_progress *progress, struct trfs_catalog **ret,
			  struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_catalog_freep) struct trfs_catalog *catalog = NULL;
	struct trfs_catalog_parts parts = { .droppable = needs->measuring };
	int rc;

	rc = open_source(&parts, options, err);
	if (rc == 0)
		rc = read_manifest(&parts, options, needs, progress, err);
	if (rc == 0)
		rc = look_at_images(&parts, options, needs, known, progress, err);
	if (rc == 0)
		rc = judge_rows(&parts, options, needs, err);
	if (rc == 0)
		rc = trfs_catalog_build(&parts, &catalog, err);
	trfs_catalog_parts_done(&parts);
	if (rc == 0 && needs->presentation)
		rc = trfs_catalog_present(catalog, needs->presentation, options, err);
	if (rc == 0)
		*ret = TRFS_STEAL(catalog);
	return rc;
}

int trfs_catalog_load(const struct trfs_options *options,
		      const struct trfs_progress *progress, struct trfs_catalog **ret,
		      struct trfs_error *err)
{
	const struct trfs_needs none = { 0 };

	return trfs_catalog_load_for(options, &none, NULL, progress, ret, err);
}
