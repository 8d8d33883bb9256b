/* SPDX-License-Identifier: MIT */
/*
 * Writing the index: every array as it stands in memory, one section after the other,
 * then the header and table, for which room was left, over the zeroes in front.
 */
#include "index/saved_index.h"

#include "base/crc32c.h"
#include "base/error.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#define NS_PER_SECOND 1000000000
#define PIECE_SIZE    65536u

struct section {
	uint32_t id;
	uint32_t number;
	const void *data;
	uint64_t len;
	uint64_t offset;
	uint32_t crc;
	const struct trfs_numbers *numbers; /* to be packed instead of @data, or NULL */
	unsigned int width;
};

struct section_list {
	struct section *items;
	uint32_t nr;
	uint32_t capacity;
};

static void add(struct section_list *list, uint32_t id, uint32_t number, const void *data,
		uint64_t len)
{
	/* Room for all was allocated by collect(). */
	list->items[list->nr++] =
		(struct section){ .id = id, .number = number, .data = data, .len = len };
}

/* A list of strings is two sections whose ids follow each other. */
static void add_strings(struct section_list *list, uint32_t ends_id, uint32_t number,
			const struct trfs_strings *s)
{
	add(list, ends_id, number, s->ends, s->nr * sizeof(uint64_t));
	add(list, ends_id + 1, number, s->bytes, trfs_strings_nr_bytes(s));
}

static void add_names(struct section_list *list, uint32_t starts_id,
		      const struct trfs_names *names)
{
	add(list, starts_id, 0, names->starts,
	    (trfs_names_nr_blocks(names->nr) + 1) * sizeof(uint64_t));
	add(list, starts_id + 1, 0, names->bytes, trfs_names_nr_bytes(names));
}

static void add_numbers(struct section_list *list, uint32_t number,
			const struct trfs_column *column, uint64_t nr)
{
	unsigned int width = trfs_numbers_width(column->values.nr);

	add(list, TRFS_SECTION_COLUMN_NUMBERS, number, NULL, nr * width);
	list->items[list->nr - 1].numbers = &column->numbers;
	list->items[list->nr - 1].width = width;
}

static void add_catalog(struct section_list *list, const struct trfs_catalog *c)
{
	add(list, TRFS_SECTION_ROOT_PATH, 0, c->root_path, strlen(c->root_path));
	add(list, TRFS_SECTION_EXAMPLES, 0, c->examples,
	    c->nr_examples * sizeof(struct trfs_example));
	add_names(list, TRFS_SECTION_NAME_STARTS, &c->names);
	add(list, TRFS_SECTION_APPEARANCES, 0, c->appearances,
	    c->nr_appearances * sizeof(struct trfs_appearance));
	add_strings(list, TRFS_SECTION_LABEL_SET_ENDS, 0, &c->label_sets);
	add(list, TRFS_SECTION_CLASS_IDS, 0, c->class_ids,
	    c->class_names.nr * sizeof(int64_t));
	add_strings(list, TRFS_SECTION_CLASS_NAME_ENDS, 0, &c->class_names);
	add_strings(list, TRFS_SECTION_COLUMN_NAME_ENDS, 0, &c->column_names);
	for (uint32_t i = 0; i < c->column_names.nr; i++) {
		if (!trfs_column_is_stored(&c->columns[i]))
			continue;
		add_numbers(list, i, &c->columns[i], c->nr_examples);
		add_strings(list, TRFS_SECTION_COLUMN_VALUE_ENDS, i,
			    &c->columns[i].values);
	}
	add(list, TRFS_SECTION_PROBLEMS, 0, c->problems.items,
	    c->problems.nr * sizeof(struct trfs_problem));
	add_strings(list, TRFS_SECTION_PROBLEM_NAME_ENDS, 0, &c->problems.names);
	add_strings(list, TRFS_SECTION_PROBLEM_REASON_ENDS, 0, &c->problems.reasons);
	add(list, TRFS_SECTION_INPUT_STAMPS, 0, c->input_stamps,
	    c->input_paths.nr * sizeof(struct trfs_input_stamp));
	add_strings(list, TRFS_SECTION_INPUT_PATH_ENDS, 0, &c->input_paths);
}

/* What only some catalogs have. */
static void add_rest(struct section_list *list, const struct trfs_catalog *c)
{
	const struct trfs_left_out *left_out = &c->left_out;

	if (c->masks) {
		add(list, TRFS_SECTION_MASKS, 0, c->masks,
		    c->nr_examples * sizeof(struct trfs_example));
		add_names(list, TRFS_SECTION_MASK_NAME_STARTS, &c->mask_names);
	}
	if (c->made.nr > 0)
		add_strings(list, TRFS_SECTION_MADE_ENDS, 0, &c->made);
	add(list, TRFS_SECTION_DIALECT, 0, c->dialect.data, c->dialect.len);
	if (left_out->names.nr > 0) {
		add(list, TRFS_SECTION_LEFT_OUT_LINES, 0, left_out->lines,
		    left_out->names.nr * sizeof(uint64_t));
		add_strings(list, TRFS_SECTION_LEFT_OUT_NAME_ENDS, 0, &left_out->names);
		add_strings(list, TRFS_SECTION_LEFT_OUT_REASON_ENDS, 0,
			    &left_out->reasons);
	}
}

static void add_plan(struct section_list *list, const struct trfs_plan *p,
		     const struct trfs_layout *l, uint64_t nr_examples)
{
	add(list, TRFS_SECTION_SPLITS, 0, p->splits,
	    p->nr_splits * sizeof(struct trfs_plan_split));
	add_strings(list, TRFS_SECTION_SPLIT_NAME_ENDS, 0, &p->split_names);
	add(list, TRFS_SECTION_ORDER, 0, p->order, p->nr_records * sizeof(uint32_t));
	add(list, TRFS_SECTION_COPIES, 0, p->copies, p->copies ? p->nr_records : 0);
	add(list, TRFS_SECTION_SHARD_STARTS, 0, p->shard_starts,
	    ((uint64_t)p->nr_shards + 1) * sizeof(uint64_t));
	add(list, TRFS_SECTION_NAME_TEMPLATE, 0, p->name_template,
	    strlen(p->name_template) + 1);
	add(list, TRFS_SECTION_RECORD_SIZES, 0, l->record_sizes,
	    (p->copies ? p->nr_records : nr_examples) * sizeof(uint32_t));
	add(list, TRFS_SECTION_BLOCK_OFFSETS, 0, l->block_offsets,
	    l->nr_blocks * sizeof(uint64_t));
	add(list, TRFS_SECTION_SHARD_SIZES, 0, l->shard_sizes,
	    p->nr_shards * sizeof(uint64_t));
}

static struct trfs_index_counts count(const struct trfs_catalog *c,
				      const struct trfs_plan *p)
{
	return (struct trfs_index_counts){
		.nr_examples = c->nr_examples,
		.nr_rows = c->nr_rows,
		.nr_records = p->nr_records,
		.nr_problems = c->problems.nr,
		.nr_ignored = c->nr_ignored,
		.newest_mtime_ns = c->newest_mtime_ns,
		.nr_shards = p->nr_shards,
		.nr_splits = p->nr_splits,
		.nr_columns = (uint32_t)c->column_names.nr,
		.label_column = c->label_column,
		.split_column = c->split_column,
		.group_column = c->group_column,
		.target_column = c->target_column,
		.nr_classes = (uint32_t)c->class_names.nr,
		.follow = c->follow,
	};
}

static int pad(struct trfs_atomic_file *file, struct trfs_error *err)
{
	static const uint8_t zeroes[TRFS_INDEX_ALIGNMENT];
	size_t over = (size_t)(file->offset % TRFS_INDEX_ALIGNMENT);

	return over ? trfs_atomic_file_write(file, zeroes, TRFS_INDEX_ALIGNMENT - over,
					     err)
		    : 0;
}

/* Numbers in fewer bytes than they have in memory, a piece after the other. */
static int write_numbers(struct trfs_atomic_file *file, struct section *s,
			 struct trfs_error *err)
{
	uint8_t piece[PIECE_SIZE];
	uint64_t nr = s->len / s->width;
	int rc = 0;

	for (uint64_t done = 0; rc == 0 && done < nr;) {
		uint64_t most = PIECE_SIZE / s->width;
		uint64_t some = nr - done < most ? nr - done : most;
		size_t len = (size_t)(some * s->width);

		trfs_numbers_pack(s->numbers, done, some, s->width, piece);
		s->crc = trfs_crc32c(s->crc, piece, len);
		rc = trfs_atomic_file_write(file, piece, len, err);
		done += some;
	}
	return rc;
}

static int write_section(struct trfs_atomic_file *file, struct section *s,
			 struct trfs_error *err)
{
	int rc = pad(file, err);

	if (rc < 0)
		return rc;
	s->offset = file->offset;
	if (s->numbers)
		return write_numbers(file, s, err);
	s->crc = trfs_crc32c(0, s->data, s->len);
	return trfs_atomic_file_write(file, s->data, s->len, err);
}

static int write_sections(struct trfs_atomic_file *file, struct section_list *list,
			  struct trfs_error *err)
{
	for (uint32_t i = 0; i < list->nr; i++) {
		int rc = write_section(file, &list->items[i], err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* The header and the table; written twice: as zeroes first, filled in last. */
static int write_header(struct trfs_atomic_file *file, const struct section_list *list,
			const uint8_t *fingerprint, bool filled, struct trfs_error *err)
{
	size_t len = TRFS_INDEX_HEADER_SIZE + (size_t)list->nr * TRFS_INDEX_ENTRY_SIZE;
	uint8_t *header = calloc(1, len);
	uint32_t crc;
	int rc;

	if (!header)
		return trfs_fail_memory(err, "the index");
	if (!filled) {
		rc = trfs_atomic_file_write(file, header, len, err);
		free(header);
		return rc;
	}
	memcpy(header, TRFS_INDEX_MAGIC, 8);
	trfs_store_u32le(header + 8, TRFS_INDEX_VERSION);
	trfs_store_u32le(header + 12, list->nr);
	memcpy(header + 16, fingerprint, TRFS_FINGERPRINT_SIZE);
	trfs_store_u64le(header + 48, file->offset);
	for (uint32_t i = 0; i < list->nr; i++) {
		uint8_t *entry = header + TRFS_INDEX_HEADER_SIZE +
				 (size_t)i * TRFS_INDEX_ENTRY_SIZE;

		trfs_store_u32le(entry, list->items[i].id);
		trfs_store_u32le(entry + 4, list->items[i].number);
		trfs_store_u64le(entry + 8, list->items[i].offset);
		trfs_store_u64le(entry + 16, list->items[i].len);
		trfs_store_u32le(entry + 24, list->items[i].crc);
	}
	crc = trfs_crc32c(0, header, 60);
	crc = trfs_crc32c(crc, header + TRFS_INDEX_HEADER_SIZE,
			  len - TRFS_INDEX_HEADER_SIZE);
	trfs_store_u32le(header + 60, crc);
	rc = trfs_atomic_file_rewrite(file, 0, header, len, err);
	free(header);
	return rc;
}

static int date(struct trfs_atomic_file *file, int64_t looked_ns, struct trfs_error *err)
{
	const struct timespec times[2] = {
		{ .tv_nsec = UTIME_OMIT },
		{ .tv_sec = looked_ns / NS_PER_SECOND,
		  .tv_nsec = looked_ns % NS_PER_SECOND },
	};

	if (futimens(file->fd, times) < 0)
		return trfs_fail_errno(err, -errno, "dating %s", file->path);
	return 0;
}

int trfs_saved_index_write(const char *directory, const char *name,
			   const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
			   const struct trfs_catalog *catalog,
			   const struct trfs_plan *plan, const struct trfs_layout *layout,
			   int64_t looked_ns, struct trfs_error *err)
{
	struct trfs_index_counts counts = count(catalog, plan);
	struct trfs_atomic_file file;
	struct section_list list = { .capacity = 64 + 3 * counts.nr_columns };
	int rc;

	list.items = calloc(list.capacity, sizeof(*list.items));
	if (!list.items)
		return trfs_fail_memory(err, "the index");
	add(&list, TRFS_SECTION_COUNTS, 0, &counts, sizeof(counts));
	add_catalog(&list, catalog);
	add_plan(&list, plan, layout, counts.nr_examples);
	add_rest(&list, catalog);

	rc = trfs_atomic_file_start(&file, directory, name, err);
	if (rc == 0) {
		rc = write_header(&file, &list, fingerprint, false, err);
		if (rc == 0)
			rc = write_sections(&file, &list, err);
		if (rc == 0)
			rc = write_header(&file, &list, fingerprint, true, err);
		if (rc == 0)
			rc = date(&file, looked_ns, err);
		if (rc == 0)
			rc = trfs_atomic_file_commit(&file, err);
		trfs_atomic_file_abort(&file);
	}
	free(list.items);
	return rc;
}
