/* SPDX-License-Identifier: MIT */
/*
 * ISA-L's deflate at level 1.  What it makes depends on how much it is given at a time,
 * so it is always given as much.
 */
#include "stream/gzip.h"

#include "base/error.h"
#include <isa-l/igzip_lib.h>
#include <stdlib.h>

#define PIECE_SIZE (1u << 20)

/**
 * struct trfs_gzip - a file that is being compressed
 * @nr: of @input, not compressed yet
 */
struct trfs_gzip {
	struct isal_zstream stream;
	trfs_gzip_take_fn *take;
	void *user;
	size_t nr;
	uint8_t level_buffer[ISAL_DEF_LVL1_DEFAULT];
	uint8_t input[PIECE_SIZE];
	uint8_t output[PIECE_SIZE];
};

int trfs_gzip_new(trfs_gzip_take_fn *take, void *user, struct trfs_gzip **ret,
		  struct trfs_error *err)
{
	struct trfs_gzip *gzip = calloc(1, sizeof(*gzip));

	if (!gzip)
		return trfs_fail_memory(err, "compressing");
	gzip->take = take;
	gzip->user = user;
	isal_deflate_init(&gzip->stream);
	gzip->stream.level = 1;
	gzip->stream.level_buf = gzip->level_buffer;
	gzip->stream.level_buf_size = sizeof(gzip->level_buffer);
	gzip->stream.gzip_flag = IGZIP_GZIP;
	*ret = gzip;
	return 0;
}

struct trfs_gzip *trfs_gzip_free(struct trfs_gzip *gzip)
{
	free(gzip);
	return NULL;
}

/* All that is in @input. */
static int compress(struct trfs_gzip *gzip, bool is_last, struct trfs_error *err)
{
	struct isal_zstream *stream = &gzip->stream;

	stream->next_in = gzip->input;
	stream->avail_in = (uint32_t)gzip->nr;
	stream->end_of_stream = is_last;
	gzip->nr = 0;
	do {
		size_t made;
		int rc;

		stream->next_out = gzip->output;
		stream->avail_out = PIECE_SIZE;
		if (isal_deflate(stream) != COMP_OK)
			return trfs_fail(err, -EIO, "compressing failed");
		made = PIECE_SIZE - stream->avail_out;
		rc = made > 0 ? gzip->take(gzip->user, gzip->output, made, err) : 0;
		if (rc < 0)
			return rc;
	} while (stream->avail_out == 0);
	return 0;
}

int trfs_gzip_put(struct trfs_gzip *gzip, const void *data, size_t len,
		  struct trfs_error *err)
{
	const uint8_t *at = data;

	while (len > 0) {
		size_t room = PIECE_SIZE - gzip->nr;
		size_t some = len < room ? len : room;

		memcpy(gzip->input + gzip->nr, at, some);
		gzip->nr += some;
		at += some;
		len -= some;
		if (gzip->nr == PIECE_SIZE) {
			int rc = compress(gzip, false, err);

			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

int trfs_gzip_finish(struct trfs_gzip *gzip, struct trfs_error *err)
{
	return compress(gzip, true, err);
}
