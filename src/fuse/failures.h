/* SPDX-License-Identifier: MIT */
/*
 * What cannot be read: files of the source, each once, with the reason and how often it
 * was tried; and reads that failed for other reasons.  A file that can be read again is
 * taken off.
 */
#ifndef TRFS_FUSE_FAILURES_H
#define TRFS_FUSE_FAILURES_H

#include "dataset/source_reads.h"
#include "fuse/log.h"

/* So many files are remembered; others are counted. */
#define TRFS_FAILING_FILES_MAX 10000u

/* Different error numbers that are counted by themselves. */
#define TRFS_FAILURE_CODES_MAX 16u

/**
 * struct trfs_failing - a file that cannot be read, or a reason without a file
 * @path: relative to the source; NULL where it is none of its files' fault
 * @sentence: why, the last time
 * @nr: how often that was seen
 * @first, @last: when, by the machine's clock
 * @same_hash: the next one of its chain
 * @before, @behind: in the order in which they began to fail
 */
struct trfs_failing {
	char *path;
	char *sentence;
	int code;
	uint64_t nr;
	int64_t first;
	int64_t last;
	struct trfs_failing *same_hash;
	struct trfs_failing *before;
	struct trfs_failing *behind;
};

struct trfs_failure_code {
	int code;
	uint64_t nr;
};

#define TRFS_FAILING_CHAINS 4096u

/**
 * struct trfs_failures - all of them
 * @watch: to be given to who reads the source
 * @nr_replies: reads that were answered with an error
 * @last: of these
 * @nr_files, @nr_others: that fail now, of files and of other reasons
 * @nr_recovered: files that did and can be read again
 * @changes: counts what changes lines of problems.csv other than in their numbers
 * @csv_size: what was printed of it last, at @csv_changes
 * @nr_untold: failures of files beyond the maximum
 * @codes: @nr_codes of them: failures of files by error number
 */
struct trfs_failures {
	struct trfs_source_watch watch;
	struct trfs_log *log;
	pthread_mutex_t lock;
	uint64_t nr_replies;
	struct trfs_error last; /* code 0: none yet */
	struct trfs_failing *chains[TRFS_FAILING_CHAINS];
	struct trfs_failing *earliest;
	struct trfs_failing *latest;
	uint64_t nr_files;
	uint64_t nr_others;
	uint64_t nr_recovered;
	uint64_t nr_untold;
	uint64_t changes;
	uint64_t csv_size;
	uint64_t csv_changes;
	struct trfs_failure_code codes[TRFS_FAILURE_CODES_MAX];
	unsigned int nr_codes;
};

/* @log must outlive it. */
void trfs_failures_init(struct trfs_failures *failures, struct trfs_log *log);
void trfs_failures_done(struct trfs_failures *failures);

/* A read was answered with an error; from any thread, as all below. */
void trfs_failures_note(struct trfs_failures *failures, const struct trfs_error *err);

/* Another generation is shown from now on: what fails, fails anew. */
void trfs_failures_forget(struct trfs_failures *failures);

/* Append the last answer's sentence; nothing where none was. */
void trfs_failures_print_last(struct trfs_failures *failures, struct trfs_buffer *ret);

/**
 * struct trfs_failure_counts - as above, at one moment
 */
struct trfs_failure_counts {
	uint64_t nr_replies;
	uint64_t nr_files;
	uint64_t nr_others;
	uint64_t nr_recovered;
	uint64_t nr_untold;
	struct trfs_failure_code codes[TRFS_FAILURE_CODES_MAX];
	unsigned int nr_codes;
};

struct trfs_failure_counts trfs_failures_count(struct trfs_failures *failures);

/* 10,000 lines of a path and a sentence. */
#define TRFS_FAILURES_CSV_MAX ((size_t)64 << 20)

/* Append the lines that problems.csv has of them; nothing where nothing fails. */
void trfs_failures_print_csv(struct trfs_failures *failures, struct trfs_buffer *ret);

/* How many bytes that last was; or would be, if other files fail by now. */
uint64_t trfs_failures_csv_size(struct trfs_failures *failures);

/* Append the @max worst, by count, as objects of a JSON array, without its brackets. */
void trfs_failures_print_json(struct trfs_failures *failures, size_t max,
			      struct trfs_buffer *ret);

#endif
