/* SPDX-License-Identifier: MIT */
/*
 * The list of what a catalog was made from.  A stamp is taken before the first byte is
 * read, so a change during the reading makes the stamp stale rather than the catalog.
 */
#include "manifest/inputs.h"

#include "base/error.h"
#include "manifest/text.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int trfs_inputs_init(struct trfs_inputs *inputs)
{
	*inputs = (struct trfs_inputs){ .paths = trfs_string_table_new() };
	return inputs->paths ? 0 : -ENOMEM;
}

void trfs_inputs_done(struct trfs_inputs *inputs)
{
	trfs_string_table_free(inputs->paths);
	free(inputs->stamps);
	*inputs = (struct trfs_inputs){ .paths = NULL };
}

static int64_t nanoseconds(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct trfs_input_stamp stamp_of(const struct stat *st)
{
	return (struct trfs_input_stamp){
		.size = S_ISDIR(st->st_mode) ? 0 : (uint64_t)st->st_size,
		.inode = st->st_ino,
		.mtime_ns = nanoseconds(st->st_mtim),
		.ctime_ns = nanoseconds(st->st_ctim),
	};
}

static int make_room(struct trfs_inputs *inputs)
{
	size_t larger = inputs->capacity ? inputs->capacity * 2 : 8;
	struct trfs_input_stamp *stamps;

	if (inputs->nr < inputs->capacity)
		return 0;
	stamps = reallocarray(inputs->stamps, larger, sizeof(*stamps));
	if (!stamps)
		return -ENOMEM;
	inputs->stamps = stamps;
	inputs->capacity = larger;
	return 0;
}

int trfs_inputs_add(struct trfs_inputs *inputs, int fd)
{
	char link[sizeof("/proc/self/fd/") + 11];
	char path[PATH_MAX];
	uint32_t number;
	struct stat st;
	ssize_t len;
	int rc;

	if (fstat(fd, &st) < 0)
		return -errno;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path));
	if (len < 0)
		return -errno;
	if ((size_t)len == sizeof(path))
		return -ENAMETOOLONG;
	rc = make_room(inputs);
	if (rc < 0)
		return rc;
	rc = trfs_string_table_add(inputs->paths,
				   (struct trfs_bytes){ (uint8_t *)path, (size_t)len },
				   &number);
	if (rc < 0)
		return rc;
	inputs->stamps[inputs->nr++] = stamp_of(&st);
	return 0;
}

int trfs_input_changed(const char *path, const struct trfs_input_stamp *stamp,
		       struct trfs_error *why)
{
	char shown[TRFS_PRINTABLE_SIZE];
	struct trfs_input_stamp now;
	struct stat st;

	trfs_text_printable(trfs_bytes_of(path), shown, sizeof(shown));
	if (stat(path, &st) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			trfs_fail(why, -ESTALE, "%s is gone", shown);
		else
			trfs_fail_errno(why, -errno, "cannot look at %s", shown);
		return 1;
	}
	now = stamp_of(&st);
	if (now.size == stamp->size && now.inode == stamp->inode &&
	    now.mtime_ns == stamp->mtime_ns && now.ctime_ns == stamp->ctime_ns)
		return 0;
	trfs_fail(why, -ESTALE, "%s changed", shown);
	return 1;
}
