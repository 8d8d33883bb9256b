/* SPDX-License-Identifier: MIT */
/*
 * Real files: all shards of a view, or whatever else can be read from front to back, into
 * a directory.
 *
 *	source ---> pieces ---> temporary file, checksum ---> record ---> name
 *
 * A file has its name once it is whole and on the disk, and its size and checksum stand
 * in the record (export_record.h) before that: so whoever is killed at any moment finds
 * out, the next time, which files are whole.  SHA256SUMS comes last: where it is, nothing
 * is missing.
 */
#ifndef TRFS_STREAM_EXPORT_H
#define TRFS_STREAM_EXPORT_H

#include "stream/export_source.h"
#include <tfrecordfs/progress.h>

/* At the top of the destination, besides the files: */
#define TRFS_EXPORT_SUMS   "SHA256SUMS"
#define TRFS_EXPORT_RECORD ".tfrecordfs-export"
#define TRFS_EXPORT_LOCK   TRFS_EXPORT_RECORD "-lock"

/**
 * struct trfs_export_request - what is exported, and where to
 * @destination: a directory; made where it is not there
 * @gzip: shards are compressed, and have ".gz" behind their names
 * @threads: that write; 0: chosen from the machine
 * @stopped: once it is set no more is written
 * @progress: hears of bytes; may be NULL
 * @doubt: is told before anything is written, if compressed files may need more room than
 *	there is, as it is not known how small they get; may be NULL
 */
struct trfs_export_request {
	const struct trfs_export_source *source;
	const char *destination;
	bool gzip;
	unsigned int threads;
	const _Atomic bool *stopped;
	const struct trfs_progress *progress;
	void (*doubt)(uint64_t nr_bytes_at_most, uint64_t nr_bytes_free);
};

/* A file that could not be read; the others were written. */
struct trfs_export_failure {
	size_t file;
	struct trfs_error error;
};

/**
 * struct trfs_export_result - what became of it
 * @nr_whole: files that are there and whole now, without SHA256SUMS
 * @nr_kept: of these, the ones that were there before
 * @nr_mended: that were there, but not as they had been written
 * @bytes_written: now
 * @seconds: that writing took
 * @has_begun: to write
 * @is_complete: all of it, SHA256SUMS too
 * @failures: @nr_failures of them, by number of the file; owned
 */
struct trfs_export_result {
	uint64_t nr_whole;
	uint64_t nr_kept;
	uint64_t nr_mended;
	uint64_t bytes_written;
	double seconds;
	bool has_begun;
	bool is_complete;
	struct trfs_export_failure *failures;
	size_t nr_failures;
};

/**
 * trfs_export_run() - write what is not there yet
 * @ret: valid also after a failure; end with trfs_export_result_done()
 *
 * Return: 0, also where files could not be read, see @failures; -EINVAL where the
 *	destination holds something else, and then nothing was changed; -EBUSY where
 *	another process writes there; -ENOSPC; -EINTR once @stopped is set; else what
 *	writing failed with.  Whatever it is, the same call goes on from there.
 */
TRFS_MUST_CHECK
int trfs_export_run(const struct trfs_export_request *request,
		    struct trfs_export_result *ret, struct trfs_error *err);
void trfs_export_result_done(struct trfs_export_result *result);

#endif
