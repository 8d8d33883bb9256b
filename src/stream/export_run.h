/* SPDX-License-Identifier: MIT */
/* One export while it runs; for export*.c only. */
#ifndef TRFS_STREAM_EXPORT_RUN_H
#define TRFS_STREAM_EXPORT_RUN_H

#include "base/workers.h"
#include "stream/export.h"
#include "stream/export_record.h"
#include "base/error.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

/**
 * struct trfs_export_target - a file where it is written to
 * @name: relative to the destination; owned
 * @is_whole: it is there, and is what was written
 * @sha256: of what is whole
 */
struct trfs_export_target {
	char *name;
	bool is_whole;
	uint8_t sha256[TRFS_SHA256_SIZE];
};

/**
 * struct trfs_export_run - what all threads share
 * @targets: of the source's files, in their order
 * @todo: numbers of the files that are not whole, @nr_todo of them
 * @directory: the destination, open
 * @was_made: it was not there before
 * @lock_file: its file TRFS_EXPORT_LOCK, open and locked
 * @lock_file_was_made: that was not there before
 * @lock_rc: why it is not locked, and nothing can be written; 0: it is, or the file
 *	system has no locks
 * @token: in the names of temporary files: no other run has the same
 * @record: descriptor
 * @lock: protects @record and @result's failures
 * @nr_bytes: of files, read or checked in this stage
 * @nr_written: bytes
 */
struct trfs_export_run {
	const struct trfs_export_request *request;
	const struct trfs_export_source *source;
	struct trfs_export_result *result;
	struct trfs_export_target *targets;
	size_t *todo;
	size_t nr_todo;
	struct trfs_export_record before;
	int directory;
	bool was_made;
	int lock_file;
	bool lock_file_was_made;
	int lock_rc;
	uint64_t token;
	int record;
	pthread_mutex_t lock;
	_Atomic uint64_t nr_bytes;
	_Atomic uint64_t nr_written;
};

static inline bool trfs_export_is_stopped(const struct trfs_export_run *run)
{
	return run->request->stopped && atomic_load(run->request->stopped);
}

/* Not want of memory, nor whoever stops us, nor a source that is there no more. */
static inline bool trfs_export_tells_of_file(int rc)
{
	return rc < 0 && !trfs_is_shortage(rc) && rc != -EINTR && rc != -ENOTCONN;
}

/*
 * trfs_workers_run() over @nr items on @nr_threads threads, which tells how many of
 * @nr_bytes bytes are done.
 */
TRFS_MUST_CHECK
int trfs_export_run_workers(struct trfs_export_run *run, unsigned int nr_threads,
			    size_t nr, trfs_work_fn *fn, const char *what,
			    uint64_t nr_bytes, struct trfs_error *err);

/*
 * export_place.c: make the destination where it is not there, open and lock it.  -EBUSY
 * where another export has the lock.
 */
TRFS_MUST_CHECK
int trfs_export_enter(struct trfs_export_run *run, struct trfs_error *err);
/* Also after a failure of the above, or of anything else: @has_failed. */
void trfs_export_leave(struct trfs_export_run *run, bool has_failed);

/* Temporary files: one for each thread that writes, and one for SHA256SUMS. */
#define TRFS_EXPORT_TEMPORARIES 65u
#define TRFS_EXPORT_NAME_SIZE	64
void trfs_export_temporary(const struct trfs_export_run *run, unsigned int number,
			   char ret[TRFS_EXPORT_NAME_SIZE]);
/* Those that were left by who was killed: how many bytes they take, or took. */
TRFS_MUST_CHECK
int trfs_export_leftovers(const struct trfs_export_run *run, bool removed,
			  uint64_t *ret_size, struct trfs_error *err);
/* Whether the name still is that of the open file. */
bool trfs_export_is_at(int directory, const char *name, int fd);

/*
 * The directory that the file @name lies in, below the destination, to the end of which
 * no link leads: a descriptor of O_PATH (close it), or -errno, -ELOOP for a link.
 * @made: it is made where it is not there.  @ret_last: the rest of @name.
 */
TRFS_MUST_CHECK
int trfs_export_open_parent(const struct trfs_export_run *run, const char *name,
			    bool made, const char **ret_last);
/* The sentence for that; -EINVAL for a link. */
int trfs_export_fail_parent(const struct trfs_export_run *run, int rc, const char *name,
			    struct trfs_error *err);

/*
 * export_check.c: which targets are whole; SHA256SUMS is only known to be ours.  -EINVAL
 * for a file of somebody else.
 */
TRFS_MUST_CHECK
int trfs_export_check(struct trfs_export_run *run, struct trfs_error *err);

/*
 * export_destination.c: find out what is there, and refuse it where that is something
 * else, or there is no room.  Nothing is changed.
 */
TRFS_MUST_CHECK
int trfs_export_look(struct trfs_export_run *run, struct trfs_error *err);
/* Begin the record, and remove what was left half written. */
TRFS_MUST_CHECK
int trfs_export_begin(struct trfs_export_run *run, struct trfs_error *err);
/* All names on the disk. */
TRFS_MUST_CHECK
int trfs_export_sync_names(const struct trfs_export_run *run, struct trfs_error *err);

/*
 * export_file.c: write file @number, with the temporary file of @worker.  0 also where it
 * could not be read, which is noted.
 */
TRFS_MUST_CHECK
int trfs_export_file(struct trfs_export_run *run, unsigned int worker, size_t number,
		     struct trfs_error *err);
/* The same for bytes in memory. */
TRFS_MUST_CHECK
int trfs_export_bytes(struct trfs_export_run *run, const char *name,
		      struct trfs_bytes bytes, struct trfs_error *err);

#endif
