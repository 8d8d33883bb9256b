/* SPDX-License-Identifier: MIT */
/*
 * Windows of shards.  Find the record at the offset, lay it out as segments, copy the
 * part of each segment that lies in the window; repeat until the window is full.
 */
#include "stream/stream.h"

#include "base/error.h"
#include "stream/builder_pool.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/**
 * struct trfs_stream - what reads share
 * @builders: of the generation's schema; views with another one make theirs for a read
 */
struct trfs_stream {
	const struct trfs_generation *generation;
	struct trfs_view *root;
	struct trfs_content_store *content;
	struct trfs_builder_pool builders;
};

/* The part of a record that a window asks for. */
struct window {
	uint64_t start; /* from the start of the record */
	uint64_t end;
	uint8_t *buf; /* receives byte @start */
};

int trfs_stream_open(const struct trfs_generation *generation, struct trfs_stream **ret,
		     struct trfs_error *err)
{
	struct trfs_stream *stream = calloc(1, sizeof(*stream));
	int rc;

	if (!stream)
		return trfs_fail_memory(err, "the stream");
	stream->generation = generation;
	rc = trfs_view_open(generation, NULL, &stream->root, err);
	if (rc == 0)
		rc = trfs_content_store_open(generation, &stream->content, err);
	if (rc < 0) {
		trfs_view_free(stream->root);
		free(stream);
		return rc;
	}
	trfs_builder_pool_init(&stream->builders, generation->schema,
			       generation->catalog);
	*ret = stream;
	return 0;
}

struct trfs_stream *trfs_stream_close(struct trfs_stream *stream)
{
	if (stream) {
		trfs_builder_pool_done(&stream->builders);
		trfs_content_store_close(stream->content);
		trfs_view_free(stream->root);
		free(stream);
	}
	return NULL;
}

const struct trfs_view *trfs_stream_root(const struct trfs_stream *stream)
{
	return stream->root;
}

struct trfs_content_store *trfs_stream_contents(struct trfs_stream *stream)
{
	return stream->content;
}

void trfs_stream_leave_uncached(struct trfs_stream *stream)
{
	trfs_content_store_leave_uncached(stream->content);
}

void trfs_stream_watch(struct trfs_stream *stream, struct trfs_source_reads *reads)
{
	trfs_content_store_watch(stream->content, reads);
}

void trfs_stream_hold_to(struct trfs_stream *stream, uint32_t readers)
{
	trfs_content_store_hold_to(stream->content, readers);
}

/* The four bytes at the end of a record; they need every content's checksum. */
static int make_footer(struct trfs_stream *stream, struct trfs_content_ref ref,
		       const struct trfs_record *record,
		       uint8_t footer[TRFS_TFRECORD_FOOTER_SIZE], struct trfs_error *err)
{
	uint32_t *crcs = malloc((record->holes.nr + 1) * sizeof(*crcs));
	size_t nr = 0;
	int rc = 0;

	if (!crcs)
		return trfs_fail_memory(err, "checksums");
	for (size_t i = 0; i < record->nr_segments && rc == 0; i++) {
		if (record->segments[i].kind != TRFS_SEGMENT_CONTENT)
			continue;
		ref.hole = record->segments[i].hole;
		rc = trfs_content_store_crc(stream->content, ref, &crcs[nr++], err);
	}
	if (rc == 0)
		trfs_tfrecord_footer(trfs_record_data_crc(record, crcs), footer);
	free(crcs);
	return rc;
}

/* Copy bytes [from, from + len) of one segment. */
static int copy_segment(struct trfs_stream *stream, struct trfs_content_ref ref,
			const struct trfs_record *record,
			const struct trfs_segment *segment, uint64_t from, void *buf,
			size_t len, struct trfs_error *err)
{
	uint8_t footer[TRFS_TFRECORD_FOOTER_SIZE];
	int rc;

	switch (segment->kind) {
	case TRFS_SEGMENT_LITERAL:
		memcpy(buf, segment->literal + from, len);
		return 0;
	case TRFS_SEGMENT_CONTENT:
		ref.hole = segment->hole;
		return trfs_content_store_read(stream->content, ref, from, buf, len, err);
	case TRFS_SEGMENT_CHECKSUM:
		rc = make_footer(stream, ref, record, footer, err);
		if (rc == 0)
			memcpy(buf, footer + from, len);
		return rc;
	}
	return trfs_fail(err, -EINVAL, "a segment of no known kind");
}

static int copy_record(struct trfs_stream *stream, struct trfs_content_ref ref,
		       const struct trfs_record *record, const struct window *window,
		       struct trfs_error *err)
{
	for (size_t i = 0; i < record->nr_segments; i++) {
		const struct trfs_segment *s = &record->segments[i];
		uint64_t start = window->start > s->offset ? window->start : s->offset;
		uint64_t end = s->offset + s->len;
		int rc;

		end = window->end < end ? window->end : end;
		if (start >= end)
			continue;
		rc = copy_segment(stream, ref, record, s, start - s->offset,
				  window->buf + (start - window->start),
				  (size_t)(end - start), err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/**
 * struct reading - of one window
 * @builder: of the view's schema
 * @cursor: where in the shard
 */
struct reading {
	struct trfs_stream *stream;
	const struct trfs_view *view;
	uint32_t shard;
	struct trfs_example_builder *builder;
	struct trfs_view_cursor cursor;
};

/*
 * Copy from the record at @offset up to its end or @len bytes; at least one.  A record
 * whose length differs from the index can only come from an index that lies.
 */
static int copy_from_record(struct reading *r, uint64_t offset, uint8_t *buf, size_t len,
			    size_t *ret_len, struct trfs_error *err)
{
	struct trfs_record_place place;
	struct trfs_content_ref ref;
	struct window window = { .buf = buf };
	uint64_t left;
	int rc = trfs_view_find(r->view, &r->cursor, r->shard, offset, &place, err);

	if (rc < 0)
		return rc;
	ref = (struct trfs_content_ref){ .example = place.example, .copy = place.copy };
	window.start = offset - place.offset;
	r->builder->has_copies = place.has_copies;
	rc = trfs_example_builder_layout(r->builder, place.example, place.copy, err);
	if (rc < 0)
		return rc;
	if (r->builder->record.len != place.size || offset < place.offset ||
	    window.start >= place.size)
		return trfs_fail(err, -ESTALE,
				 "record %" PRIu64 " is not as long as the index says; "
				 "reload, or use --reindex",
				 place.record);
	left = place.size - window.start;
	*ret_len = left < len ? (size_t)left : len;
	window.end = window.start + *ret_len;
	return copy_record(r->stream, ref, &r->builder->record, &window, err);
}

static int copy_window(struct reading *r, uint64_t offset, uint8_t *buf, size_t len,
		       struct trfs_error *err)
{
	size_t done = 0;
	int rc = 0;

	while (done < len && rc == 0) {
		size_t copied = 0;

		rc = copy_from_record(r, offset + done, buf + done, len - done, &copied,
				      err);
		done += copied;
	}
	if (rc < 0) {
		char name[TRFS_SHARD_NAME_MAX];

		trfs_plan_shard_name(r->view->plan, r->shard, name);
		return trfs_error_prefix(err, rc, "%s at byte %" PRIu64, name,
					 offset + done);
	}
	return 0;
}

/* With a builder of the view's schema: one of the stream's, or of a pool for this read.
 */
static int copy_with_builder(struct reading *r, uint64_t offset, uint8_t *buf, size_t len,
			     struct trfs_error *err)
{
	bool is_shared = r->view->schema == r->stream->generation->schema;
	struct trfs_builder_pool own = { .idle = NULL };
	struct trfs_builder_pool *pool = is_shared ? &r->stream->builders : &own;
	int rc;

	if (!is_shared)
		trfs_builder_pool_init(&own, r->view->schema, r->view->catalog);
	r->builder = trfs_builder_pool_take(pool);
	rc = r->builder ? copy_window(r, offset, buf, len, err)
			: trfs_fail_memory(err, "laying out a record");
	if (r->builder)
		trfs_builder_pool_give(pool, r->builder);
	if (!is_shared)
		trfs_builder_pool_done(&own);
	return rc;
}

int trfs_stream_read_view(struct trfs_stream *stream, const struct trfs_view *view,
			  uint32_t shard, uint64_t offset, void *buf, size_t len,
			  size_t *ret_len, struct trfs_error *err)
{
	struct reading reading = { .stream = stream, .view = view, .shard = shard };
	uint64_t size, left;
	size_t want;
	int rc = trfs_view_shard_size(view, shard, &size, err);

	if (rc < 0)
		return rc;
	left = offset < size ? size - offset : 0;
	want = left < len ? (size_t)left : len;
	if (want > 0)
		rc = copy_with_builder(&reading, offset, buf, want, err);
	/* Also where reading failed, since that may be why. */
	if (trfs_generation_check(stream->generation, err) < 0)
		return -EIO;
	if (rc == 0)
		*ret_len = want;
	return rc;
}

int trfs_stream_read(struct trfs_stream *stream, uint32_t shard, uint64_t offset,
		     void *buf, size_t len, size_t *ret_len, struct trfs_error *err)
{
	return trfs_stream_read_view(stream, stream->root, shard, offset, buf, len,
				     ret_len, err);
}

int trfs_stream_where_view(const struct trfs_view *view, uint32_t shard, uint64_t offset,
			   struct trfs_place *ret)
{
	struct trfs_view_cursor cursor = { .nr = 0 };
	struct trfs_record_place place;
	struct trfs_bytes name;
	struct trfs_name room;
	uint64_t size;
	int rc = trfs_view_shard_size(view, shard, &size, NULL);

	if (rc == 0 && offset >= size)
		return -ENXIO;
	if (rc == 0)
		rc = trfs_view_find(view, &cursor, shard, offset, &place, NULL);
	if (rc < 0)
		return rc;
	ret->record = place.record;
	ret->record_offset = place.offset;
	ret->record_size = place.size;
	name = trfs_catalog_name(view->catalog, place.example, &room);
	rc = trfs_generation_check(view->generation, NULL);
	if (rc < 0)
		return rc;
	memcpy(ret->image, name.data, name.len + 1);
	ret->image_len = name.len;
	return 0;
}

int trfs_stream_where(const struct trfs_stream *stream, uint32_t shard, uint64_t offset,
		      struct trfs_place *ret)
{
	return trfs_stream_where_view(stream->root, shard, offset, ret);
}
