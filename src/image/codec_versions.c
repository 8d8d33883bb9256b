/* SPDX-License-Identifier: MIT */
/*
 * A digest of the codecs' behaviour: shared libraries are upgraded under a program that
 * still says what it was compiled with.
 */
#include "image/codec_versions.h"
#include "base/buffer.h"
#include "base/crc32c.h"
#include "base/random.h"
#include "image/jpeg_encode.h"
#include "image/jpeg_library.h"
#include "image/png_encode.h"
#include <errno.h>
#include <png.h>
#include <stdio.h>

/* Not multiples of a block, so that edges are padded; large enough to upsample. */
#define HEIGHT	 37
#define WIDTH	 53
#define OUT_MAX	 65536
#define QUALITY	 87
#define KEY	 UINT64_C(0x7466726563)
#define TEXT_MAX 12

/*
 * Colours: slopes with noise on them, all frequencies.  Grey: areas with a few blemishes,
 * as masks, so that deflating has something to find.
 */
static uint8_t level(unsigned int channels, unsigned int y, unsigned int x,
		     unsigned int channel, uint64_t noise)
{
	if (channels == 1)
		return (uint8_t)(x * y / 64 % 5 + noise / 60);
	return (uint8_t)(3 * x + 5 * y * channel + noise);
}

static void draw(struct trfs_pixels *picture)
{
	uint64_t state = KEY;
	size_t at = 0;

	for (unsigned int y = 0; y < picture->height; y++)
		for (unsigned int x = 0; x < picture->width; x++)
			for (unsigned int c = 0; c < picture->channels; c++)
				picture->data[at++] =
					level(picture->channels, y, x, c,
					      trfs_random_below(&state, 64));
}

static uint32_t add_pixels(uint32_t crc, const struct trfs_pixels *picture)
{
	return trfs_crc32c(crc, picture->data, trfs_pixels_size(picture));
}

/* One picture there and back.  -ENOMEM, or another errno where codecs fail. */
static int add_round_trip(uint32_t *crc, uint8_t channels, struct trfs_pixels *picture,
			  struct trfs_buffer *out)
{
	struct trfs_jpeg_settings settings = { .quality = QUALITY };
	struct trfs_image_info jpeg = { .format = TRFS_IMAGE_JPEG };
	struct trfs_image_info png = { .format = TRFS_IMAGE_PNG };
	struct trfs_image_info *info = channels == 1 ? &png : &jpeg;
	int rc = trfs_pixels_shape(picture, HEIGHT, WIDTH, channels, NULL);

	if (rc < 0)
		return rc;
	draw(picture);
	trfs_buffer_reset(out);
	rc = channels == 1 ? trfs_png_encode_grey(picture, out, NULL)
			   : trfs_jpeg_encode(picture, &settings, out, NULL);
	if (rc < 0 || out->failed)
		return rc < 0 ? rc : -ENOMEM;
	*crc = trfs_crc32c(*crc, out->data, out->len);
	for (int dct = TRFS_DCT_FAST; dct <= TRFS_DCT_ACCURATE; dct++) {
		rc = trfs_pixels_decode(trfs_buffer_bytes(out), info, 0,
					(enum trfs_dct)dct, 0, picture, NULL);
		if (rc < 0)
			return rc;
		*crc = add_pixels(*crc, picture);
	}
	return 0;
}

static int digest(char text[TEXT_MAX])
{
	struct trfs_pixels picture = { 0 };
	struct trfs_buffer out;
	uint32_t crc = 0;
	int rc;

	trfs_buffer_init(&out, OUT_MAX);
	rc = add_round_trip(&crc, 3, &picture, &out);
	if (rc == 0)
		rc = add_round_trip(&crc, 1, &picture, &out);
	trfs_buffer_done(&out);
	trfs_pixels_done(&picture);
	snprintf(text, TEXT_MAX, "unknown");
	if (rc == 0)
		snprintf(text, TEXT_MAX, "%08x", crc);
	return rc == -ENOMEM ? rc : 0;
}

#ifdef LIBJPEG_TURBO_VERSION_NUMBER
#define JPEG_NAME    "libjpeg-turbo"
#define JPEG_VERSION LIBJPEG_TURBO_VERSION_NUMBER
#else
#define JPEG_NAME    "libjpeg"
#define JPEG_VERSION (JPEG_LIB_VERSION * 100000)
#endif

int trfs_codec_versions(char *buf, size_t size)
{
	png_uint_32 png = png_access_version_number();
	char text[TEXT_MAX];
	int rc = digest(text);

	snprintf(buf, size, "%s %d.%d.%d, libpng %u.%u.%u, digest %s", JPEG_NAME,
		 JPEG_VERSION / 1000000, JPEG_VERSION / 1000 % 1000, JPEG_VERSION % 1000,
		 png / 10000, png / 100 % 100, png % 100, text);
	return rc;
}
