/* SPDX-License-Identifier: MIT */
/* A comparison as JSON. */
#include "cli/compare_print.h"

#include "cli/compare_read.h"
#include "cli/json_output.h"

#define NR_CHANGED_MAX 100

/* @json with @item behind its others; both are let go of without memory. */
static json_t *append(json_t *json, json_t *item)
{
	if (json_array_append_new(json, item) == 0)
		return json;
	json_decref(json);
	return NULL;
}

static json_t *place_json(const struct trfs_read_record *r,
			  const struct trfs_compared_record *record)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "file", trfs_json_text(r->path),
			 "record", trfs_json_count(record->number), "offset",
			 trfs_json_count(record->offset), "name",
			 r->name.len ? trfs_json_bytes(r->name) : json_null());
}

static json_t *record_json(const struct trfs_compared *c,
			   const struct trfs_compared_record *record)
{
	struct trfs_read_record r;
	json_t *json;

	trfs_read_record_init(&r, c, record);
	json = place_json(&r, record);
	trfs_read_record_done(&r);
	return json;
}

static json_t *only_json(const struct trfs_compared *c, int set)
{
	const struct trfs_record_set *records = &c->sets[set];
	json_t *json = json_array();

	for (uint64_t i = 0; json && i < records->nr; i++)
		if (!records->records[i].pair)
			json = append(json, record_json(c, &records->records[i]));
	return json;
}

/* null where the records cannot be read any more. */
static json_t *difference_json(const struct trfs_compared_pair *pair)
{
	struct trfs_example_difference difference;
	json_t *json = NULL;

	if (trfs_compared_pair_difference(pair, &difference) > 0)
		json = json_pack(
			"{s:o, s:o, s:o, s:o, s:o}", "key",
			trfs_json_bytes(difference.key), "first",
			trfs_json_text(trfs_buffer_text(&difference.values[0])), "second",
			trfs_json_text(trfs_buffer_text(&difference.values[1])), "where",
			trfs_json_bytes(trfs_buffer_bytes(&difference.where)), "more",
			trfs_json_count(difference.nr_more));
	else
		json = json_null();
	trfs_example_difference_done(&difference);
	return json;
}

static json_t *pair_json(const struct trfs_compared *c,
			 const struct trfs_compared_record *first,
			 const struct trfs_compared_record *second)
{
	struct trfs_compared_pair pair;
	json_t *json;

	trfs_compared_pair_init(&pair, c, first, second);
	json = json_pack("{s:o, s:o, s:o}", "first", place_json(&pair.records[0], first),
			 "second", place_json(&pair.records[1], second), "feature",
			 difference_json(&pair));
	trfs_compared_pair_done(&pair);
	return json;
}

static json_t *changed_json(const struct trfs_compared *c)
{
	json_t *json = json_array();

	for (uint64_t i = 0; json && i < c->sets[0].nr; i++) {
		const struct trfs_compared_record *record = &c->sets[0].records[i];

		if (!trfs_compared_is_changed(record))
			continue;
		if (json_array_size(json) == NR_CHANGED_MAX)
			break;
		json = append(json,
			      pair_json(c, record, trfs_compared_partner(c, record)));
	}
	return json;
}

static json_t *order_json(const struct trfs_order_verdict *order)
{
	if (!order->known)
		return json_null();
	return json_pack("{s:b, s:b, s:b}", "same_order", order->same_order, "same_files",
			 order->same_files, "same_names", order->same_names);
}

json_t *trfs_compare_json(const struct trfs_compared *c)
{
	return json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "alike",
			 trfs_compared_are_alike(c), "records_first",
			 trfs_json_count(c->sets[0].nr), "records_second",
			 trfs_json_count(c->sets[1].nr), "same_bytes",
			 trfs_json_count(c->result.nr_same_bytes), "same_features",
			 trfs_json_count(c->result.nr_same_features), "changed",
			 trfs_json_count(c->result.nr_changed), "changes",
			 changed_json(c), "only_first", only_json(c, 0), "only_second",
			 only_json(c, 1), "order", order_json(&c->order));
}
