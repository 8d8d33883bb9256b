/* SPDX-License-Identifier: MIT */
/*
 * index/SHARD.idx as NVIDIA DALI reads it and index/SHARD.tfindex as PyTorch's tfrecord
 * does: a line a record, "OFFSET SIZE", both in bytes and with the record's framing.
 */
#include "stream/side_file.h"

#include <inttypes.h>

static uint64_t nr_lines(const struct trfs_side_request *request)
{
	return trfs_plan_shard_nr_records(request->view->plan, request->shard);
}

static int put_lines(const struct trfs_side_request *request, uint64_t first, size_t nr,
		     struct trfs_buffer *out, struct trfs_error *err)
{
	uint64_t offsets[TRFS_SIDE_BLOCK + 1];
	int rc =
		trfs_view_offsets(request->view, request->shard, first, nr, offsets, err);

	for (size_t i = 0; rc == 0 && i < nr; i++)
		trfs_buffer_printf(out, "%" PRIu64 " %" PRIu64 "\n", offsets[i],
				   offsets[i + 1] - offsets[i]);
	return rc;
}

static int add_lengths(const struct trfs_side_request *request, uint64_t first, size_t nr,
		       uint64_t *ret, struct trfs_error *err)
{
	uint64_t offsets[TRFS_SIDE_BLOCK + 1];
	int rc =
		trfs_view_offsets(request->view, request->shard, first, nr, offsets, err);

	*ret = 0;
	/* A blank and a line feed. */
	for (size_t i = 0; rc == 0 && i < nr; i++)
		*ret += trfs_side_nr_digits(offsets[i]) +
			trfs_side_nr_digits(offsets[i + 1] - offsets[i]) + 2;
	return rc;
}

#define INDEX(ending)                                                                    \
	{                                                                                \
		.set = "standard", .path = "index/{shard}" ending,                       \
		.flags = TRFS_SIDE_IN_VIEWS | TRFS_SIDE_PER_SHARD, .nr_lines = nr_lines, \
		.lines = put_lines, .lines_length = add_lengths,                         \
	}

const struct trfs_side_kind trfs_side_index_dali = INDEX(".idx");
const struct trfs_side_kind trfs_side_index_pytorch = INDEX(".tfindex");
