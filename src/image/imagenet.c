/* SPDX-License-Identifier: MIT */
/*
 * Names from tensorflow/models' build_imagenet_data.py @02efe01b; imagenet_to_gcs.py of
 * tensorflow/tpu @28cd65e6 has the same.
 */
#include "image/imagenet.h"
#include "base/compiler.h"

static const char png_name[] = "n02105855_2933.JPEG";

static const char *const cmyk_names[] = {
	"n01739381_1309.JPEG",	"n02077923_14822.JPEG", "n02447366_23489.JPEG",
	"n02492035_15739.JPEG", "n02747177_10752.JPEG", "n03018349_4028.JPEG",
	"n03062245_4620.JPEG",	"n03347037_9675.JPEG",	"n03467068_12171.JPEG",
	"n03529860_11437.JPEG", "n03544143_17228.JPEG", "n03633091_5218.JPEG",
	"n03710637_5125.JPEG",	"n03961711_5286.JPEG",	"n04033995_2932.JPEG",
	"n04258138_17003.JPEG", "n04264628_27969.JPEG", "n04336792_7448.JPEG",
	"n04371774_5854.JPEG",	"n04596742_4225.JPEG",	"n07583066_647.JPEG",
	"n13037406_4650.JPEG",
};

static struct trfs_bytes last_part(struct trfs_bytes path)
{
	const uint8_t *slash = path.len ? memrchr(path.data, '/', path.len) : NULL;
	size_t directory = slash ? (size_t)(slash + 1 - path.data) : 0;

	return (struct trfs_bytes){ path.data + directory, path.len - directory };
}

bool trfs_imagenet_is_faulty(struct trfs_bytes path)
{
	struct trfs_bytes name = last_part(path);

	if (path.len > 0 && memmem(path.data, path.len, png_name, sizeof(png_name) - 1))
		return true;
	for (size_t i = 0; i < TRFS_COUNT(cmyk_names); i++)
		if (trfs_bytes_equal(name, trfs_bytes_of(cmyk_names[i])))
			return true;
	return false;
}
