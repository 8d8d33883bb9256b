/* SPDX-License-Identifier: MIT */
/* Both sets of features are sorted by key and gone through in step. */
#include "cli/example_difference.h"

#include "cli/example_print.h"
#include "dataset/feature_values.h"
#include "wire/tf_example_read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define VALUES_TEXT_MAX 4096
#define NR_FIRST	16

/* The features of one Example, by key; of several with one key the last. */
struct features {
	struct trfs_feature_view *items;
	size_t nr;
	size_t capacity;
};

/* One value of any kind. */
struct value {
	struct trfs_bytes bytes;
	uint64_t number; /* the integer, or the float's bits */
};

static int compare_views(const void *a, const void *b)
{
	const struct trfs_feature_view *x = a, *y = b;
	int rc = trfs_bytes_compare(x->key, y->key);

	/* Equal keys in the order of the bytes. */
	return rc ? rc : x->key.data < y->key.data ? -1 : x->key.data > y->key.data;
}

static int add_feature(struct features *f, const struct trfs_feature_view *feature)
{
	if (f->nr == f->capacity) {
		size_t capacity = f->capacity ? f->capacity * 2 : NR_FIRST;
		struct trfs_feature_view *items =
			reallocarray(f->items, capacity, sizeof(*items));

		if (!items)
			return -ENOMEM;
		f->items = items;
		f->capacity = capacity;
	}
	f->items[f->nr++] = *feature;
	return 0;
}

static int load_features(struct features *f, struct trfs_bytes example)
{
	struct trfs_example_reader r;
	struct trfs_feature_view feature;
	size_t nr = 0;
	int rc;

	trfs_example_reader_init(&r, example);
	while ((rc = trfs_example_reader_next(&r, &feature, NULL)) > 0) {
		rc = add_feature(f, &feature);
		if (rc < 0)
			return rc;
	}
	if (rc == 0 && f->nr > 0)
		qsort(f->items, f->nr, sizeof(*f->items), compare_views);
	for (size_t i = 0; i < f->nr; i++) {
		if (i + 1 < f->nr &&
		    trfs_bytes_equal(f->items[i].key, f->items[i + 1].key))
			continue;
		f->items[nr++] = f->items[i];
	}
	f->nr = nr;
	return rc;
}

/* 1 and a value, 0 behind the last, -EBADMSG. */
static int next_value(struct trfs_value_reader *r, struct value *ret)
{
	uint32_t bits;
	int64_t integer;
	float number;
	int rc = 0;

	*ret = (struct value){ .number = 0 };
	switch (r->kind) {
	case TRFS_FEATURE_BYTES:
		return trfs_value_reader_bytes(r, &ret->bytes);
	case TRFS_FEATURE_FLOAT:
		rc = trfs_value_reader_float(r, &number);
		if (rc > 0) {
			memcpy(&bits, &number, sizeof(bits));
			ret->number = bits;
		}
		break;
	case TRFS_FEATURE_INT64:
		rc = trfs_value_reader_int64(r, &integer);
		if (rc > 0)
			ret->number = (uint64_t)integer;
		break;
	default:
		break;
	}
	return rc;
}

/* The first byte in which two values differ, or where the shorter one ends. */
static size_t first_byte(struct trfs_bytes a, struct trfs_bytes b)
{
	size_t i = 0;

	while (i < a.len && i < b.len && a.data[i] == b.data[i])
		i++;
	return i;
}

/* 1 where the features differ, told in @where as far as it is known; 0; -EBADMSG. */
static int compare_values(const struct trfs_feature_view *a,
			  const struct trfs_feature_view *b, struct trfs_buffer *where)
{
	struct trfs_value_reader r[2];
	struct value x, y;

	if (a->kind != b->kind) {
		if (where && a->kind && b->kind)
			trfs_buffer_printf(
				where, "%s and %s",
				trfs_feature_kind_name((enum trfs_feature_kind)a->kind),
				trfs_feature_kind_name((enum trfs_feature_kind)b->kind));
		return 1;
	}
	trfs_value_reader_init(&r[0], a);
	trfs_value_reader_init(&r[1], b);
	for (uint64_t i = 0;; i++) {
		int more_x = next_value(&r[0], &x), more_y = next_value(&r[1], &y);

		if (more_x < 0 || more_y < 0)
			return -EBADMSG;
		if (!more_x && !more_y)
			return 0;
		if (more_x && more_y && x.number == y.number &&
		    trfs_bytes_equal(x.bytes, y.bytes))
			continue;
		if (where && i > 0)
			trfs_buffer_printf(where, "from value %" PRIu64 " on", i);
		else if (where && more_x && more_y && a->kind == TRFS_FEATURE_BYTES)
			trfs_buffer_printf(where, "from byte %zu on",
					   first_byte(x.bytes, y.bytes));
		return 1;
	}
}

static int describe(struct features f[2], const size_t at[2], const bool has[2],
		    struct trfs_example_difference *ret)
{
	ret->key = f[has[0] ? 0 : 1].items[at[has[0] ? 0 : 1]].key;
	for (int k = 0; k < 2; k++) {
		int rc = 0;

		if (has[k])
			rc = trfs_example_print_values(&f[k].items[at[k]],
						       &ret->values[k]);
		else
			trfs_buffer_printf(&ret->values[k], "absent");
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int find(struct features f[2], struct trfs_example_difference *ret)
{
	size_t at[2] = { 0, 0 };
	uint64_t nr = 0;

	while (at[0] < f[0].nr || at[1] < f[1].nr) {
		bool has[2] = { at[0] < f[0].nr, at[1] < f[1].nr };
		int rc = 0;

		if (has[0] && has[1])
			rc = trfs_bytes_compare(f[0].items[at[0]].key,
						f[1].items[at[1]].key);
		has[0] &= rc <= 0;
		has[1] &= rc >= 0;
		rc = has[0] && has[1]
			     ? compare_values(&f[0].items[at[0]], &f[1].items[at[1]],
					      nr == 0 ? &ret->where : NULL)
			     : 1;
		if (rc > 0 && nr++ == 0)
			rc = describe(f, at, has, ret);
		if (rc < 0)
			return rc;
		at[0] += has[0];
		at[1] += has[1];
	}
	ret->nr_more = nr > 0 ? nr - 1 : 0;
	if (ret->values[0].failed || ret->values[1].failed || ret->where.failed)
		return -ENOMEM;
	return nr > 0;
}

int trfs_example_difference_find(struct trfs_bytes first, struct trfs_bytes second,
				 struct trfs_example_difference *ret)
{
	struct features f[2] = { { .nr = 0 }, { .nr = 0 } };
	int rc;

	*ret = (struct trfs_example_difference){ .nr_more = 0 };
	trfs_buffer_init(&ret->values[0], VALUES_TEXT_MAX);
	trfs_buffer_init(&ret->values[1], VALUES_TEXT_MAX);
	trfs_buffer_init(&ret->where, VALUES_TEXT_MAX);
	rc = load_features(&f[0], first);
	if (rc == 0)
		rc = load_features(&f[1], second);
	if (rc == 0)
		rc = find(f, ret);
	free(f[0].items);
	free(f[1].items);
	return rc;
}

void trfs_example_difference_done(struct trfs_example_difference *difference)
{
	trfs_buffer_done(&difference->values[0]);
	trfs_buffer_done(&difference->values[1]);
	trfs_buffer_done(&difference->where);
}
