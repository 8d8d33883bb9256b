/* SPDX-License-Identifier: MIT */
/*
 * From a source to its catalog, step by step: rows, what their columns mean, classes,
 * images, a look at each, a verdict on each row.  Cheap steps come first, so that a
 * mistyped class is told before a million images are opened.
 */
#include "base/error.h"
#include "base/workers.h"
#include "dataset/catalog_build.h"
#include "dataset/label_flags.h"
#include "dataset/mask_pairs.h"

#include <errno.h>

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

static int read_manifest(struct trfs_catalog_parts *parts,
			 const struct trfs_options *options,
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
	return rc;
}

static int look_at_images(struct trfs_catalog_parts *parts,
			  const struct trfs_options *options,
			  const struct trfs_progress *progress, struct trfs_error *err)
{
	unsigned int nr_threads = trfs_workers_nr_threads(options->threads);
	struct trfs_strings cells = trfs_rows_cells(&parts->rows, parts->roles.file);
	trfs_image_formats formats = TRFS_IMAGE_FORMATS_DEFAULT;
	struct trfs_strings paths;
	int rc = 0;

	if (options->formats)
		rc = trfs_image_formats_parse(options->formats, &formats, err);
	if (rc == 0)
		rc = trfs_files_name(&parts->files, &cells, options->manifest != NULL,
				     &parts->root, formats, nr_threads, progress, err);
	if (rc < 0)
		return rc;
	paths = trfs_string_table_view(parts->files.paths);
	return trfs_scan_run(&parts->scan, &parts->root, &paths, formats, options->check,
			     nr_threads, progress, err);
}

static int judge_rows(struct trfs_catalog_parts *parts,
		      const struct trfs_options *options, struct trfs_error *err)
{
	const struct trfs_evidence evidence = {
		.rows = &parts->rows,
		.roles = &parts->roles,
		.classes = &parts->classes,
		.files = &parts->files,
		.scan = &parts->scan,
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

int trfs_catalog_load(const struct trfs_options *options,
		      const struct trfs_progress *progress, struct trfs_catalog **ret,
		      struct trfs_error *err)
{
	struct trfs_catalog_parts parts = { 0 };
	int rc;

	rc = open_source(&parts, options, err);
	if (rc == 0)
		rc = read_manifest(&parts, options, progress, err);
	if (rc == 0)
		rc = look_at_images(&parts, options, progress, err);
	if (rc == 0)
		rc = judge_rows(&parts, options, err);
	if (rc == 0)
		rc = trfs_catalog_build(&parts, ret, err);
	trfs_catalog_parts_done(&parts);
	return rc;
}
