/* SPDX-License-Identifier: MIT */
/* The header of one image. */
#include "manifest/image_size.h"

#include "image/image.h"
#include <errno.h>

enum { HEAD_SIZE = 4096 };

static int read_image(void *user, uint64_t offset, void *buf, size_t len)
{
	return trfs_file_read(*(const int *)user, offset, buf, len);
}

int trfs_image_size_read(const struct trfs_root *root, const char *path,
			 uint32_t *ret_height, uint32_t *ret_width)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	struct trfs_image_source source = { .read = read_image, .user = &fd };
	struct trfs_image_info info = { 0 };
	struct trfs_file_identity identity;
	uint8_t head[HEAD_SIZE];
	int rc;

	fd = trfs_root_open_identified(root, path, &identity, NULL);
	if (fd < 0)
		return fd;
	source.size = identity.size;
	source.head = (struct trfs_bytes){ head, identity.size < HEAD_SIZE
							 ? (size_t)identity.size
							 : HEAD_SIZE };
	rc = trfs_file_read(fd, 0, head, source.head.len);
	if (rc == 0)
		rc = trfs_image_probe(&source, ~(trfs_image_formats)0, &info, NULL);
	if (rc < 0)
		return rc;
	if (info.width == 0 || info.height == 0)
		return -EBADMSG;
	*ret_height = info.height;
	*ret_width = info.width;
	return 0;
}
