/* SPDX-License-Identifier: MIT */
/*
 * Paths out of manifests, made relative to the root by their text alone: nothing is
 * looked up, so a manifest means the same on every machine.
 */
#include "base/buffer.h"
#include "base/file.h"

#include <errno.h>

/* Drop the last component of what stands behind @start; false if there is none. */
static bool drop_last(struct trfs_buffer *path, size_t start)
{
	if (path->len == start)
		return false;
	while (path->len > start && path->data[path->len - 1] != '/')
		path->len--;
	if (path->len > start)
		path->len--;
	return true;
}

/* Append the components of @path, joined by single slashes.  "/.." is "/". */
static int append_folded(struct trfs_buffer *folded, struct trfs_bytes path)
{
	size_t start = folded->len;
	bool absolute = path.data[0] == '/';
	size_t at = 0;

	while (at < path.len) {
		const uint8_t *name = path.data + at;
		const uint8_t *slash = memchr(name, '/', path.len - at);
		size_t len = slash ? (size_t)(slash - name) : path.len - at;

		at += len + 1;
		if (len == 0 || (len == 1 && name[0] == '.'))
			continue;
		if (len == 2 && name[0] == '.' && name[1] == '.') {
			if (!drop_last(folded, start) && !absolute)
				return -EXDEV;
			continue;
		}
		if (folded->len > start)
			trfs_buffer_put_u8(folded, '/');
		trfs_buffer_put(folded, name, len);
	}
	return folded->failed ? -ENOMEM : 0;
}

/* Cut the root's path off what stands behind @start. */
static int cut_root(struct trfs_buffer *folded, size_t start, const char *root_path)
{
	struct trfs_bytes root = trfs_bytes_of(root_path);
	uint8_t *path = folded->data + start;
	size_t len = folded->len - start;

	if (root.len == 0) /* it is "/" */
		return 0;
	root.data++; /* the slash in front, which the folded path has not */
	root.len--;
	if (len < root.len || memcmp(path, root.data, root.len) != 0)
		return -EXDEV;
	if (len > root.len && path[root.len] != '/')
		return -EXDEV;
	if (len > root.len)
		root.len++;
	memmove(path, path + root.len, len - root.len);
	folded->len -= root.len;
	return 0;
}

int trfs_root_relative(const struct trfs_root *root, struct trfs_bytes path,
		       struct trfs_buffer *ret_path)
{
	size_t start = ret_path->len;
	int rc;

	if (path.len == 0 || memchr(path.data, '\0', path.len))
		return -EINVAL;
	rc = append_folded(ret_path, path);
	if (rc == 0 && path.data[0] == '/')
		rc = ret_path->len > start ? cut_root(ret_path, start, root->path)
					   : -EXDEV;
	if (rc == 0 && ret_path->len == start)
		trfs_buffer_put_u8(ret_path, '.');
	if (rc == 0 && !trfs_buffer_text(ret_path))
		rc = -ENOMEM;
	if (rc < 0)
		ret_path->len = start;
	return rc;
}
