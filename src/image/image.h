/* SPDX-License-Identifier: MIT */
/*
 * What an image is, from its bytes alone: no file names, no extensions.
 *
 * The cheap probe reads a header and looks for the end marker; the full check decodes
 * every pixel.  Both judge as TensorFlow's decoders do, since those will read the bytes.
 */
#ifndef TRFS_IMAGE_IMAGE_H
#define TRFS_IMAGE_IMAGE_H

#include "base/bytes.h"
#include "base/compiler.h"

/* Stored in the saved index: append only. */
enum trfs_image_format {
	TRFS_IMAGE_UNKNOWN,
	TRFS_IMAGE_JPEG,
	TRFS_IMAGE_PNG,
	TRFS_IMAGE_GIF,
	TRFS_IMAGE_BMP,
	TRFS_IMAGE_WEBP,
	TRFS_IMAGE_JPEG_XL,
	TRFS_IMAGE_TIFF,
	TRFS_IMAGE_HEIC,
	TRFS_IMAGE_AVIF,
	TRFS_IMAGE_JPEG_2000,
	TRFS_IMAGE_PSD,
	TRFS_IMAGE_ICO,
	TRFS_IMAGE_SVG,
	TRFS_IMAGE_PNM,
	TRFS_IMAGE_NR_FORMATS
};

/* A set of formats: bit f is set where enum trfs_image_format f is in it. */
typedef uint32_t trfs_image_formats;

/* JPEG, PNG, GIF and BMP: what tf.io.decode_image of every TensorFlow reads. */
#define TRFS_IMAGE_FORMATS_DEFAULT                                                       \
	((trfs_image_formats)(1u << TRFS_IMAGE_JPEG | 1u << TRFS_IMAGE_PNG |             \
			      1u << TRFS_IMAGE_GIF | 1u << TRFS_IMAGE_BMP))

/* "jpeg", "png", ...: what image/format holds; "unknown" for none. */
const char *trfs_image_format_name(enum trfs_image_format format);

/* For people: "JPEG XL", "HEIC". */
const char *trfs_image_format_title(enum trfs_image_format format);

/* By format name, or by the extension of files ("jpg", ".tif"); UNKNOWN if none. */
enum trfs_image_format trfs_image_format_by_name(struct trfs_bytes name);

/*
 * "webp,jxl" added to @formats; "only:jpeg,png" instead of them.  -EINVAL names the
 * unknown word and the nearest one, or says that none is left.
 */
TRFS_MUST_CHECK
int trfs_image_formats_parse(const char *list, trfs_image_formats *formats,
			     struct trfs_error *err);

/* Things about a sound image that surprise people; bits of trfs_image_info.oddities. */
enum trfs_image_oddity {
	TRFS_IMAGE_CMYK = 1 << 0,     /* JPEG with four components */
	TRFS_IMAGE_TURNED = 1 << 1,   /* EXIF orientation other than 1 */
	TRFS_IMAGE_DEEP = 1 << 2,     /* 16 bits a sample: uint8 decoding loses eight */
	TRFS_IMAGE_ANIMATED = 1 << 3, /* more than one frame */
	TRFS_IMAGE_TRAILING = 1 << 4, /* bytes behind the end marker */
	TRFS_IMAGE_CUT = 1 << 5,      /* GIF: the end or later frames are missing */
};

/**
 * struct trfs_image_info - what a decoder would say of an image
 * @height, @width: pixels, not turned by EXIF, as TensorFlow reports them; 0 where the
 *	format is only named (WebP and later ones in the enum), unless cheaply known
 * @channels: as decode_image with channels=0 gives: 1 grey, 2 grey + alpha, 3, 4
 *	(a palette is 3, or 4 with transparency; CMYK JPEG is 3; GIF is 3)
 * @depth: bits a sample in the file: 1, 2, 4, 8, 16 (8 for JPEG)
 * @orientation: EXIF 1..8; 1 where there is none or it is out of range
 */
struct trfs_image_info {
	uint32_t height;
	uint32_t width;
	uint8_t format;
	uint8_t channels;
	uint8_t depth;
	uint8_t orientation;
	uint32_t oddities;
};

/**
 * struct trfs_image_source - where the bytes of one image come from
 * @read: fill @buf with @len bytes from @offset; never asked past @size.  -errno
 * @head: the first bytes, already read (at least min(@size, 1024)), so that most
 *	images need no further read; lives as long as the source
 * @size: bytes in all
 */
struct trfs_image_source {
	int (*read)(void *user, uint64_t offset, void *buf, size_t len);
	void *user;
	struct trfs_bytes head;
	uint64_t size;
};

/* A source over bytes in memory, for the full check, tests and fuzzers. */
struct trfs_image_source trfs_image_source_of(struct trfs_bytes whole);

/**
 * trfs_image_probe() - recognise an image and say whether it is whole
 * @source: its bytes
 * @allowed: formats that are let in
 * @ret_info: what it is; also filled (as far as known) when it is found bad, and the
 *	one ret_ parameter here that is written on failure
 * @err: why it is bad, without a file name: "is empty", "is a WebP image, which not
 *	every TensorFlow decodes (--formats webp lets it in)", "ends before the
 *	end-of-image marker (truncated at 24,576 bytes)", "is not an image: starts
 *	with \"version http\""
 *
 * Never calls bad what TensorFlow decodes; catches every JPEG, PNG, GIF and BMP that
 * ends early, but for a GIF with one whole frame, which TensorFlow decodes as far as
 * it goes: that is let in with TRFS_IMAGE_CUT.  (A JPEG cut inside a marker is called
 * bad also where damage before the cut makes TensorFlow overlook it.)  An animated WebP
 * is bad though WebP be allowed, since it kills TensorFlow's process.
 *
 * Cost: no read beyond @head for most, plus one short read at the end; a GIF, and a
 * JPEG with bytes behind its end marker, is read whole, once.
 *
 * Return: 0; -EBADMSG when the image is bad; or what @source->read returned.
 */
TRFS_MUST_CHECK
int trfs_image_probe(const struct trfs_image_source *source, trfs_image_formats allowed,
		     struct trfs_image_info *ret_info, struct trfs_error *err);

/**
 * trfs_image_decode_check() - decode every pixel, as TensorFlow would, and forget them
 * @whole: all bytes of a file that trfs_image_probe() accepted
 * @info: what the probe said; @height, @width and @channels are corrected where only
 *	the decoder knows better
 * @err: what the decoder said
 *
 * JPEG with libjpeg-turbo, PNG with libpng; GIF and BMP by their structure; other
 * formats are not decoded.  Memory: one row of pixels for what is not interlaced or
 * progressive.  A picture larger than TensorFlow decodes is refused by its size, before
 * anything is allocated.
 *
 * Return: 0; -EBADMSG; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_image_decode_check(struct trfs_bytes whole, struct trfs_image_info *info,
			    struct trfs_error *err);

#endif
