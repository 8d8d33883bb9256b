/* SPDX-License-Identifier: MIT */
/*
 * Encoding a tf.train.Example front to back.  Protobuf puts every length in front of
 * what it measures, so a first pass measures all, room is reserved once, and a second
 * pass writes into it; holes are measured like bytes and skipped when writing.
 */
#include "wire/tf_example.h"

#include "wire/protobuf.h"
#include "wire/tfrecord.h"

#include <errno.h>
#include <stdlib.h>

#define MAX_LEN TRFS_TFRECORD_MAX_DATA_SIZE

/* Features whose lengths are remembered from pass to pass; others are measured again. */
#define NR_KEPT 32

/* Lengths of one map entry's messages, outermost first; each without its own tag. */
struct entry_lens {
	uint64_t entry;
	uint64_t feature;
	uint64_t list;
	uint64_t packed; /* of numbers, without tag and length */
};

/* Where the second pass stands. */
struct writer {
	uint8_t *p;
	const uint8_t *start;
	struct trfs_hole *holes;
	size_t nr_holes;
};

static int compare_common(struct trfs_bytes a, struct trfs_bytes b)
{
	size_t common = a.len < b.len ? a.len : b.len;

	return common > 0 ? memcmp(a.data, b.data, common) : 0;
}

int trfs_feature_key_compare_upb(struct trfs_bytes a, struct trfs_bytes b)
{
	int order = compare_common(a, b);

	return order != 0 ? order : (a.len < b.len) - (a.len > b.len);
}

int trfs_feature_key_compare_cpp(struct trfs_bytes a, struct trfs_bytes b)
{
	return trfs_bytes_compare(a, b);
}

static inline bool is_hole(const struct trfs_bytes_value *v)
{
	return !v->data && v->len > 0;
}

/* Stops beyond the limit, so that no lengths, however wrong, overflow the sum. */
static inline uint64_t bytes_list_len(const struct trfs_feature *f)
{
	uint64_t len = 0;

	for (size_t i = 0; i < f->nr_values && len <= MAX_LEN; i++) {
		if (f->bytes[i].len > MAX_LEN)
			return f->bytes[i].len;
		len += trfs_protobuf_delimited_len(f->bytes[i].len);
	}
	return len;
}

static inline uint64_t varints_len(const int64_t *ints, size_t nr)
{
	uint64_t len = 0;

	for (size_t i = 0; i < nr; i++)
		len += trfs_protobuf_varint_len((uint64_t)ints[i]);
	return len;
}

/* False when it alone exceeds the limit; @ret is then undefined. */
static inline bool measure_entry(const struct trfs_feature *f, struct entry_lens *ret)
{
	if (f->kind == TRFS_FEATURE_BYTES) {
		ret->packed = 0;
		ret->list = bytes_list_len(f);
	} else if (f->packed) {
		ret->packed = f->packed->len;
		ret->list = ret->packed > MAX_LEN
				    ? ret->packed
				    : trfs_protobuf_delimited_len(ret->packed);
	} else {
		ret->packed = f->kind == TRFS_FEATURE_FLOAT
				      ? f->nr_values * sizeof(float)
				      : varints_len(f->ints, f->nr_values);
		ret->list =
			f->nr_values > 0 ? trfs_protobuf_delimited_len(ret->packed) : 0;
	}
	if (ret->list > MAX_LEN || f->key.len > MAX_LEN)
		return false;
	ret->feature = trfs_protobuf_delimited_len(ret->list);
	ret->entry = trfs_protobuf_delimited_len(f->key.len) +
		     trfs_protobuf_delimited_len(ret->feature);
	return true;
}

/* Adds one feature's holes to the two sums. */
static inline void count_holes(const struct trfs_feature *f, size_t *nr, uint64_t *len)
{
	if (f->packed) {
		*nr += 1;
		*len += f->packed->len;
		return;
	}
	if (f->kind != TRFS_FEATURE_BYTES)
		return;
	for (size_t i = 0; i < f->nr_values; i++) {
		if (!is_hole(&f->bytes[i]))
			continue;
		*nr += 1;
		*len += f->bytes[i].len;
	}
}

static inline void put_bytes(struct writer *w, const uint8_t *data, size_t len)
{
	if (len > 0)
		memcpy(w->p, data, len);
	w->p += len;
}

static inline void put_hole(struct writer *w, const struct trfs_bytes_value *v)
{
	w->holes[w->nr_holes++] = (struct trfs_hole){
		.literal_offset = (uint64_t)(w->p - w->start),
		.len = v->len,
		.hole = v->hole,
	};
}

static inline void put_bytes_values(struct writer *w, const struct trfs_feature *f)
{
	for (size_t i = 0; i < f->nr_values; i++) {
		const struct trfs_bytes_value *v = &f->bytes[i];

		w->p = trfs_protobuf_put_delimited(w->p, TRFS_LIST_VALUES, v->len);
		if (is_hole(v))
			put_hole(w, v);
		else
			put_bytes(w, v->data, v->len);
	}
}

static inline void put_entry(struct writer *w, const struct trfs_feature *f,
			     const struct entry_lens *lens)
{
	w->p = trfs_protobuf_put_delimited(w->p, TRFS_FEATURES_ENTRY, lens->entry);
	w->p = trfs_protobuf_put_delimited(w->p, TRFS_ENTRY_KEY, f->key.len);
	put_bytes(w, f->key.data, f->key.len);
	w->p = trfs_protobuf_put_delimited(w->p, TRFS_ENTRY_FEATURE, lens->feature);
	w->p = trfs_protobuf_put_delimited(w->p, f->kind, lens->list);
	if (f->kind == TRFS_FEATURE_BYTES) {
		put_bytes_values(w, f);
		return;
	}
	if (f->nr_values == 0)
		return;
	w->p = trfs_protobuf_put_delimited(w->p, TRFS_LIST_VALUES, lens->packed);
	if (f->packed) {
		put_hole(w, f->packed);
		return;
	}
	if (f->kind == TRFS_FEATURE_FLOAT) {
		put_bytes(w, (const uint8_t *)f->floats, lens->packed);
		return;
	}
	for (size_t i = 0; i < f->nr_values; i++)
		w->p = trfs_protobuf_put_varint(w->p, (uint64_t)f->ints[i]);
}

/* What the first pass adds up: of the whole Example, and the lengths to remember. */
struct measure {
	struct entry_lens kept[NR_KEPT + 1]; /* the last: of one feature after another */
	uint64_t features_len;
	uint64_t holes_len;
	size_t nr_holes;
};

static inline struct entry_lens *lens_of(struct measure *m, size_t i)
{
	return &m->kept[i < NR_KEPT ? i : NR_KEPT];
}

static int measure_all(const struct trfs_feature *features, size_t nr_features,
		       struct measure *m)
{
	m->features_len = 0;
	m->holes_len = 0;
	m->nr_holes = 0;
	for (size_t i = 0; i < nr_features; i++) {
		struct entry_lens *lens = lens_of(m, i);

		if (!measure_entry(&features[i], lens))
			return -EMSGSIZE;
		m->features_len += trfs_protobuf_delimited_len(lens->entry);
		if (m->features_len > MAX_LEN)
			return -EMSGSIZE;
		count_holes(&features[i], &m->nr_holes, &m->holes_len);
	}
	if (trfs_protobuf_delimited_len(m->features_len) > MAX_LEN)
		return -EMSGSIZE;
	return 0;
}

void trfs_holes_done(struct trfs_holes *holes)
{
	free(holes->items);
	*holes = (struct trfs_holes){ 0 };
}

/* Room for @nr of them; what they held is lost.  -ENOMEM. */
static int make_room(struct trfs_holes *holes, size_t nr)
{
	struct trfs_hole *items;

	if (nr <= holes->capacity)
		return 0;
	items = reallocarray(holes->items, nr, sizeof(*items));
	if (!items)
		return -ENOMEM;
	holes->items = items;
	holes->capacity = nr;
	return 0;
}

int trfs_tf_example_encode(const struct trfs_feature *features, size_t nr_features,
			   struct trfs_buffer *literal, struct trfs_holes *holes,
			   uint64_t *ret_len)
{
	struct writer w = { .nr_holes = 0 };
	struct measure m;
	uint64_t len;
	int rc;

	rc = measure_all(features, nr_features, &m);
	if (rc == 0)
		rc = make_room(holes, m.nr_holes);
	if (rc < 0)
		return rc;
	len = trfs_protobuf_delimited_len(m.features_len);
	w.p = trfs_buffer_extend(literal, (size_t)(len - m.holes_len));
	if (!w.p)
		return -ENOMEM;
	w.start = w.p;
	w.holes = holes->items;

	w.p = trfs_protobuf_put_delimited(w.p, TRFS_EXAMPLE_FEATURES, m.features_len);
	for (size_t i = 0; i < nr_features; i++) {
		struct entry_lens *lens = lens_of(&m, i);

		if (i >= NR_KEPT)
			(void)measure_entry(&features[i], lens);
		put_entry(&w, &features[i], lens);
	}

	holes->nr = m.nr_holes;
	*ret_len = len;
	return 0;
}
