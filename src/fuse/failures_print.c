/* SPDX-License-Identifier: MIT */
/* What fails, as problems.csv and status show it. */
#include "fuse/failures.h"

#include "fuse/clock_text.h"
#include "stream/side_file.h"
#include <inttypes.h>

#define JSON_MAX 32u

static void put_csv(const struct trfs_failing *failing, struct trfs_buffer *ret)
{
	char first[TRFS_CLOCK_TEXT_SIZE];
	struct trfs_buffer reason;
	const char *text;

	trfs_clock_text(failing->first, first);
	trfs_buffer_init(&reason, 1 << 14);
	trfs_buffer_printf(&reason, "%s (failed %" PRIu64 " times since %s)",
			   failing->sentence, failing->nr, first);
	text = trfs_buffer_text(&reason);
	if (failing->path)
		trfs_side_put_csv(ret, trfs_bytes_of(failing->path));
	trfs_buffer_printf(ret, ",,unreadable,");
	trfs_side_put_csv(ret, trfs_bytes_of(text ? text : failing->sentence));
	trfs_buffer_put_u8(ret, '\n');
	trfs_buffer_done(&reason);
}

/* Under the lock. */
static void print_csv(struct trfs_failures *failures, struct trfs_buffer *ret)
{
	size_t before = ret->len;

	for (const struct trfs_failing *f = failures->earliest; f; f = f->behind)
		put_csv(f, ret);
	if (failures->nr_untold > 0)
		trfs_buffer_printf(ret, ",,unreadable,further files that failed\n");
	failures->csv_size = ret->len - before;
	failures->csv_changes = failures->changes;
}

void trfs_failures_print_csv(struct trfs_failures *failures, struct trfs_buffer *ret)
{
	pthread_mutex_lock(&failures->lock);
	print_csv(failures, ret);
	pthread_mutex_unlock(&failures->lock);
}

uint64_t trfs_failures_csv_size(struct trfs_failures *failures)
{
	struct trfs_buffer unused;
	uint64_t size;

	pthread_mutex_lock(&failures->lock);
	if (failures->csv_changes != failures->changes) {
		trfs_buffer_init(&unused, TRFS_FAILURES_CSV_MAX);
		print_csv(failures, &unused);
		trfs_buffer_done(&unused);
	}
	size = failures->csv_size;
	pthread_mutex_unlock(&failures->lock);
	return size;
}

static void put_json(const struct trfs_failing *failing, struct trfs_buffer *ret)
{
	int64_t since = trfs_clock_now() - failing->first;
	char first[TRFS_CLOCK_TEXT_SIZE], last[TRFS_CLOCK_TEXT_SIZE];
	/* The machine's clock may have been set back. */
	uint64_t age = since > 0 ? (uint64_t)since : 0;

	trfs_clock_text(failing->first, first);
	trfs_clock_text(failing->last, last);
	trfs_buffer_printf(ret, "{\"path\": ");
	if (failing->path)
		trfs_side_put_json_text(ret, trfs_bytes_of(failing->path));
	else
		trfs_buffer_printf(ret, "null");
	trfs_buffer_printf(ret, ", \"reason\": ");
	trfs_side_put_json_text(ret, trfs_bytes_of(failing->sentence));
	trfs_buffer_printf(ret,
			   ", \"errno\": %d, \"times\": %" PRIu64
			   ", \"first\": \"%s\", \"last\": \"%s\", \"seconds\": %" PRIu64
			   "}",
			   -failing->code, failing->nr, first, last, age);
}

/* Put @failing into the @nr worst, of which there are @max at most; how many then. */
static size_t insert(const struct trfs_failing **worst, size_t nr, size_t max,
		     const struct trfs_failing *failing)
{
	size_t at = nr;

	while (at > 0 && worst[at - 1]->nr < failing->nr)
		at--;
	if (at == max)
		return nr;
	nr = nr < max ? nr + 1 : max;
	for (size_t i = nr - 1; i > at; i--)
		worst[i] = worst[i - 1];
	worst[at] = failing;
	return nr;
}

void trfs_failures_print_json(struct trfs_failures *failures, size_t max,
			      struct trfs_buffer *ret)
{
	const struct trfs_failing *worst[JSON_MAX];
	size_t nr = 0;

	max = max < JSON_MAX ? max : JSON_MAX;
	pthread_mutex_lock(&failures->lock);
	for (const struct trfs_failing *f = failures->earliest; f; f = f->behind)
		nr = insert(worst, nr, max, f);
	for (size_t i = 0; i < nr; i++) {
		trfs_buffer_printf(ret, "%s", i > 0 ? ", " : "");
		put_json(worst[i], ret);
	}
	pthread_mutex_unlock(&failures->lock);
}
