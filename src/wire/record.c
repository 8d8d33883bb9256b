/* SPDX-License-Identifier: MIT */
/*
 * Laying out one framed record.  The header's twelve bytes are reserved in front of the
 * Example's literal bytes and filled in once its length is known, so that both are one
 * segment.
 */
#include "wire/record.h"

#include "base/crc32c.h"

#include <errno.h>
#include <stdlib.h>

#define MAX_LITERAL_LEN ((size_t)TRFS_TFRECORD_HEADER_SIZE + TRFS_TFRECORD_MAX_DATA_SIZE)

void trfs_record_init(struct trfs_record *r)
{
	*r = (struct trfs_record){ .len = 0 };
	trfs_buffer_init(&r->literal, MAX_LITERAL_LEN);
}

void trfs_record_done(struct trfs_record *r)
{
	free(r->segments);
	trfs_holes_done(&r->holes);
	trfs_buffer_done(&r->literal);
	*r = (struct trfs_record){ .len = 0 };
}

/* A segment a hole, literal bytes around each, and the checksum.  -ENOMEM. */
static int make_room(struct trfs_record *r)
{
	size_t nr = 2 * r->holes.nr + 2;
	struct trfs_segment *segments;

	if (nr <= r->segments_capacity)
		return 0;
	segments = reallocarray(r->segments, nr, sizeof(*segments));
	if (!segments)
		return -ENOMEM;
	r->segments = segments;
	r->segments_capacity = nr;
	return 0;
}

static void add_segment(struct trfs_record *r, struct trfs_segment s)
{
	s.offset = r->len;
	r->segments[r->nr_segments++] = s;
	r->len += s.len;
}

/* The literal bytes from *@done on, up to @end; not even a segment if there are none. */
static void add_literal(struct trfs_record *r, size_t *done, size_t end)
{
	if (end > *done)
		add_segment(r, (struct trfs_segment){
				       .kind = TRFS_SEGMENT_LITERAL,
				       .len = end - *done,
				       .literal = r->literal.data + *done,
			       });
	*done = end;
}

int trfs_record_layout(struct trfs_record *r, const struct trfs_feature *features,
		       size_t nr_features)
{
	uint64_t len;
	size_t done = 0;
	int rc;

	r->len = 0;
	r->nr_segments = 0;
	trfs_buffer_reset(&r->literal);
	if (!trfs_buffer_extend(&r->literal, TRFS_TFRECORD_HEADER_SIZE))
		return -ENOMEM;
	rc = trfs_tf_example_encode(features, nr_features, &r->literal, &r->holes, &len);
	if (rc == 0)
		rc = make_room(r);
	if (rc < 0)
		return rc;
	trfs_tfrecord_header(len, r->literal.data);

	for (size_t i = 0; i < r->holes.nr; i++) {
		const struct trfs_hole *hole = &r->holes.items[i];

		add_literal(r, &done, TRFS_TFRECORD_HEADER_SIZE + hole->literal_offset);
		add_segment(r, (struct trfs_segment){
				       .kind = TRFS_SEGMENT_CONTENT,
				       .hole = hole->hole,
				       .len = hole->len,
			       });
	}
	add_literal(r, &done, r->literal.len);
	add_segment(r, (struct trfs_segment){
			       .kind = TRFS_SEGMENT_CHECKSUM,
			       .len = TRFS_TFRECORD_FOOTER_SIZE,
		       });
	return 0;
}

uint32_t trfs_record_data_crc(const struct trfs_record *r, const uint32_t *content_crcs)
{
	/* The framing's header, with which the first segment begins, is not of the data.
	 */
	size_t skip = TRFS_TFRECORD_HEADER_SIZE;
	uint32_t crc = 0;

	for (size_t i = 0; i < r->nr_segments; i++) {
		const struct trfs_segment *s = &r->segments[i];

		if (s->kind == TRFS_SEGMENT_LITERAL) {
			crc = trfs_crc32c(crc, s->literal + skip, (size_t)s->len - skip);
			skip = 0;
		} else if (s->kind == TRFS_SEGMENT_CONTENT) {
			crc = trfs_crc32c_combine(crc, *content_crcs++, s->len);
		}
	}
	return crc;
}
