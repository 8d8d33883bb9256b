/* SPDX-License-Identifier: MIT */
/* The report for people: what one wants to see before a training run is started. */
#include "cli/report.h"

#include "base/buffer.h"
#include "cli/output.h"
#include "cli/report_counts.h"
#include "cli/report_manifest.h"
#include "cli/report_table.h"
#include "manifest/text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define NR_PROBLEMS_SHOWN 5
#define SKIPPED_SIZE_MAX  1024

static void print_found(FILE *out, const struct trfs_catalog *catalog)
{
	char images[TRFS_COUNT_SIZE], classes[TRFS_COUNT_SIZE];

	trfs_count_text(catalog->nr_examples, images);
	trfs_count_text(catalog->class_names.nr, classes);
	if (catalog->label_column == TRFS_NO_COLUMN)
		fprintf(out, "Found %s images without labels.\n", images);
	else
		fprintf(out, "Found %s images belonging to %s class%s.\n", images,
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

/* How the splits came about, and the seed: nothing random is hidden. */
static void print_split(FILE *out, const struct trfs_options *options,
			const struct trfs_catalog *catalog, const struct trfs_plan *plan)
{
	char name[TRFS_PRINTABLE_SIZE];
	struct trfs_bytes column = { NULL, 0 };
	bool by_column = prefers_column(options, catalog);

	if (!by_column && options->split) {
		fprintf(out, "Split %s", options->split);
		if (options->group_column)
			fprintf(out, " by whole groups of %s", options->group_column);
		if (options->stratify && catalog->class_names.nr > 1)
			fprintf(out, ", alike in every class");
	} else if (!by_column && options->take) {
		fprintf(out, "Taken off one Python shuffle: %s", options->take);
	} else if (!by_column && (options->validation_size || options->test_size)) {
		fprintf(out, "Split each class: validation %s, test %s, rounded down",
			options->validation_size ? options->validation_size : "0",
			options->test_size ? options->test_size : "0");
	} else if (options->parts.nr > 0) {
		fprintf(out, "Split by what lists the images");
	} else if (catalog->split_column != TRFS_NO_COLUMN) {
		column = trfs_strings_get(&catalog->column_names, catalog->split_column);
		if (options->manifest)
			fprintf(out, "Split by column %s",
				trfs_text_printable(column, name, sizeof(name)));
		else
			fprintf(out, "Split by folder");
	} else {
		fprintf(out, "All in train");
	}
	fprintf(out, "; seed %" PRIu64 "; %" PRIu32 " shards.\n", options->seed,
		trfs_plan_nr_shards(plan));
}

static void print_oddities(FILE *out, const struct trfs_catalog *catalog,
			   const struct trfs_report_counts *counts)
{
	char nr[TRFS_COUNT_SIZE], name[TRFS_PRINTABLE_SIZE];
	struct trfs_name room;

	for (size_t i = 0; i < TRFS_NR_ODDITIES; i++) {
		const struct trfs_oddity *oddity = &counts->oddities[i];

		if (oddity->nr == 0)
			continue;
		trfs_text_printable(trfs_catalog_name(catalog, oddity->first, &room),
				    name, sizeof(name));
		fprintf(out, "note: %s image%s %s (%s%s)\n",
			trfs_count_text(oddity->nr, nr),
			oddity->nr == 1 ? " is" : "s are", trfs_oddity_texts[i].meaning,
			name, oddity->nr == 1 ? "" : ", ...");
	}
}

static void print_shared(FILE *out, const struct trfs_options *options,
			 const struct trfs_catalog *catalog, const struct trfs_plan *plan,
			 const struct trfs_report_counts *counts)
{
	char groups[TRFS_COUNT_SIZE], column[TRFS_PRINTABLE_SIZE];

	for (size_t i = 0; i < counts->nr_shared; i++) {
		const struct trfs_shared_groups *s = &counts->shared[i];
		struct trfs_bytes a = trfs_strings_get(&plan->split_names, s->a);
		struct trfs_bytes b = trfs_strings_get(&plan->split_names, s->b);

		trfs_text_printable(trfs_strings_get(&catalog->column_names, s->column),
				    column, sizeof(column));
		fprintf(out,
			"note: %.*s shares %s values of %s with %.*s, which touches "
			"%.0f%% of its images",
			TRFS_BYTES_ARG(b), trfs_count_text(s->nr_groups, groups), column,
			TRFS_BYTES_ARG(a),
			100.0 * (double)s->nr_examples / (double)s->nr_all);
		if (options->split)
			fprintf(out, "; --group %s keeps them apart", column);
		fputc('\n', out);
	}
}

int trfs_report_print_summary(FILE *out, const struct trfs_options *options,
			      const struct trfs_catalog *catalog,
			      const struct trfs_plan *plan)
{
	struct trfs_report_counts counts = { 0 };
	char nr[TRFS_COUNT_SIZE];

	if (!catalog->guard && trfs_report_count(catalog, plan, &counts) < 0) {
		trfs_report_counts_done(&counts);
		return -ENOMEM;
	}
	print_found(out, catalog);
	if (catalog->guard) {
		trfs_report_print_dialect(out, options, catalog);
	} else {
		trfs_report_print_table(out, catalog, plan, &counts);
		print_formats(out, &counts);
		trfs_report_print_dialect(out, options, catalog);
		if (plan) {
			print_split(out, options, catalog, plan);
			print_shared(out, options, catalog, plan, &counts);
		}
		print_oddities(out, catalog, &counts);
	}
	trfs_report_counts_done(&counts);
	trfs_report_print_left_out(out, options, catalog, NR_PROBLEMS_SHOWN);
	if (catalog->nr_ignored > 0)
		fprintf(out, "note: %s hidden files and the like were passed over\n",
			trfs_count_text(catalog->nr_ignored, nr));
	return 0;
}

void trfs_report_print_problems(FILE *out, const struct trfs_options *options,
				const struct trfs_catalog *catalog, uint64_t most,
				const char *indent)
{
	const struct trfs_problems *problems = &catalog->problems;
	char name[TRFS_PRINTABLE_SIZE], reason[TRFS_PRINTABLE_SIZE];

	for (uint64_t i = 0; i < problems->nr && i < most; i++) {
		struct trfs_bytes file = trfs_strings_get(&problems->names, i);

		fputs(indent, out);
		trfs_report_print_line(out, options, problems->items[i].line);
		trfs_text_printable(trfs_strings_get(&problems->reasons, i), reason,
				    sizeof(reason));
		fprintf(out, "%s%s%s\n", trfs_text_printable(file, name, sizeof(name)),
			file.len ? ": " : "", reason);
	}
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
	uint64_t nr = catalog->problems.nr;
	char count[TRFS_COUNT_SIZE];
	struct trfs_buffer text;

	if (trfs_report_print_summary(out, options, catalog, plan) < 0)
		trfs_output_note("no memory for a table of what was found");
	if (nr == 0)
		return;
	trfs_buffer_init(&text, SKIPPED_SIZE_MAX);
	put_skipped(&text, catalog);
	fprintf(out, "note: %.*s\n", TRFS_BYTES_ARG(trfs_buffer_bytes(&text)));
	trfs_buffer_done(&text);
	trfs_report_print_problems(out, options, catalog, NR_PROBLEMS_SHOWN, "  ");
	if (nr > NR_PROBLEMS_SHOWN)
		fprintf(out, "  and %s more; tfrecordfs check lists all\n",
			trfs_count_text(nr - NR_PROBLEMS_SHOWN, count));
}
