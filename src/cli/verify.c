/* SPDX-License-Identifier: MIT */
/*
 * One file a worker.  After a record whose data are damaged the next one is found all the
 * same; after a damaged header nothing is.  Progress is told in megabytes, since files
 * may be few and large.
 */
#include "cli/verify.h"

#include "base/error.h"
#include "base/workers.h"
#include "wire/tfrecord.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <sys/stat.h>

#define MEGABYTE     1000000u
#define REPORT_EVERY (4u << 20) /* bytes */

struct verification {
	const struct trfs_strings *paths;
	trfs_record_visitor *visit;
	void *user;
	struct trfs_verdict *verdicts;
	const struct trfs_progress *progress;
	uint64_t total;
	_Atomic uint64_t done;
	bool alone; /* one file: its worker is the calling thread, and reports */
};

static void report(struct verification *v)
{
	if (v->progress && v->progress->report)
		v->progress->report(v->progress->user, "Verifying, MB",
				    atomic_load(&v->done) / MEGABYTE,
				    v->total / MEGABYTE);
}

/* The workers count files; what is told are bytes. */
static void report_bytes(void *user, const char *what, uint64_t done, uint64_t total)
{
	struct verification *v = user;

	(void)what;
	if (done == total)
		atomic_store(&v->done, v->total);
	report(v);
}

static void note_fault(struct trfs_verdict *verdict,
		       const struct trfs_record_fault *fault)
{
	if (verdict->nr_faults++ == 0)
		verdict->first_fault = *fault;
}

/* One record: 0, also when it is damaged, or a negative errno that ends it all. */
static int verify_record(struct verification *v, struct trfs_record_file *f,
			 uint64_t file, const struct trfs_record_span *span,
			 struct trfs_buffer *data)
{
	struct trfs_verdict *verdict = &v->verdicts[file];
	struct trfs_record_fault fault = { 0 };
	int rc;

	verdict->nr_records++;
	if (v->visit)
		rc = trfs_record_file_load(f, span, data, &fault);
	else
		rc = trfs_record_file_check(f, span, &fault);
	if (rc == -ENOMEM)
		return rc;
	if (rc < 0)
		note_fault(verdict, &fault);
	else if (v->visit)
		return v->visit(v->user, file, span, trfs_buffer_bytes(data));
	return 0;
}

static int verify_records(struct verification *v, struct trfs_record_file *f,
			  uint64_t file, struct trfs_buffer *data)
{
	struct trfs_record_fault fault = { 0 };
	struct trfs_record_span span;
	uint64_t unreported = 0;
	int rc;

	while ((rc = trfs_record_file_next(f, &span, &fault)) > 0) {
		uint64_t len = span.data_len + TRFS_TFRECORD_FRAMING_SIZE;

		rc = verify_record(v, f, file, &span, data);
		if (rc < 0)
			return rc;
		atomic_fetch_add(&v->done, len);
		unreported += len;
		if (v->alone && unreported >= REPORT_EVERY) {
			unreported = 0;
			report(v);
		}
	}
	if (rc < 0)
		note_fault(&v->verdicts[file], &fault);
	return 0;
}

/* A path with its NUL; the list has them without. */
static bool copy_path(const struct trfs_strings *paths, uint64_t i, char path[PATH_MAX])
{
	struct trfs_bytes text = trfs_strings_get(paths, i);

	if (text.len >= PATH_MAX)
		return false;
	memcpy(path, text.data, text.len);
	path[text.len] = '\0';
	return true;
}

static int verify_file(struct verification *v, uint64_t file, struct trfs_error *err)
{
	struct trfs_verdict *verdict = &v->verdicts[file];
	struct trfs_record_file f;
	struct trfs_buffer data;
	char path[PATH_MAX];
	int rc;

	if (!copy_path(v->paths, file, path)) {
		trfs_fail_errno(&verdict->error, -ENAMETOOLONG, "cannot open a file");
		return 0;
	}
	rc = trfs_record_file_open(&f, path, TRFS_RECORD_WINDOW_WHOLE, &verdict->error);
	/* Not the file's fault. */
	if (trfs_is_shortage(rc)) {
		*err = verdict->error;
		return rc;
	}
	if (rc < 0)
		return 0;
	verdict->size = f.size;
	trfs_buffer_init(&data, TRFS_TFRECORD_MAX_DATA_SIZE);
	rc = verify_records(v, &f, file, &data);
	trfs_buffer_done(&data);
	trfs_record_file_close(&f);
	return rc == -ENOMEM ? trfs_fail_memory(err, "a record") : rc;
}

static int verify_range(void *user, unsigned int worker, uint64_t first, uint64_t end,
			struct trfs_error *err)
{
	int rc = 0;

	(void)worker;
	for (; rc == 0 && first < end; first++)
		rc = verify_file(user, first, err);
	return rc;
}

static uint64_t total_size(const struct trfs_strings *paths)
{
	uint64_t total = 0;
	char path[PATH_MAX];
	struct stat st;

	for (uint64_t i = 0; i < paths->nr; i++)
		if (copy_path(paths, i, path) && stat(path, &st) == 0)
			total += (uint64_t)st.st_size;
	return total;
}

int trfs_verify_files(const struct trfs_strings *paths, trfs_record_visitor *visit,
		      void *user, const struct trfs_progress *progress,
		      struct trfs_verdict *ret, struct trfs_error *err)
{
	struct verification v = {
		.paths = paths,
		.visit = visit,
		.user = user,
		.verdicts = ret,
		.progress = progress,
		.total = total_size(paths),
		.alone = paths->nr == 1,
	};
	const struct trfs_progress bytes = { .report = report_bytes, .user = &v };

	for (uint64_t i = 0; i < paths->nr; i++)
		ret[i] = (struct trfs_verdict){ 0 };
	return trfs_workers_run(trfs_workers_nr_threads(0), paths->nr, 1, verify_range,
				&v, "", &bytes, err);
}
