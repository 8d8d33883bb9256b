/* SPDX-License-Identifier: MIT */
/* The files of a directory of one record: by-index/SPLIT/N. */
#ifndef TRFS_STREAM_SIDE_RECORD_H
#define TRFS_STREAM_SIDE_RECORD_H

#include "stream/side_file.h"

/* Those that a view of one record (trfs_view_spec_is_record()) shows, and no others. */
extern const struct trfs_side_kind trfs_side_record_kinds[];
extern const size_t trfs_side_record_kinds_len;

/* Append the features of the serialized Example @data as JSON; -EBADMSG for none. */
TRFS_MUST_CHECK
int trfs_side_put_example(struct trfs_buffer *out, struct trfs_bytes data,
			  struct trfs_error *err);

#endif
