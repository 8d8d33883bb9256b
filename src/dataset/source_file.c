/* SPDX-License-Identifier: MIT */
/* Opening and reading what was indexed, and nothing else under its name. */
#include "dataset/source_file.h"

#include "base/buffer.h"
#include "base/error.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>

struct trfs_source_file trfs_source_file_get(const struct trfs_catalog *c,
					     uint64_t number)
{
	uint64_t mask = number - c->nr_examples;

	if (number < c->nr_examples)
		return (struct trfs_source_file){
			.name = trfs_strings_get(&c->names, number),
			.indexed = &c->examples[number],
		};
	return (struct trfs_source_file){
		.name = trfs_strings_get(&c->mask_names, mask),
		.indexed = &c->masks[mask],
	};
}

static int fail_file(const struct trfs_source_file *file, int rc, struct trfs_error *err)
{
	if (rc == -ENOENT)
		return trfs_fail(err, rc,
				 "%.*s vanished after it was indexed; mount again with "
				 "--reindex to leave it out",
				 TRFS_BYTES_ARG(file->name));
	return trfs_fail_errno(err, rc, "reading %.*s", TRFS_BYTES_ARG(file->name));
}

int trfs_source_file_open(const struct trfs_source_file *file,
			  const struct trfs_root *root, struct trfs_error *err)
{
	char path[PATH_MAX];
	int fd;

	if (file->name.len >= sizeof(path))
		return fail_file(file, -ENAMETOOLONG, err);
	memcpy(path, file->name.data, file->name.len);
	path[file->name.len] = '\0';
	fd = trfs_root_open_file(root, path);
	return fd < 0 ? fail_file(file, fd, err) : fd;
}

/* Whether what @fd has open is what was indexed. */
static int check_unchanged(const struct trfs_source_file *file, int fd,
			   struct trfs_error *err)
{
	const struct trfs_example *indexed = file->indexed;
	struct trfs_file_identity now;
	int rc = trfs_file_identify(fd, &now, NULL);

	if (rc < 0)
		return fail_file(file, rc, err);
	if (now.size != indexed->size)
		return trfs_fail(err, -ESTALE,
				 "%.*s changed after it was indexed (size %" PRIu32
				 " -> %" PRIu64 "); mount again with --reindex",
				 TRFS_BYTES_ARG(file->name), indexed->size, now.size);
	if (now.mtime_ns != indexed->mtime_ns || now.inode != indexed->inode)
		return trfs_fail(err, -ESTALE,
				 "%.*s changed after it was indexed; mount again with "
				 "--reindex",
				 TRFS_BYTES_ARG(file->name));
	return 0;
}

int trfs_source_file_read(const struct trfs_source_file *file,
			  const struct trfs_root *root, int fd, uint64_t offset,
			  void *buf, size_t len, struct trfs_error *err)
{
	int read_rc = root->uncached ? trfs_file_read_uncached(fd, offset, buf, len)
				     : trfs_file_read(fd, offset, buf, len);
	/* First: a file that shrank makes the read end early, and should be named so. */
	int rc = check_unchanged(file, fd, err);

	if (rc < 0)
		return rc;
	return read_rc < 0 ? fail_file(file, read_rc, err) : 0;
}

int trfs_source_file_read_all(const struct trfs_source_file *file,
			      const struct trfs_root *root, struct trfs_buffer *whole,
			      struct trfs_error *err)
{
	uint8_t *room;
	int rc, fd;

	trfs_buffer_reset(whole);
	room = trfs_buffer_extend(whole, file->indexed->size);
	if (!room)
		return trfs_fail_memory(err, "an image");
	fd = trfs_source_file_open(file, root, err);
	if (fd < 0)
		return fd;
	rc = trfs_source_file_read(file, root, fd, 0, room, whole->len, err);
	trfs_file_close(fd);
	return rc;
}
