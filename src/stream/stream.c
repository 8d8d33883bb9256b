/* SPDX-License-Identifier: MIT */
/*
 * Windows of shards.  Find the record at the offset, lay it out as segments, copy the
 * part of each segment that lies in the window; repeat until the window is full.
 */
#include <tfrecordfs/stream.h>

#include "base/error.h"
#include "index/generation.h"
#include "stream/builder_pool.h"
#include "stream/content_store.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

struct trfs_stream {
	const struct trfs_generation *generation;
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
	rc = trfs_content_store_open(generation->catalog,
				     trfs_schema_contents(generation->schema),
				     &stream->content, err);
	if (rc < 0) {
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
		free(stream);
	}
	return NULL;
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

/*
 * Copy from the record at @offset up to its end or @len bytes; at least one.  A record
 * whose length differs from the index can only come from an index that lies.
 */
static int copy_from_record(struct trfs_stream *stream,
			    struct trfs_example_builder *builder, uint32_t shard,
			    uint64_t offset, uint8_t *buf, size_t len, size_t *ret_len,
			    struct trfs_error *err)
{
	const struct trfs_generation *g = stream->generation;
	struct trfs_record_place place =
		trfs_layout_find(g->layout, g->plan, shard, offset);
	struct trfs_content_ref ref = { .example = place.example, .copy = place.copy };
	struct window window = { .start = offset - place.offset, .buf = buf };
	uint64_t left;
	int rc;

	builder->has_copies = place.has_copies;
	rc = trfs_example_builder_layout(builder, place.example, place.copy, err);
	if (rc < 0)
		return rc;
	if (builder->record.len != place.size || offset < place.offset ||
	    window.start >= place.size)
		return trfs_fail(err, -ESTALE,
				 "record %" PRIu64 " is not as long as the index says; "
				 "mount again with --reindex",
				 place.record);
	left = place.size - window.start;
	*ret_len = left < len ? (size_t)left : len;
	window.end = window.start + *ret_len;
	return copy_record(stream, ref, &builder->record, &window, err);
}

int trfs_stream_read(struct trfs_stream *stream, uint32_t shard, uint64_t offset,
		     void *buf, size_t len, size_t *ret_len, struct trfs_error *err)
{
	uint64_t size = trfs_generation_shard_size(stream->generation, shard);
	uint64_t left = offset < size ? size - offset : 0;
	size_t want = left < len ? (size_t)left : len;
	struct trfs_example_builder *builder;
	size_t done = 0;
	int rc = 0;

	if (want == 0) {
		*ret_len = 0;
		return 0;
	}
	builder = trfs_builder_pool_take(&stream->builders);
	if (!builder)
		return trfs_fail_memory(err, "laying out a record");
	while (done < want && rc == 0) {
		size_t copied = 0;

		rc = copy_from_record(stream, builder, shard, offset + done,
				      (uint8_t *)buf + done, want - done, &copied, err);
		done += copied;
	}
	trfs_builder_pool_give(&stream->builders, builder);
	if (rc < 0) {
		char name[TRFS_SHARD_NAME_MAX];

		trfs_plan_shard_name(stream->generation->plan, shard, name);
		return trfs_error_prefix(err, rc, "%s at byte %" PRIu64, name,
					 offset + done);
	}
	*ret_len = done;
	return 0;
}

int trfs_stream_where(const struct trfs_stream *stream, uint32_t shard, uint64_t offset,
		      struct trfs_place *ret)
{
	const struct trfs_generation *g = stream->generation;
	struct trfs_record_place place;
	struct trfs_bytes name;

	if (offset >= trfs_generation_shard_size(g, shard))
		return -ENXIO;
	place = trfs_layout_find(g->layout, g->plan, shard, offset);
	name = trfs_catalog_name(g->catalog, place.example);
	*ret = (struct trfs_place){ .record = place.record,
				    .record_offset = place.offset,
				    .record_size = place.size,
				    .image = (const char *)name.data,
				    .image_len = name.len };
	return 0;
}
