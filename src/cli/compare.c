/* SPDX-License-Identifier: MIT */
/* Sort both sets by digest and go through them in step; twice, by bytes and by features.
 */
#include "cli/compare.h"

#include <errno.h>
#include <stdlib.h>

#define NR_FIRST 256

static int reserve(struct trfs_record_set *set, uint64_t nr)
{
	struct trfs_compared_record *records;
	uint64_t capacity = set->capacity ? set->capacity : NR_FIRST;

	while (capacity < nr)
		capacity *= 2;
	if (capacity == set->capacity)
		return 0;
	records = reallocarray(set->records, capacity, sizeof(*records));
	if (!records)
		return -ENOMEM;
	set->records = records;
	set->capacity = capacity;
	return 0;
}

int trfs_record_set_add(struct trfs_record_set *set, uint32_t file,
			const struct trfs_record_span *span, struct trfs_bytes data)
{
	struct trfs_compared_record record = { .offset = span->offset,
					       .number = span->number,
					       .file = file };
	int rc;

	if (!set->digester)
		set->digester = trfs_digester_new();
	if (!set->digester)
		return -ENOMEM;
	rc = trfs_record_digest(set->digester, data, &record.digest);
	if (rc == 0)
		rc = reserve(set, set->nr + 1);
	if (rc == 0)
		set->records[set->nr++] = record;
	return rc;
}

int trfs_record_set_merge(struct trfs_record_set *set, struct trfs_record_set *from)
{
	if (from->nr > 0) {
		if (reserve(set, set->nr + from->nr) < 0)
			return -ENOMEM;
		memcpy(set->records + set->nr, from->records,
		       from->nr * sizeof(*from->records));
		set->nr += from->nr;
	}
	trfs_record_set_done(from);
	return 0;
}

void trfs_record_set_done(struct trfs_record_set *set)
{
	free(set->records);
	trfs_digester_free(set->digester);
	*set = (struct trfs_record_set){ 0 };
}

/* Matched ones last, so that those in question stand together. */
static int compare_matched(const struct trfs_compared_record *x,
			   const struct trfs_compared_record *y)
{
	return (int)x->matched - (int)y->matched;
}

static int by_place(const void *a, const void *b)
{
	const struct trfs_compared_record *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* Records that are alike stand in the order of their files, so that the first match. */
static int by_bytes(const void *a, const void *b)
{
	const struct trfs_compared_record *x = a, *y = b;
	int rc = memcmp(x->digest.bytes, y->digest.bytes, TRFS_DIGEST_SIZE);

	return rc ? rc : by_place(a, b);
}

static int by_features(const void *a, const void *b)
{
	const struct trfs_compared_record *x = a, *y = b;
	int rc = compare_matched(x, y);

	if (rc == 0)
		rc = memcmp(x->digest.features, y->digest.features, TRFS_DIGEST_SIZE);
	return rc ? rc : by_place(a, b);
}

static void sort(struct trfs_record_set *set, int (*compare)(const void *, const void *))
{
	if (set->nr > 0)
		qsort(set->records, set->nr, sizeof(*set->records), compare);
}

/* Match unmatched records by the digest at @offset of theirs; returns how many. */
static uint64_t match(struct trfs_record_set sets[2], size_t offset)
{
	uint64_t i = 0, j = 0, nr = 0;

	while (i < sets[0].nr && j < sets[1].nr) {
		struct trfs_compared_record *x = &sets[0].records[i];
		struct trfs_compared_record *y = &sets[1].records[j];
		int rc;

		if (x->matched || y->matched)
			break;
		rc = memcmp((const uint8_t *)&x->digest + offset,
			    (const uint8_t *)&y->digest + offset, TRFS_DIGEST_SIZE);
		i += rc <= 0;
		j += rc >= 0;
		if (rc != 0)
			continue;
		x->matched = true;
		y->matched = true;
		nr++;
	}
	return nr;
}

struct trfs_comparison trfs_compare(struct trfs_record_set sets[2])
{
	struct trfs_comparison result = { 0 };
	uint64_t nr_matched;

	for (int i = 0; i < 2; i++)
		sort(&sets[i], by_bytes);
	result.nr_same_bytes = match(sets, offsetof(struct trfs_record_digest, bytes));
	for (int i = 0; i < 2; i++)
		sort(&sets[i], by_features);
	result.nr_same_features =
		match(sets, offsetof(struct trfs_record_digest, features));
	nr_matched = result.nr_same_bytes + result.nr_same_features;
	for (int i = 0; i < 2; i++) {
		result.nr_only[i] = sets[i].nr - nr_matched;
		sort(&sets[i], by_place);
	}
	return result;
}
