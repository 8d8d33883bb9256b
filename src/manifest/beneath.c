/* SPDX-License-Identifier: MIT */
/*
 * Paths and files of dialects that are directories.  Every file and directory that was
 * looked into becomes an input, so that a changed annotation makes a new index.
 */
#include "manifest/beneath.h"

#include "base/error.h"
#include "image/image.h"
#include "manifest/text.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What images are called by most; others are found by their full names only. */
static const char *const image_extensions[] = { ".jpg",	 ".jpeg", ".png", ".JPG", ".PNG",
						".JPEG", ".webp", ".bmp", ".gif" };

int trfs_beneath_find(const struct trfs_root *root, const char *path,
		      struct trfs_buffer *ret, struct trfs_error *err)
{
	char shown[TRFS_PRINTABLE_SIZE];
	char *real;
	int rc;

	if (!path) {
		trfs_buffer_put(ret, ".", 2);
		ret->len--;
		return ret->failed ? trfs_fail_memory(err, "a path") : 0;
	}
	real = realpath(path, NULL);
	if (!real)
		return trfs_fail_errno(
			err, -errno, "%s",
			trfs_text_printable(trfs_bytes_of(path), shown, sizeof(shown)));
	rc = trfs_root_relative(root, trfs_bytes_of(real), ret);
	/* A link beneath the root may lead out of it, and be allowed to. */
	if (rc == -EXDEV && path[0] == '/')
		rc = trfs_root_relative(root, trfs_bytes_of(path), ret);
	free(real);
	if (rc == -EXDEV)
		return trfs_fail(
			err, rc, "%s lies outside the source %s",
			trfs_text_printable(trfs_bytes_of(path), shown, sizeof(shown)),
			root->path);
	return rc < 0 ? trfs_fail_errno(err, rc, "a path") : 0;
}

const char *trfs_beneath_join(struct trfs_buffer *ret, const char *folder,
			      const char *name)
{
	trfs_buffer_reset(ret);
	if (strcmp(folder, ".") != 0 && folder[0])
		trfs_buffer_printf(ret, "%s/", folder);
	trfs_buffer_printf(ret, "%s", name);
	return trfs_buffer_text(ret);
}

static bool is_mode(const struct trfs_root *root, const char *path, unsigned int mode)
{
	struct stat st;

	return fstatat(root->fd, path, &st, 0) == 0 && (st.st_mode & S_IFMT) == mode;
}

bool trfs_beneath_is_file(const struct trfs_root *root, const char *path)
{
	return is_mode(root, path, S_IFREG);
}

bool trfs_beneath_is_directory(const struct trfs_root *root, const char *path)
{
	return is_mode(root, path, S_IFDIR);
}

int trfs_beneath_read(const struct trfs_root *root, const char *path, size_t max,
		      struct trfs_buffer *ret, struct trfs_inputs *inputs)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	struct trfs_file_identity identity;
	uint8_t *room;
	int rc;

	trfs_buffer_reset(ret);
	fd = trfs_root_open_identified(root, path, &identity);
	if (fd < 0)
		return fd;
	if (identity.size > max)
		return -EFBIG;
	rc = trfs_inputs_add(inputs, fd);
	if (rc < 0 || identity.size == 0)
		return rc;
	room = trfs_buffer_extend(ret, (size_t)identity.size);
	if (!room)
		return -ENOMEM;
	return trfs_file_read(fd, 0, room, (size_t)identity.size);
}

int trfs_beneath_list(const struct trfs_root *root, const char *path,
		      struct trfs_listing *ret, struct trfs_inputs *inputs,
		      struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	char shown[TRFS_PRINTABLE_SIZE];
	int rc;

	*ret = (struct trfs_listing){ .nr = 0 };
	fd = trfs_root_open_directory(root, path);
	rc = fd < 0 ? fd : trfs_inputs_add(inputs, fd);
	if (rc == 0)
		rc = trfs_listing_read(ret, fd, TRFS_LISTING_BY_NAME);
	if (rc == 0)
		return 0;
	trfs_listing_done(ret);
	return trfs_fail_errno(
		err, rc, "cannot list the directory %s/%s", root->path,
		trfs_text_printable(trfs_bytes_of(path), shown, sizeof(shown)));
}

bool trfs_beneath_image_of(const struct trfs_root *root, const char *folder,
			   struct trfs_bytes stem, struct trfs_buffer *ret)
{
	size_t stem_end;

	if (stem.len > TRFS_BENEATH_PATH_MAX || !trfs_beneath_join(ret, folder, ""))
		return false;
	trfs_buffer_put(ret, stem.data, stem.len);
	stem_end = ret->len;
	for (size_t i = 0; i < TRFS_COUNT(image_extensions); i++) {
		const char *path;

		ret->len = stem_end;
		trfs_buffer_printf(ret, "%s", image_extensions[i]);
		path = trfs_buffer_text(ret);
		if (path && trfs_beneath_is_file(root, path))
			return true;
	}
	return false;
}

struct trfs_bytes trfs_beneath_stem(struct trfs_bytes name)
{
	const uint8_t *dot = name.len > 0 ? memrchr(name.data, '.', name.len) : NULL;

	if (dot && dot > name.data)
		name.len = (size_t)(dot - name.data);
	return name;
}

bool trfs_beneath_is_image_name(struct trfs_bytes name)
{
	struct trfs_bytes stem = trfs_beneath_stem(name);
	struct trfs_bytes extension = { name.data + stem.len, name.len - stem.len };

	return extension.len > 1 &&
	       trfs_image_format_by_name(extension) != TRFS_IMAGE_UNKNOWN;
}
