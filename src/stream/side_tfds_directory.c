/* SPDX-License-Identifier: MIT */
/*
 * tfds/NAME/1.0.0: a directory that TensorFlow Datasets opens, without shards of its own.
 * It points at those of the view schemas/tfds beside it, which has what TensorFlow
 * Datasets' own image data sets have: "image" and "label".
 */
#include "stream/side_tfds.h"

#include <string.h>

#define SCHEMA "tfds"

static bool is_own(const struct trfs_view *view)
{
	return strcmp(trfs_schema_name(view->schema), SCHEMA) == 0;
}

/* One class an image: "label" is a single number. */
static bool has_single_labels(const struct trfs_catalog *catalog)
{
	for (uint64_t i = 0; i < catalog->label_sets.nr; i++)
		if (trfs_strings_get(&catalog->label_sets, i).len != 4)
			return false;
	return catalog->class_names.nr > 0 && catalog->label_sets.nr > 0;
}

static bool fits(const struct trfs_view *view)
{
	char room[TRFS_SIDE_DATA_SET_NAME_SIZE];

	/* A view of another schema cannot lead to one more. */
	if ((trfs_view_spec_schema(&view->spec) && !is_own(view)) ||
	    !has_single_labels(view->catalog))
		return false;
	return trfs_tfds_fits(view, trfs_side_data_set_name(view, room));
}

static int make_info(const struct trfs_side_request *request, struct trfs_buffer *out,
		     struct trfs_error *err)
{
	const struct trfs_view *view = request->view;
	char room[TRFS_SIDE_DATA_SET_NAME_SIZE];
	struct trfs_tfds_place place = { .name = trfs_side_data_set_name(view, room),
					 .prefix = "../../../schemas/" SCHEMA "/",
					 .is_own = is_own(view),
					 .is_supervised = true };

	if (place.is_own)
		place.prefix = "../../../";
	return trfs_tfds_put_info(view, &place, out, err);
}

static int make_features(const struct trfs_side_request *request, struct trfs_buffer *out,
			 struct trfs_error *err)
{
	const struct trfs_view *view = request->view;
	TRFS_CLEANUP(trfs_schema_freep) struct trfs_schema *schema = NULL;
	int rc = trfs_schema_load(SCHEMA, view->options->map_order, view->catalog,
				  &schema, err);

	return rc < 0 ? rc : trfs_tfds_put_features(view, schema, out, err);
}

#define DIRECTORY(file, make_it)                                                         \
	{                                                                                \
		.set = "standard", .path = "tfds/{name}/1.0.0/" file,                    \
		.flags = TRFS_SIDE_IN_VIEWS, .fits = fits, .make = (make_it),            \
	}

const struct trfs_side_kind trfs_side_tfds_directory_info =
	DIRECTORY("dataset_info.json", make_info);
const struct trfs_side_kind trfs_side_tfds_directory_features =
	DIRECTORY("features.json", make_features);
const struct trfs_side_kind trfs_side_tfds_directory_labels =
	DIRECTORY("label.labels.txt", trfs_tfds_make_labels);
