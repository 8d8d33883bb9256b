/* SPDX-License-Identifier: MIT */
/*
 * leaks-content.csv: images of the same bytes that stand in more than one split.  Only
 * files of equal size, height and width are read, but that can be many: the file is in no
 * listing and made when somebody asks for it.
 */
#include "base/error.h"
#include "base/workers.h"
#include "dataset/split.h"
#include "stream/side_file.h"
#include "stream/stream.h"

#include <errno.h>
#include <stdlib.h>

#define HASH_SIZE 64u /* hexadecimal digits of SHA-256 */
#define NO_SPLIT  UINT8_MAX

/**
 * struct twin - an image that could be one of several
 * @hash: where it was read
 */
struct twin {
	uint32_t size;
	uint32_t height;
	uint32_t width;
	uint32_t example;
	uint8_t split;
	char hash[HASH_SIZE];
};

struct twins {
	const struct trfs_side_request *request;
	struct twin *items;
	uint64_t nr;
};

static int compare_looks(const void *a, const void *b)
{
	const struct twin *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	if (x->height != y->height)
		return x->height < y->height ? -1 : 1;
	if (x->width != y->width)
		return x->width < y->width ? -1 : 1;
	return (x->example > y->example) - (x->example < y->example);
}

static int compare_hashes(const void *a, const void *b)
{
	const struct twin *x = a, *y = b;
	int order = memcmp(x->hash, y->hash, HASH_SIZE);

	if (order != 0)
		return order;
	if (x->split != y->split)
		return x->split < y->split ? -1 : 1;
	return (x->example > y->example) - (x->example < y->example);
}

static bool look_alike(const struct twin *a, const struct twin *b)
{
	return a->size == b->size && a->height == b->height && a->width == b->width;
}

static bool hash_alike(const struct twin *a, const struct twin *b)
{
	return memcmp(a->hash, b->hash, HASH_SIZE) == 0;
}

/* The split of each example, by its first record. */
static uint8_t *find_splits(const struct trfs_view *view)
{
	const struct trfs_plan *plan = view->plan;
	uint8_t *of_example = malloc(view->catalog->nr_examples + 1);

	_Static_assert(TRFS_SPLITS_MAX < NO_SPLIT, "a split's number is a byte");
	if (!of_example)
		return NULL;
	memset(of_example, NO_SPLIT, view->catalog->nr_examples + 1);
	for (uint32_t s = 0; s < plan->nr_splits; s++) {
		const struct trfs_plan_split *split = &plan->splits[s];

		for (uint64_t i = 0; i < split->nr_records; i++)
			of_example[trfs_plan_example(
				plan, trfs_plan_origin(plan, split->first + i))] =
				(uint8_t)s;
	}
	return of_example;
}

/*
 * Keep the runs of @alike items that are of several splits; the items are sorted so that
 * those stand together.
 */
static void keep_shared(struct twins *t,
			bool (*alike)(const struct twin *, const struct twin *))
{
	uint64_t kept = 0, end;

	for (uint64_t first = 0; first < t->nr; first = end) {
		bool is_shared = false;

		for (end = first + 1;
		     end < t->nr && alike(&t->items[first], &t->items[end]); end++)
			is_shared |= t->items[end].split != t->items[first].split;
		if (!is_shared)
			continue;
		memmove(&t->items[kept], &t->items[first],
			(end - first) * sizeof(*t->items));
		kept += end - first;
	}
	t->nr = kept;
}

static int find_candidates(struct twins *t, struct trfs_error *err)
{
	const struct trfs_view *view = t->request->view;
	const struct trfs_catalog *catalog = view->catalog;
	uint8_t *of_example = find_splits(view);

	t->items = malloc((catalog->nr_examples + 1) * sizeof(*t->items));
	if (!of_example || !t->items) {
		free(of_example);
		return trfs_fail_memory(err, "finding leaks");
	}
	for (uint64_t i = 0; i < catalog->nr_examples; i++) {
		const struct trfs_example *e = trfs_catalog_example(catalog, i);
		const struct trfs_appearance *a = trfs_catalog_appearance(catalog, e);

		if (of_example[i] != NO_SPLIT)
			t->items[t->nr++] = (struct twin){ .size = e->size,
							   .height = a->height,
							   .width = a->width,
							   .example = (uint32_t)i,
							   .split = of_example[i] };
	}
	free(of_example);
	qsort(t->items, t->nr, sizeof(*t->items), compare_looks);
	keep_shared(t, look_alike);
	return 0;
}

static int hash_some(void *user, unsigned int worker, uint64_t first, uint64_t end,
		     struct trfs_error *err)
{
	struct twins *t = user;
	struct trfs_content_store *store = trfs_stream_contents(t->request->stream);
	int rc = 0;

	(void)worker;
	for (uint64_t i = first; rc == 0 && i < end; i++) {
		struct trfs_content_ref ref = { .example = t->items[i].example,
						.hole = trfs_content_hole(
							TRFS_CONTENT_IMAGE_SHA256, 0) };

		rc = trfs_content_store_read(store, ref, 0, t->items[i].hash, HASH_SIZE,
					     err);
	}
	return rc;
}

static void put_twins(const struct twins *t, struct trfs_buffer *out)
{
	const struct trfs_view *view = t->request->view;

	for (uint64_t i = 0; i < t->nr; i++) {
		const struct twin *twin = &t->items[i];
		struct trfs_name room;

		trfs_buffer_printf(out, "content,%.*s,", (int)HASH_SIZE, twin->hash);
		trfs_side_put_csv(
			out, trfs_strings_get(&view->plan->split_names, twin->split));
		trfs_buffer_put_u8(out, ',');
		trfs_side_put_csv(out,
				  trfs_catalog_name(view->catalog, twin->example, &room));
		trfs_buffer_put_u8(out, '\n');
	}
}

static int make(const struct trfs_side_request *request, struct trfs_buffer *out,
		struct trfs_error *err)
{
	struct twins t = { .request = request };
	int rc;

	if (!request->stream)
		return trfs_fail(err, -EINVAL, "it needs the bytes of images");
	trfs_buffer_printf(out, "kind,value,split,file\n");
	rc = find_candidates(&t, err);
	if (rc == 0)
		rc = trfs_workers_run(
			trfs_workers_nr_threads(request->view->options->threads), t.nr,
			16, hash_some, &t, "Hashing images", NULL, err);
	if (rc == 0) {
		qsort(t.items, t.nr, sizeof(*t.items), compare_hashes);
		keep_shared(&t, hash_alike);
		put_twins(&t, out);
	}
	free(t.items);
	return rc;
}

const struct trfs_side_kind trfs_side_leaks_content = {
	.set = "standard",
	.path = "leaks-content.csv",
	.flags = TRFS_SIDE_IN_VIEWS | TRFS_SIDE_UNLISTED,
	.make = make,
};
