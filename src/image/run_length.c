/* SPDX-License-Identifier: MIT */
/* Masks out of run lengths, which go down the columns while pixels lie in rows. */
#include "image/outline.h"

#include "base/error.h"

#include <errno.h>
#include <inttypes.h>

/* Set the pixels from @start to before @end, counted down the columns. */
static void draw_run(struct trfs_canvas *canvas, uint64_t start, uint64_t end)
{
	uint32_t y = (uint32_t)(start % canvas->height);
	uint8_t *column = canvas->pixels + start / canvas->height;

	for (uint64_t at = start; at < end; at++) {
		column[(size_t)y * canvas->width] = 1;
		if (++y == canvas->height) {
			y = 0;
			column++;
		}
	}
}

static int read_size(struct trfs_bytes *text, const struct trfs_canvas *canvas,
		     struct trfs_error *err)
{
	int64_t height, width;

	if (!trfs_outline_number(text, &height) || !trfs_outline_number(text, &width))
		return trfs_fail(err, -EBADMSG, "has runs without a size");
	if (height != canvas->height || width != canvas->width)
		return trfs_fail(err, -EBADMSG,
				 "has runs for %" PRId64 " x %" PRId64
				 " pixels; the image is %" PRIu32 " x %" PRIu32,
				 width, height, canvas->width, canvas->height);
	return 0;
}

int trfs_runs_draw(struct trfs_bytes text, struct trfs_canvas *canvas,
		   struct trfs_error *err)
{
	uint64_t nr_pixels = (uint64_t)canvas->height * canvas->width;
	int64_t last[2] = { 0, 0 };
	uint64_t at = 0;
	int rc;

	rc = read_size(&text, canvas, err);
	for (size_t i = 0; rc == 0 && text.len > 0; i++) {
		int64_t count;

		if (!trfs_outline_number(&text, &count))
			return trfs_fail(err, -EBADMSG, "has runs that break off");
		count += i > 2 ? last[i % 2] : 0;
		if (count < 0 || (uint64_t)count > nr_pixels - at)
			return trfs_fail(err, -EBADMSG,
					 "has runs that leave the image: run %zu is "
					 "%" PRId64 " pixels long, and %" PRIu64
					 " are left",
					 i + 1, count, nr_pixels - at);
		last[i % 2] = count;
		if (i % 2 == 1)
			draw_run(canvas, at, at + (uint64_t)count);
		at += (uint64_t)count;
	}
	if (rc == 0 && at != nr_pixels)
		return trfs_fail(err, -EBADMSG,
				 "has runs for %" PRIu64
				 " pixels; the image has %" PRIu64,
				 at, nr_pixels);
	return rc;
}
