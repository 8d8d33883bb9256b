/* SPDX-License-Identifier: MIT */
/* Failing reads are rare, so one lock will do. */
#include "fuse/failures.h"

#include "fuse/clock_text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* After its first line a failing file has one more each time this many more failed. */
#define LINES_FACTOR 100u

static unsigned int chain_of(struct trfs_bytes key)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < key.len; i++)
		hash = (hash ^ key.data[i]) * 16777619u;
	return hash % TRFS_FAILING_CHAINS;
}

static struct trfs_bytes key_of(const struct trfs_failing *failing)
{
	return trfs_bytes_of(failing->path ? failing->path : failing->sentence);
}

static bool is_called(const struct trfs_failing *failing, struct trfs_bytes key,
		      bool is_file)
{
	struct trfs_bytes own = key_of(failing);

	return (failing->path != NULL) == is_file && own.len == key.len &&
	       memcmp(own.data, key.data, key.len) == 0;
}

/* All below under the lock, but for the functions of failures.h. */

static struct trfs_failing **find(struct trfs_failures *failures, struct trfs_bytes key,
				  bool is_file)
{
	struct trfs_failing **at = &failures->chains[chain_of(key)];

	while (*at && !is_called(*at, key, is_file))
		at = &(*at)->same_hash;
	return at;
}

static void free_failing(struct trfs_failing *failing)
{
	free(failing->path);
	free(failing->sentence);
	free(failing);
}

/* NULL where there are too many, or no memory. */
static struct trfs_failing *add(struct trfs_failures *failures, struct trfs_bytes key,
				bool is_file, const char *sentence)
{
	struct trfs_failing *failing;

	if (failures->nr_files + failures->nr_others >= TRFS_FAILING_FILES_MAX)
		return NULL;
	failing = calloc(1, sizeof(*failing));
	if (!failing)
		return NULL;
	failing->path = is_file ? strndup((const char *)key.data, key.len) : NULL;
	failing->sentence = strdup(sentence);
	if ((is_file && !failing->path) || !failing->sentence) {
		free_failing(failing);
		return NULL;
	}
	*find(failures, key, is_file) = failing;
	failing->before = failures->latest;
	if (failing->before)
		failing->before->behind = failing;
	else
		failures->earliest = failing;
	failures->latest = failing;
	failures->changes++;
	failures->nr_files += is_file;
	failures->nr_others += !is_file;
	failing->first = trfs_clock_now();
	return failing;
}

static void take_out(struct trfs_failures *failures, struct trfs_failing **at)
{
	struct trfs_failing *failing = *at;

	*at = failing->same_hash;
	if (failing->before)
		failing->before->behind = failing->behind;
	else
		failures->earliest = failing->behind;
	if (failing->behind)
		failing->behind->before = failing->before;
	else
		failures->latest = failing->before;
	failures->changes++;
	failures->nr_files -= failing->path != NULL;
	failures->nr_others -= failing->path == NULL;
	free_failing(failing);
}

static void count_code(struct trfs_failures *failures, int code)
{
	unsigned int i = 0;

	while (i < failures->nr_codes && failures->codes[i].code != code)
		i++;
	if (i == TRFS_FAILURE_CODES_MAX)
		return;
	if (i == failures->nr_codes)
		failures->codes[failures->nr_codes++].code = code;
	failures->codes[i].nr++;
}

/* Its sentence may be another one than before. */
static void set_sentence(struct trfs_failures *failures, struct trfs_failing *failing,
			 const char *sentence)
{
	char *copy = strdup(sentence);

	if (!copy)
		return;
	free(failing->sentence);
	failing->sentence = copy;
	failures->changes++;
}

static bool is_news(uint64_t nr)
{
	while (nr > 1 && nr % LINES_FACTOR == 0)
		nr /= LINES_FACTOR;
	return nr == 1;
}

/* How often it has failed by now; 0 where that is not known. */
static uint64_t note(struct trfs_failures *failures, struct trfs_bytes key, bool is_file,
		     int code, const char *sentence)
{
	struct trfs_failing *failing = *find(failures, key, is_file);

	if (!failing)
		failing = add(failures, key, is_file, sentence);
	if (!failing) {
		failures->nr_untold++;
		failures->changes += failures->nr_untold == 1;
		return 0;
	}
	if (strcmp(failing->sentence, sentence) != 0)
		set_sentence(failures, failing, sentence);
	failing->code = code;
	failing->last = trfs_clock_now();
	return ++failing->nr;
}

static void log_failure(struct trfs_failures *failures, uint64_t nr, const char *sentence)
{
	if (nr == 1)
		trfs_log_line(failures->log, TRFS_LOG_ERROR, "%s", sentence);
	else if (is_news(nr))
		trfs_log_line(failures->log, TRFS_LOG_ERROR,
			      "%s (failed %" PRIu64 " times by now)", sentence, nr);
}

/* As the system reads it: what a damaged index has behind a NUL is no part of it. */
static struct trfs_bytes path_of(const struct trfs_source_file *file,
				 struct trfs_name *room)
{
	struct trfs_bytes name = trfs_source_file_name(file, room);

	name.len = strnlen((const char *)name.data, name.len);
	return name;
}

static void file_failed(void *user, const struct trfs_source_file *file,
			const struct trfs_error *err)
{
	struct trfs_failures *failures = user;
	struct trfs_name room;
	struct trfs_bytes name = path_of(file, &room);
	uint64_t nr, nr_untold;

	if (err->code == -ENOMEM)
		return;
	pthread_mutex_lock(&failures->lock);
	count_code(failures, err->code);
	nr = note(failures, name, true, err->code, err->message);
	nr_untold = failures->nr_untold;
	atomic_store(&failures->watch.wants_successes, failures->nr_files > 0);
	pthread_mutex_unlock(&failures->lock);
	log_failure(failures, nr, err->message);
	if (nr == 0 && nr_untold == 1)
		trfs_log_line(failures->log, TRFS_LOG_ERROR,
			      "more than %u files cannot be read; further ones are only "
			      "counted",
			      TRFS_FAILING_FILES_MAX);
}

static void file_succeeded(void *user, const struct trfs_source_file *file)
{
	struct trfs_failures *failures = user;
	struct trfs_name room;
	struct trfs_bytes name = path_of(file, &room);
	struct trfs_failing **at;
	uint64_t nr = 0;

	pthread_mutex_lock(&failures->lock);
	at = find(failures, name, true);
	if (*at) {
		nr = (*at)->nr;
		take_out(failures, at);
		failures->nr_recovered++;
		atomic_store(&failures->watch.wants_successes, failures->nr_files > 0);
	}
	pthread_mutex_unlock(&failures->lock);
	if (nr > 0)
		trfs_log_line(failures->log, TRFS_LOG_NOTICE,
			      "%.*s can be read again, after %" PRIu64 " failures",
			      TRFS_BYTES_ARG(name), nr);
}

static void file_answered(void *user, const struct trfs_source_file *file, uint64_t ms)
{
	struct trfs_failures *failures = user;
	struct trfs_name room;
	struct trfs_bytes name = path_of(file, &room);

	trfs_log_line(failures->log, TRFS_LOG_NOTICE,
		      "a read of %.*s is over, after %" PRIu64 " s", TRFS_BYTES_ARG(name),
		      ms / 1000);
}

void trfs_failures_init(struct trfs_failures *failures, struct trfs_log *log)
{
	*failures = (struct trfs_failures){ .log = log };
	failures->watch.failed = file_failed;
	failures->watch.succeeded = file_succeeded;
	failures->watch.answered = file_answered;
	failures->watch.user = failures;
	pthread_mutex_init(&failures->lock, NULL);
}

void trfs_failures_forget(struct trfs_failures *failures)
{
	pthread_mutex_lock(&failures->lock);
	while (failures->earliest)
		take_out(failures, find(failures, key_of(failures->earliest),
					failures->earliest->path != NULL));
	failures->nr_untold = 0;
	atomic_store(&failures->watch.wants_successes, false);
	pthread_mutex_unlock(&failures->lock);
}

void trfs_failures_done(struct trfs_failures *failures)
{
	trfs_failures_forget(failures);
	pthread_mutex_destroy(&failures->lock);
}

void trfs_failures_note(struct trfs_failures *failures, const struct trfs_error *err)
{
	const char *place_end = strstr(err->message, ": ");
	const char *what = place_end ? place_end + 2 : err->message;
	uint64_t nr = 0;

	pthread_mutex_lock(&failures->lock);
	failures->nr_replies++;
	failures->last = *err;
	/* Elsewhere in the shard it fails for the same reason. */
	if (!err->is_told)
		nr = note(failures, trfs_bytes_of(what), false, err->code, what);
	pthread_mutex_unlock(&failures->lock);
	log_failure(failures, nr, err->message);
}

void trfs_failures_print_last(struct trfs_failures *failures, struct trfs_buffer *ret)
{
	pthread_mutex_lock(&failures->lock);
	if (failures->last.code)
		trfs_buffer_printf(ret, "%s", failures->last.message);
	pthread_mutex_unlock(&failures->lock);
}

struct trfs_failure_counts trfs_failures_count(struct trfs_failures *failures)
{
	struct trfs_failure_counts counts;

	pthread_mutex_lock(&failures->lock);
	counts = (struct trfs_failure_counts){ .nr_replies = failures->nr_replies,
					       .nr_files = failures->nr_files,
					       .nr_others = failures->nr_others,
					       .nr_recovered = failures->nr_recovered,
					       .nr_untold = failures->nr_untold,
					       .nr_codes = failures->nr_codes };
	memcpy(counts.codes, failures->codes, sizeof(counts.codes));
	pthread_mutex_unlock(&failures->lock);
	return counts;
}
