/* SPDX-License-Identifier: MIT */
/* The table of formats: private to the image layer. */
#ifndef TRFS_IMAGE_FORMATS_H
#define TRFS_IMAGE_FORMATS_H

#include "base/count_text.h"
#include "base/error.h"
#include "image/cursor.h"
#include "image/image.h"
#include <errno.h>

struct trfs_pixels;
struct trfs_pixels_wanted;

/**
 * struct trfs_image_format_row - all that is known of one format
 * @name: what image/format holds, and --formats takes
 * @title: for people
 * @described: with its article: "a JPEG image"
 * @extensions: without dots, separated by blanks
 * @tensorflow: which TensorFlow decodes it: "", or the words that stand behind
 *	"which" in the sentence that keeps it out
 * @starts: does an image of this format start so?
 * @probe: read its header from @c, which stands at 0, and find its end; sets what is
 *	not 0 (orientation: 1) in @info.  -EBADMSG with a sentence; where c->error is
 *	set the caller reports that instead
 * @decode: the full check, or NULL where there is none
 * @pixels: decode into @ret, or NULL where that cannot be done
 */
struct trfs_image_format_row {
	const char *name;
	const char *title;
	const char *described;
	const char *extensions;
	const char *tensorflow;
	bool (*starts)(struct trfs_bytes head);
	int (*probe)(struct trfs_image_cursor *c, struct trfs_image_info *info,
		     struct trfs_error *err);
	int (*decode)(struct trfs_bytes whole, struct trfs_image_info *info,
		      struct trfs_error *err);
	int (*pixels)(struct trfs_bytes whole, const struct trfs_pixels_wanted *wanted,
		      struct trfs_pixels *ret, struct trfs_error *err);
};

/* All that recognising looks at, however much more the head holds. */
#define TRFS_IMAGE_START_MAX 4096u

static inline struct trfs_bytes trfs_image_start(const struct trfs_image_source *source)
{
	size_t len = source->head.len;

	if (len > TRFS_IMAGE_START_MAX)
		len = TRFS_IMAGE_START_MAX;
	return (struct trfs_bytes){ source->head.data, len };
}

/* The row of @format, which may be any number; UNKNOWN's where there is none. */
const struct trfs_image_format_row *trfs_image_format_row(unsigned int format);

/* By the first bytes; UNKNOWN where no row knows them. */
enum trfs_image_format trfs_image_format_of(struct trfs_bytes head);

#define TRFS_DECLARE_FORMAT(format)                                                      \
	bool trfs_image_##format##_starts(struct trfs_bytes head);                       \
	int trfs_image_##format##_probe(struct trfs_image_cursor *c,                     \
					struct trfs_image_info *info,                    \
					struct trfs_error *err);

TRFS_DECLARE_FORMAT(jpeg)
TRFS_DECLARE_FORMAT(png)
TRFS_DECLARE_FORMAT(gif)
TRFS_DECLARE_FORMAT(bmp)
TRFS_DECLARE_FORMAT(webp)
TRFS_DECLARE_FORMAT(jpeg_xl)
TRFS_DECLARE_FORMAT(tiff)
TRFS_DECLARE_FORMAT(jpeg_2000)
TRFS_DECLARE_FORMAT(psd)
TRFS_DECLARE_FORMAT(ico)
TRFS_DECLARE_FORMAT(svg)
TRFS_DECLARE_FORMAT(pnm)

/* These two are only named, not measured. */
bool trfs_image_heic_starts(struct trfs_bytes head);
bool trfs_image_avif_starts(struct trfs_bytes head);
int trfs_image_nothing_probe(struct trfs_image_cursor *c, struct trfs_image_info *info,
			     struct trfs_error *err);

int trfs_image_jpeg_decode(struct trfs_bytes whole, struct trfs_image_info *info,
			   struct trfs_error *err);
int trfs_image_png_decode(struct trfs_bytes whole, struct trfs_image_info *info,
			  struct trfs_error *err);
int trfs_image_gif_decode(struct trfs_bytes whole, struct trfs_image_info *info,
			  struct trfs_error *err);

int trfs_image_jpeg_pixels(struct trfs_bytes whole,
			   const struct trfs_pixels_wanted *wanted,
			   struct trfs_pixels *ret, struct trfs_error *err);
int trfs_image_png_pixels(struct trfs_bytes whole,
			  const struct trfs_pixels_wanted *wanted,
			  struct trfs_pixels *ret, struct trfs_error *err);
int trfs_image_bmp_pixels(struct trfs_bytes whole,
			  const struct trfs_pixels_wanted *wanted,
			  struct trfs_pixels *ret, struct trfs_error *err);

/* Does @b start with the bytes of a string literal, NULs included? */
#define TRFS_STARTS(b, literal)                                                          \
	((b).len >= sizeof(literal) - 1 &&                                               \
	 memcmp((b).data, literal, sizeof(literal) - 1) == 0)

/* TensorFlow refuses 2^29 samples (JPEG) or pixels (PNG) and more. */
#define TRFS_IMAGE_NR_PIXELS_LIMIT (1u << 29)

/* "ends <where> (truncated at 24,576 bytes)"; -EBADMSG. */
TRFS_COLD
int trfs_image_fail_truncated(struct trfs_error *err, uint64_t size, const char *where);

/* "is 60,000 x 60,000 pixels, more than TensorFlow decodes"; -EBADMSG. */
TRFS_COLD
int trfs_image_fail_too_large(struct trfs_error *err, uint32_t width, uint32_t height);

/* What bytes of no known format are, as far as one can tell; -EBADMSG. */
TRFS_COLD
int trfs_image_fail_unknown(struct trfs_image_cursor *c, struct trfs_error *err);

#endif
