/* SPDX-License-Identifier: MIT */
/* A record is found again by its offset, and read with its checksums verified. */
#include "cli/compare_read.h"

#include "wire/tfrecord.h"

void trfs_read_record_init(struct trfs_read_record *r, const struct trfs_compared *c,
			   const struct trfs_compared_record *record)
{
	struct trfs_bytes path = trfs_strings_get(c->paths, record->file);
	struct trfs_record_fault fault;
	struct trfs_record_span span;
	struct trfs_error unused;
	struct trfs_record_file f;

	*r = (struct trfs_read_record){ .name = { NULL, 0 } };
	snprintf(r->path, sizeof(r->path), "%.*s", TRFS_BYTES_ARG(path));
	trfs_buffer_init(&r->data, TRFS_TFRECORD_MAX_DATA_SIZE);
	if (trfs_record_file_open(&f, r->path, TRFS_RECORD_WINDOW_SKIP, &unused) < 0)
		return;
	f.next_offset = record->offset < f.size ? record->offset : f.size;
	if (trfs_record_file_next(&f, &span, &fault) > 0 &&
	    trfs_record_file_load(&f, &span, &r->data, &fault) == 0)
		r->name = trfs_record_name(trfs_buffer_bytes(&r->data));
	else
		trfs_buffer_reset(&r->data);
	trfs_record_file_close(&f);
}

void trfs_read_record_done(struct trfs_read_record *r)
{
	trfs_buffer_done(&r->data);
}

void trfs_compared_pair_init(struct trfs_compared_pair *pair,
			     const struct trfs_compared *c,
			     const struct trfs_compared_record *first,
			     const struct trfs_compared_record *second)
{
	trfs_read_record_init(&pair->records[0], c, first);
	trfs_read_record_init(&pair->records[1], c, second);
}

void trfs_compared_pair_done(struct trfs_compared_pair *pair)
{
	trfs_read_record_done(&pair->records[0]);
	trfs_read_record_done(&pair->records[1]);
}

int trfs_compared_pair_difference(const struct trfs_compared_pair *pair,
				  struct trfs_example_difference *ret)
{
	return trfs_example_difference_find(trfs_buffer_bytes(&pair->records[0].data),
					    trfs_buffer_bytes(&pair->records[1].data),
					    ret);
}

const struct trfs_compared_record *trfs_compared_partner(
	const struct trfs_compared *c, const struct trfs_compared_record *record)
{
	const struct trfs_record_set *second = &c->sets[1];

	for (uint64_t i = 0; i < second->nr; i++)
		if (second->records[i].pair == record->pair)
			return &second->records[i];
	return NULL;
}
