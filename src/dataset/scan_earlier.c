/* SPDX-License-Identifier: MIT */
/*
 * Files are looked at within their directory, which was opened beneath the root: no link
 * leads out of it, as none does when an image is opened.  Most that follow each other lie
 * in one directory, so that a look is one system call.
 */
#include "dataset/scan_earlier.h"

#include <limits.h>
#include <stdlib.h>

void trfs_scan_directory_done(struct trfs_scan_directory *directory)
{
	if (directory->path)
		trfs_file_close(directory->fd);
	free(directory->path);
	*directory = (struct trfs_scan_directory){ .path = NULL };
}

/* Go to the first @len bytes of @path, "." where there are none. */
static bool enter(struct trfs_scan_directory *directory, const struct trfs_root *root,
		  const uint8_t *path, size_t len)
{
	if (directory->path && directory->len == len &&
	    memcmp(directory->path, path, len) == 0)
		return true;
	trfs_scan_directory_done(directory);
	directory->path = trfs_bytes_to_string((struct trfs_bytes){ path, len });
	if (!directory->path)
		return false;
	directory->len = len;
	directory->fd = trfs_root_open_directory(root, len > 0 ? directory->path : ".");
	if (directory->fd >= 0)
		return true;
	free(directory->path);
	directory->path = NULL;
	return false;
}

bool trfs_scan_earlier(struct trfs_earlier_files *files, const struct trfs_root *root,
		       struct trfs_scan_directory *directory, struct trfs_bytes path,
		       struct trfs_seen *ret, struct trfs_file_owner *ret_owner)
{
	uint32_t number = trfs_earlier_find(files, path);
	const uint8_t *slash = memrchr(path.data, '/', path.len);
	size_t start = slash ? (size_t)(slash + 1 - path.data) : 0;
	struct trfs_file_identity now;
	const struct trfs_example *then;
	char name[NAME_MAX + 1];
	int64_t touched_ns;

	if (number == TRFS_NOT_EARLIER || path.len - start > NAME_MAX ||
	    !enter(directory, root, path.data, slash ? start - 1 : 0))
		return false;
	memcpy(name, path.data + start, path.len - start);
	name[path.len - start] = '\0';
	then = files->are_masks ? trfs_catalog_mask(files->before, number)
				: trfs_catalog_example(files->before, number);
	if (trfs_file_look(directory->fd, name, &now, &touched_ns, ret_owner) < 0 ||
	    !trfs_example_is(then, &now) || touched_ns >= files->looked_ns)
		return false;
	*ret = (struct trfs_seen){ now, *trfs_catalog_appearance(files->before, then) };
	files->confirmed[number] = 1;
	return true;
}
