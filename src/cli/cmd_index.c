/* SPDX-License-Identifier: MIT */
/* index: the saved index and nothing else, so that a later mount takes milliseconds. */
#include "cli/command.h"
#include "cli/data_set.h"
#include "cli/json_output.h"
#include "cli/output.h"
#include "cli/paragraph.h"
#include "cli/report.h"

#include "base/error.h"
#include "index/generation.h"

#include <stdio.h>
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

static struct summary summarize(const struct trfs_generation *g, double seconds)
{
	const struct trfs_plan *plan = trfs_generation_plan(g);
	struct summary s = {
		.path = trfs_generation_index_path(g),
		.nr_records = plan->nr_records,
		.nr_skipped = trfs_generation_catalog(g)->problems.nr,
		.nr_shards = trfs_plan_nr_shards(plan),
		.seconds = seconds,
		.was_current = trfs_generation_was_saved(g),
	};
	struct stat st;

	if (s.path && stat(s.path, &st) == 0)
		s.size = (uint64_t)st.st_size;
	for (uint32_t i = 0; i < s.nr_shards; i++)
		s.shown_bytes += trfs_generation_shard_size(g, i);
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

int trfs_cmd_index(const struct trfs_settings *settings)
{
	char directory[4096];
	struct trfs_generation *g = NULL;
	struct trfs_error err = { 0 };
	double started = now_seconds();
	struct summary summary;
	int code = TRFS_EXIT_DONE;

	if (!trfs_data_set_index_directory(settings, directory, sizeof(directory))) {
		trfs_output_error("there is no place for an index: name one with --index "
				  "DIR");
		return TRFS_EXIT_USAGE;
	}
	if (trfs_data_set_open(settings, &g, &err) < 0) {
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
