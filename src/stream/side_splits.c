/* SPDX-License-Identifier: MIT */
/* splits.csv: which image is which record, a line each in the order of the records. */
#include "stream/side_file.h"

#include <inttypes.h>

static const char heading[] = "file,label,group,split,shard,record\n";

/* The heading is line 0. */
static uint64_t nr_lines(const struct trfs_side_request *request)
{
	return request->view->plan->nr_records + 1;
}

/* Several with '|' between them. */
static void put_labels(const struct trfs_catalog *catalog, uint64_t example,
		       struct trfs_buffer *joined, struct trfs_buffer *out)
{
	size_t nr;
	const uint8_t *labels = trfs_catalog_labels(catalog, example, &nr);

	trfs_buffer_reset(joined);
	for (size_t i = 0; i < nr; i++) {
		struct trfs_bytes name = trfs_strings_get(&catalog->class_names,
							  trfs_catalog_label(labels, i));

		if (i > 0)
			trfs_buffer_put_u8(joined, '|');
		trfs_buffer_put(joined, name.data, name.len);
	}
	out->failed |= joined->failed;
	trfs_side_put_csv(out, trfs_buffer_bytes(joined));
}

static void put_group(const struct trfs_catalog *catalog, uint64_t example,
		      struct trfs_buffer *scratch, struct trfs_buffer *out)
{
	if (catalog->group_column == TRFS_NO_COLUMN)
		return;
	trfs_buffer_reset(scratch);
	trfs_side_put_cell_text(scratch, trfs_catalog_cell(catalog, catalog->group_column,
							   example, NULL));
	out->failed |= scratch->failed;
	trfs_side_put_csv(out, trfs_buffer_bytes(scratch));
}

/**
 * struct place - of a record: its shard, and that shard's name
 */
struct place {
	uint32_t shard;
	struct trfs_shard_range range;
	char name[TRFS_SHARD_NAME_MAX];
};

static void seek(const struct trfs_plan *plan, uint64_t record, struct place *place)
{
	uint32_t low = 0, high = plan->nr_shards;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (plan->shard_starts[middle] <= record)
			low = middle;
		else
			high = middle;
	}
	place->shard = low;
	place->range = trfs_plan_shard_range(plan, low);
	trfs_plan_shard_name(plan, low, place->name);
}

static void put_line(const struct trfs_view *view, uint64_t record, struct place *place,
		     struct trfs_buffer *scratch, struct trfs_buffer *out)
{
	const struct trfs_plan *plan = view->plan;
	uint64_t example = trfs_plan_example(plan, trfs_plan_origin(plan, record));

	if (record - place->range.first >= place->range.nr_records)
		seek(plan, record, place);
	trfs_side_put_csv(out, trfs_catalog_name(view->catalog, example));
	trfs_buffer_put_u8(out, ',');
	put_labels(view->catalog, example, scratch, out);
	trfs_buffer_put_u8(out, ',');
	put_group(view->catalog, example, scratch, out);
	trfs_buffer_put_u8(out, ',');
	trfs_side_put_csv(out, trfs_strings_get(&plan->split_names, place->range.split));
	trfs_buffer_put_u8(out, ',');
	trfs_side_put_csv(out, trfs_bytes_of(place->name));
	trfs_buffer_printf(out, ",%" PRIu64 "\n", record - place->range.first);
}

static int put_lines(const struct trfs_side_request *request, uint64_t first, size_t nr,
		     struct trfs_buffer *out, struct trfs_error *err)
{
	struct place place = { .range.nr_records = 0 };
	struct trfs_buffer scratch;

	(void)err;
	trfs_buffer_init(&scratch, (size_t)1 << 20);
	for (size_t i = 0; i < nr; i++) {
		if (first + i == 0)
			trfs_buffer_printf(out, "%s", heading);
		else
			put_line(request->view, first + i - 1, &place, &scratch, out);
	}
	trfs_buffer_done(&scratch);
	return 0;
}

const struct trfs_side_kind trfs_side_splits = {
	.set = "standard",
	.path = "splits.csv",
	.flags = TRFS_SIDE_IN_VIEWS,
	.nr_lines = nr_lines,
	.lines = put_lines,
};
