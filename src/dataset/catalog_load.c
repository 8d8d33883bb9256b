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
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* What COCO's dialect calls their column, see manifest/coco_reader.h. */
#define PANOPTIC_PICTURES "panoptic/file"

#define WHAT_SIZE 64

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

/**
 * struct looking - how images are looked at
 * @known, @part: see trfs_catalog_load_for()
 */
struct looking {
	const struct trfs_options *options;
	const struct trfs_needs *needs;
	struct trfs_earlier *known;
	struct trfs_part *part;
	const struct trfs_progress *progress;
};

/* Which of the images of a column are of the share. */
static int want_images(const struct trfs_part *part, const struct trfs_strings *paths,
		       struct trfs_scan *scan)
{
	scan->wanted = malloc(((size_t)paths->nr + 1) * sizeof(*scan->wanted));
	if (!scan->wanted)
		return -ENOMEM;
	for (uint64_t i = 0; i < paths->nr; i++) {
		if (trfs_part_has(part, trfs_strings_get(paths, i)))
			scan->wanted[scan->nr_wanted++] = (uint32_t)i;
	}
	return 0;
}

/* The masks of the rows whose images are. */
static int want_masks(const struct trfs_catalog_parts *parts,
		      const struct trfs_part *part, struct trfs_scan *scan)
{
	struct trfs_strings images = trfs_string_table_view(parts->files.paths);
	uint64_t nr = trfs_string_table_view(parts->mask_files.paths).nr;
	bool *wanted = calloc((size_t)nr + 1, sizeof(*wanted));

	scan->wanted = malloc(((size_t)nr + 1) * sizeof(*scan->wanted));
	if (!wanted || !scan->wanted) {
		free(wanted);
		return -ENOMEM;
	}
	for (uint32_t row = 0; row < parts->rows.nr; row++) {
		uint32_t image = parts->files.image_of_cell[trfs_rows_cell_number(
			&parts->rows, parts->roles.file, row)];
		uint32_t mask = parts->mask_files.image_of_cell[trfs_rows_cell_number(
			&parts->rows, parts->roles.mask, row)];

		if (image != TRFS_NO_IMAGE && mask != TRFS_NO_IMAGE)
			wanted[mask] |=
				trfs_part_has(part, trfs_strings_get(&images, image));
	}
	for (uint64_t i = 0; i < nr; i++) {
		if (wanted[i])
			scan->wanted[scan->nr_wanted++] = (uint32_t)i;
	}
	free(wanted);
	return 0;
}

/* Look at the share of a part, and let it have what was seen. */
static int look_at_part(struct trfs_catalog_parts *parts, const struct looking *looking,
			const struct trfs_scan_rules *rules,
			struct trfs_earlier_files *known, bool are_masks,
			struct trfs_error *err)
{
	struct trfs_files *files = are_masks ? &parts->mask_files : &parts->files;
	struct trfs_scan *scan = are_masks ? &parts->mask_scan : &parts->scan;
	struct trfs_strings paths = trfs_string_table_view(files->paths);
	struct trfs_part *part = looking->part;
	char what[WHAT_SIZE];
	int rc;

	rc = are_masks ? want_masks(parts, part, scan) : want_images(part, &paths, scan);
	if (rc < 0)
		return trfs_fail_memory(err, "the share of the images");
	/* A progress bar has a third of a line for it. */
	snprintf(what, sizeof(what), "%s of part %" PRIu32 "/%" PRIu32,
		 are_masks ? "Masks" : "Images", part->number, part->nr);
	rc = trfs_scan_run(scan, &parts->root, &paths, rules, known,
			   looking->options->threads, what, looking->progress, err);
	if (rc < 0)
		return rc;
	rc = trfs_part_add_files(are_masks ? &part->masks : &part->images, &paths,
				 scan->seen);
	return rc < 0 ? trfs_fail_memory(err, "what was seen of the images") : 0;
}

/* Name and look at the images, or masks, of one column. */
static int look_at(struct trfs_catalog_parts *parts, const struct looking *looking,
		   uint32_t column, const struct trfs_scan_rules *rules, bool are_masks,
		   struct trfs_error *err)
{
	const struct trfs_options *options = looking->options;
	unsigned int nr_threads = trfs_workers_nr_threads(options->threads);
	struct trfs_strings cells = trfs_rows_cells(&parts->rows, column);
	struct trfs_files *files = are_masks ? &parts->mask_files : &parts->files;
	struct trfs_earlier_files *known = NULL;
	struct trfs_strings paths;
	int rc;

	if (looking->known)
		known = are_masks ? &looking->known->masks : &looking->known->images;
	rc = trfs_files_name(files, &cells, options->manifest != NULL, &parts->root,
			     rules->allowed, nr_threads, looking->progress, err);
	if (rc < 0)
		return rc;
	if (looking->part)
		return look_at_part(parts, looking, rules, known, are_masks, err);
	paths = trfs_string_table_view(files->paths);
	return trfs_scan_run(are_masks ? &parts->mask_scan : &parts->scan, &parts->root,
			     &paths, rules, known, options->threads,
			     are_masks ? "Scanning masks" : "Scanning images",
			     looking->progress, err);
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

static int look_at_masks(struct trfs_catalog_parts *parts, const struct looking *looking,
			 struct trfs_scan_rules rules, struct trfs_error *err)
{
	const struct trfs_needs *needs = looking->needs;
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
	return look_at(parts, looking, parts->roles.mask, &rules, true, err);
}

static int look_at_images(struct trfs_catalog_parts *parts, const struct looking *looking,
			  struct trfs_error *err)
{
	const struct trfs_options *options = looking->options;
	const struct trfs_needs *needs = looking->needs;
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
		rc = look_at(parts, looking, parts->roles.file, &rules, false, err);
	if (rc == 0 && needs->masks)
		rc = look_at_masks(parts, looking, rules, err);
	return rc;
}

static int judge_rows(struct trfs_catalog_parts *parts, const struct looking *looking,
		      struct trfs_error *err)
{
	const struct trfs_options *options = looking->options;
	const struct trfs_evidence evidence = {
		.keep_repeats = options->keep_repeats,
		.rows = &parts->rows,
		.roles = &parts->roles,
		.classes = &parts->classes,
		.files = &parts->files,
		.scan = &parts->scan,
		.mask_files = parts->masks ? &parts->mask_files : NULL,
		.mask_scan = &parts->mask_scan,
		.masks_optional = looking->needs->panoptic,
		.part = looking->part,
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
			  struct trfs_part *part, const struct trfs_progress *progress,
			  struct trfs_catalog **ret, struct trfs_error *err)
{
	const struct looking looking = { .options = options,
					 .needs = needs,
					 .known = known,
					 .part = part,
					 .progress = progress };
	TRFS_CLEANUP(trfs_catalog_freep) struct trfs_catalog *catalog = NULL;
	struct trfs_catalog_parts parts = { .droppable = needs->measuring };
	int rc;

	rc = open_source(&parts, options, err);
	if (rc == 0)
		rc = read_manifest(&parts, options, needs, progress, err);
	if (rc == 0)
		rc = look_at_images(&parts, &looking, err);
	if (rc == 0)
		rc = judge_rows(&parts, &looking, err);
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

	return trfs_catalog_load_for(options, &none, NULL, NULL, progress, ret, err);
}
