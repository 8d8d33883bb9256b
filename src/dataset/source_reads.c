/* SPDX-License-Identifier: MIT */
/* A list under one lock, which is held for moments only: reads are few at a time. */
#include "dataset/source_reads.h"

#include "base/clock.h"
#include "base/error.h"

void trfs_source_reads_init(struct trfs_source_reads *reads,
			    struct trfs_source_watch *watch)
{
	*reads = (struct trfs_source_reads){ .watch = watch };
	pthread_mutex_init(&reads->lock, NULL);
	trfs_clock_cond_init(&reads->changed);
}

void trfs_source_reads_done(struct trfs_source_reads *reads)
{
	pthread_cond_destroy(&reads->changed);
	pthread_mutex_destroy(&reads->lock);
}

/* All below but begin and end under the lock. */

static bool is_same(const struct trfs_source_file *a, const struct trfs_source_file *b)
{
	return a->catalog == b->catalog && a->number == b->number;
}

/* How many read the file; @ret_oldest: the first of them, or NULL. */
static unsigned int nr_reading(const struct trfs_source_reads *reads,
			       const struct trfs_source_file *file,
			       struct trfs_source_reading **ret_oldest)
{
	unsigned int nr = 0;

	*ret_oldest = NULL;
	for (struct trfs_source_reading *r = reads->oldest; r; r = r->newer) {
		if (!is_same(&r->file, file))
			continue;
		if (nr++ == 0)
			*ret_oldest = r;
	}
	return nr;
}

static void mark_slow(struct trfs_source_reads *reads, uint64_t now)
{
	for (struct trfs_source_reading *r = reads->oldest;
	     r && now - r->started_ms > TRFS_SLOW_READ_MS; r = r->newer)
		r->is_slow = true;
}

static bool is_slow(const struct trfs_source_reading *reading, uint64_t now)
{
	return reading && now - reading->started_ms > TRFS_SLOW_READ_MS;
}

/* Wait for a turn; false where that may take for ever. */
static bool await_turn(struct trfs_source_reads *reads,
		       const struct trfs_source_file *file)
{
	uint64_t started = trfs_clock_ms();

	for (;;) {
		uint64_t now = trfs_clock_ms();
		struct trfs_source_reading *oldest = NULL;
		unsigned int nr = 0;

		if (reads->nr >= TRFS_READS_A_FILE_MAX || is_slow(reads->oldest, now))
			nr = nr_reading(reads, file, &oldest);
		if (is_slow(oldest, now)) {
			mark_slow(reads, now);
			return false;
		}
		if (nr < TRFS_READS_A_FILE_MAX && reads->nr < TRFS_READS_MAX)
			return true;
		if (now - started > TRFS_SLOW_READ_MS)
			return false;
		trfs_clock_wait_until(&reads->changed, &reads->lock, now + 250);
	}
}

static void add(struct trfs_source_reads *reads, struct trfs_source_reading *reading)
{
	reading->started_ms = trfs_clock_ms();
	reading->older = reads->latest;
	if (reading->older)
		reading->older->newer = reading;
	else
		reads->oldest = reading;
	reads->latest = reading;
	reads->nr++;
}

static void take_out(struct trfs_source_reads *reads, struct trfs_source_reading *reading)
{
	if (reading->older)
		reading->older->newer = reading->newer;
	else
		reads->oldest = reading->newer;
	if (reading->newer)
		reading->newer->older = reading->older;
	else
		reads->latest = reading->older;
	reads->nr--;
	reads->nr_slow_ended += reading->is_slow;
	if (reads->nr + 1 >= TRFS_READS_A_FILE_MAX)
		pthread_cond_broadcast(&reads->changed);
}

int trfs_source_reads_begin(struct trfs_source_reads *reads,
			    struct trfs_source_reading *reading,
			    const struct trfs_source_file *file, struct trfs_error *err)
{
	bool may_begin;

	if (!reads)
		return 0;
	*reading = (struct trfs_source_reading){ .file = *file };
	pthread_mutex_lock(&reads->lock);
	may_begin = await_turn(reads, file);
	if (may_begin)
		add(reads, reading);
	pthread_mutex_unlock(&reads->lock);
	if (!may_begin)
		return trfs_fail(err, TRFS_READ_LATER, "the storage does not answer");
	return 0;
}

void trfs_source_reads_end(struct trfs_source_reads *reads,
			   struct trfs_source_reading *reading, int rc, bool is_whole,
			   const struct trfs_error *err)
{
	struct trfs_source_watch *watch;
	bool was_told;

	if (!reads)
		return;
	watch = reads->watch;
	/* First, so that nobody who was told to wait misses that it is over. */
	if (rc < 0)
		watch->failed(watch->user, &reading->file, err);
	else if (is_whole &&
		 atomic_load_explicit(&watch->wants_successes, memory_order_relaxed))
		watch->succeeded(watch->user, &reading->file);
	pthread_mutex_lock(&reads->lock);
	take_out(reads, reading);
	was_told = reading->was_told;
	pthread_mutex_unlock(&reads->lock);
	if (was_told)
		watch->answered(watch->user, &reading->file,
				trfs_clock_ms() - reading->started_ms);
}

uint64_t trfs_source_reads_nr_slow_ended(struct trfs_source_reads *reads)
{
	uint64_t nr;

	pthread_mutex_lock(&reads->lock);
	mark_slow(reads, trfs_clock_ms());
	nr = reads->nr_slow_ended;
	pthread_mutex_unlock(&reads->lock);
	return nr;
}

struct trfs_stuck_reads trfs_source_reads_stuck(struct trfs_source_reads *reads,
						uint64_t longer_than_ms)
{
	struct trfs_stuck_reads stuck = { .nr = 0 };
	uint64_t now = trfs_clock_ms();

	pthread_mutex_lock(&reads->lock);
	for (const struct trfs_source_reading *r = reads->oldest;
	     r && now - r->started_ms > longer_than_ms; r = r->newer)
		stuck.nr++;
	if (stuck.nr > 0)
		stuck.oldest_ms = now - reads->oldest->started_ms;
	pthread_mutex_unlock(&reads->lock);
	return stuck;
}

static struct trfs_bytes name_of(const struct trfs_source_reading *reading,
				 struct trfs_name *room)
{
	return trfs_source_file_name(&reading->file, room);
}

bool trfs_source_reads_next_stuck(struct trfs_source_reads *reads,
				  uint64_t longer_than_ms, struct trfs_buffer *path,
				  uint64_t *ret_ms)
{
	uint64_t now = trfs_clock_ms();
	struct trfs_source_reading *r;
	struct trfs_name room;
	struct trfs_bytes name;
	bool found;

	pthread_mutex_lock(&reads->lock);
	r = reads->oldest;
	while (r && r->was_told)
		r = r->newer;
	found = r && now - r->started_ms > longer_than_ms;
	if (found) {
		r->was_told = true;
		r->is_slow = true;
		name = name_of(r, &room);
		trfs_buffer_put(path, name.data, name.len);
		*ret_ms = now - r->started_ms;
	}
	pthread_mutex_unlock(&reads->lock);
	return found;
}

void trfs_source_reads_each_stuck(
	struct trfs_source_reads *reads, uint64_t longer_than_ms,
	void (*each)(void *user, struct trfs_bytes path, uint64_t ms), void *user)
{
	uint64_t now = trfs_clock_ms();
	struct trfs_name room;

	pthread_mutex_lock(&reads->lock);
	for (const struct trfs_source_reading *r = reads->oldest;
	     r && now - r->started_ms > longer_than_ms; r = r->newer)
		each(user, name_of(r, &room), now - r->started_ms);
	pthread_mutex_unlock(&reads->lock);
}
