/* SPDX-License-Identifier: MIT */
/* Opening and reading what was indexed, and nothing else under its name. */
#include "dataset/source_file.h"

#include "base/buffer.h"
#include "base/error.h"
#include "dataset/source_reads.h"

#include <errno.h>
#include <inttypes.h>
#include <time.h>

struct trfs_source_file trfs_source_file_get(const struct trfs_catalog *c,
					     uint64_t number)
{
	const struct trfs_example *indexed =
		number < c->nr_examples ? trfs_catalog_example(c, number)
					: trfs_catalog_mask(c, number - c->nr_examples);

	return (struct trfs_source_file){ .catalog = c,
					  .number = number,
					  .indexed = indexed,
					  .appearance =
						  trfs_catalog_appearance(c, indexed) };
}

struct trfs_bytes trfs_source_file_name(const struct trfs_source_file *file,
					struct trfs_name *room)
{
	const struct trfs_catalog *c = file->catalog;

	if (file->number < c->nr_examples)
		return trfs_names_get(&c->names, file->number, room);
	return trfs_names_get(&c->mask_names, file->number - c->nr_examples, room);
}

static int fail_file(const struct trfs_source_file *file, int rc, struct trfs_error *err)
{
	struct trfs_name room;
	struct trfs_bytes name = trfs_source_file_name(file, &room);

	if (rc == -ENOENT)
		return trfs_fail(err, rc,
				 "%.*s vanished after it was indexed" TRFS_SOURCE_ADVICE
				 ", to leave it out",
				 TRFS_BYTES_ARG(name));
	return trfs_fail_errno(err, rc, "reading %.*s", TRFS_BYTES_ARG(name));
}

/*
 * Others close theirs within moments where the process has no descriptor left: we wait
 * for that, five seconds at most.
 */
static int open_file(const struct trfs_root *root, const char *path)
{
	struct timespec pause = { .tv_nsec = 1000000 };
	int fd = trfs_root_open_file(root, path);

	for (int i = 0; i < 28 && (fd == -EMFILE || fd == -ENFILE); i++) {
		nanosleep(&pause, NULL);
		pause.tv_nsec *= 2;
		if (pause.tv_nsec > 250000000)
			pause.tv_nsec = 250000000;
		fd = trfs_root_open_file(root, path);
	}
	return fd;
}

static void end_reading(struct trfs_source_reads *reads,
			struct trfs_source_reading *reading, int rc, bool is_whole,
			struct trfs_error *err)
{
	trfs_source_reads_end(reads, reading, rc, is_whole, err);
	if (rc < 0)
		err->is_told = reads != NULL;
}

int trfs_source_file_open(const struct trfs_source_file *file,
			  const struct trfs_root *root, struct trfs_error *err)
{
	struct trfs_source_reading reading;
	struct trfs_name room;
	struct trfs_bytes name = trfs_source_file_name(file, &room);
	struct trfs_error own;
	int rc = trfs_source_reads_begin(root->reads, &reading, file, err);

	if (rc < 0)
		return rc;
	/* Whoever watches wants to know why, also where the caller does not. */
	if (!err)
		err = &own;
	rc = open_file(root, (const char *)name.data);
	if (rc < 0)
		rc = fail_file(file, rc, err);
	end_reading(root->reads, &reading, rc, false, err);
	return rc;
}

TRFS_COLD
static int fail_changed(const struct trfs_source_file *file,
			const struct trfs_file_identity *now, struct trfs_error *err)
{
	const uint32_t size = file->indexed->size;
	struct trfs_name room;
	struct trfs_bytes name = trfs_source_file_name(file, &room);

	if (now->size != size)
		return trfs_fail(err, -ESTALE,
				 "%.*s changed after it was indexed (size %" PRIu32
				 " -> %" PRIu64 ")" TRFS_SOURCE_ADVICE,
				 TRFS_BYTES_ARG(name), size, now->size);
	return trfs_fail(err, -ESTALE,
			 "%.*s changed after it was indexed" TRFS_SOURCE_ADVICE,
			 TRFS_BYTES_ARG(name));
}

/* Its owner does not want all to read it to whom it would be shown. */
TRFS_COLD
static int fail_withheld(const struct trfs_source_file *file, struct trfs_error *err)
{
	struct trfs_name room;

	return trfs_fail(err, -EACCES,
			 "%.*s may be read by fewer users than what is mounted; reload, "
			 "or chmod it",
			 TRFS_BYTES_ARG(trfs_source_file_name(file, &room)));
}

/* Whether what @fd has open is what was indexed, and may be shown. */
static int check_unchanged(const struct trfs_source_file *file,
			   const struct trfs_root *root, int fd, struct trfs_error *err)
{
	struct trfs_file_identity now;
	struct trfs_file_owner owner;
	int rc = trfs_file_identify(fd, &now, &owner);

	if (rc < 0)
		return fail_file(file, rc, err);
	if (root->promised & ~trfs_access_of_file(&root->access, &owner))
		return fail_withheld(file, err);
	return trfs_example_is(file->indexed, &now) ? 0 : fail_changed(file, &now, err);
}

static int read_unchanged(const struct trfs_source_file *file,
			  const struct trfs_root *root, int fd, uint64_t offset,
			  void *buf, size_t len, struct trfs_error *err)
{
	int read_rc = root->uncached ? trfs_file_read_uncached(fd, offset, buf, len)
				     : trfs_file_read(fd, offset, buf, len);
	/* First: a file that shrank makes the read end early, and should be named so. */
	int rc = check_unchanged(file, root, fd, err);

	if (rc < 0)
		return rc;
	return read_rc < 0 ? fail_file(file, read_rc, err) : 0;
}

int trfs_source_file_read(const struct trfs_source_file *file,
			  const struct trfs_root *root, int fd, uint64_t offset,
			  void *buf, size_t len, struct trfs_error *err)
{
	struct trfs_source_reading reading;
	struct trfs_error own;
	int rc = trfs_source_reads_begin(root->reads, &reading, file, err);

	if (rc < 0)
		return rc;
	if (!err)
		err = &own;
	rc = read_unchanged(file, root, fd, offset, buf, len, err);
	end_reading(root->reads, &reading, rc, true, err);
	return rc;
}

int trfs_source_file_read_all(const struct trfs_source_file *file,
			      const struct trfs_root *root, struct trfs_buffer *whole,
			      struct trfs_error *err)
{
	uint8_t *room = NULL;
	int rc, fd;

	trfs_buffer_reset(whole);
	fd = trfs_source_file_open(file, root, err);
	if (fd < 0)
		return fd;
	/* Before memory is asked for: an index can say any size. */
	rc = check_unchanged(file, root, fd, err);
	if (rc == 0) {
		room = trfs_buffer_extend(whole, file->indexed->size);
		rc = room ? 0 : trfs_fail_memory(err, "an image");
	}
	if (rc == 0)
		rc = trfs_source_file_read(file, root, fd, 0, room, whole->len, err);
	trfs_file_close(fd);
	return rc;
}
