/* SPDX-License-Identifier: MIT */
/* Memory for pixels, and which format's decoder fills it. */
#include "image/pixels_wanted.h"
#include "base/count_text.h"
#include "image/formats.h"
#include <stdlib.h>

void trfs_pixels_done(struct trfs_pixels *p)
{
	free(p->data);
	*p = (struct trfs_pixels){ 0 };
}

int trfs_pixels_shape(struct trfs_pixels *p, uint32_t height, uint32_t width,
		      uint8_t channels, struct trfs_error *err)
{
	uint64_t nr_pixels = (uint64_t)height * width;

	if (nr_pixels > SIZE_MAX / 4)
		return trfs_fail_memory(err, "the pixels of an image");
	p->height = height;
	p->width = width;
	p->channels = channels;
	if (p->data && trfs_pixels_size(p) <= p->capacity)
		return 0;

	/* Not realloc(): nothing in it is worth copying. */
	free(p->data);
	p->capacity = trfs_pixels_size(p);
	p->data = malloc(p->capacity ? p->capacity : 1);
	if (p->data)
		return 0;
	*p = (struct trfs_pixels){ 0 };
	return trfs_fail_memory(err, "the pixels of an image");
}

int trfs_pixels_check_max(uint32_t height, uint32_t width, uint64_t max_pixels,
			  struct trfs_error *err)
{
	char across[TRFS_COUNT_SIZE], down[TRFS_COUNT_SIZE], max[TRFS_COUNT_SIZE];

	if (max_pixels == 0)
		max_pixels = TRFS_PIXELS_MAX_DEFAULT;
	if ((uint64_t)height * width <= max_pixels)
		return 0;
	return trfs_fail(err, -EBADMSG, "has %s x %s pixels, more than --max-pixels %s",
			 trfs_count_text(width, across), trfs_count_text(height, down),
			 trfs_count_text(max_pixels, max));
}

static int check_format(const struct trfs_image_format_row *row, struct trfs_error *err)
{
	if (row->pixels)
		return 0;
	return trfs_fail(err, -EBADMSG,
			 "is %s, of which no pixels can be made (JPEG, PNG and "
			 "BMP are decoded)",
			 row->described);
}

int trfs_pixels_check(const struct trfs_image_info *info, uint64_t max_pixels,
		      struct trfs_error *err)
{
	int rc = check_format(trfs_image_format_row(info->format), err);

	if (rc < 0)
		return rc;
	return trfs_pixels_check_max(info->height, info->width, max_pixels, err);
}

int trfs_pixels_decode(struct trfs_bytes whole, const struct trfs_image_info *info,
		       unsigned int channels, enum trfs_dct dct, uint64_t max_pixels,
		       struct trfs_pixels *ret, struct trfs_error *err)
{
	const struct trfs_image_format_row *row = trfs_image_format_row(info->format);
	const struct trfs_pixels_wanted wanted = {
		.channels = channels,
		.dct = dct,
		.max_pixels = max_pixels,
	};

	if (channels != 0 && channels != 1 && channels != 3)
		return trfs_fail(err, -EINVAL,
				 "pixels have 1 or 3 channels, or those of the file (0), "
				 "not %u",
				 channels);
	if (check_format(row, err) < 0)
		return -EBADMSG;
	return row->pixels(whole, &wanted, ret, err);
}
