/* SPDX-License-Identifier: MIT */
/* Sort both sets by digest and go through them in step, once for each kind of likeness.
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

/* A part of a record's digest. */
struct part {
	size_t offset;
	size_t len;
};

#define PART(field)                                                                      \
	{                                                                                \
		offsetof(struct trfs_record_digest, field),                              \
			sizeof(((struct trfs_record_digest *)NULL)->field)               \
	}

static const uint8_t *part_of(const struct trfs_compared_record *record,
			      const struct part *part)
{
	return (const uint8_t *)&record->digest + part->offset;
}

static int by_place(const void *a, const void *b)
{
	const struct trfs_compared_record *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/*
 * Those that have their like last, so that those in question stand together; among equal
 * ones in the order of their files, so that the first match.
 */
static int by_part(const void *a, const void *b, void *user)
{
	const struct trfs_compared_record *x = a, *y = b;
	const struct part *part = user;
	int rc = (x->pair != 0) - (y->pair != 0);

	if (rc == 0)
		rc = memcmp(part_of(x, part), part_of(y, part), part->len);
	return rc ? rc : by_place(a, b);
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i])
			return false;
	return true;
}

/*
 * Match those that have no like yet by @part of their digests.  With @pair they are
 * called alike, or get numbers from *@pair on.  Returns how many.
 */
static uint64_t match(struct trfs_record_set sets[2], struct part part, uint32_t *pair)
{
	uint64_t i = 0, j = 0, nr = 0;

	for (int k = 0; k < 2; k++)
		if (sets[k].nr > 0)
			qsort_r(sets[k].records, sets[k].nr, sizeof(*sets[k].records),
				by_part, &part);
	while (i < sets[0].nr && j < sets[1].nr) {
		struct trfs_compared_record *x = &sets[0].records[i];
		struct trfs_compared_record *y = &sets[1].records[j];
		int rc;

		if (x->pair || y->pair || (pair && *pair == TRFS_PAIR_ALIKE))
			break;
		rc = memcmp(part_of(x, &part), part_of(y, &part), part.len);
		i += rc <= 0;
		j += rc >= 0;
		/* Zeroes: it has no such feature. */
		if (rc != 0 || (pair && is_zero(part_of(x, &part), part.len)))
			continue;
		x->pair = pair ? *pair : TRFS_PAIR_ALIKE;
		y->pair = x->pair;
		if (pair)
			++*pair;
		nr++;
	}
	return nr;
}

struct trfs_comparison trfs_compare(struct trfs_record_set sets[2])
{
	static const struct part bytes = PART(bytes), features = PART(features),
				 name = PART(name), image = PART(image);
	const struct part both = { name.offset, name.len + image.len };
	struct trfs_comparison result = { 0 };
	uint32_t pair = 1;

	_Static_assert(offsetof(struct trfs_record_digest, image) ==
			       offsetof(struct trfs_record_digest, name) + TRFS_KEY_SIZE,
		       "name and image are compared as one");
	result.nr_same_bytes = match(sets, bytes, NULL);
	result.nr_same_features = match(sets, features, NULL);
	result.nr_changed = match(sets, both, &pair);
	result.nr_changed += match(sets, name, &pair);
	result.nr_changed += match(sets, image, &pair);
	for (int i = 0; i < 2; i++) {
		result.nr_only[i] = sets[i].nr - result.nr_same_bytes -
				    result.nr_same_features - result.nr_changed;
		if (sets[i].nr > 0)
			qsort(sets[i].records, sets[i].nr, sizeof(*sets[i].records),
			      by_place);
	}
	return result;
}

/* Whether two records are each other's. */
static bool belong(const struct trfs_compared_record *x,
		   const struct trfs_compared_record *y)
{
	if (x->pair != TRFS_PAIR_ALIKE)
		return x->pair != 0 && x->pair == y->pair;
	return memcmp(x->digest.features, y->digest.features, TRFS_DIGEST_SIZE) == 0;
}

struct trfs_order_verdict trfs_compare_order(const struct trfs_record_set sets[2],
					     const struct trfs_strings *names,
					     uint64_t nr_first)
{
	struct trfs_order_verdict verdict = {
		.known = sets[0].nr == sets[1].nr,
		.same_order = true,
		.same_files = names->nr - nr_first == nr_first,
		.same_names = true,
		.first = sets[0].nr,
	};
	uint64_t nr_second = names->nr - nr_first;
	uint64_t nr_files = nr_first < nr_second ? nr_first : nr_second;

	for (uint64_t i = 0; verdict.known && i < sets[0].nr; i++) {
		const struct trfs_compared_record *x = &sets[0].records[i];
		const struct trfs_compared_record *y = &sets[1].records[i];
		bool in_order = belong(x, y);
		bool in_place = x->file == y->file - nr_first;

		verdict.known = x->pair && y->pair;
		/* A place in the order counts more than one in a file. */
		if ((!in_order && verdict.same_order) ||
		    (!in_place && verdict.first == sets[0].nr))
			verdict.first = i;
		verdict.same_order &= in_order;
		verdict.same_files &= in_place;
	}
	verdict.same_files &= verdict.same_order;
	for (uint64_t i = 0; verdict.same_names && i < nr_files; i++) {
		verdict.first_file = i;
		verdict.same_names =
			trfs_bytes_equal(trfs_strings_get(names, i),
					 trfs_strings_get(names, nr_first + i));
	}
	verdict.same_names &= nr_first == nr_second;
	return verdict;
}
