/* SPDX-License-Identifier: MIT */
/*
 * Writing the index: every array as it stands in memory, one section after the other,
 * then the header and table, for which room was left, over the zeroes in front.
 */
#include "index/saved_index.h"

#include "base/crc32c.h"
#include "base/error.h"
#include "base/guard.h"
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

/* @nr numbers, each less than @limit. */
static void add_numbers(struct section_list *list, uint32_t id, uint32_t number,
			const struct trfs_numbers *numbers, uint64_t nr, uint64_t limit)
{
	unsigned int width = trfs_numbers_width(limit);

	add(list, id, number, NULL, nr * width);
	list->items[list->nr - 1].numbers = numbers;
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
	add_numbers(list, TRFS_SECTION_LABELS, 0, &c->labels, c->nr_examples,
		    c->label_sets.nr);
	add_strings(list, TRFS_SECTION_LABEL_SET_ENDS, 0, &c->label_sets);
	add(list, TRFS_SECTION_CLASS_IDS, 0, c->class_ids,
	    c->class_names.nr * sizeof(int64_t));
	add_strings(list, TRFS_SECTION_CLASS_NAME_ENDS, 0, &c->class_names);
	add_strings(list, TRFS_SECTION_COLUMN_NAME_ENDS, 0, &c->column_names);
	for (uint32_t i = 0; i < c->column_names.nr; i++) {
		if (!trfs_column_is_stored(&c->columns[i]))
			continue;
		add_numbers(list, TRFS_SECTION_COLUMN_NUMBERS, i, &c->columns[i].numbers,
			    c->nr_examples, c->columns[i].values.nr);
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
		.access_mode = c->access.mode,
		.access_uid = c->access.uid,
		.access_gid = c->access.gid,
	};
}

/**
 * struct writer - the file while it is written
 * @start: where its blocks begin
 * @crcs: of its blocks, @nr_blocks of them
 */
struct writer {
	struct trfs_atomic_file file;
	uint64_t start;
	uint64_t nr_blocks;
	uint32_t *crcs;
};

static uint64_t aligned(uint64_t offset)
{
	return (offset + TRFS_INDEX_ALIGNMENT - 1) / TRFS_INDEX_ALIGNMENT *
	       TRFS_INDEX_ALIGNMENT;
}

static size_t table_size(const struct section_list *list)
{
	return TRFS_INDEX_HEADER_SIZE + (size_t)list->nr * TRFS_INDEX_ENTRY_SIZE;
}

/* Give each section its place, so that the number of blocks is known in front of them. */
static int place_sections(struct writer *w, struct section_list *list)
{
	uint64_t len = 0;

	for (uint32_t i = 0; i < list->nr; i++) {
		len = aligned(len);
		list->items[i].offset = len;
		len += list->items[i].len;
	}
	w->nr_blocks = trfs_guard_nr_blocks(len);
	w->start = aligned(table_size(list) + w->nr_blocks * TRFS_INDEX_CRC_SIZE);
	for (uint32_t i = 0; i < list->nr; i++)
		list->items[i].offset += w->start;
	w->crcs = calloc((size_t)w->nr_blocks + 1, sizeof(*w->crcs));
	return w->crcs ? 0 : -ENOMEM;
}

/* Write what stands next, and add it to the checksums of its blocks. */
static int put(struct writer *w, const void *data, uint64_t len, struct trfs_error *err)
{
	const uint8_t *at = data;
	uint64_t offset = w->file.offset - w->start;

	for (uint64_t done = 0; done < len;) {
		uint64_t room = TRFS_GUARD_BLOCK - (offset + done) % TRFS_GUARD_BLOCK;
		size_t some = (size_t)(len - done < room ? len - done : room);
		uint32_t *crc = &w->crcs[(offset + done) / TRFS_GUARD_BLOCK];

		*crc = trfs_crc32c(*crc, at + done, some);
		done += some;
	}
	return len > 0 ? trfs_atomic_file_write(&w->file, data, (size_t)len, err) : 0;
}

/* Numbers in fewer bytes than they have in memory, a piece after the other. */
static int put_numbers(struct writer *w, const struct section *s, struct trfs_error *err)
{
	uint8_t piece[PIECE_SIZE];
	uint64_t nr = s->len / s->width;
	int rc = 0;

	for (uint64_t done = 0; rc == 0 && done < nr;) {
		uint64_t most = PIECE_SIZE / s->width;
		uint64_t some = nr - done < most ? nr - done : most;

		trfs_numbers_pack(s->numbers, done, some, s->width, piece);
		rc = put(w, piece, some * s->width, err);
		done += some;
	}
	return rc;
}

static int put_sections(struct writer *w, const struct section_list *list,
			struct trfs_error *err)
{
	static const uint8_t zeroes[TRFS_INDEX_ALIGNMENT];
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < list->nr; i++) {
		const struct section *s = &list->items[i];

		rc = put(w, zeroes, s->offset - w->file.offset, err);
		if (rc == 0)
			rc = s->numbers ? put_numbers(w, s, err)
					: put(w, s->data, s->len, err);
	}
	return rc;
}

/* What stands in front of the blocks; zeroes hold its place until they are written. */
static int write_front(struct writer *w, const struct section_list *list,
		       const uint8_t *fingerprint, bool filled, struct trfs_error *err)
{
	size_t table = table_size(list);
	size_t len = table + (size_t)w->nr_blocks * TRFS_INDEX_CRC_SIZE;
	uint8_t *front = calloc(1, (size_t)w->start);
	uint32_t crc;
	int rc;

	if (!front)
		return trfs_fail_memory(err, "the index");
	if (!filled) {
		rc = trfs_atomic_file_write(&w->file, front, (size_t)w->start, err);
		free(front);
		return rc;
	}
	memcpy(front, TRFS_INDEX_MAGIC, 8);
	trfs_store_u32le(front + 8, TRFS_INDEX_VERSION);
	trfs_store_u32le(front + 12, list->nr);
	memcpy(front + 16, fingerprint, TRFS_FINGERPRINT_SIZE);
	trfs_store_u64le(front + 48, w->file.offset);
	trfs_store_u32le(front + 56, (uint32_t)w->nr_blocks);
	for (uint32_t i = 0; i < list->nr; i++) {
		uint8_t *entry = front + TRFS_INDEX_HEADER_SIZE +
				 (size_t)i * TRFS_INDEX_ENTRY_SIZE;

		trfs_store_u32le(entry, list->items[i].id);
		trfs_store_u32le(entry + 4, list->items[i].number);
		trfs_store_u64le(entry + 8, list->items[i].offset);
		trfs_store_u64le(entry + 16, list->items[i].len);
	}
	memcpy(front + table, w->crcs, (size_t)w->nr_blocks * TRFS_INDEX_CRC_SIZE);
	crc = trfs_crc32c(0, front, 60);
	crc = trfs_crc32c(crc, front + TRFS_INDEX_HEADER_SIZE,
			  len - TRFS_INDEX_HEADER_SIZE);
	trfs_store_u32le(front + 60, crc);
	rc = trfs_atomic_file_rewrite(&w->file, 0, front, len, err);
	free(front);
	return rc;
}

static int write_all(struct writer *w, const struct section_list *list,
		     const uint8_t *fingerprint, struct trfs_error *err)
{
	int rc = write_front(w, list, fingerprint, false, err);

	if (rc == 0)
		rc = put_sections(w, list, err);
	return rc == 0 ? write_front(w, list, fingerprint, true, err) : rc;
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
	struct section_list list = { .capacity = 64 + 3 * counts.nr_columns };
	struct writer w = { .nr_blocks = 0 };
	int rc;

	list.items = calloc(list.capacity, sizeof(*list.items));
	if (!list.items)
		return trfs_fail_memory(err, "the index");
	add(&list, TRFS_SECTION_COUNTS, 0, &counts, sizeof(counts));
	add_catalog(&list, catalog);
	add_plan(&list, plan, layout, counts.nr_examples);
	add_rest(&list, catalog);

	rc = place_sections(&w, &list);
	if (rc < 0)
		rc = trfs_fail_memory(err, "the index");
	else
		rc = trfs_atomic_file_start(&w.file, directory, name, err);
	if (rc == 0) {
		rc = write_all(&w, &list, fingerprint, err);
		if (rc == 0)
			rc = date(&w.file, looked_ns, err);
		if (rc == 0)
			rc = trfs_atomic_file_commit(&w.file, err);
		trfs_atomic_file_abort(&w.file);
	}
	free(w.crcs);
	free(list.items);
	return rc;
}
