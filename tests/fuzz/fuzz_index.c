/* SPDX-License-Identifier: MIT */
/*
 * Saved indexes, damaged in any way (index_forge.h) and used in every way.  What was
 * loaded may be wrong, and reads may fail, but whatever it hands out lies within the
 * file, each failure has a sentence, and no read goes on for ever.  The empty input is
 * the index as it was saved: there nothing may fail.
 */
#include "feed_file.h"
#include "index_forge.h"
#include "index_seed.h"

#include "dataset/cell.h"
#include "dataset/schema_rule.h"
#include "index/generation.h"
#include "index/saved_index.h"
#include "stream/stream.h"

#define NR_TRIED   40u /* of examples, columns and the like: the seed has fewer */
#define NR_SHARDS  8u
#define WINDOW	   1024u
#define NR_WINDOWS 6u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A failure is as it should be: it has a sentence, and is none of the sound index's. */
static void check_failure(const struct trfs_error *err, bool sound)
{
	if (sound)
		fprintf(stderr, "the seed: %s\n", err->message);
	insist(!sound && err->message[0] != '\0');
}

/* What is used: the generation, and where the file is mapped. */
struct loaded {
	struct trfs_generation generation;
	uintptr_t start;
	size_t len;
	uint64_t random;
	bool sound;
};

static uint64_t next_random(struct loaded *l)
{
	l->random = l->random * 6364136223846793005u + 1442695040888963407u;
	return l->random >> 16;
}

static void check_inside(const struct loaded *l, struct trfs_bytes bytes)
{
	uintptr_t start = (uintptr_t)bytes.data;

	insist(start >= l->start && start - l->start <= l->len &&
	       bytes.len <= l->len - (start - l->start));
}

static void check_strings(const struct loaded *l, const struct trfs_strings *strings)
{
	check_inside(l, (struct trfs_bytes){ (const uint8_t *)strings->ends,
					     strings->nr * sizeof(uint64_t) });
	for (uint64_t i = 0; i < strings->nr && i < NR_TRIED; i++)
		check_inside(l, trfs_strings_get(strings, i));
	if (strings->nr > 0)
		check_inside(l, trfs_strings_get(strings, strings->nr - 1));
}

static void check_names(const struct loaded *l, const struct trfs_names *names)
{
	uint64_t nr_blocks = trfs_names_nr_blocks(names->nr);

	check_inside(l, (struct trfs_bytes){ (const uint8_t *)names->starts,
					     (nr_blocks + 1) * sizeof(uint64_t) });
	for (uint64_t i = 0; i < names->nr && i < NR_TRIED; i++) {
		struct trfs_name room;
		struct trfs_bytes name = trfs_names_get(names, i, &room);

		insist(name.len < sizeof(room.text) && name.data[name.len] == 0);
	}
}

/* Where the section @id of @file stands; it was loaded, so there is one. */
static uint64_t offset_of(struct trfs_bytes file, uint32_t id)
{
	struct trfs_reader r = trfs_reader_of(file.data, file.len);

	trfs_reader_bytes(&r, TRFS_INDEX_HEADER_SIZE);
	while (!r.failed) {
		uint32_t found = trfs_reader_u32le(&r);
		uint32_t number = trfs_reader_u32le(&r);
		uint64_t offset = trfs_reader_u64le(&r);

		if (found == id && number == 0)
			return offset;
		trfs_reader_bytes(&r, TRFS_INDEX_ENTRY_SIZE - 16);
	}
	abort();
}

static void use_cells(const struct loaded *l)
{
	const struct trfs_catalog *c = l->generation.catalog;
	struct trfs_buffer scratch;

	trfs_buffer_init(&scratch, 1u << 20);
	for (uint32_t i = 0; i < c->column_names.nr && i < NR_TRIED; i++) {
		check_inside(l, c->columns[i].name);
		for (uint64_t e = 0; e < c->nr_examples && e < NR_TRIED; e++) {
			struct trfs_bytes cell = trfs_catalog_cell(c, i, e, &scratch);
			size_t nr_values = trfs_cell_nr_values(cell);

			insist(nr_values <= cell.len);
			if (cell.data != scratch.data)
				check_inside(l, cell);
		}
	}
	trfs_buffer_done(&scratch);
}

static void use_catalog(const struct loaded *l)
{
	const struct trfs_catalog *c = l->generation.catalog;
	volatile uint64_t sum = 0; /* volatile: so that all is really read */

	check_names(l, &c->names);
	check_strings(l, &c->label_sets);
	check_strings(l, &c->class_names);
	check_strings(l, &c->column_names);
	check_strings(l, &c->problems.names);
	check_strings(l, &c->problems.reasons);
	check_strings(l, &c->input_paths);
	if (c->masks)
		check_names(l, &c->mask_names);
	if (c->made.nr > 0)
		check_strings(l, &c->made);
	if (c->left_out.lines) {
		check_strings(l, &c->left_out.names);
		check_strings(l, &c->left_out.reasons);
	}
	if (c->dialect.data)
		check_inside(l, c->dialect);
	if (l->sound)
		insist(c->masks && c->made.nr == c->nr_examples && c->dialect.len > 0);
	insist(c->names.nr == c->nr_examples && c->problems.names.nr == c->problems.nr);
	for (uint64_t i = 0; i < c->nr_examples && i < NR_TRIED; i++) {
		const struct trfs_example *example = trfs_catalog_example(c, i);
		size_t nr;
		const uint8_t *labels = trfs_catalog_labels(c, i, &nr);

		if (example != &trfs_example_empty)
			check_inside(l, (struct trfs_bytes){ (const uint8_t *)example,
							     sizeof(*example) });
		for (size_t j = 0; j < nr && j < NR_TRIED; j++)
			sum += (uint64_t)c->class_ids[trfs_catalog_label(labels, j)];
		sum += strlen(trfs_image_format_name(
			trfs_catalog_appearance(c, example)->format));
	}
	for (uint64_t i = 0; i < c->problems.nr && i < NR_TRIED; i++)
		sum += strlen(trfs_problem_kind_name(
			(enum trfs_problem_kind)c->problems.items[i].kind));
	(void)sum;
	insist(c->label_column == TRFS_NO_COLUMN || c->label_column < c->column_names.nr);
	insist(c->split_column == TRFS_NO_COLUMN || c->split_column < c->column_names.nr);
	insist(c->group_column == TRFS_NO_COLUMN || c->group_column < c->column_names.nr);
	insist(c->target_column == TRFS_NO_COLUMN ||
	       c->target_column < c->column_names.nr);
	use_cells(l);
}

static void use_place(struct loaded *l, const struct trfs_view *view, uint32_t shard,
		      uint64_t size)
{
	const struct trfs_generation *g = &l->generation;
	struct trfs_view_cursor cursor = { .nr = 0 };
	struct trfs_record_place place;

	if (size == 0)
		return;
	insist(trfs_view_find(view, &cursor, shard, next_random(l) % size, &place,
			      NULL) == 0);
	insist(place.example < g->catalog->nr_examples &&
	       place.record < trfs_plan_shard_nr_records(g->plan, shard));
}

static void use_names(const struct loaded *l, uint32_t shard)
{
	const struct trfs_plan *plan = l->generation.plan;
	struct trfs_shard_range range = trfs_plan_shard_range(plan, shard);
	char name[TRFS_SHARD_NAME_MAX];
	uint32_t found;

	trfs_plan_shard_name(plan, shard, name);
	insist(strlen(name) < sizeof(name));
	check_path(name);
	if (trfs_plan_find_shard(plan, name, &found))
		insist(found < plan->nr_shards);
	insist(range.nr_records <= plan->nr_records &&
	       range.first <= plan->nr_records - range.nr_records);
}

static void read_shard(struct loaded *l, struct trfs_stream *stream, uint32_t shard)
{
	uint64_t size = trfs_generation_shard_size(&l->generation, shard);
	uint64_t offset = 0;

	insist(size <= INT64_MAX);
	for (unsigned int i = 0; i < NR_WINDOWS; i++) {
		uint64_t left = offset < size ? size - offset : 0;
		uint8_t *window = malloc(WINDOW);
		struct trfs_error err = { 0 };
		struct trfs_place place;
		size_t got = 0;
		int rc;

		insist(window != NULL);
		rc = trfs_stream_read(stream, shard, offset, window, WINDOW, &got, &err);
		if (rc < 0)
			check_failure(&err, l->sound);
		else
			insist(got == (left < WINDOW ? left : WINDOW));
		rc = trfs_stream_where(stream, shard, offset, &place);
		insist((rc < 0) == (left == 0));
		if (rc == 0)
			insist(place.image_len < sizeof(place.image) &&
			       place.image[place.image_len] == '\0');
		free(window);
		use_place(l, trfs_stream_root(stream), shard, size);
		offset = i % 2 == 0 ? offset + WINDOW : next_random(l) % (size + 1);
	}
}

static void use_plan(struct loaded *l, struct trfs_stream *stream)
{
	uint32_t nr_shards = trfs_plan_nr_shards(l->generation.plan);

	check_strings(l, &l->generation.plan->split_names);
	for (uint32_t i = 0; i < nr_shards && i < NR_SHARDS; i++) {
		/* The first ones and the last. */
		uint32_t shard = i + 1 < NR_SHARDS ? i : nr_shards - 1;

		use_names(l, shard);
		read_shard(l, stream, shard);
	}
}

static void use_schema(struct loaded *l)
{
	struct trfs_generation *g = &l->generation;
	struct trfs_stream *stream = NULL;
	struct trfs_error err = { 0 };
	int rc;

	rc = seed_bind(g, &err);
	if (rc == 0)
		rc = trfs_stream_open(g, &stream, &err);
	if (rc < 0)
		check_failure(&err, l->sound);
	else
		use_plan(l, stream);
	trfs_stream_close(stream);
	g->schema = trfs_schema_free(g->schema);
}

static void use(struct loaded *l, struct trfs_bytes file)
{
	struct trfs_generation *g = &l->generation;
	struct trfs_error why = { 0 };

	l->len = file.len;
	l->start =
		(uintptr_t)g->catalog->examples - offset_of(file, TRFS_SECTION_EXAMPLES);
	use_catalog(l);
	if (trfs_saved_index_outdated(g->catalog, 0, &why))
		insist(why.message[0] != '\0');
	use_schema(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trfs_bytes seed = seed_index();
	struct loaded l = { .random = size, .sound = size == 0 };
	/* Every other input is looked at when it is used. */
	uint64_t whole_max = size % 2 == 0 ? UINT64_MAX : 0;
	struct trfs_generation *g = &l.generation;
	struct trfs_error err = { 0 };
	struct trfs_buffer file;
	const char *path;
	int rc;

	trfs_buffer_init(&file, 1u << 22);
	forge_index(seed, (struct trfs_bytes){ data, size }, &file);
	path = feed_file("fuzz.index", file.data, file.len);
	for (size_t i = 0; i < size; i++)
		l.random = l.random * 31 + data[i];
	rc = trfs_saved_index_load(path, seed_fingerprint, whole_max, &g->catalog,
				   &g->plan, &g->layout, &err);
	insist(rc == 0 || err.code == rc);
	if (rc < 0)
		check_failure(&err, l.sound);
	else
		use(&l, trfs_buffer_bytes(&file));
	trfs_layout_free(g->layout);
	trfs_plan_free(g->plan);
	trfs_catalog_free(g->catalog);
	trfs_buffer_done(&file);
	return 0;
}
