/* SPDX-License-Identifier: MIT */
/*
 * One record for ordinary tools: the image as the record has it, what it is called, and
 * all of its features.  The image is bytes, not a link to the file: it is what a reader
 * of the record gets, and it can be read where the source cannot.
 */
#include "stream/side_record.h"

#include "base/error.h"
#include "dataset/cell.h"
#include "stream/stream.h"
#include "wire/tfrecord.h"

#include <errno.h>

/* The view has one shard of one record. */
static int find_record(const struct trfs_side_request *request,
		       struct trfs_record_place *ret, struct trfs_error *err)
{
	struct trfs_view_cursor cursor = { .nr = 0 };

	return trfs_view_record(request->view, &cursor, 0, 0, ret, err);
}

static int fail_streamless(struct trfs_error *err)
{
	return trfs_fail(err, -EINVAL, "it needs the bytes of an image");
}

static int make_image(const struct trfs_side_request *request, struct trfs_buffer *out,
		      struct trfs_error *err)
{
	struct trfs_record_place place;
	struct trfs_content_ref ref = { .hole = trfs_content_hole(TRFS_CONTENT_IMAGE,
								  0) };
	uint64_t len = 0;
	uint8_t *to;
	int rc = request->stream ? find_record(request, &place, err)
				 : fail_streamless(err);

	if (rc < 0)
		return rc;
	ref.example = place.example;
	ref.copy = place.copy;
	rc = trfs_content_length(request->view->catalog, ref, &len);
	if (rc < 0)
		return trfs_fail(err, rc, "the image of this record has no bytes");
	to = trfs_buffer_extend(out, (size_t)len);
	if (!to || len == 0)
		return 0;
	return trfs_content_store_read(trfs_stream_contents(request->stream), ref, 0, to,
				       (size_t)len, err);
}

static void put_line(struct trfs_buffer *out, struct trfs_bytes text)
{
	trfs_buffer_put(out, text.data, text.len);
	trfs_buffer_put_u8(out, '\n');
}

/* Where labels are numbers to regress to. */
static void put_target(const struct trfs_catalog *catalog, uint64_t example,
		       struct trfs_buffer *out)
{
	struct trfs_cell_reader r;
	struct trfs_buffer scratch;
	struct trfs_value value;

	trfs_buffer_init(&scratch, (size_t)1 << 20);
	trfs_cell_reader_init(&r, trfs_catalog_cell(catalog, catalog->target_column,
						    example, &scratch));
	while (trfs_cell_reader_next(&r, &value)) {
		trfs_value_print(&value, out);
		trfs_buffer_put_u8(out, '\n');
	}
	out->failed |= scratch.failed;
	trfs_buffer_done(&scratch);
}

/* A class a line; nothing where it has none. */
static int make_label(const struct trfs_side_request *request, struct trfs_buffer *out,
		      struct trfs_error *err)
{
	const struct trfs_catalog *catalog = request->view->catalog;
	struct trfs_record_place place;
	const uint8_t *labels;
	size_t nr;
	int rc = find_record(request, &place, err);

	if (rc < 0)
		return rc;
	labels = trfs_catalog_labels(catalog, place.example, &nr);
	for (size_t i = 0; i < nr; i++)
		put_line(out, trfs_strings_get(&catalog->class_names,
					       trfs_catalog_label(labels, i)));
	if (catalog->target_column != TRFS_NO_COLUMN)
		put_target(catalog, place.example, out);
	return 0;
}

static int make_example(const struct trfs_side_request *request, struct trfs_buffer *out,
			struct trfs_error *err)
{
	struct trfs_bytes data;
	struct trfs_buffer record;
	uint64_t size = 0;
	uint8_t *to;
	size_t got;
	int rc = request->stream ? trfs_view_shard_size(request->view, 0, &size, err)
				 : fail_streamless(err);

	if (rc < 0)
		return rc;
	trfs_buffer_init(&record, (size_t)size + 1);
	to = trfs_buffer_extend(&record, (size_t)size);
	rc = to ? trfs_stream_read_view(request->stream, request->view, 0, 0, to,
					(size_t)size, &got, err)
		: trfs_fail_memory(err, "a record");
	if (rc == 0) {
		data = (struct trfs_bytes){ record.data + TRFS_TFRECORD_HEADER_SIZE,
					    record.len - TRFS_TFRECORD_FRAMING_SIZE };
		rc = trfs_side_put_example(out, data, err);
	}
	trfs_buffer_done(&record);
	return rc;
}

const struct trfs_side_kind trfs_side_record_kinds[] = {
	{ .set = "record", .path = "image", .make = make_image },
	{ .set = "record", .path = "label.txt", .make = make_label },
	{ .set = "record", .path = "example.json", .make = make_example },
};
const size_t trfs_side_record_kinds_len = TRFS_COUNT(trfs_side_record_kinds);
