/* SPDX-License-Identifier: MIT */
/* The table: a bit, a word, a phrase. */
#include "dataset/oddities.h"

#include "dataset/catalog.h"

const struct trfs_oddity_text trfs_oddity_texts[TRFS_NR_ODDITIES] = {
	{ TRFS_IMAGE_CMYK, "cmyk",
	  "CMYK JPEG, which TensorFlow turns into RGB without a colour profile",
	  "--fix cmyk encodes them anew as RGB" },
	{ TRFS_IMAGE_TURNED, "turned",
	  "turned by EXIF, which TensorFlow ignores: boxes drawn in a viewer may be "
	  "wrong",
	  "--exif apply turns them" },
	{ TRFS_IMAGE_DEEP, "deep",
	  "of 16 bits a sample, and decoding to uint8 drops eight: pass "
	  "dtype=tf.uint16",
	  NULL },
	{ TRFS_IMAGE_ANIMATED, "animated",
	  "animated: pass expand_animations=False, or get one dimension more", NULL },
	{ TRFS_IMAGE_TRAILING, "trailing",
	  "followed by bytes behind the image's end, which decoders pass over", NULL },
	{ TRFS_IMAGE_CUT, "cut",
	  "GIF and cut off; TensorFlow decodes the frames that are whole", NULL },
	{ TRFS_EXAMPLE_MISNAMED, "misnamed",
	  "of another format than the extension says; image/format has the true one",
	  NULL },
};
