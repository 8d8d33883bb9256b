/* SPDX-License-Identifier: MIT */
/*
 * Catalog, plan and layout as views of the mapped index.  The mapping goes when the last
 * of the three is freed.
 */
#include "index/mapping.h"

#include "dataset/shard_counts.h"
#include "dataset/shard_name.h"
#include "dataset/split_names.h"
#include "wire/tfrecord.h"
#include <stdlib.h>

static const void *data_of(const struct trfs_index_loader *l,
			   const struct trfs_mapping *m, uint32_t id, uint32_t number)
{
	const struct trfs_index_section *s = trfs_index_find(l, id, number);

	return s ? (const uint8_t *)m->address + s->offset : NULL;
}

/* Lists that were read whole are read without looking at their blocks again. */
static bool is_lazy(const struct trfs_index_loader *l, uint32_t id, uint32_t number)
{
	const struct trfs_index_section *s = trfs_index_find(l, id, number);

	return s && s->is_lazy;
}

static struct trfs_strings strings_of(const struct trfs_index_loader *l,
				      const struct trfs_mapping *m, uint32_t ends_id,
				      uint32_t number)
{
	return (struct trfs_strings){
		.ends = data_of(l, m, ends_id, number),
		.bytes = data_of(l, m, ends_id + 1, number),
		.nr = trfs_index_length(l, ends_id, number) / sizeof(uint64_t),
		.guard = is_lazy(l, ends_id, number) ? m->guard : NULL,
	};
}

static struct trfs_names names_of(const struct trfs_index_loader *l,
				  const struct trfs_mapping *m, uint32_t starts_id)
{
	return (struct trfs_names){
		.starts = data_of(l, m, starts_id, 0),
		.bytes = data_of(l, m, starts_id + 1, 0),
		.nr = l->counts.nr_examples,
		.guard = m->guard,
	};
}

static struct trfs_column column_of(const struct trfs_index_loader *l,
				    const struct trfs_mapping *m, struct trfs_bytes name,
				    uint32_t i)
{
	struct trfs_strings values = strings_of(l, m, TRFS_SECTION_COLUMN_VALUE_ENDS, i);

	return (struct trfs_column){
		.name = name,
		.numbers = { .data = data_of(l, m, TRFS_SECTION_COLUMN_NUMBERS, i),
			     .width = trfs_numbers_width(values.nr),
			     .guard = m->guard },
		.values = values,
	};
}

static int make_columns(const struct trfs_index_loader *l, const struct trfs_mapping *m,
			struct trfs_catalog *c)
{
	c->columns = calloc((size_t)l->counts.nr_columns + 1, sizeof(*c->columns));
	if (!c->columns)
		return -ENOMEM;
	for (uint32_t i = 0; i < l->counts.nr_columns; i++)
		c->columns[i] = column_of(l, m, trfs_strings_get(&c->column_names, i), i);
	return 0;
}

/* What only some catalogs have; complete() saw to it that parts come together. */
static void take_rest(const struct trfs_index_loader *l, const struct trfs_mapping *m,
		      struct trfs_catalog *c)
{
	c->masks = data_of(l, m, TRFS_SECTION_MASKS, 0);
	c->mask_names = names_of(l, m, TRFS_SECTION_MASK_NAME_STARTS);
	c->made = strings_of(l, m, TRFS_SECTION_MADE_ENDS, 0);
	c->dialect = (struct trfs_bytes){ data_of(l, m, TRFS_SECTION_DIALECT, 0),
					  (size_t)trfs_index_length(
						  l, TRFS_SECTION_DIALECT, 0) };
	c->left_out = (struct trfs_left_out){
		.names = strings_of(l, m, TRFS_SECTION_LEFT_OUT_NAME_ENDS, 0),
		.reasons = strings_of(l, m, TRFS_SECTION_LEFT_OUT_REASON_ENDS, 0),
		.lines = data_of(l, m, TRFS_SECTION_LEFT_OUT_LINES, 0),
	};
}

static int make_catalog(const struct trfs_index_loader *l, struct trfs_mapping *m,
			struct trfs_catalog *c)
{
	c->release = trfs_mapping_release;
	c->owner = m;
	m->users++;
	c->follow = l->counts.follow != 0;
	c->nr_examples = l->counts.nr_examples;
	c->nr_rows = l->counts.nr_rows;
	c->nr_ignored = l->counts.nr_ignored;
	c->newest_mtime_ns = l->counts.newest_mtime_ns;
	c->access = (struct trfs_access){ l->counts.access_uid, l->counts.access_gid,
					  l->counts.access_mode & TRFS_ACCESS_ALL };
	c->label_column = l->counts.label_column;
	c->split_column = l->counts.split_column;
	c->group_column = l->counts.group_column;
	c->target_column = l->counts.target_column;
	c->guard = m->guard;
	c->examples = data_of(l, m, TRFS_SECTION_EXAMPLES, 0);
	c->names = names_of(l, m, TRFS_SECTION_NAME_STARTS);
	c->appearances = data_of(l, m, TRFS_SECTION_APPEARANCES, 0);
	c->nr_appearances = trfs_index_length(l, TRFS_SECTION_APPEARANCES, 0) /
			    sizeof(struct trfs_appearance);
	c->label_sets = strings_of(l, m, TRFS_SECTION_LABEL_SET_ENDS, 0);
	c->labels = (struct trfs_numbers){
		.data = data_of(l, m, TRFS_SECTION_LABELS, 0),
		.width = trfs_numbers_width(c->label_sets.nr),
		.guard = m->guard,
	};
	c->class_ids = data_of(l, m, TRFS_SECTION_CLASS_IDS, 0);
	c->class_names = strings_of(l, m, TRFS_SECTION_CLASS_NAME_ENDS, 0);
	c->column_names = strings_of(l, m, TRFS_SECTION_COLUMN_NAME_ENDS, 0);
	c->problems.nr = l->counts.nr_problems;
	c->problems.items = data_of(l, m, TRFS_SECTION_PROBLEMS, 0);
	c->problems.names = strings_of(l, m, TRFS_SECTION_PROBLEM_NAME_ENDS, 0);
	c->problems.reasons = strings_of(l, m, TRFS_SECTION_PROBLEM_REASON_ENDS, 0);
	c->input_paths = strings_of(l, m, TRFS_SECTION_INPUT_PATH_ENDS, 0);
	c->input_stamps = data_of(l, m, TRFS_SECTION_INPUT_STAMPS, 0);
	take_rest(l, m, c);
	c->root_path = trfs_bytes_to_string(
		(struct trfs_bytes){ data_of(l, m, TRFS_SECTION_ROOT_PATH, 0),
				     trfs_index_length(l, TRFS_SECTION_ROOT_PATH, 0) });
	return c->root_path ? make_columns(l, m, c) : -ENOMEM;
}

/* The sums that a plan's arithmetic relies on, and names that make names of files. */
static bool sound_splits(const struct trfs_plan *plan)
{
	uint64_t record = 0;
	uint64_t shard = 0;

	if (plan->nr_splits > TRFS_SPLITS_MAX)
		return false;
	for (uint32_t i = 0; i < plan->nr_splits; i++) {
		const struct trfs_plan_split *split = &plan->splits[i];

		if (split->first != record || split->first_shard != shard ||
		    split->nr_records > plan->nr_records - record ||
		    split->nr_shards == 0 || split->nr_shards > TRFS_SHARDS_MAX ||
		    split->nr_shards > plan->nr_shards - shard ||
		    plan->shard_starts[shard] != record ||
		    trfs_split_names_objection(trfs_strings_get(&plan->split_names, i)))
			return false;
		record += split->nr_records;
		shard += split->nr_shards;
	}
	return record == plan->nr_records && shard == plan->nr_shards;
}

/* Copies are numbered as the items of an option are, which layers above rely on. */
static bool sound_names_and_copies(const struct trfs_index_loader *l,
				   const struct trfs_plan *plan)
{
	uint64_t len = trfs_index_length(l, TRFS_SECTION_NAME_TEMPLATE, 0);

	return len > 0 && strnlen(plan->name_template, len) == len - 1 &&
	       trfs_shard_name_sound(plan->name_template) &&
	       trfs_plan_nr_copies_max(plan) <= TRFS_LIST_MAX;
}

/* No shard is longer than its records can be, so that sizes fit into an off_t. */
static bool sound_sizes(const struct trfs_plan *plan, const struct trfs_layout *layout)
{
	const uint64_t record_max =
		TRFS_TFRECORD_MAX_DATA_SIZE + TRFS_TFRECORD_FRAMING_SIZE;

	for (uint32_t i = 0; i < plan->nr_shards; i++)
		if (layout->shard_sizes[i] >
		    trfs_plan_shard_range(plan, i).nr_records * record_max)
			return false;
	return true;
}

static void make_plan(const struct trfs_index_loader *l, struct trfs_mapping *m,
		      struct trfs_plan *p)
{
	p->release = trfs_mapping_release;
	p->owner = m;
	m->users++;
	p->guard = m->guard;
	p->nr_records = l->counts.nr_records;
	p->nr_ordered = l->counts.nr_records;
	p->nr_shards = l->counts.nr_shards;
	p->nr_splits = l->counts.nr_splits;
	p->splits = data_of(l, m, TRFS_SECTION_SPLITS, 0);
	p->split_names = strings_of(l, m, TRFS_SECTION_SPLIT_NAME_ENDS, 0);
	p->order = data_of(l, m, TRFS_SECTION_ORDER, 0);
	p->shard_starts = data_of(l, m, TRFS_SECTION_SHARD_STARTS, 0);
	p->name_template = data_of(l, m, TRFS_SECTION_NAME_TEMPLATE, 0);
	if (trfs_index_length(l, TRFS_SECTION_COPIES, 0) > 0)
		p->copies = data_of(l, m, TRFS_SECTION_COPIES, 0);
}

/* Offsets need no rule: a look-up stays within them, and the stream checks its place. */
static int make_layout(const struct trfs_index_loader *l, struct trfs_mapping *m,
		       const struct trfs_plan *plan, struct trfs_layout *layout)
{
	int rc;

	layout->release = trfs_mapping_release;
	layout->owner = m;
	m->users++;
	layout->guard = m->guard;
	layout->record_sizes = data_of(l, m, TRFS_SECTION_RECORD_SIZES, 0);
	layout->block_offsets = data_of(l, m, TRFS_SECTION_BLOCK_OFFSETS, 0);
	layout->shard_sizes = data_of(l, m, TRFS_SECTION_SHARD_SIZES, 0);
	rc = trfs_layout_number_blocks(layout, plan);
	if (rc == 0 && trfs_index_length(l, TRFS_SECTION_BLOCK_OFFSETS, 0) !=
			       layout->nr_blocks * sizeof(uint64_t))
		rc = -EBADMSG;
	if (rc == 0 && !sound_sizes(plan, layout))
		rc = -EBADMSG;
	return rc;
}

/* Whether all of these sections are there, or none. */
static bool together(const struct trfs_index_loader *l, const enum trfs_section *ids,
		     size_t nr)
{
	bool first = trfs_index_find(l, ids[0], 0);

	for (size_t i = 1; i < nr; i++) {
		if (first != (trfs_index_find(l, ids[i], 0) != NULL))
			return false;
	}
	return true;
}

static bool complete_groups(const struct trfs_index_loader *l)
{
	static const enum trfs_section masks[] = { TRFS_SECTION_MASKS,
						   TRFS_SECTION_MASK_NAME_STARTS,
						   TRFS_SECTION_MASK_NAME_BYTES };
	static const enum trfs_section made[] = { TRFS_SECTION_MADE_ENDS,
						  TRFS_SECTION_MADE_BYTES };
	static const enum trfs_section left_out[] = {
		TRFS_SECTION_LEFT_OUT_LINES, TRFS_SECTION_LEFT_OUT_NAME_ENDS,
		TRFS_SECTION_LEFT_OUT_NAME_BYTES, TRFS_SECTION_LEFT_OUT_REASON_ENDS,
		TRFS_SECTION_LEFT_OUT_REASON_BYTES
	};

	return together(l, masks, TRFS_COUNT(masks)) &&
	       together(l, made, TRFS_COUNT(made)) &&
	       together(l, left_out, TRFS_COUNT(left_out));
}

/* Every section that is not optional; a column has all of its own, or none. */
static bool complete(const struct trfs_index_loader *l)
{
	for (uint32_t id = TRFS_SECTION_COUNTS; id <= TRFS_SECTION_LABELS; id++) {
		bool optional = id >= TRFS_SECTION_COLUMN_NUMBERS &&
				id <= TRFS_SECTION_COLUMN_VALUE_BYTES;

		if (!optional && !trfs_index_find(l, id, 0))
			return false;
	}
	if (l->counts.nr_columns > TRFS_INDEX_SECTIONS_MAX || !complete_groups(l))
		return false;
	for (uint32_t i = 0; i < l->counts.nr_columns; i++)
		if (trfs_index_find(l, TRFS_SECTION_COLUMN_NUMBERS, i) &&
		    (!trfs_index_find(l, TRFS_SECTION_COLUMN_VALUE_ENDS, i) ||
		     !trfs_index_find(l, TRFS_SECTION_COLUMN_VALUE_BYTES, i)))
			return false;
	return true;
}

int trfs_saved_index_map(struct trfs_index_loader *l, struct trfs_catalog **ret_catalog,
			 struct trfs_plan **ret_plan, struct trfs_layout **ret_layout,
			 struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_catalog_freep) struct trfs_catalog *c = calloc(1, sizeof(*c));
	TRFS_CLEANUP(trfs_plan_freep) struct trfs_plan *p = calloc(1, sizeof(*p));
	TRFS_CLEANUP(trfs_layout_freep)
	struct trfs_layout *layout = calloc(1, sizeof(*layout));
	struct trfs_mapping *m = NULL;
	int rc;

	if (!c || !p || !layout)
		return trfs_fail_memory(err, "the index");
	if (!complete(l))
		return trfs_index_odd(err, "a section is missing");
	rc = trfs_mapping_open(l, &m, err);
	if (rc < 0)
		return rc;
	rc = make_catalog(l, m, c);
	make_plan(l, m, p);
	if (rc == 0 && (!sound_splits(p) || !sound_names_and_copies(l, p)))
		rc = -EBADMSG;
	if (rc == 0)
		rc = make_layout(l, m, p, layout);
	if (rc == -EBADMSG)
		return trfs_index_odd(err, "its splits and shards do not add up");
	if (rc < 0)
		return trfs_fail_memory(err, "the index");
	*ret_catalog = TRFS_STEAL(c);
	*ret_plan = TRFS_STEAL(p);
	*ret_layout = TRFS_STEAL(layout);
	return 0;
}
