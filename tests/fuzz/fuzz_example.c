/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a serialized Example and as a TFRecord header.  What the reader makes of
 * them, the encoder writes and the reader must read again as the same.
 */
#include "wire/record.h"
#include "wire/tf_example_read.h"

#include <stdlib.h>

#define MAX_FEATURES 256
#define MAX_VALUES   4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An Example as read, with room for its lists. */
struct example {
	struct trfs_feature features[MAX_FEATURES];
	size_t nr_features;
	struct trfs_bytes_value bytes[MAX_VALUES];
	size_t nr_bytes;
	float floats[MAX_VALUES];
	size_t nr_floats;
	int64_t ints[MAX_VALUES];
	size_t nr_ints;
};

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* The values of one feature to the end of their arrays; 0, or what the reader said. */
static int read_values(const struct trfs_feature_view *view, struct example *e)
{
	struct trfs_value_reader r;
	struct trfs_bytes bytes;
	int rc = 1;

	trfs_value_reader_init(&r, view);
	while (rc > 0 && e->nr_bytes < MAX_VALUES && e->nr_floats < MAX_VALUES &&
	       e->nr_ints < MAX_VALUES) {
		if (view->kind == TRFS_FEATURE_FLOAT) {
			rc = trfs_value_reader_float(&r, &e->floats[e->nr_floats]);
			e->nr_floats += rc > 0;
		} else if (view->kind == TRFS_FEATURE_INT64) {
			rc = trfs_value_reader_int64(&r, &e->ints[e->nr_ints]);
			e->nr_ints += rc > 0;
		} else {
			rc = trfs_value_reader_bytes(&r, &bytes);
			if (rc > 0)
				e->bytes[e->nr_bytes++] =
					(struct trfs_bytes_value){ .data = bytes.data,
								   .len = bytes.len };
		}
	}
	return rc;
}

static int read_feature(const struct trfs_feature_view *view, struct example *e)
{
	struct trfs_feature *f = &e->features[e->nr_features];
	size_t before = e->nr_bytes + e->nr_floats + e->nr_ints;

	f->key = view->key;
	f->kind = (enum trfs_feature_kind)view->kind;
	if (view->kind == TRFS_FEATURE_BYTES)
		f->bytes = e->bytes + e->nr_bytes;
	else if (view->kind == TRFS_FEATURE_FLOAT)
		f->floats = e->floats + e->nr_floats;
	else
		f->ints = e->ints + e->nr_ints;
	if (read_values(view, e) != 0)
		return -1;
	f->nr_values = e->nr_bytes + e->nr_floats + e->nr_ints - before;
	e->nr_features += view->kind != 0;
	return 0;
}

/* 0 where it is an Example and not larger than there is room for. */
static int read_example(struct trfs_bytes message, struct example *e)
{
	struct trfs_feature_view view;
	struct trfs_example_reader r;
	struct trfs_error err;
	int rc;

	e->nr_features = e->nr_bytes = e->nr_floats = e->nr_ints = 0;
	trfs_example_reader_init(&r, message);
	while ((rc = trfs_example_reader_next(&r, &view, &err)) > 0) {
		if (e->nr_features == MAX_FEATURES || read_feature(&view, e) < 0)
			return -1;
	}
	return rc;
}

static void check_same(const struct trfs_feature *a, const struct trfs_feature *b)
{
	check(trfs_bytes_equal(a->key, b->key));
	check(a->kind == b->kind && a->nr_values == b->nr_values);
	for (size_t i = 0; i < a->nr_values; i++) {
		if (a->kind == TRFS_FEATURE_BYTES)
			check(trfs_bytes_equal(
				(struct trfs_bytes){ a->bytes[i].data, a->bytes[i].len },
				(struct trfs_bytes){ b->bytes[i].data,
						     b->bytes[i].len }));
		else if (a->kind == TRFS_FEATURE_FLOAT)
			check(memcmp(&a->floats[i], &b->floats[i], sizeof(float)) == 0);
		else
			check(a->ints[i] == b->ints[i]);
	}
}

static void check_written_again(const struct example *read)
{
	static struct example again;
	struct trfs_holes holes = { 0 };
	struct trfs_buffer b;
	uint64_t len;

	trfs_buffer_init(&b, 1u << 30);
	check(trfs_tf_example_encode(read->features, read->nr_features, &b, &holes,
				     &len) == 0);
	check(holes.nr == 0 && len == b.len);
	check(read_example(trfs_buffer_bytes(&b), &again) == 0);
	check(again.nr_features == read->nr_features);
	for (size_t i = 0; i < read->nr_features; i++)
		check_same(&read->features[i], &again.features[i]);
	trfs_holes_done(&holes);
	trfs_buffer_done(&b);
}

static void check_header(const uint8_t *data)
{
	uint8_t header[TRFS_TFRECORD_HEADER_SIZE];
	uint64_t len;

	if (trfs_tfrecord_parse_header(data, &len) < 0)
		return;
	trfs_tfrecord_header(len, header);
	check(memcmp(header, data, sizeof(header)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct example read;
	uint8_t *copy = malloc(size ? size : 1);

	check(copy != NULL);
	if (size > 0)
		memcpy(copy, data, size);
	if (size >= TRFS_TFRECORD_HEADER_SIZE)
		check_header(copy);
	if (read_example((struct trfs_bytes){ copy, size }, &read) == 0)
		check_written_again(&read);
	free(copy);
	return 0;
}
