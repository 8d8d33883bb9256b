/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: outlines and lists of panoptic segments.
 *
 * Two bytes of size, then the text.  The pixels lie in a block exactly as large as they
 * are, so that drawing outside traps; masks hold nothing but 0 and 1.
 */
#include "image/panoptic.h"
#include "image/segmentation.h"
#include <errno.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_mask(struct trfs_bytes text, uint32_t height, uint32_t width)
{
	size_t nr = (size_t)height * width;
	uint8_t *pixels = malloc(nr ? nr : 1);
	struct trfs_error err = { 0 };
	int rc;

	if (!pixels)
		abort();
	rc = trfs_object_mask_draw(text, height, width, pixels, &err);
	if (rc != 0 && (rc != -EBADMSG || !err.message[0]))
		abort();
	for (size_t i = 0; rc == 0 && i < nr; i++)
		if (pixels[i] > 1)
			abort();
	free(pixels);
}

static void check_panoptic(struct trfs_bytes text)
{
	static const uint8_t rgb[] = { 0, 0, 0, 1, 0, 0, 7, 1, 2 };
	uint8_t masks[3][sizeof(rgb) / 3];
	const struct trfs_panoptic_masks wanted = { masks[0], masks[1], masks[2] };
	struct trfs_error err = { 0 };
	int rc = trfs_panoptic_draw(text, rgb, sizeof(rgb) / 3, &wanted, &err);

	if (rc != 0 && (rc != -EBADMSG || !err.message[0]))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trfs_bytes text;

	if (size < 2)
		return 0;
	text = (struct trfs_bytes){ data + 2, size - 2 };
	check_mask(text, data[0], data[1]);
	check_panoptic(text);
	return 0;
}
