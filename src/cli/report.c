/* SPDX-License-Identifier: MIT */
/* The report for people: what one wants to see before a training run is started. */
#include "cli/report.h"

#include "base/buffer.h"
#include "cli/output.h"
#include "cli/paragraph.h"
#include "cli/report_counts.h"
#include "cli/report_manifest.h"
#include "cli/report_table.h"
#include "manifest/text.h"

#include <inttypes.h>
#include <string.h>

#define NR_PROBLEMS_SHOWN 5
#define SKIPPED_SIZE_MAX  1024
#define TEXT_SIZE	  2048

static void print_found(FILE *out, const struct trfs_options *options,
			const struct trfs_catalog *catalog)
{
	char images[TRFS_COUNT_SIZE], classes[TRFS_COUNT_SIZE];
	const char *noun = catalog->nr_examples == 1 ? "image" : "images";

	trfs_count_text(catalog->nr_examples, images);
	trfs_count_text(catalog->class_names.nr, classes);
	if (options->label_type == TRFS_LABEL_FLOAT)
		fprintf(out, "Found %s %s with numbers as labels.\n", images, noun);
	else if (catalog->label_column == TRFS_NO_COLUMN)
		fprintf(out, "Found %s %s without labels.\n", images, noun);
	else
		fprintf(out, "Found %s %s belonging to %s class%s.\n", images, noun,
			classes, catalog->class_names.nr == 1 ? "" : "es");
}

/* "Images: 1,200 JPEG, 597 PNG; 141 MB." */
static void print_formats(FILE *out, const struct trfs_report_counts *counts)
{
	char nr[TRFS_COUNT_SIZE], size[TRFS_COUNT_SIZE];
	const char *before = "Images: ";

	for (unsigned int f = 0; f < TRFS_IMAGE_NR_FORMATS; f++) {
		if (counts->by_format[f] == 0)
			continue;
		fprintf(out, "%s%s %s", before, trfs_count_text(counts->by_format[f], nr),
			trfs_image_format_title((enum trfs_image_format)f));
		before = ", ";
	}
	/* There may be none that is whole. */
	if (*before != ',')
		return;
	fprintf(out, "; %s.\n", trfs_output_bytes(counts->bytes, size, sizeof(size)));
}

/* By a column that is to win over whatever options say. */
static bool prefers_column(const struct trfs_options *options,
			   const struct trfs_catalog *catalog)
{
	return options->prefer_split_column && catalog->split_column != TRFS_NO_COLUMN;
}

/* How the splits came about; at most TEXT_SIZE bytes, and an option or two in them. */
static void describe_split(const struct trfs_options *options,
			   const struct trfs_catalog *catalog, char *buf, size_t size)
{
	char name[TRFS_PRINTABLE_SIZE];
	bool by_column = prefers_column(options, catalog);

	if (!by_column && options->split)
		snprintf(buf, size, "Split %s%s%s%s", options->split,
			 options->group_column ? " by whole groups of " : "",
			 options->group_column ? options->group_column : "",
			 options->stratify && catalog->class_names.nr > 1
				 ? ", alike in every class"
				 : "");
	else if (!by_column && options->take)
		snprintf(buf, size, "Taken off one Python shuffle: %s", options->take);
	else if (!by_column && (options->validation_size || options->test_size))
		snprintf(buf, size,
			 "Split each class: validation %s, test %s, rounded down",
			 options->validation_size ? options->validation_size : "0",
			 options->test_size ? options->test_size : "0");
	else if (options->parts.nr > 0)
		snprintf(buf, size, "Split by what lists the images");
	else if (catalog->split_column == TRFS_NO_COLUMN)
		snprintf(buf, size, "All in train");
	else if (!options->manifest)
		snprintf(buf, size, "Split by folder");
	else
		snprintf(buf, size, "Split by column %s",
			 trfs_text_printable(trfs_strings_get(&catalog->column_names,
							      catalog->split_column),
					     name, sizeof(name)));
}

/* And the seed: nothing random is hidden. */
static void print_split(FILE *out, const struct trfs_options *options,
			const struct trfs_catalog *catalog, const struct trfs_plan *plan)
{
	uint32_t nr_shards = trfs_plan_nr_shards(plan);
	char how[TEXT_SIZE];

	describe_split(options, catalog, how, sizeof(how));
	trfs_paragraph_printf(out, "%s; seed %" PRIu64 "; %" PRIu32 " shard%s.", how,
			      options->seed, nr_shards, nr_shards == 1 ? "" : "s");
}

void trfs_report_print_facts(FILE *out, const struct trfs_options *options,
			     const struct trfs_catalog *catalog,
			     const struct trfs_plan *plan,
			     const struct trfs_report_counts *counts)
{
	print_found(out, options, catalog);
	if (!catalog->guard) {
		trfs_report_print_table(out, catalog, plan, counts);
		print_formats(out, counts);
	}
	trfs_report_print_dialect(out, options, catalog);
	if (!catalog->guard && plan)
		print_split(out, options, catalog, plan);
}

/* "skipped 7 images: 5 missing, 2 bad image" */
static void put_skipped(struct trfs_buffer *text, const struct trfs_catalog *catalog)
{
	uint64_t by_kind[TRFS_NR_PROBLEM_KINDS] = { 0 };
	char nr[TRFS_COUNT_SIZE];
	const char *before = ": ";

	for (uint64_t i = 0; i < catalog->problems.nr; i++)
		if (catalog->problems.items[i].kind < TRFS_NR_PROBLEM_KINDS)
			by_kind[catalog->problems.items[i].kind]++;
	trfs_buffer_printf(text, "skipped %s %s",
			   trfs_count_text(catalog->problems.nr, nr),
			   catalog->problems.nr == 1 ? "image" : "images");
	for (unsigned int k = 0; k < TRFS_NR_PROBLEM_KINDS; k++) {
		if (by_kind[k] == 0)
			continue;
		trfs_buffer_printf(text, "%s%s %s", before,
				   trfs_count_text(by_kind[k], nr),
				   trfs_problem_kind_name((enum trfs_problem_kind)k));
		before = ", ";
	}
}

void trfs_report_note_skipped(const struct trfs_catalog *catalog)
{
	struct trfs_buffer text;

	if (catalog->problems.nr == 0)
		return;
	trfs_buffer_init(&text, SKIPPED_SIZE_MAX);
	put_skipped(&text, catalog);
	trfs_output_note("%.*s; tfrecordfs check lists all",
			 TRFS_BYTES_ARG(trfs_buffer_bytes(&text)));
	trfs_buffer_done(&text);
}

void trfs_report_print(FILE *out, const struct trfs_options *options,
		       const struct trfs_catalog *catalog, const struct trfs_plan *plan)
{
	struct trfs_report_counts counts = { 0 };
	uint64_t nr = catalog->problems.nr;
	char count[TRFS_COUNT_SIZE];
	struct trfs_buffer text;

	if (!catalog->guard && trfs_report_count(catalog, plan, &counts) < 0) {
		trfs_output_note("no memory for a table of what was found");
	} else {
		trfs_report_print_facts(out, options, catalog, plan, &counts);
		trfs_report_print_notes(out, options, catalog, plan, &counts);
	}
	trfs_report_counts_done(&counts);
	if (nr == 0)
		return;
	trfs_buffer_init(&text, SKIPPED_SIZE_MAX);
	put_skipped(&text, catalog);
	trfs_paragraph_labelled(out, TRFS_STYLE_DOUBT, "note:", "%.*s",
				TRFS_BYTES_ARG(trfs_buffer_bytes(&text)));
	trfs_buffer_done(&text);
	for (uint64_t i = 0; i < nr && i < NR_PROBLEMS_SHOWN; i++)
		trfs_report_print_problem(out, options, catalog, i, "  ");
	if (nr > NR_PROBLEMS_SHOWN)
		fprintf(out, "  and %s more; tfrecordfs check lists all\n",
			trfs_count_text(nr - NR_PROBLEMS_SHOWN, count));
}
