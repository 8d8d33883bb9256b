/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: any bytes as an image, probed and decoded.
 *
 * Head and whole lie in blocks exactly as long as they are, so that reading over an end
 * traps.  What the probe says must not depend on how much of the file the head holds.
 */
#include "png_mutator.h"

#include "image/image.h"
#include <errno.h>
#include <stdlib.h>

#define HEAD_MAX      4096u
#define NR_PIXELS_MAX (1u << 22) /* decoding larger ones only costs time */
#define ALL_FORMATS   ((trfs_image_formats)~0u)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_bytes(void *user, uint64_t offset, void *buf, size_t len)
{
	const struct trfs_bytes *whole = user;

	if (len == 0 || offset > whole->len || len > whole->len - offset)
		abort();
	memcpy(buf, whole->data + offset, len);
	return 0;
}

static void check_info(int rc, const struct trfs_image_info *info)
{
	if (rc != 0 && rc != -EBADMSG && rc != -ENOMEM)
		abort();
	if (info->format >= TRFS_IMAGE_NR_FORMATS || info->channels > 4 ||
	    info->orientation < 1 || info->orientation > 8)
		abort();
	if (rc == 0 && info->format == TRFS_IMAGE_UNKNOWN)
		abort();
}

static uint8_t *copy(const uint8_t *data, size_t size)
{
	uint8_t *copied = malloc(size ? size : 1);

	if (!copied)
		abort();
	if (size > 0)
		memcpy(copied, data, size);
	return copied;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t head_len = size < HEAD_MAX ? size : HEAD_MAX;
	uint8_t *whole_data = copy(data, size);
	uint8_t *head = copy(data, head_len);
	struct trfs_bytes whole = { whole_data, size };
	struct trfs_image_source file = {
		.read = read_bytes,
		.user = &whole,
		.head = { head, head_len },
		.size = size,
	};
	struct trfs_image_source memory = trfs_image_source_of(whole);
	struct trfs_image_info info, again;
	struct trfs_error err;
	int rc = trfs_image_probe(&file, ALL_FORMATS, &info, &err);

	check_info(rc, &info);
	if (trfs_image_probe(&memory, ALL_FORMATS, &again, &err) != rc ||
	    memcmp(&info, &again, sizeof(info)) != 0)
		abort();
	if (rc == 0 && (uint64_t)info.height * info.width <= NR_PIXELS_MAX) {
		rc = trfs_image_decode_check(whole, &info, &err);
		check_info(rc, &info);
	}
	free(head);
	free(whole_data);
	return 0;
}
