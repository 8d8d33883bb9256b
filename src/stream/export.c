/* SPDX-License-Identifier: MIT */
/* The stages of an export: look at what is there, write the rest, then SHA256SUMS. */
#include "stream/export_run.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* While some wait for the disk, as when they sync, others keep the processors busy. */
#define THREADS_A_PROCESSOR 2
#define THREADS_MAX	    (TRFS_EXPORT_TEMPORARIES - 1)

#define SUMS_SIZE_MAX ((size_t)1 << 30)

/* Hears how many items are done, and tells how many bytes are. */
struct listener {
	struct trfs_export_run *run;
	uint64_t nr_bytes;
};

static void tell_bytes(void *user, const char *what, uint64_t done, uint64_t total)
{
	const struct listener *listener = user;
	const struct trfs_progress *progress = listener->run->request->progress;
	uint64_t nr = atomic_load(&listener->run->nr_bytes);

	if (progress && progress->report)
		progress->report(progress->user, what,
				 done == total ? listener->nr_bytes : nr,
				 listener->nr_bytes);
}

int trfs_export_run_workers(struct trfs_export_run *run, unsigned int nr_threads,
			    size_t nr, trfs_work_fn *fn, const char *what,
			    uint64_t nr_bytes, struct trfs_error *err)
{
	struct listener listener = { .run = run, .nr_bytes = nr_bytes };
	struct trfs_progress progress = { .report = tell_bytes, .user = &listener };

	atomic_store(&run->nr_bytes, 0);
	return trfs_workers_run(nr_threads, nr, 1, fn, run, what, &progress, err);
}

static int write_files(void *user, unsigned int worker, uint64_t first, uint64_t end,
		       struct trfs_error *err)
{
	struct trfs_export_run *run = user;
	int rc = 0;

	for (uint64_t i = first; rc == 0 && i < end; i++)
		rc = trfs_export_file(run, worker, run->todo[i], err);
	return rc;
}

static unsigned int nr_threads(const struct trfs_export_run *run)
{
	unsigned int nr = run->request->threads
				  ? run->request->threads
				  : THREADS_A_PROCESSOR * trfs_workers_nr_threads(0);

	return nr < THREADS_MAX ? nr : THREADS_MAX;
}

static int write_rest(struct trfs_export_run *run, struct trfs_error *err)
{
	uint64_t size = 0;
	int rc;

	for (size_t i = 0; i < run->nr_todo; i++)
		size += run->source->files[run->todo[i]].size;
	rc = trfs_export_run_workers(run, nr_threads(run), run->nr_todo, write_files,
				     "Writing", size, err);
	run->result->bytes_written = atomic_load(&run->nr_written);
	return rc;
}

/* As sha256sum prints them: a line a shard. */
static void print_sums(const struct trfs_export_run *run, struct trfs_buffer *out)
{
	for (size_t i = 0; i < run->source->nr; i++) {
		char hex[TRFS_EXPORT_HEX_SIZE];

		if (!run->source->files[i].is_shard)
			continue;
		trfs_export_hex(run->targets[i].sha256, hex);
		trfs_buffer_printf(out, "%s  %s\n", hex, run->targets[i].name);
	}
}

/* Whether the file there has these bytes: then it is not written again. */
static bool has_bytes(const struct trfs_export_run *run, const char *name,
		      struct trfs_bytes bytes)
{
	struct trfs_buffer there;
	bool same = false;
	char *path;

	if (asprintf(&path, "%s/%s", run->request->destination, name) < 0)
		return false;
	trfs_buffer_init(&there, SUMS_SIZE_MAX);
	same = access(path, F_OK) == 0 &&
	       trfs_file_read_all(path, SUMS_SIZE_MAX, &there, NULL) == 0 &&
	       trfs_bytes_equal(trfs_buffer_bytes(&there), bytes);
	trfs_buffer_done(&there);
	free(path);
	return same;
}

/* All is whole: the sums, and the names on the disk. */
static int complete(struct trfs_export_run *run, struct trfs_bytes sums,
		    struct trfs_error *err)
{
	int rc = trfs_export_sync_names(run, err);

	if (rc == 0)
		rc = trfs_export_bytes(run, TRFS_EXPORT_SUMS, sums, err);
	if (rc == 0)
		rc = trfs_export_sync_names(run, err);
	run->result->is_complete = rc == 0;
	return rc;
}

/* Whether nothing is to be done: then nothing is written, be it on read-only storage. */
static bool is_complete(const struct trfs_export_run *run, struct trfs_buffer *sums)
{
	if (run->nr_todo > 0)
		return false;
	print_sums(run, sums);
	return !sums->failed && has_bytes(run, TRFS_EXPORT_SUMS, trfs_buffer_bytes(sums));
}

static bool is_ours(const char *name)
{
	return strcmp(name, TRFS_EXPORT_SUMS) == 0 ||
	       strncmp(name, TRFS_EXPORT_RECORD, strlen(TRFS_EXPORT_RECORD)) == 0;
}

static int name_targets(struct trfs_export_run *run, struct trfs_error *err)
{
	const struct trfs_export_source *source = run->source;

	run->targets = calloc(source->nr + 1, sizeof(*run->targets));
	if (!run->targets)
		return trfs_fail_memory(err, "the list of files");
	for (size_t i = 0; i < source->nr; i++) {
		const struct trfs_export_file *file = &source->files[i];
		bool gzip = run->request->gzip && file->is_shard;

		if (is_ours(file->name))
			return trfs_fail(err, -EINVAL,
					 "an export has a file %s of its own: give "
					 "--shard-names another pattern",
					 file->name);
		if (asprintf(&run->targets[i].name, "%s%s", file->name,
			     gzip ? ".gz" : "") < 0) {
			run->targets[i].name = NULL;
			return trfs_fail_memory(err, "the list of files");
		}
	}
	return 0;
}

static int write_missing(struct trfs_export_run *run, struct trfs_buffer *sums,
			 struct trfs_error *err)
{
	struct trfs_export_result *result = run->result;
	int rc = trfs_export_begin(run, err);

	result->has_begun = rc == 0;
	if (rc == 0)
		rc = write_rest(run, err);
	if (rc < 0 || result->nr_failures > 0)
		return rc;
	trfs_buffer_reset(sums);
	print_sums(run, sums);
	if (sums->failed)
		return trfs_fail_memory(err, TRFS_EXPORT_SUMS);
	return complete(run, trfs_buffer_bytes(sums), err);
}

static int run_stages(struct trfs_export_run *run, struct trfs_error *err)
{
	struct trfs_export_result *result = run->result;
	struct trfs_buffer sums;
	uint64_t started_ms;
	int rc = name_targets(run, err);

	if (rc == 0)
		rc = trfs_export_enter(run, err);
	if (rc == 0)
		rc = trfs_export_look(run, err);
	if (rc < 0)
		return rc;
	started_ms = trfs_clock_ms();
	trfs_buffer_init(&sums, SUMS_SIZE_MAX);
	result->is_complete = is_complete(run, &sums);
	if (!result->is_complete)
		rc = write_missing(run, &sums, err);
	trfs_buffer_done(&sums);
	for (size_t i = 0; i < run->source->nr; i++)
		result->nr_whole += run->targets[i].is_whole;
	result->seconds = (double)(trfs_clock_ms() - started_ms) / 1000;
	return rc;
}

static int compare_failures(const void *a, const void *b)
{
	const struct trfs_export_failure *left = a, *right = b;

	return (left->file > right->file) - (left->file < right->file);
}

int trfs_export_run(const struct trfs_export_request *request,
		    struct trfs_export_result *ret, struct trfs_error *err)
{
	struct trfs_export_run run = { .request = request,
				       .source = request->source,
				       .result = ret,
				       .directory = -1,
				       .lock_file = -1,
				       .record = -1 };
	int rc;

	*ret = (struct trfs_export_result){ .nr_whole = 0 };
	pthread_mutex_init(&run.lock, NULL);
	rc = run_stages(&run, err);
	if (ret->nr_failures > 0)
		qsort(ret->failures, ret->nr_failures, sizeof(*ret->failures),
		      compare_failures);
	trfs_file_close(run.record);
	trfs_export_leave(&run, rc < 0);
	trfs_export_record_done(&run.before);
	for (size_t i = 0; run.targets && i < request->source->nr; i++)
		free(run.targets[i].name);
	free(run.targets);
	free(run.todo);
	pthread_mutex_destroy(&run.lock);
	return rc;
}

void trfs_export_result_done(struct trfs_export_result *result)
{
	free(result->failures);
	*result = (struct trfs_export_result){ .failures = NULL };
}
