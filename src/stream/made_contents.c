/* SPDX-License-Identifier: MIT */
/*
 * A cache under one lock, which is not held while a content is made: its place is taken
 * first, and whoever wants the same waits until it is filled.  The set is small enough to
 * be searched from front to back.
 *
 * A shard is mostly read once, in order: what was handed out to its last byte goes first,
 * and its memory, which the processor's cache still holds, takes the next content.
 */
#include "stream/made_contents.h"

#include "base/clock.h"
#include "base/crc32c.h"
#include "base/error.h"
#include "dataset/source_reads.h"
#include "manifest/text.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define PLACES_MAX 256
/* Of contents that were handed out whole: enough for one that is asked for again. */
#define FINISHED_BYTES_MAX (UINT64_C(4) << 20)
/* Who waits for a content that another thread makes comes back later after so long. */
#define MS_TO_WAIT 2000
/* Memory that waits for the next contents. */
#define SPARES_MAX	8
#define SPARE_BYTES_MAX (UINT64_C(16) << 20)

/**
 * struct place - of one content
 * @content: comes first, so that a pointer to it is a pointer to its place
 * @served: bytes that were handed out, counted as often as they were
 */
struct place {
	struct trfs_made_content content;
	struct trfs_content_ref ref;
	struct trfs_buffer buffer;
	enum { MAKING, READY, FAILED } state;
	struct trfs_error why; /* of FAILED */
	unsigned int holders;
	uint64_t last_use;
	uint64_t served;
};

/* A maker that nobody uses. */
struct idle_maker {
	struct trfs_content_maker maker;
	struct idle_maker *next;
};

/**
 * struct trfs_made_contents - the cache
 * @places: @nr of them, in no order; those that did not fit belong to their holders only
 * @bytes: of memory of all places that are ready
 * @spares: @nr_spares of them; the last was used last
 */
struct trfs_made_contents {
	const struct trfs_catalog *catalog;
	const struct trfs_root *root;
	uint64_t bytes_max;
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct place *places[PLACES_MAX];
	size_t nr;
	uint64_t bytes;
	uint64_t clock;
	struct trfs_buffer spares[SPARES_MAX];
	size_t nr_spares;
	struct idle_maker *makers;
};

int trfs_made_contents_open(const struct trfs_catalog *catalog,
			    const struct trfs_root *root, uint64_t bytes_max,
			    struct trfs_made_contents **ret, struct trfs_error *err)
{
	struct trfs_made_contents *c = calloc(1, sizeof(*c));

	if (!c)
		return trfs_fail_memory(err, "the stream");
	c->catalog = catalog;
	c->root = root;
	c->bytes_max = bytes_max;
	pthread_mutex_init(&c->lock, NULL);
	trfs_clock_cond_init(&c->filled);
	*ret = c;
	return 0;
}

static void free_place(struct place *place)
{
	trfs_buffer_done(&place->buffer);
	free(place);
}

struct trfs_made_contents *trfs_made_contents_close(struct trfs_made_contents *c)
{
	if (!c)
		return NULL;
	while (c->nr > 0)
		free_place(c->places[--c->nr]);
	while (c->nr_spares > 0)
		trfs_buffer_done(&c->spares[--c->nr_spares]);
	while (c->makers) {
		struct idle_maker *first = c->makers;

		c->makers = first->next;
		trfs_content_maker_done(&first->maker);
		free(first);
	}
	pthread_cond_destroy(&c->filled);
	pthread_mutex_destroy(&c->lock);
	free(c);
	return NULL;
}

static struct idle_maker *take_maker(struct trfs_made_contents *c)
{
	struct idle_maker *taken;

	pthread_mutex_lock(&c->lock);
	taken = c->makers;
	if (taken)
		c->makers = taken->next;
	pthread_mutex_unlock(&c->lock);
	if (taken)
		return taken;
	taken = calloc(1, sizeof(*taken));
	if (taken)
		trfs_content_maker_init(&taken->maker, c->catalog, c->root);
	return taken;
}

static void give_maker(struct trfs_made_contents *c, struct idle_maker *given)
{
	trfs_content_maker_trim(&given->maker);
	pthread_mutex_lock(&c->lock);
	given->next = c->makers;
	c->makers = given;
	pthread_mutex_unlock(&c->lock);
}

/* Whether the content is what records were laid out for. */
static int check(const struct trfs_made_contents *c, const struct place *place,
		 struct trfs_error *err)
{
	struct trfs_name room;
	struct trfs_bytes name = trfs_catalog_name(c->catalog, place->ref.example, &room);
	char image[TRFS_PRINTABLE_SIZE];
	struct trfs_made made;
	uint64_t len;
	int rc = trfs_content_length(c->catalog, place->ref, &len);
	bool same = rc == 0 && place->buffer.len == len;

	if (same && trfs_made_find(c->catalog, place->ref, &made))
		same = made.crc == place->content.crc;
	if (same)
		return 0;
	return trfs_fail(err, -EIO,
			 "%s: making %s again gave other bytes than when it was indexed "
			 "(did a library change?); reload, or use --reindex",
			 trfs_text_printable(name, image, sizeof(image)),
			 trfs_content_kind(place->ref.hole)->name);
}

/* Without the lock; nobody else looks into a place that is being made. */
static int make(struct trfs_made_contents *c, struct place *place, struct trfs_error *err)
{
	struct idle_maker *maker = take_maker(c);
	int rc;

	if (!maker)
		return trfs_fail_memory(err, "making an image");
	rc = trfs_content_make(&maker->maker, place->ref, &place->buffer, err);
	give_maker(c, maker);
	if (rc == -EBADMSG || rc == -EFBIG) {
		/* The index says that it could be made. */
		err->code = -EIO;
		return -EIO;
	}
	if (rc < 0)
		return rc;
	place->content.bytes = trfs_buffer_bytes(&place->buffer);
	place->content.crc =
		trfs_crc32c(0, place->content.bytes.data, place->content.bytes.len);
	return check(c, place, err);
}

/* All below under the lock. */

static struct place *find(const struct trfs_made_contents *c, struct trfs_content_ref ref)
{
	for (size_t i = 0; i < c->nr; i++) {
		const struct trfs_content_ref *r = &c->places[i]->ref;

		if (r->example == ref.example && r->hole == ref.hole &&
		    r->copy == ref.copy)
			return c->places[i];
	}
	return NULL;
}

static uint64_t spare_bytes(const struct trfs_made_contents *c)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < c->nr_spares; i++)
		bytes += c->spares[i].capacity;
	return bytes;
}

/* Where there is no room for it, its memory is freed with the place. */
static void keep_memory(struct trfs_made_contents *c, struct trfs_buffer *buffer)
{
	if (c->nr_spares == SPARES_MAX ||
	    spare_bytes(c) + buffer->capacity > SPARE_BYTES_MAX)
		return;
	c->spares[c->nr_spares++] = *buffer;
	trfs_buffer_init(buffer, buffer->max);
}

static void take_memory(struct trfs_made_contents *c, struct trfs_buffer *buffer)
{
	if (c->nr_spares > 0)
		*buffer = c->spares[--c->nr_spares];
	else
		trfs_buffer_init(buffer, UINT32_MAX);
}

static void forget(struct trfs_made_contents *c, size_t i)
{
	struct place *place = c->places[i];

	c->places[i] = c->places[--c->nr];
	if (place->state == READY)
		c->bytes -= place->buffer.capacity;
	keep_memory(c, &place->buffer);
	free_place(place);
}

static bool is_finished(const struct place *place)
{
	return place->holders == 0 && place->state == READY &&
	       place->served >= place->buffer.len;
}

static uint64_t finished_bytes(const struct trfs_made_contents *c)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < c->nr; i++)
		bytes += is_finished(c->places[i]) ? c->places[i]->buffer.capacity : 0;
	return bytes;
}

static bool goes_before(const struct place *a, const struct place *b)
{
	if (is_finished(a) != is_finished(b))
		return is_finished(a);
	return a->last_use < b->last_use;
}

/*
 * The number of the place that nobody holds and that was finished, or else used, longest
 * ago; nr: none.
 */
static size_t oldest(const struct trfs_made_contents *c)
{
	size_t found = c->nr;

	for (size_t i = 0; i < c->nr; i++) {
		const struct place *place = c->places[i];

		if (place->holders == 0 &&
		    (found == c->nr || goes_before(place, c->places[found])))
			found = i;
	}
	return found;
}

static bool is_full(const struct trfs_made_contents *c)
{
	return c->bytes > c->bytes_max || finished_bytes(c) > FINISHED_BYTES_MAX;
}

/* The last one stays however large it is: it is read in many windows. */
static void make_room(struct trfs_made_contents *c)
{
	while (c->nr == PLACES_MAX || (c->nr > 1 && is_full(c))) {
		size_t i = oldest(c);

		if (i == c->nr)
			return;
		forget(c, i);
	}
}

/* Held by its maker; NULL without memory. */
static struct place *add(struct trfs_made_contents *c, struct trfs_content_ref ref)
{
	struct place *place = calloc(1, sizeof(*place));

	if (!place)
		return NULL;
	place->ref = ref;
	place->holders = 1;
	place->last_use = ++c->clock;
	make_room(c);
	take_memory(c, &place->buffer);
	if (c->nr < PLACES_MAX)
		c->places[c->nr++] = place;
	return place;
}

static bool is_kept(const struct trfs_made_contents *c, const struct place *place,
		    size_t *ret)
{
	for (*ret = 0; *ret < c->nr; (*ret)++) {
		if (c->places[*ret] == place)
			return true;
	}
	return false;
}

static void let_go(struct trfs_made_contents *c, struct place *place)
{
	size_t i;

	place->holders--;
	if (place->holders > 0)
		return;
	if (!is_kept(c, place, &i))
		free_place(place);
	else if (place->state == FAILED)
		forget(c, i);
	else
		make_room(c);
}

/* Fill a place that was just added; the lock is let go of meanwhile. */
static void fill(struct trfs_made_contents *c, struct place *place)
{
	struct trfs_error why = { 0 };
	size_t i;
	int rc;

	pthread_mutex_unlock(&c->lock);
	rc = make(c, place, &why);
	pthread_mutex_lock(&c->lock);
	place->state = rc < 0 ? FAILED : READY;
	if (rc < 0)
		place->why = why;
	else if (is_kept(c, place, &i))
		c->bytes += place->buffer.capacity;
	pthread_cond_broadcast(&c->filled);
}

/*
 * Until another thread has made it.  Where reads are watched not for ever, as the storage
 * may not answer: false then.
 */
static bool await(struct trfs_made_contents *c, struct place *place)
{
	uint64_t until = trfs_clock_ms() + MS_TO_WAIT;
	bool in_time = true;

	while (place->state == MAKING && in_time) {
		if (c->root->reads)
			in_time = trfs_clock_wait_until(&c->filled, &c->lock, until);
		else
			pthread_cond_wait(&c->filled, &c->lock);
	}
	return place->state != MAKING;
}

int trfs_made_contents_take(struct trfs_made_contents *c, struct trfs_content_ref ref,
			    const struct trfs_made_content **ret, struct trfs_error *err)
{
	struct place *place;
	int rc = 0;

	pthread_mutex_lock(&c->lock);
	place = find(c, ref);
	if (place) {
		place->holders++;
		place->last_use = ++c->clock;
		if (!await(c, place)) {
			let_go(c, place);
			pthread_mutex_unlock(&c->lock);
			return trfs_fail(err, TRFS_READ_LATER, "still being made");
		}
	} else {
		place = add(c, ref);
		if (place)
			fill(c, place);
	}
	if (!place) {
		rc = trfs_fail_memory(err, "making an image");
	} else if (place->state == FAILED) {
		rc = place->why.code;
		if (err)
			*err = place->why;
		let_go(c, place);
	} else {
		*ret = &place->content;
	}
	pthread_mutex_unlock(&c->lock);
	return rc;
}

void trfs_made_contents_give(struct trfs_made_contents *c,
			     const struct trfs_made_content *content, uint64_t served)
{
	struct place *place = (struct place *)content;

	pthread_mutex_lock(&c->lock);
	place->served += served;
	let_go(c, place);
	pthread_mutex_unlock(&c->lock);
}
