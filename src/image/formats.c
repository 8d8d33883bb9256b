/* SPDX-License-Identifier: MIT */
/*
 * The formats, a row each, and the sentences that several of them share.
 * A format is added by a row here, a name in image.h and its two or three functions.
 */
#include "image/formats.h"
#include "base/nearest.h"
#include <stdio.h>

#define DECODED		"TensorFlow decodes"
#define DECODED_BY_SOME "not every TensorFlow decodes"
#define DECODED_BY_NONE "TensorFlow does not decode"

static const struct trfs_image_format_row rows[TRFS_IMAGE_NR_FORMATS] = {
	[TRFS_IMAGE_UNKNOWN] = { "unknown", "unknown", "an unknown image", "",
				 DECODED_BY_NONE, NULL, trfs_image_nothing_probe, NULL,
				 NULL },
	[TRFS_IMAGE_JPEG] = { "jpeg", "JPEG", "a JPEG image", "jpg jpeg jpe jfif",
			      DECODED, trfs_image_jpeg_starts, trfs_image_jpeg_probe,
			      trfs_image_jpeg_decode, trfs_image_jpeg_pixels },
	[TRFS_IMAGE_PNG] = { "png", "PNG", "a PNG image", "png apng", DECODED,
			     trfs_image_png_starts, trfs_image_png_probe,
			     trfs_image_png_decode, trfs_image_png_pixels },
	[TRFS_IMAGE_GIF] = { "gif", "GIF", "a GIF image", "gif", DECODED,
			     trfs_image_gif_starts, trfs_image_gif_probe,
			     trfs_image_gif_decode, NULL },
	[TRFS_IMAGE_BMP] = { "bmp", "BMP", "a BMP image", "bmp dib", DECODED,
			     trfs_image_bmp_starts, trfs_image_bmp_probe, NULL,
			     trfs_image_bmp_pixels },
	[TRFS_IMAGE_WEBP] = { "webp", "WebP", "a WebP image", "webp", DECODED_BY_SOME,
			      trfs_image_webp_starts, trfs_image_webp_probe, NULL, NULL },
	[TRFS_IMAGE_JPEG_XL] = { "jxl", "JPEG XL", "a JPEG XL image", "jxl",
				 DECODED_BY_SOME, trfs_image_jpeg_xl_starts,
				 trfs_image_jpeg_xl_probe, NULL, NULL },
	[TRFS_IMAGE_TIFF] = { "tiff", "TIFF", "a TIFF image", "tif tiff", DECODED_BY_NONE,
			      trfs_image_tiff_starts, trfs_image_tiff_probe, NULL, NULL },
	[TRFS_IMAGE_HEIC] = { "heic", "HEIC", "a HEIC image", "heic heif hif",
			      DECODED_BY_NONE, trfs_image_heic_starts,
			      trfs_image_nothing_probe, NULL, NULL },
	[TRFS_IMAGE_AVIF] = { "avif", "AVIF", "an AVIF image", "avif avifs",
			      DECODED_BY_NONE, trfs_image_avif_starts,
			      trfs_image_nothing_probe, NULL, NULL },
	[TRFS_IMAGE_JPEG_2000] = { "jp2", "JPEG 2000", "a JPEG 2000 image",
				   "jp2 j2k j2c jpc jpx jpf", DECODED_BY_NONE,
				   trfs_image_jpeg_2000_starts,
				   trfs_image_jpeg_2000_probe, NULL, NULL },
	[TRFS_IMAGE_PSD] = { "psd", "Photoshop", "a Photoshop image", "psd psb",
			     DECODED_BY_NONE, trfs_image_psd_starts, trfs_image_psd_probe,
			     NULL, NULL },
	[TRFS_IMAGE_ICO] = { "ico", "ICO", "a Windows icon", "ico", DECODED_BY_NONE,
			     trfs_image_ico_starts, trfs_image_ico_probe, NULL, NULL },
	[TRFS_IMAGE_SVG] = { "svg", "SVG", "an SVG drawing", "svg", DECODED_BY_NONE,
			     trfs_image_svg_starts, trfs_image_svg_probe, NULL, NULL },
	[TRFS_IMAGE_PNM] = { "pnm", "PNM", "a PNM image", "pnm pbm pgm ppm pam",
			     DECODED_BY_NONE, trfs_image_pnm_starts, trfs_image_pnm_probe,
			     NULL, NULL },
};

const struct trfs_image_format_row *trfs_image_format_row(unsigned int format)
{
	return &rows[format < TRFS_IMAGE_NR_FORMATS ? format : TRFS_IMAGE_UNKNOWN];
}

const char *trfs_image_format_name(enum trfs_image_format format)
{
	return trfs_image_format_row(format)->name;
}

const char *trfs_image_format_title(enum trfs_image_format format)
{
	return trfs_image_format_row(format)->title;
}

enum trfs_image_format trfs_image_format_of(struct trfs_bytes head)
{
	for (unsigned int f = TRFS_IMAGE_UNKNOWN + 1; f < TRFS_IMAGE_NR_FORMATS; f++)
		if (rows[f].starts(head))
			return (enum trfs_image_format)f;
	return TRFS_IMAGE_UNKNOWN;
}

/* Cut the first of the words that @separator separates off @list. */
static struct trfs_bytes next_word(struct trfs_bytes *list, char separator)
{
	const uint8_t *end = list->len ? memchr(list->data, separator, list->len) : NULL;
	size_t len = end ? (size_t)(end - list->data) : list->len;
	size_t step = end ? len + 1 : len;
	struct trfs_bytes word = { list->data, len };

	list->data += step;
	list->len -= step;
	return word;
}

static bool has_extension(const struct trfs_image_format_row *row, struct trfs_bytes name)
{
	struct trfs_bytes extensions = trfs_bytes_of(row->extensions);

	while (extensions.len > 0)
		if (trfs_bytes_equal_nocase(next_word(&extensions, ' '), name))
			return true;
	return false;
}

enum trfs_image_format trfs_image_format_by_name(struct trfs_bytes name)
{
	if (name.len > 0 && name.data[0] == '.') {
		name.data++;
		name.len--;
	}
	for (unsigned int f = TRFS_IMAGE_UNKNOWN + 1; f < TRFS_IMAGE_NR_FORMATS; f++)
		if (trfs_bytes_equal_nocase(trfs_bytes_of(rows[f].name), name) ||
		    has_extension(&rows[f], name))
			return (enum trfs_image_format)f;
	return TRFS_IMAGE_UNKNOWN;
}

static int fail_format_name(struct trfs_bytes word, struct trfs_error *err)
{
	struct trfs_nearest nearest;
	char hint[96];

	trfs_nearest_init(&nearest, word);
	for (unsigned int f = TRFS_IMAGE_UNKNOWN + 1; f < TRFS_IMAGE_NR_FORMATS; f++)
		trfs_nearest_offer(&nearest, trfs_bytes_of(rows[f].name));
	return trfs_fail(err, -EINVAL, "unknown image format \"%.*s\"%s",
			 TRFS_BYTES_ARG(word),
			 trfs_nearest_hint(&nearest, hint, sizeof(hint)));
}

int trfs_image_formats_parse(const char *list, trfs_image_formats *formats,
			     struct trfs_error *err)
{
	static const char only[] = "only:";
	struct trfs_bytes left = trfs_bytes_of(list);
	trfs_image_formats parsed = *formats;

	if (TRFS_STARTS(left, only)) {
		left.data += strlen(only);
		left.len -= strlen(only);
		parsed = 0;
	}
	while (left.len > 0) {
		struct trfs_bytes word = trfs_bytes_trim(next_word(&left, ','));
		enum trfs_image_format format = trfs_image_format_by_name(word);

		if (word.len == 0)
			continue;
		if (format == TRFS_IMAGE_UNKNOWN)
			return fail_format_name(word, err);
		parsed |= 1u << format;
	}
	if (parsed == 0)
		return trfs_fail(err, -EINVAL,
				 "\"%s\" lets no image format in; name one, such as "
				 "only:jpeg",
				 list);
	*formats = parsed;
	return 0;
}

int trfs_image_fail_truncated(struct trfs_error *err, uint64_t size, const char *where)
{
	char count[32];

	return trfs_fail(err, -EBADMSG, "ends %s (truncated at %s byte%s)", where,
			 trfs_count_text(size, count), size == 1 ? "" : "s");
}

int trfs_image_fail_too_large(struct trfs_error *err, uint32_t width, uint32_t height)
{
	char across[32], down[32];

	return trfs_fail(
		err, -EBADMSG,
		"announces %s x %s pixels (width x height), more than TensorFlow "
		"decodes",
		trfs_count_text(width, across), trfs_count_text(height, down));
}
