/* SPDX-License-Identifier: MIT */
/*
 * Names without extensions.  All extensions are tried, because a second file beside the
 * first would make the name ambiguous; the same file under two spellings (a file system
 * without case) does not.
 */
#include "dataset/extensions.h"

#include "base/error.h"
#include <errno.h>

struct extension {
	const char *text;
	enum trfs_image_format format;
};

static const struct extension extensions[] = {
	{ ".jpg", TRFS_IMAGE_JPEG },	  { ".jpeg", TRFS_IMAGE_JPEG },
	{ ".png", TRFS_IMAGE_PNG },	  { ".gif", TRFS_IMAGE_GIF },
	{ ".bmp", TRFS_IMAGE_BMP },	  { ".JPG", TRFS_IMAGE_JPEG },
	{ ".JPEG", TRFS_IMAGE_JPEG },	  { ".PNG", TRFS_IMAGE_PNG },
	{ ".GIF", TRFS_IMAGE_GIF },	  { ".BMP", TRFS_IMAGE_BMP },
	{ ".webp", TRFS_IMAGE_WEBP },	  { ".jxl", TRFS_IMAGE_JPEG_XL },
	{ ".tif", TRFS_IMAGE_TIFF },	  { ".tiff", TRFS_IMAGE_TIFF },
	{ ".heic", TRFS_IMAGE_HEIC },	  { ".avif", TRFS_IMAGE_AVIF },
	{ ".jp2", TRFS_IMAGE_JPEG_2000 },
};

enum trfs_image_format trfs_extension_format(struct trfs_bytes path)
{
	for (size_t i = path.len; i > 0 && path.data[i - 1] != '/'; i--) {
		if (path.data[i - 1] != '.')
			continue;
		return trfs_image_format_by_name(
			(struct trfs_bytes){ path.data + i - 1, path.len - i + 1 });
	}
	return TRFS_IMAGE_UNKNOWN;
}

const char *trfs_extension_get(unsigned int i)
{
	return i < TRFS_COUNT(extensions) ? extensions[i].text : NULL;
}

/* 1 when it is there, with its identity where it can be opened; 0 when it is not. */
static int look_for(const struct trfs_root *root, const char *path,
		    struct trfs_file_identity *ret_identity)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = trfs_root_open_file(root, path);

	*ret_identity = (struct trfs_file_identity){ 0 };
	if (fd == -ENOENT || fd == -ENOTDIR || fd == -ENAMETOOLONG)
		return 0;
	if (trfs_is_shortage(fd))
		return fd;
	if (fd >= 0 && trfs_file_identify(fd, ret_identity, NULL) < 0)
		*ret_identity = (struct trfs_file_identity){ 0 };
	return 1;
}

int trfs_extension_look(const struct trfs_root *root, struct trfs_bytes stem,
			trfs_image_formats allowed, struct trfs_buffer *scratch,
			struct trfs_extension_hits *ret)
{
	struct trfs_extension_hits hits = { 0 };
	struct trfs_file_identity first = { 0 };

	for (unsigned int i = 0; i < TRFS_COUNT(extensions); i++) {
		struct trfs_file_identity identity;
		int found;

		if (!(allowed & 1u << extensions[i].format))
			continue;
		trfs_buffer_reset(scratch);
		trfs_buffer_put(scratch, stem.data, stem.len);
		trfs_buffer_printf(scratch, "%s", extensions[i].text);
		if (!trfs_buffer_text(scratch))
			return -ENOMEM;
		found = look_for(root, trfs_buffer_text(scratch), &identity);
		if (found < 0)
			return found;
		if (!found || (hits.nr > 0 && identity.inode != 0 &&
			       trfs_file_identity_equal(&identity, &first)))
			continue;
		if (hits.nr == 0) {
			hits.first = i;
			first = identity;
		} else if (hits.nr == 1) {
			hits.second = i;
		}
		hits.nr++;
	}
	*ret = hits;
	return 0;
}
