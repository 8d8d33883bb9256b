/* SPDX-License-Identifier: MIT */
/*
 * Decoding a tf.train.Example by walking it: a reader for each level of nesting that is
 * entered and left again, nothing copied.  Lists are looked at only when their values
 * are asked for.
 */
#include "wire/tf_example_read.h"

#include "base/error.h"
#include "base/visible.h"
#include "wire/protobuf.h"

#include <errno.h>

#define MAX_SHOWN_KEY_LEN 200

static struct trfs_reader reader_of(struct trfs_bytes b)
{
	return trfs_reader_of(b.data, b.len);
}

void trfs_example_reader_init(struct trfs_example_reader *r, struct trfs_bytes message)
{
	r->example = reader_of(message);
	r->features = trfs_reader_of(NULL, 0);
}

/* A protobuf string may hold NUL, which trfs_utf8_valid() does not let pass. */
static bool is_string(struct trfs_bytes b)
{
	while (b.len > 0) {
		const uint8_t *nul = memchr(b.data, 0, b.len);
		size_t len = nul ? (size_t)(nul - b.data) : b.len;

		if (!trfs_utf8_valid((struct trfs_bytes){ b.data, len }))
			return false;
		if (!nul)
			return true;
		b.data += len + 1;
		b.len -= len + 1;
	}
	return true;
}

/*
 * One Feature.  A list replaces one of another kind, and continues one of its own, also
 * when that stands in an earlier Feature of the same entry.
 */
static int read_feature(struct trfs_bytes feature, struct trfs_bytes entry_rest,
			struct trfs_feature_view *view)
{
	struct trfs_reader r = reader_of(feature);
	struct trfs_protobuf_field f;
	int rc;

	while ((rc = trfs_protobuf_next(&r, &f)) > 0) {
		if (f.type != TRFS_WIRE_DELIMITED || f.number < TRFS_FEATURE_BYTES ||
		    f.number > TRFS_FEATURE_INT64 || (int)f.number == view->kind)
			continue;
		view->kind = (int)f.number;
		view->list = f.bytes;
		view->feature_rest = r.left;
		view->entry_rest = entry_rest;
	}
	return rc;
}

/* A key as a message may show it: on one line, and not at any length. */
static struct trfs_bytes shown(struct trfs_bytes key)
{
	if (key.len > MAX_SHOWN_KEY_LEN)
		return trfs_bytes_of("(long)");
	return trfs_is_visible(key) ? key : trfs_bytes_of("(unprintable)");
}

static int damaged(struct trfs_error *err, const char *what, struct trfs_bytes key)
{
	key = shown(key);
	return trfs_fail(err, -EBADMSG, "not a tf.train.Example: %s \"%.*s\" is damaged",
			 what, TRFS_BYTES_ARG(key));
}

static int read_entry(struct trfs_bytes entry, struct trfs_feature_view *ret,
		      struct trfs_error *err)
{
	struct trfs_feature_view view = { 0 };
	struct trfs_reader r = reader_of(entry);
	struct trfs_protobuf_field f;
	int rc;

	while ((rc = trfs_protobuf_next(&r, &f)) > 0) {
		if (trfs_protobuf_is_delimited(&f, TRFS_ENTRY_FEATURE)) {
			if (read_feature(f.bytes, r.left, &view) < 0)
				return damaged(err, "the value of key", view.key);
		} else if (trfs_protobuf_is_delimited(&f, TRFS_ENTRY_KEY)) {
			if (!is_string(f.bytes))
				return trfs_fail(err, -EBADMSG,
						 "not a tf.train.Example: a key is not "
						 "UTF-8");
			view.key = f.bytes;
		}
	}
	if (rc < 0)
		return damaged(err, "the entry of key", view.key);
	*ret = view;
	return 1;
}

/* The next Features message of the Example, of which there should be one. */
static int next_features(struct trfs_example_reader *r)
{
	struct trfs_protobuf_field f;
	int rc;

	while ((rc = trfs_protobuf_next(&r->example, &f)) > 0) {
		if (!trfs_protobuf_is_delimited(&f, TRFS_EXAMPLE_FEATURES))
			continue;
		r->features = reader_of(f.bytes);
		return 1;
	}
	return rc;
}

int trfs_example_reader_next(struct trfs_example_reader *r, struct trfs_feature_view *ret,
			     struct trfs_error *err)
{
	struct trfs_protobuf_field f;
	int rc;

	do {
		while ((rc = trfs_protobuf_next(&r->features, &f)) > 0) {
			if (!trfs_protobuf_is_delimited(&f, TRFS_FEATURES_ENTRY))
				continue;
			rc = read_entry(f.bytes, ret, err);
			r->features.failed = rc < 0;
			return rc;
		}
		if (rc == 0)
			rc = next_features(r);
	} while (rc > 0);

	if (rc < 0)
		return trfs_fail(
			err, -EBADMSG,
			"not a tf.train.Example: its protobuf fields are damaged");
	return 0;
}

void trfs_value_reader_init(struct trfs_value_reader *r,
			    const struct trfs_feature_view *f)
{
	r->list = reader_of(f->list);
	r->packed = trfs_reader_of(NULL, 0);
	r->feature = reader_of(f->feature_rest);
	r->entry = reader_of(f->entry_rest);
	r->kind = f->kind;
}

/* Go on to the list's next piece: 1 if there is one. */
static int next_piece(struct trfs_value_reader *r)
{
	struct trfs_protobuf_field f;
	int rc;

	do {
		while ((rc = trfs_protobuf_next(&r->feature, &f)) > 0) {
			if (!trfs_protobuf_is_delimited(&f, (uint32_t)r->kind))
				continue;
			r->list = reader_of(f.bytes);
			return 1;
		}
		if (rc < 0)
			return rc;
		rc = trfs_protobuf_next(&r->entry, &f);
		if (rc > 0 && trfs_protobuf_is_delimited(&f, TRFS_ENTRY_FEATURE))
			r->feature = reader_of(f.bytes);
	} while (rc > 0);
	return rc;
}

/* The next field that holds values; other fields are unknown ones. */
static int next_values(struct trfs_value_reader *r, struct trfs_protobuf_field *ret)
{
	int rc;

	do {
		while ((rc = trfs_protobuf_next(&r->list, ret)) > 0) {
			if (ret->number == TRFS_LIST_VALUES)
				return 1;
		}
		if (rc == 0)
			rc = next_piece(r);
	} while (rc > 0);
	return rc;
}

int trfs_value_reader_bytes(struct trfs_value_reader *r, struct trfs_bytes *ret)
{
	struct trfs_protobuf_field f;
	int rc;

	do {
		rc = next_values(r, &f);
	} while (rc > 0 && f.type != TRFS_WIRE_DELIMITED);
	if (rc > 0)
		*ret = f.bytes;
	return rc;
}

/* Numbers come packed, one field for many, or each in a field of type @single. */
static int next_number(struct trfs_value_reader *r, enum trfs_wire_type single,
		       uint64_t *ret)
{
	struct trfs_protobuf_field f;
	uint64_t value;
	int rc;

	while (r->packed.left.len == 0 && !r->packed.failed) {
		rc = next_values(r, &f);
		if (rc <= 0)
			return rc;
		if (f.type == single) {
			*ret = f.value;
			return 1;
		}
		if (f.type == TRFS_WIRE_DELIMITED)
			r->packed = reader_of(f.bytes);
	}

	value = single == TRFS_WIRE_VARINT ? trfs_reader_varint(&r->packed)
					   : trfs_reader_u32le(&r->packed);
	if (r->packed.failed)
		return -EBADMSG;
	*ret = value;
	return 1;
}

int trfs_value_reader_float(struct trfs_value_reader *r, float *ret)
{
	uint64_t value;
	int rc = next_number(r, TRFS_WIRE_FIXED32, &value);

	if (rc > 0) {
		uint32_t bits = (uint32_t)value;

		memcpy(ret, &bits, sizeof(*ret));
	}
	return rc;
}

int trfs_value_reader_int64(struct trfs_value_reader *r, int64_t *ret)
{
	uint64_t value;
	int rc = next_number(r, TRFS_WIRE_VARINT, &value);

	if (rc > 0)
		*ret = (int64_t)value;
	return rc;
}
