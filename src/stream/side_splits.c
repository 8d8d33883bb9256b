/* SPDX-License-Identifier: MIT */
/* splits.csv: which image is which record, a line each in the order of the records. */
#include "base/error.h"
#include "stream/side_file.h"

#include <inttypes.h>

static const char heading[] = "file,label,group,split,shard,record\n";

/* The heading is line 0. */
static uint64_t nr_lines(const struct trfs_side_request *request)
{
	return request->view->plan->nr_records + 1;
}

/* Several with '|' between them; into @joined. */
static struct trfs_bytes labels_of(const struct trfs_catalog *catalog, uint64_t example,
				   struct trfs_buffer *joined)
{
	size_t nr;
	const uint8_t *labels = trfs_catalog_labels(catalog, example, &nr);

	if (nr == 1)
		return trfs_strings_get(&catalog->class_names,
					trfs_catalog_label(labels, 0));
	trfs_buffer_reset(joined);
	for (size_t i = 0; i < nr; i++) {
		struct trfs_bytes name = trfs_strings_get(&catalog->class_names,
							  trfs_catalog_label(labels, i));

		if (i > 0)
			trfs_buffer_put_u8(joined, '|');
		trfs_buffer_put(joined, name.data, name.len);
	}
	return trfs_buffer_bytes(joined);
}

static struct trfs_bytes group_of(const struct trfs_catalog *catalog, uint64_t example,
				  struct trfs_buffer *scratch)
{
	trfs_buffer_reset(scratch);
	if (catalog->group_column != TRFS_NO_COLUMN)
		trfs_side_put_cell_text(
			scratch,
			trfs_catalog_cell(catalog, catalog->group_column, example, NULL));
	return trfs_buffer_bytes(scratch);
}

/**
 * struct place - of a record: its shard, and that shard's name
 * @length: of split and shard in a line
 */
struct place {
	uint32_t shard;
	struct trfs_shard_range range;
	char name[TRFS_SHARD_NAME_MAX];
	uint64_t length;
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
	place->length = trfs_side_csv_length(trfs_strings_get(&plan->split_names,
							      place->range.split)) +
			trfs_side_csv_length(trfs_bytes_of(place->name));
}

/**
 * struct walk - over records, one after the other
 * @example: of the record that was stepped to
 */
struct walk {
	const struct trfs_view *view;
	struct place place;
	struct trfs_buffer scratch;
	uint64_t example;
};

static void walk_init(struct walk *w, const struct trfs_side_request *request)
{
	*w = (struct walk){ .view = request->view };
	trfs_buffer_init(&w->scratch, (size_t)1 << 20);
}

static int walk_done(struct walk *w, struct trfs_error *err)
{
	int rc = w->scratch.failed ? trfs_fail_memory(err, "a line") : 0;

	trfs_buffer_done(&w->scratch);
	return rc;
}

/* The records of lines @first on, as far as they are no heading; how many. */
static size_t find_origins(const struct trfs_view *view, uint64_t first, size_t nr,
			   uint32_t *ret)
{
	const struct trfs_plan *plan = view->plan;
	size_t done = first == 0;
	uint64_t record = first + done - 1;
	size_t nr_records = nr - done;

	for (uint32_t s = 0; s < plan->nr_splits; s++) {
		uint64_t end = plan->splits[s].first + plan->splits[s].nr_records;
		uint64_t left = record < end ? end - record : 0;
		size_t part = left < nr - done ? (size_t)left : nr - done;

		if (part > 0)
			trfs_plan_origins(plan, record, part, ret);
		ret += part;
		record += part;
		done += part;
	}
	return nr_records;
}

static void step(struct walk *w, uint64_t record, uint32_t origin)
{
	if (record - w->place.range.first >= w->place.range.nr_records)
		seek(w->view->plan, record, &w->place);
	w->example = trfs_plan_example(w->view->plan, origin);
}

static void put_line(struct walk *w, uint64_t record, struct trfs_buffer *out)
{
	const struct trfs_catalog *catalog = w->view->catalog;
	struct trfs_bytes split =
		trfs_strings_get(&w->view->plan->split_names, w->place.range.split);
	struct trfs_name room;

	trfs_side_put_csv(out, trfs_catalog_name(catalog, w->example, &room));
	trfs_buffer_put_u8(out, ',');
	trfs_side_put_csv(out, labels_of(catalog, w->example, &w->scratch));
	trfs_buffer_put_u8(out, ',');
	trfs_side_put_csv(out, group_of(catalog, w->example, &w->scratch));
	trfs_buffer_put_u8(out, ',');
	trfs_side_put_csv(out, split);
	trfs_buffer_put_u8(out, ',');
	trfs_side_put_csv(out, trfs_bytes_of(w->place.name));
	trfs_buffer_printf(out, ",%" PRIu64 "\n", record - w->place.range.first);
}

static uint64_t line_length(struct walk *w, uint64_t record)
{
	const struct trfs_catalog *catalog = w->view->catalog;
	uint64_t length = w->place.length + strlen(",,,,,\n") +
			  trfs_side_nr_digits(record - w->place.range.first);
	struct trfs_name room;

	length += trfs_side_csv_length(trfs_catalog_name(catalog, w->example, &room));
	length += trfs_side_csv_length(labels_of(catalog, w->example, &w->scratch));
	return length + trfs_side_csv_length(group_of(catalog, w->example, &w->scratch));
}

static int put_lines(const struct trfs_side_request *request, uint64_t first, size_t nr,
		     struct trfs_buffer *out, struct trfs_error *err)
{
	uint32_t origins[TRFS_SIDE_BLOCK];
	size_t nr_records = find_origins(request->view, first, nr, origins);
	uint64_t record = first + (nr - nr_records) - 1;
	struct walk w;

	walk_init(&w, request);
	if (nr_records < nr)
		trfs_buffer_printf(out, "%s", heading);
	for (size_t i = 0; i < nr_records; i++) {
		step(&w, record + i, origins[i]);
		put_line(&w, record + i, out);
	}
	return walk_done(&w, err);
}

static int add_lengths(const struct trfs_side_request *request, uint64_t first, size_t nr,
		       uint64_t *ret, struct trfs_error *err)
{
	uint32_t origins[TRFS_SIDE_BLOCK];
	size_t nr_records = find_origins(request->view, first, nr, origins);
	uint64_t record = first + (nr - nr_records) - 1;
	struct walk w;

	walk_init(&w, request);
	*ret = nr_records < nr ? strlen(heading) : 0;
	for (size_t i = 0; i < nr_records; i++) {
		step(&w, record + i, origins[i]);
		*ret += line_length(&w, record + i);
	}
	return walk_done(&w, err);
}

const struct trfs_side_kind trfs_side_splits = {
	.set = "standard",
	.path = "splits.csv",
	.flags = TRFS_SIDE_IN_VIEWS,
	.nr_lines = nr_lines,
	.lines = put_lines,
	.lines_length = add_lengths,
};
