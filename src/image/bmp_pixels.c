/* SPDX-License-Identifier: MIT */
/*
 * The pixels of a BMP, as TensorFlow's decoder gives them: the bytes behind the header,
 * blue first; a palette is not looked at.  The probe is asked again, so that nothing here
 * depends on what was once said of other bytes.
 */
#include "image/formats.h"
#include "image/pixels_wanted.h"

struct layout {
	const uint8_t *first; /* of the first row in the file */
	size_t row_size;
	bool top_first;
};

static struct layout layout_of(struct trfs_bytes whole,
			       const struct trfs_image_info *info)
{
	uint32_t offset = trfs_image_u32le(whole.data + 10);
	int32_t height = (int32_t)trfs_image_u32le(whole.data + 22);

	return (struct layout){
		.first = whole.data + offset,
		.row_size = ((size_t)info->width * info->channels + 3) / 4 * 4,
		.top_first = height < 0,
	};
}

static void copy_row(const uint8_t *from, unsigned int from_channels, uint8_t *to,
		     unsigned int to_channels, uint32_t width)
{
	for (uint32_t x = 0; x < width; x++, from += from_channels, to += to_channels) {
		if (to_channels == 1) {
			to[0] = from[0];
			continue;
		}
		to[0] = from_channels == 1 ? from[0] : from[2];
		to[1] = from_channels == 1 ? from[0] : from[1];
		to[2] = from[0];
		if (to_channels == 4)
			to[3] = from[3];
	}
}

int trfs_image_bmp_pixels(struct trfs_bytes whole,
			  const struct trfs_pixels_wanted *wanted,
			  struct trfs_pixels *ret, struct trfs_error *err)
{
	const struct trfs_image_source source = trfs_image_source_of(whole);
	unsigned int channels = wanted->channels;
	struct trfs_image_info info = { 0 };
	struct trfs_image_cursor cursor;
	struct layout layout;
	int rc;

	trfs_image_cursor_init(&cursor, &source);
	rc = trfs_image_bmp_probe(&cursor, &info, err);
	if (rc < 0)
		return rc;
	if (channels == 0)
		channels = info.channels;
	if (channels == 1 && info.channels != 1)
		return trfs_fail(err, -EBADMSG,
				 "is a coloured BMP, which TensorFlow does not make "
				 "grey");
	rc = trfs_pixels_prepare(ret, info.height, info.width, channels,
				 wanted->max_pixels, err);
	if (rc < 0)
		return rc;

	layout = layout_of(whole, &info);
	for (uint32_t y = 0; y < ret->height; y++) {
		uint32_t row = layout.top_first ? y : ret->height - 1 - y;

		copy_row(layout.first + row * layout.row_size, info.channels,
			 trfs_pixels_row(ret, y), channels, ret->width);
	}
	return 0;
}
