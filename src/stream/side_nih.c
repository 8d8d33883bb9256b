/* SPDX-License-Identifier: MIT */
/*
 * The table that the chest X-ray converter leaves beside its shards: a row a record, in
 * the order of the records, originals and augmented copies alike.
 */
#include "stream/side_file.h"

#include <inttypes.h>

/* "images/00000002_000.png" -> "00000002_000": up to the first dot of the last part. */
static struct trfs_bytes stem(struct trfs_bytes path)
{
	size_t start = path.len, len = 0;

	while (start > 0 && path.data[start - 1] != '/')
		start--;
	path.data += start;
	path.len -= start;
	while (len < path.len && path.data[len] != '.')
		len++;
	path.len = len;
	return path;
}

/* The converter's own words for splits; any other split by its name. */
static struct trfs_bytes subset(struct trfs_bytes split)
{
	static const char *const words[][2] = {
		{ "train", "training" },
		{ "validation", "validation" },
		{ "val", "validation" },
		{ "test", "testing" },
	};

	for (size_t i = 0; i < TRFS_COUNT(words); i++)
		if (trfs_bytes_equal(split, trfs_bytes_of(words[i][0])))
			return trfs_bytes_of(words[i][1]);
	return split;
}

static void put_row(const struct trfs_view *view, uint64_t record,
		    struct trfs_bytes split, struct trfs_buffer *out)
{
	uint64_t origin = trfs_plan_origin(view->plan, record);
	uint64_t example = trfs_plan_example(view->plan, origin);
	struct trfs_name room;
	struct trfs_bytes name = stem(trfs_catalog_name(view->catalog, example, &room));
	size_t nr_labels;
	const uint8_t *labels = trfs_catalog_labels(view->catalog, example, &nr_labels);

	trfs_side_put_csv(out, name);
	if (trfs_plan_has_copies(view->plan, origin))
		trfs_buffer_printf(out, "_%" PRIu32, trfs_plan_copy(view->plan, origin));
	trfs_buffer_printf(out, ".png,");
	if (nr_labels > 0)
		trfs_buffer_printf(
			out, "%" PRId64,
			trfs_side_class_id(view, trfs_catalog_label(labels, 0)));
	trfs_buffer_put_u8(out, ',');
	trfs_side_put_csv(out, subset(split));
	trfs_buffer_put_u8(out, '\n');
}

static int make_nih_metadata(const struct trfs_side_request *request,
			     struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_view *view = request->view;
	const struct trfs_plan *plan = view->plan;

	(void)err;
	trfs_buffer_printf(out, "image_name,label,subset\n");
	for (uint32_t i = 0; i < plan->nr_splits; i++) {
		const struct trfs_plan_split *s = &plan->splits[i];
		struct trfs_bytes name = trfs_strings_get(&plan->split_names, i);

		for (uint64_t k = 0; k < s->nr_records; k++)
			put_row(view, s->first + k, name, out);
	}
	return 0;
}

const struct trfs_side_kind trfs_side_nih_metadata = {
	.set = "nih-metadata",
	.path = "metadata_bin_clf_tfrec.csv",
	.make = make_nih_metadata,
};
