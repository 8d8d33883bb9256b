/* SPDX-License-Identifier: MIT */
/*
 * index: the saved index and nothing else, so that a later mount takes milliseconds; or a
 * part of it, on one machine of several, and the index of all parts.
 */
#include "cli/command.h"
#include "cli/data_set.h"
#include "cli/digits.h"
#include "cli/json_output.h"
#include "cli/output.h"
#include "cli/paragraph.h"
#include "cli/report.h"

#include "index/generation.h"
#include "index/part_build.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* What is told of an index, in text and in JSON. */
struct summary {
	const char *path;
	uint64_t size;
	uint64_t nr_records;
	uint64_t nr_skipped;
	uint64_t shown_bytes;
	uint32_t nr_shards;
	double seconds;
	bool was_current;
};

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint64_t size_of_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static struct summary summarize(const struct trfs_generation *g, double seconds)
{
	const struct trfs_plan *plan = trfs_generation_plan(g);
	struct summary s = {
		.path = trfs_generation_index_path(g),
		.nr_records = plan->nr_records,
		.nr_skipped = trfs_generation_catalog(g)->problems.nr,
		.nr_shards = trfs_plan_nr_shards(plan),
		.shown_bytes = trfs_layout_total_size(g->layout, plan),
		.seconds = seconds,
		.was_current = trfs_generation_was_saved(g),
	};

	if (s.path)
		s.size = size_of_file(s.path);
	return s;
}

static int print_json(const struct summary *s)
{
	return trfs_json_print(json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:f, s:b}",
					 "index", trfs_json_text(s->path), "size",
					 trfs_json_count(s->size), "records",
					 trfs_json_count(s->nr_records), "skipped",
					 trfs_json_count(s->nr_skipped), "shards",
					 trfs_json_count(s->nr_shards), "bytes_shown",
					 trfs_json_count(s->shown_bytes), "seconds",
					 s->seconds, "index_reused", s->was_current),
			       TRFS_EXIT_DONE);
}

static int print_text(const struct summary *s)
{
	char records[TRFS_COUNT_SIZE], shards[TRFS_COUNT_SIZE], size[TRFS_COUNT_SIZE],
		shown[TRFS_COUNT_SIZE], seconds[TRFS_COUNT_SIZE];

	trfs_output_path(s->path);
	trfs_paragraph_printf(
		stdout,
		"%s %s: %s records in %s shards of %s in all; the index takes %s.",
		s->was_current ? "Current already, looked at in" : "Indexed in",
		trfs_output_seconds(s->seconds, seconds, sizeof(seconds)),
		trfs_count_text(s->nr_records, records),
		trfs_count_text(s->nr_shards, shards),
		trfs_output_bytes(s->shown_bytes, shown, sizeof(shown)),
		trfs_output_bytes(s->size, size, sizeof(size)));
	return TRFS_EXIT_DONE;
}

/* "2/8" into 2 and 8; whether there is such a part is checked later. */
static bool parse_part(const char *text, uint32_t *ret_number, uint32_t *ret_nr)
{
	const char *slash = strchr(text, '/');
	char number_text[16] = "";
	uint64_t number, nr;

	if (!slash || (size_t)(slash - text) >= sizeof(number_text))
		return false;
	memcpy(number_text, text, (size_t)(slash - text));
	if (!trfs_digits_parse(number_text, &number) ||
	    !trfs_digits_parse(slash + 1, &nr) || number > UINT32_MAX || nr > UINT32_MAX)
		return false;
	*ret_number = (uint32_t)number;
	*ret_nr = (uint32_t)nr;
	return true;
}

static int print_part_json(const struct trfs_part_summary *s, uint32_t number,
			   uint32_t nr, double seconds)
{
	return trfs_json_print(
		json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:f}", "part",
			  trfs_json_text(s->path), "number", trfs_json_count(number),
			  "of", trfs_json_count(nr), "size",
			  trfs_json_count(size_of_file(s->path)), "images",
			  trfs_json_count(s->nr_images), "masks",
			  trfs_json_count(s->nr_masks), "rows",
			  trfs_json_count(s->nr_rows), "skipped",
			  trfs_json_count(s->nr_problems), "seconds", seconds),
		TRFS_EXIT_DONE);
}

static int print_part_text(const struct trfs_part_summary *s, uint32_t number,
			   uint32_t nr, double elapsed)
{
	char images[TRFS_COUNT_SIZE], rows[TRFS_COUNT_SIZE], skipped[TRFS_COUNT_SIZE],
		size[TRFS_COUNT_SIZE], seconds[TRFS_COUNT_SIZE];

	trfs_output_path(s->path);
	trfs_paragraph_printf(
		stdout,
		"Part %" PRIu32 " of %" PRIu32 " in %s: %s good images of a source of %s "
		"rows, %s skipped; the part takes %s.",
		number, nr, trfs_output_seconds(elapsed, seconds, sizeof(seconds)),
		trfs_count_text(s->nr_images, images), trfs_count_text(s->nr_rows, rows),
		trfs_count_text(s->nr_problems, skipped),
		trfs_output_bytes(size_of_file(s->path), size, sizeof(size)));
	trfs_paragraph_printf(stdout,
			      "Once all parts are there: the same options with --join in "
			      "place of --part.");
	return TRFS_EXIT_DONE;
}

static int make_part(const struct trfs_settings *settings, const char *directory)
{
	double started = now_seconds();
	struct trfs_part_summary summary;
	struct trfs_error err = { 0 };
	uint32_t number, nr;
	int code = TRFS_EXIT_DONE;

	if (!parse_part(settings->part, &number, &nr)) {
		trfs_output_error("--part wants a share of the images, I/N: of eight "
				  "machines the first makes --part 1/8; not \"%s\"",
				  settings->part);
		return TRFS_EXIT_USAGE;
	}
	if (trfs_data_set_part(settings, directory, number, nr, &summary, &err) < 0) {
		trfs_output_error("%s", err.message);
		return trfs_output_exit_code(&err);
	}
	if (settings->json)
		code = print_part_json(&summary, number, nr, now_seconds() - started);
	else if (!settings->quiet)
		code = print_part_text(&summary, number, nr, now_seconds() - started);
	if (summary.doubt.code) {
		trfs_output_error("%s", summary.doubt.message);
		code = TRFS_EXIT_DATA;
	}
	free(summary.path);
	return code;
}

/* The saved index, made where it is not there or not current. */
static int make_index(const struct trfs_settings *settings)
{
	struct trfs_generation *g = NULL;
	struct trfs_error err = { 0 };
	double started = now_seconds();
	struct summary summary;
	int code = TRFS_EXIT_DONE;

	if (trfs_data_set_open(settings, NULL, &g, &err) < 0) {
		trfs_output_error("%s", err.message);
		return trfs_output_exit_code(&err);
	}
	if (!settings->quiet)
		trfs_report_note_skipped(trfs_generation_catalog(g));
	summary = summarize(g, now_seconds() - started);
	if (!summary.path) {
		/* The note, which says why, was printed unless we are to be quiet. */
		trfs_output_error("%s", settings->quiet ? trfs_generation_note(g)
							: "there is no saved index");
		code = TRFS_EXIT_DATA;
	} else if (settings->json) {
		code = print_json(&summary);
	} else if (!settings->quiet) {
		code = print_text(&summary);
	}
	trfs_generation_free(g);
	return code;
}

int trfs_cmd_index(const struct trfs_settings *settings)
{
	char buf[4096];
	const char *directory = trfs_data_set_index_directory(settings, buf, sizeof(buf));

	if (!directory) {
		trfs_output_error("there is no place for an index: name one with --index "
				  "DIR");
		return TRFS_EXIT_USAGE;
	}
	if (settings->part && settings->join) {
		trfs_output_error("--part makes one part and --join the index of all of "
				  "them; give one of the two");
		return TRFS_EXIT_USAGE;
	}
	return settings->part ? make_part(settings, directory) : make_index(settings);
}
