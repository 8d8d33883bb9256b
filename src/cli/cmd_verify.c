/* SPDX-License-Identifier: MIT */
/*
 * verify: every checksum of TFRecord files; with --against, also whether two sets of
 * files hold the same examples.
 */
#include "cli/command.h"
#include "cli/compare_print.h"
#include "cli/json_output.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/style.h"
#include "cli/record_paths.h"

#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/**
 * struct job - what is verified
 * @paths: of the files of both sets, those before --against first
 * @names: of the same, see record_paths.h
 * @nr_first: files of the first set; all where there is one set
 * @verdicts: one a file
 * @by_file: the records of each file, with --against
 */
struct job {
	const struct trfs_settings *settings;
	struct trfs_record_paths files;
	struct trfs_strings paths;
	struct trfs_strings names;
	uint64_t nr_first;
	struct trfs_verdict *verdicts;
	struct trfs_record_set *by_file;
	struct trfs_record_set sets[2];
};

static int add_paths(struct job *job, struct trfs_error *err)
{
	const struct trfs_settings *settings = job->settings;
	int nr_before = settings->against ? settings->nr_before_against
					  : settings->nr_positionals;
	int rc = 0;

	if (nr_before == 0)
		return trfs_fail(err, -EINVAL,
				 "name the files to compare before --against: tfrecordfs "
				 "verify A --against %s",
				 settings->against);
	for (int i = 0; rc == 0 && i < nr_before; i++)
		rc = trfs_record_paths_add(&job->files, settings->positionals[i], err);
	if (rc < 0)
		return rc;
	job->nr_first = trfs_string_table_view(job->files.paths).nr;
	if (settings->against)
		rc = trfs_record_paths_add(&job->files, settings->against, err);
	for (int i = nr_before; rc == 0 && i < settings->nr_positionals; i++)
		rc = trfs_record_paths_add(&job->files, settings->positionals[i], err);
	job->paths = trfs_string_table_view(job->files.paths);
	job->names = trfs_string_table_view(job->files.names);
	return rc;
}

/* Each file has a set of its own, so that its worker waits for nobody. */
static int visit(void *user, uint64_t file, const struct trfs_record_span *span,
		 struct trfs_bytes data)
{
	struct job *job = user;

	return trfs_record_set_add(&job->by_file[file], (uint32_t)file, span, data);
}

static int read_files(struct job *job, struct trfs_error *err)
{
	struct trfs_progress_bar bar;
	struct trfs_progress progress =
		trfs_progress_bar_init(&bar, job->settings->quiet);
	int rc;

	job->verdicts = calloc(job->paths.nr, sizeof(*job->verdicts));
	job->by_file = calloc(job->paths.nr, sizeof(*job->by_file));
	if (!job->verdicts || !job->by_file)
		return trfs_fail_memory(err, "the list of files");
	rc = trfs_verify_files(&job->paths, job->settings->against ? visit : NULL, job,
			       &progress, job->verdicts, err);
	trfs_progress_bar_done(&bar);
	return rc;
}

static int compare(struct job *job, struct trfs_compared *ret, struct trfs_error *err)
{
	for (uint64_t i = 0; i < job->paths.nr; i++)
		if (trfs_record_set_merge(&job->sets[i >= job->nr_first],
					  &job->by_file[i]) < 0)
			return trfs_fail_memory(err, "the records of a set");
	*ret = (struct trfs_compared){
		.paths = &job->paths,
		.names = &job->names,
		.nr_files = { job->nr_first, job->paths.nr - job->nr_first },
		.sets = job->sets,
		.result = trfs_compare(job->sets),
	};
	ret->order = trfs_compare_order(job->sets, &job->names, job->nr_first);
	return 0;
}

static void print_verdict(const struct job *job, uint64_t file)
{
	const struct trfs_verdict *verdict = &job->verdicts[file];
	struct trfs_bytes path = trfs_strings_get(&job->paths, file);
	char nr[TRFS_COUNT_SIZE], text[512];

	if (verdict->error.code) {
		printf("%s\n", verdict->error.message);
		return;
	}
	trfs_output_text(stdout, path);
	fputs(": ", stdout);
	if (verdict->nr_faults > 1)
		printf("%s records are bad, the first of them ",
		       trfs_count_text(verdict->nr_faults, nr));
	printf("%s\n", trfs_record_fault_text(&verdict->first_fault, text, sizeof(text)));
}

/* Returns how many files are bad. */
static uint64_t print_verdicts(const struct job *job)
{
	char files[TRFS_COUNT_SIZE], records[TRFS_COUNT_SIZE], bytes[TRFS_COUNT_SIZE],
		bad[TRFS_COUNT_SIZE], text[64];
	uint64_t nr_bad = 0, nr_records = 0, size = 0;

	for (uint64_t i = 0; i < job->paths.nr; i++) {
		nr_records += job->verdicts[i].nr_records;
		size += job->verdicts[i].size;
		if (trfs_verdict_is_good(&job->verdicts[i]))
			continue;
		print_verdict(job, i);
		nr_bad++;
	}
	if (job->settings->quiet)
		return nr_bad;
	printf("%s file%s, %s record%s, %s: ", trfs_count_text(job->paths.nr, files),
	       job->paths.nr == 1 ? "" : "s", trfs_count_text(nr_records, records),
	       nr_records == 1 ? "" : "s", trfs_output_bytes(size, bytes, sizeof(bytes)));
	snprintf(text, sizeof(text), "%s file%s bad.", trfs_count_text(nr_bad, bad),
		 nr_bad == 1 ? " is" : "s are");
	if (nr_bad == 0)
		trfs_style_put(stdout, TRFS_STYLE_GOOD, "every checksum is right.");
	else
		trfs_style_put(stdout, TRFS_STYLE_BAD, text);
	putchar('\n');
	return nr_bad;
}

static json_t *fault_json(const struct trfs_verdict *verdict)
{
	const struct trfs_record_fault *fault = &verdict->first_fault;

	if (verdict->error.code)
		return json_pack("{s:o}", "reason",
				 trfs_json_text(verdict->error.message));
	if (verdict->nr_faults == 0)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o}", "record", trfs_json_count(fault->number),
			 "offset", trfs_json_count(fault->offset), "reason",
			 trfs_json_text(fault->reason), "tensorflow",
			 fault->tensorflow[0] ? trfs_json_text(fault->tensorflow)
					      : json_null());
}

static json_t *verdict_json(const struct job *job, uint64_t file)
{
	const struct trfs_verdict *verdict = &job->verdicts[file];

	return json_pack("{s:o, s:b, s:o, s:o, s:o, s:o}", "file",
			 trfs_json_bytes(trfs_strings_get(&job->paths, file)), "good",
			 trfs_verdict_is_good(verdict), "records",
			 trfs_json_count(verdict->nr_records), "size",
			 trfs_json_count(verdict->size), "bad_records",
			 trfs_json_count(verdict->nr_faults), "first_fault",
			 fault_json(verdict));
}

static int print_json(const struct job *job, const struct trfs_compared *compared,
		      int code)
{
	uint64_t nr_records = 0, size = 0, nr_bad = 0;
	json_t *files = json_array();

	for (uint64_t i = 0; files && i < job->paths.nr; i++) {
		nr_records += job->verdicts[i].nr_records;
		size += job->verdicts[i].size;
		nr_bad += !trfs_verdict_is_good(&job->verdicts[i]);
		if (json_array_append_new(files, verdict_json(job, i)) < 0) {
			json_decref(files);
			files = NULL;
		}
	}
	return trfs_json_print(
		json_pack("{s:o, s:o, s:o, s:o, s:o}", "files", files, "records",
			  trfs_json_count(nr_records), "size", trfs_json_count(size),
			  "bad_files", trfs_json_count(nr_bad), "comparison",
			  compared ? trfs_compare_json(compared) : json_null()),
		code);
}

static bool all_good(const struct job *job)
{
	for (uint64_t i = 0; i < job->paths.nr; i++)
		if (!trfs_verdict_is_good(&job->verdicts[i]))
			return false;
	return true;
}

/* The exit code, or a negative errno with @err. */
static int run(struct job *job, struct trfs_error *err)
{
	struct trfs_compared compared = { 0 };
	bool comparing = job->settings->against != NULL;
	int rc = add_paths(job, err);
	bool good;

	if (job->settings->exact && !comparing)
		return trfs_fail(err, -EINVAL,
				 "--exact is for comparing: tfrecordfs verify A --exact "
				 "--against B");
	if (rc == 0)
		rc = read_files(job, err);
	if (rc == 0 && comparing)
		rc = compare(job, &compared, err);
	if (rc < 0)
		return rc;
	good = all_good(job) &&
	       (!comparing ||
		(job->settings->exact ? trfs_compared_are_equal(&compared)
				      : trfs_compared_are_alike(&compared)));
	if (job->settings->json)
		return print_json(job, comparing ? &compared : NULL,
				  good ? TRFS_EXIT_DONE : TRFS_EXIT_DATA);
	print_verdicts(job);
	if (comparing && !(job->settings->quiet && good))
		trfs_compare_print(stdout, &compared, !all_good(job));
	return good ? TRFS_EXIT_DONE : TRFS_EXIT_DATA;
}

static void done(struct job *job)
{
	for (uint64_t i = 0; job->by_file && i < job->paths.nr; i++)
		trfs_record_set_done(&job->by_file[i]);
	for (int i = 0; i < 2; i++)
		trfs_record_set_done(&job->sets[i]);
	free(job->by_file);
	free(job->verdicts);
	trfs_record_paths_done(&job->files);
}

int trfs_cmd_verify(const struct trfs_settings *settings)
{
	struct job job = { .settings = settings };
	struct trfs_error err = { 0 };
	int code;

	code = trfs_record_paths_init(&job.files);
	code = code == 0 ? run(&job, &err) : trfs_fail_memory(&err, "the list of files");
	done(&job);
	if (code >= 0)
		return code;
	trfs_output_error("%s", err.message);
	return trfs_output_exit_code(&err);
}
