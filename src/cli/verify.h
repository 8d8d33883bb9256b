/* SPDX-License-Identifier: MIT */
/* Reading TFRecord files from end to end: framing, and both checksums of every record. */
#ifndef TRFS_CLI_VERIFY_H
#define TRFS_CLI_VERIFY_H

#include "base/strings.h"
#include "cli/record_file.h"
#include <tfrecordfs/progress.h>

/**
 * struct trfs_verdict - what was found in one file
 * @nr_records: whose data were there, damaged or not
 * @size: of the file, in bytes
 * @nr_faults: records that are damaged, cut off or could not be read
 * @first_fault: of them; its @code is 0 where there is none
 * @error: the file could not be opened; its @code is 0 where it could
 */
struct trfs_verdict {
	uint64_t nr_records;
	uint64_t size;
	uint64_t nr_faults;
	struct trfs_record_fault first_fault;
	struct trfs_error error;
};

static inline bool trfs_verdict_is_good(const struct trfs_verdict *verdict)
{
	return verdict->error.code == 0 && verdict->nr_faults == 0;
}

/*
 * Called with each sound record of file @file, in order within a file; files come from
 * several threads at a time.  A negative errno ends it all.
 */
typedef int trfs_record_visitor(void *user, uint64_t file,
				const struct trfs_record_span *span,
				struct trfs_bytes data);

/**
 * trfs_verify_files() - read all records of all files, several files at a time
 * @paths: of the files
 * @visit: may be NULL; then records need no memory, however large
 * @ret: one verdict a file, in their order
 *
 * What is wrong with a file is in its verdict.  Fails only for want of memory, or as
 * @visit failed.
 */
TRFS_MUST_CHECK
int trfs_verify_files(const struct trfs_strings *paths, trfs_record_visitor *visit,
		      void *user, const struct trfs_progress *progress,
		      struct trfs_verdict *ret, struct trfs_error *err);

#endif
