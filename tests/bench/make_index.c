/* SPDX-License-Identifier: MIT */
/*
 * The saved index of a data set that is not there: as many records as wanted, without an
 * image.  Mounting its source with its index maps it, and all but reading works.
 *
 *	make_index SOURCE INDEX_DIRECTORY NR_RECORDS [SHARDS]
 *
 * SOURCE is a directory, made if need be; SHARDS as --shards has it, and mount needs it
 * too.  Prints the path of the index.  The data set is what a CSV of these columns makes:
 *
 *	file     d000/i00000000.jpg, of about 100 kB
 *	label    one of 1,000 classes, the first 500 being three times as frequent
 *	split    train or validation, nine to one
 *	quality  one of 10 values
 *	batch    b0000000 and so on, 100 records each
 */
#include "base/error.h"
#include "base/random.h"
#include "dataset/augments.h"
#include "index/fingerprint.h"
#include "index/preparation.h"
#include "index/saved_index.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define NR_CLASSES	1000u
#define NR_QUALITIES	10u
#define RECORDS_A_BATCH 100u
#define NAME_LEN	18u
#define NEWEST_NS	INT64_C(1700000000000000000)
#define SIZE_MIN	50000u
#define SIZE_RANGE	100000u
#define SEED		1u

enum { FILE_COLUMN, LABEL, SPLIT, QUALITY, BATCH, NR_COLUMNS };

/* What the catalog borrows. */
struct memory {
	struct trfs_example *examples;
	uint32_t *labels;
	struct trfs_appearance appearance;
	struct trfs_name_list names;
	uint32_t *numbers[NR_COLUMNS];
	struct trfs_string_table *values[NR_COLUMNS];
	struct trfs_string_table *sets;
	struct trfs_string_table *class_names;
	struct trfs_string_table *column_names;
	int64_t class_ids[NR_CLASSES];
};

static void release_memory(void *owner)
{
	struct memory *m = owner;

	for (int i = 0; i < NR_COLUMNS; i++) {
		free(m->numbers[i]);
		trfs_string_table_free(m->values[i]);
	}
	trfs_string_table_free(m->sets);
	trfs_string_table_free(m->class_names);
	trfs_string_table_free(m->column_names);
	free(m->examples);
	free(m->labels);
	trfs_name_list_done(&m->names);
	free(m);
}

static int allocate(struct memory *m, uint64_t nr)
{
	bool failed = false;

	m->examples = calloc(nr, sizeof(*m->examples));
	m->labels = calloc(nr, sizeof(*m->labels));
	m->sets = trfs_string_table_new();
	m->class_names = trfs_string_table_new();
	m->column_names = trfs_string_table_new();
	for (int i = SPLIT; i < NR_COLUMNS; i++) {
		m->numbers[i] = calloc(nr, sizeof(*m->numbers[i]));
		failed |= !m->numbers[i];
	}
	for (int i = 0; i < NR_COLUMNS; i++) {
		m->values[i] = trfs_string_table_new();
		failed |= !m->values[i];
	}
	failed |= !m->examples || !m->labels || !m->sets || !m->class_names ||
		  !m->column_names;
	return failed ? -ENOMEM : 0;
}

/* Cells are as dataset/cell.h has them; number 0 is the missing one. */
static int add_values(struct memory *m, uint64_t nr)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < NR_COLUMNS; i++)
		rc = trfs_string_table_add(m->values[i], trfs_bytes_of(""), NULL);
	if (rc == 0)
		rc = trfs_string_table_add(m->values[SPLIT], trfs_bytes_of("Ttrain"),
					   NULL);
	if (rc == 0)
		rc = trfs_string_table_add(m->values[SPLIT], trfs_bytes_of("Tvalidation"),
					   NULL);
	for (uint32_t i = 0; rc == 0 && i < NR_QUALITIES; i++) {
		char text[16];

		snprintf(text, sizeof(text), "Tq%u", i);
		rc = trfs_string_table_add(m->values[QUALITY], trfs_bytes_of(text), NULL);
	}
	for (uint64_t i = 0; rc == 0 && i < nr / RECORDS_A_BATCH + 1; i++) {
		char text[32];

		snprintf(text, sizeof(text), "Tb%07" PRIu64, i);
		rc = trfs_string_table_add(m->values[BATCH], trfs_bytes_of(text), NULL);
	}
	return rc;
}

static int add_names(struct memory *m)
{
	static const char *const columns[] = { "file", "label", "split", "quality",
					       "batch" };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < TRFS_COUNT(columns); i++)
		rc = trfs_string_table_add(m->column_names, trfs_bytes_of(columns[i]),
					   NULL);
	for (uint32_t i = 0; rc == 0 && i < NR_CLASSES; i++) {
		struct trfs_bytes set = { (const uint8_t *)&i, sizeof(i) };
		char text[16];

		snprintf(text, sizeof(text), "c%03u", i);
		m->class_ids[i] = i;
		rc = trfs_string_table_add(m->class_names, trfs_bytes_of(text), NULL);
		if (rc == 0)
			rc = trfs_string_table_add(m->sets, set, NULL);
	}
	return rc;
}

static int fill_examples(struct memory *m, uint64_t nr)
{
	uint64_t state = SEED;
	int rc = 0;

	m->appearance = (struct trfs_appearance){ .height = 333,
						  .width = 450,
						  .format = TRFS_IMAGE_JPEG,
						  .channels = 3,
						  .depth = 8,
						  .orientation = 1 };
	for (uint64_t i = 0; rc == 0 && i < nr; i++) {
		const struct trfs_file_identity identity = { .inode = 1 + i,
							     .mtime_ns = NEWEST_NS };
		uint64_t random = trfs_random_next(&state);
		char name[2 * NAME_LEN];

		m->examples[i] = (struct trfs_example){
			.who = trfs_example_who(&identity),
			.size = SIZE_MIN + (uint32_t)(random >> 32) % SIZE_RANGE,
		};
		m->labels[i] = (uint32_t)(random %
					  (random & 1024 ? NR_CLASSES : NR_CLASSES / 2));
		snprintf(name, sizeof(name), "d%03" PRIu64 "/i%08" PRIu64 ".jpg",
			 i * 1000 / nr, i);
		rc = trfs_name_list_add(&m->names, trfs_bytes_of(name));
		m->numbers[SPLIT][i] = (random >> 16) % 10 == 0 ? 2 : 1;
		m->numbers[QUALITY][i] = 1 + (uint32_t)((random >> 24) % NR_QUALITIES);
		m->numbers[BATCH][i] = 1 + (uint32_t)(i / RECORDS_A_BATCH);
	}
	trfs_name_list_finish(&m->names);
	return rc;
}

static void show(const struct memory *m, uint64_t nr, struct trfs_catalog *c)
{
	c->dialect = trfs_bytes_of("CSV");
	c->nr_examples = nr;
	c->nr_rows = nr;
	c->examples = m->examples;
	c->labels = (struct trfs_numbers){ .data = m->labels, .width = sizeof(uint32_t) };
	c->names = trfs_name_list_view(&m->names);
	c->appearances = &m->appearance;
	c->nr_appearances = 1;
	c->label_sets = trfs_string_table_view(m->sets);
	c->class_names = trfs_string_table_view(m->class_names);
	c->class_ids = m->class_ids;
	c->column_names = trfs_string_table_view(m->column_names);
	for (uint32_t i = 0; i < NR_COLUMNS; i++) {
		c->columns[i].name = trfs_strings_get(&c->column_names, i);
		c->columns[i].numbers =
			(struct trfs_numbers){ .data = m->numbers[i],
					       .width = sizeof(uint32_t) };
		c->columns[i].values = trfs_string_table_view(m->values[i]);
	}
	c->label_column = LABEL;
	c->split_column = SPLIT;
	c->group_column = TRFS_NO_COLUMN;
	c->target_column = TRFS_NO_COLUMN;
	c->newest_mtime_ns = NEWEST_NS;
	c->access.mode = TRFS_ACCESS_ALL;
}

static int make_catalog(const char *source, uint64_t nr, struct trfs_catalog **ret,
			struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_catalog_freep) struct trfs_catalog *c = calloc(1, sizeof(*c));
	struct memory *m = calloc(1, sizeof(*m));
	int rc;

	if (!c || !m) {
		free(m);
		return trfs_fail_memory(err, "the catalog");
	}
	c->owner = m;
	c->release = release_memory;
	c->columns = calloc(NR_COLUMNS, sizeof(*c->columns));
	c->root_path = realpath(source, NULL);
	if (!c->root_path)
		return trfs_fail_errno(err, -errno, "%s", source);
	rc = c->columns ? allocate(m, nr) : -ENOMEM;
	if (rc == 0)
		rc = add_values(m, nr);
	if (rc == 0)
		rc = add_names(m);
	if (rc == 0)
		rc = fill_examples(m, nr);
	if (rc < 0)
		return trfs_fail_memory(err, "the catalog");
	show(m, nr, c);
	*ret = TRFS_STEAL(c);
	return 0;
}

static int save(const struct trfs_options *options, const struct trfs_catalog *catalog,
		const struct trfs_schema *schema, const char *directory,
		struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_plan_freep) struct trfs_plan *plan = NULL;
	TRFS_CLEANUP(trfs_layout_freep) struct trfs_layout *layout = NULL;
	uint8_t fingerprint[TRFS_FINGERPRINT_SIZE];
	char name[TRFS_INDEX_NAME_MAX];
	int rc = trfs_plan_build(catalog, options, &plan, err);

	if (rc == 0)
		rc = trfs_layout_build(catalog, plan, schema, 0, NULL, &layout, err);
	/* No image is made anew, so that codecs play no part. */
	if (rc == 0)
		rc = trfs_fingerprint(options, trfs_schema_text(schema), "none",
				      fingerprint, err);
	if (rc < 0)
		return rc;
	trfs_fingerprint_file_name(options->source, fingerprint, name);
	rc = trfs_saved_index_write(directory, name, fingerprint, catalog, plan, layout,
				    NEWEST_NS, err);
	if (rc == 0)
		printf("%s/%s\n", directory, name);
	return rc;
}

static int make(const struct trfs_options *options, uint64_t nr, const char *directory,
		struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_catalog_freep) struct trfs_catalog *catalog = NULL;
	struct trfs_preparation preparation;
	struct trfs_schema *schema = NULL;
	int rc = trfs_preparation_init(&preparation, options, err);

	if (rc == 0)
		rc = make_catalog(options->source, nr, &catalog, err);
	if (rc == 0)
		rc = trfs_catalog_present(catalog, &preparation.presentation, options,
					  err);
	if (rc == 0)
		rc = trfs_schema_load_options(options, catalog, &schema, err);
	if (rc == 0)
		rc = save(options, catalog, schema, directory, err);
	trfs_schema_free(schema);
	trfs_preparation_done(&preparation);
	return rc;
}

int main(int argc, char **argv)
{
	struct trfs_options options;
	struct trfs_error err = { 0 };
	uint64_t nr;

	if (argc < 4 || argc > 5)
		return 2;
	trfs_options_init(&options);
	options.source = argv[1];
	options.shards = argc > 4 ? argv[4] : NULL;
	nr = strtoull(argv[3], NULL, 10);
	/* Names have eight digits. */
	if (nr == 0 || nr > 100000000)
		return 2;
	mkdir(argv[1], 0755);
	mkdir(argv[2], 0755);
	if (make(&options, nr, argv[2], &err) < 0) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	return 0;
}
