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

/* Whether the file still is that of @number; then @ret is what is known of it. */
static bool is_as_it_was(const struct trfs_earlier_files *files,
			 const struct trfs_root *root,
			 struct trfs_scan_directory *directory, struct trfs_bytes path,
			 uint32_t number, struct trfs_seen *ret)
{
	const uint8_t *slash = memrchr(path.data, '/', path.len);
	size_t start = slash ? (size_t)(slash + 1 - path.data) : 0;
	struct trfs_file_identity now;
	struct trfs_file_owner owner;
	char name[NAME_MAX + 1];
	int64_t touched_ns, looked_ns;
	struct trfs_seen then = trfs_earlier_seen(files, number, &looked_ns);

	if (path.len - start > NAME_MAX ||
	    !enter(directory, root, path.data, slash ? start - 1 : 0))
		return false;
	memcpy(name, path.data + start, path.len - start);
	name[path.len - start] = '\0';
	if (trfs_file_look(directory->fd, name, &now, &touched_ns, &owner) < 0 ||
	    !trfs_earlier_is(files, number, &now) || touched_ns >= looked_ns)
		return false;
	*ret = trfs_seen_of(&now, trfs_access_of_file(&root->access, &owner),
			    &then.appearance);
	return true;
}

bool trfs_scan_earlier(struct trfs_earlier_files *files, const struct trfs_root *root,
		       struct trfs_scan_directory *directory, struct trfs_bytes path,
		       struct trfs_seen *ret)
{
	uint32_t number = trfs_earlier_find(files, path);
	int64_t looked_ns;

	if (number == TRFS_NOT_EARLIER)
		return false;
	if (files->is_believed && !files->doubted[number])
		*ret = trfs_earlier_seen(files, number, &looked_ns);
	else if (!is_as_it_was(files, root, directory, path, number, ret))
		return false;
	files->confirmed[number] = 1;
	return true;
}
