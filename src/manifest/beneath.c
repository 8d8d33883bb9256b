/* SPDX-License-Identifier: MIT */
/*
 * Files and directories of dialects that are directories.  Every file and directory that
 * was looked into becomes an input, so that a changed annotation makes a new index.
 */
#include "manifest/beneath.h"

#include "base/error.h"
#include "image/image.h"
#include "manifest/text.h"
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

/* Two paths, both to be shown in one message. */
#define SHOWN_SIZE (TRFS_PRINTABLE_SIZE / 2)

/* What images are called by most; others are found by their full names only. */
static const char *const image_extensions[] = { ".jpg",	 ".jpeg", ".png", ".JPG", ".PNG",
						".JPEG", ".webp", ".bmp", ".gif" };

int trfs_beneath_check_name(const struct trfs_root *root, struct trfs_bytes folder,
			    const char *name, struct trfs_error *err)
{
	char where[SHOWN_SIZE], inner[SHOWN_SIZE], shown[SHOWN_SIZE];
	bool in_root = folder.len == 0 || trfs_bytes_equal(folder, trfs_bytes_of("."));

	if (trfs_utf8_valid(trfs_bytes_of(name)))
		return 0;
	return trfs_fail(
		err, -EBADMSG,
		"%s/%s%s%s has a name that is not UTF-8; rename it (convmv does)",
		trfs_text_printable(trfs_bytes_of(root->path), where, sizeof(where)),
		in_root ? "" : trfs_text_printable(folder, inner, sizeof(inner)),
		in_root ? "" : "/",
		trfs_text_printable(trfs_bytes_of(name), shown, sizeof(shown)));
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
	fd = trfs_root_open_identified(root, path, &identity, NULL);
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

int trfs_beneath_open_directory(const struct trfs_root *root, const char *path,
				int *ret_fd, struct trfs_error *err)
{
	char where[SHOWN_SIZE], name[SHOWN_SIZE];
	int fd = trfs_root_open_directory(root, path);

	if (fd >= 0) {
		*ret_fd = fd;
		return 0;
	}
	trfs_text_printable(trfs_bytes_of(root->path), where, sizeof(where));
	trfs_text_printable(trfs_bytes_of(path), name, sizeof(name));
	if (fd == -EXDEV)
		return trfs_fail(err, fd,
				 "%s/%s is a link that leads out of %s; type --follow to "
				 "allow that",
				 where, name, where);
	return trfs_fail_errno(err, fd, "cannot open the directory %s/%s", where, name);
}

static int list(const struct trfs_root *root, const char *path, bool all,
		struct trfs_listing *ret, struct trfs_inputs *inputs,
		struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	char where[SHOWN_SIZE], shown[SHOWN_SIZE];
	int rc;

	*ret = (struct trfs_listing){ .nr = 0 };
	rc = trfs_beneath_open_directory(root, path, &fd, err);
	if (rc < 0)
		return rc;
	if (inputs)
		rc = trfs_inputs_add(inputs, fd);
	if (rc == 0)
		rc = all ? trfs_listing_read_all(ret, fd)
			 : trfs_listing_read(ret, fd, TRFS_LISTING_BY_NAME);
	if (rc == 0)
		return 0;
	trfs_listing_done(ret);
	return trfs_fail_errno(
		err, rc, "cannot list the directory %s/%s",
		trfs_text_printable(trfs_bytes_of(root->path), where, sizeof(where)),
		trfs_text_printable(trfs_bytes_of(path), shown, sizeof(shown)));
}

int trfs_beneath_list(const struct trfs_root *root, const char *path,
		      struct trfs_listing *ret, struct trfs_inputs *inputs,
		      struct trfs_error *err)
{
	return list(root, path, false, ret, inputs, err);
}

int trfs_beneath_list_all(const struct trfs_root *root, const char *path,
			  struct trfs_listing *ret, struct trfs_inputs *inputs,
			  struct trfs_error *err)
{
	return list(root, path, true, ret, inputs, err);
}

bool trfs_beneath_is_absent(int rc)
{
	return rc == -ENOENT || rc == -ENOTDIR || rc == -EACCES || rc == -EPERM ||
	       rc == -ELOOP || rc == -EXDEV || rc == -ENAMETOOLONG || rc == -EINVAL;
}

int trfs_beneath_first_file(const struct trfs_root *root, const char *folder,
			    const char *const *names, struct trfs_buffer *ret)
{
	for (; *names; names++) {
		const char *path = trfs_beneath_join(ret, folder, *names);

		if (!path)
			return -ENOMEM;
		if (trfs_beneath_is_file(root, path))
			return 1;
	}
	return 0;
}

int trfs_beneath_image_of(const struct trfs_root *root, const char *folder,
			  struct trfs_bytes stem, struct trfs_buffer *ret)
{
	size_t stem_end;

	if (stem.len > NAME_MAX)
		return 0;
	if (!trfs_beneath_join(ret, folder, ""))
		return -ENOMEM;
	trfs_buffer_put(ret, stem.data, stem.len);
	stem_end = ret->len;
	for (size_t i = 0; i < TRFS_COUNT(image_extensions); i++) {
		const char *path;

		ret->len = stem_end;
		trfs_buffer_printf(ret, "%s", image_extensions[i]);
		path = trfs_buffer_text(ret);
		if (!path)
			return -ENOMEM;
		if (trfs_beneath_is_file(root, path))
			return 1;
	}
	return 0;
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
