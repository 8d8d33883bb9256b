/* SPDX-License-Identifier: MIT */
#include "cli/export_mount.h"

#include "base/error.h"
#include "base/file.h"
#include "cli/export_listing.h"
#include "cli/mount_attribute.h"
#include "cli/mount_place.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOMENT_SIZE 128
#define NR_OPENS    3

/**
 * struct trfs_export_mount - a directory of a mount
 * @directory: its real path, @root: the mountpoint's
 * @moment: who served what when it was last seen to be the same; see read_moment()
 * @served: of open files, what serves those that are of what was there at the start
 * @lock: protects @moment and @served
 */
struct trfs_export_mount {
	struct trfs_export_source source;
	char directory[PATH_MAX];
	char root[PATH_MAX];
	pthread_mutex_t lock;
	char moment[MOMENT_SIZE];
	char served[MOMENT_SIZE];
};

/* A file that is being read. */
struct handle {
	const struct trfs_export_file *file;
	int fd;
};

int trfs_export_is_mount(const char *path, bool *ret, struct trfs_error *err)
{
	int rc = trfs_mount_is_fuse(path);
	char text[64];

	*ret = false;
	if (rc == -ENOTCONN)
		return trfs_fail(err, rc,
				 "%s is on a mount that is dead; mount anew with "
				 "tfrecordfs mount --replace",
				 path);
	/* Copies of a mount can have its attributes. */
	*ret = rc > 0 && trfs_mount_attribute(path, "num_shards", text, sizeof(text));
	return 0;
}

/* The mountpoint is the first directory upwards that has a root's attributes. */
static int find_root(struct trfs_export_mount *m, struct trfs_error *err)
{
	struct trfs_export_identity *identity = &m->source.identity;

	memcpy(m->root, m->directory, sizeof(m->root));
	while (!trfs_mount_attribute(m->root, "fingerprint", identity->fingerprint,
				     sizeof(identity->fingerprint))) {
		char *slash = strrchr(m->root, '/');

		if (!slash || slash == m->root)
			return trfs_fail(err, -EINVAL,
					 "%s is on no mount that tfrecordfs can ask",
					 m->directory);
		*slash = '\0';
	}
	return 0;
}

/* Changes with every reload, and with every process that serves. */
static void read_moment(const struct trfs_export_mount *m, char ret[MOMENT_SIZE])
{
	char generation[32] = "", restarts[32] = "", pid[32] = "";

	trfs_mount_attribute(m->root, "generation", generation, sizeof(generation));
	trfs_mount_attribute(m->root, "restarts", restarts, sizeof(restarts));
	trfs_mount_attribute(m->root, "worker_pid", pid, sizeof(pid));
	snprintf(ret, MOMENT_SIZE, "%s %s %s", generation, restarts, pid);
}

static int identify(struct trfs_export_mount *m, struct trfs_error *err)
{
	struct trfs_export_identity *identity = &m->source.identity;
	char source[PATH_MAX];
	int rc = find_root(m, err);

	if (rc < 0)
		return rc;
	read_moment(m, m->moment);
	if (!trfs_mount_attribute(m->root, "content", identity->content,
				  sizeof(identity->content)) ||
	    !trfs_mount_attribute(m->root, "source", source, sizeof(source)))
		return trfs_fail(err, -EIO,
				 "%s does not tell what it shows; tfrecordfs status %s "
				 "tells how it is",
				 m->root, m->root);
	identity->source = strdup(source);
	identity->view = strdup(m->directory + strlen(m->root) +
				(m->directory[strlen(m->root)] == '/'));
	if (!identity->source || !identity->view)
		return trfs_fail_memory(err, "the name of the mount");
	return 0;
}

/* It ended, or its process did: @rc, unless that is why. */
static int fail_if_gone(const struct trfs_export_mount *m, int rc, struct trfs_error *err)
{
	char text[32];

	if (trfs_mount_attribute(m->root, "generation", text, sizeof(text)))
		return rc;
	return trfs_fail(err, -ENOTCONN,
			 "%s is mounted no more: mount it again, and type the same again "
			 "to go on",
			 m->root);
}

/*
 * Whether what is served is what was there at the start.  All of an index is read for
 * that, so it is asked once for each moment.
 */
static bool is_same(struct trfs_export_mount *m)
{
	char moment[MOMENT_SIZE], content[TRFS_EXPORT_HEX_SIZE];
	bool is_same;

	read_moment(m, moment);
	pthread_mutex_lock(&m->lock);
	is_same = strcmp(moment, m->moment) == 0;
	if (!is_same &&
	    trfs_mount_attribute(m->root, "content", content, sizeof(content)) &&
	    strcmp(content, m->source.identity.content) == 0) {
		memcpy(m->moment, moment, sizeof(moment));
		is_same = true;
	}
	pthread_mutex_unlock(&m->lock);
	return is_same;
}

static int fail_reloaded(const struct trfs_export_mount *m, struct trfs_error *err)
{
	trfs_fail(err, -ESTALE,
		  "%s was reloaded meanwhile and shows other records now: export "
		  "it into another directory",
		  m->root);
	return fail_if_gone(m, -ESTALE, err);
}

/* What was read is of the records that were there at the start, or else nothing is. */
static int check_moment(void *user, struct trfs_error *err)
{
	struct trfs_export_mount *m = user;

	return is_same(m) ? 0 : fail_reloaded(m, err);
}

static char *path_of(const struct trfs_export_mount *m,
		     const struct trfs_export_file *file)
{
	char *path;

	return asprintf(&path, "%s/%s", m->directory, file->name) < 0 ? NULL : path;
}

/*
 * Whether the open file is of what was there at the start.  Then it is so for good,
 * whatever is reloaded afterwards; what the mountpoint tells, before or after, would not
 * say which of two reloads the file was opened between.
 */
static bool is_of_start(struct trfs_export_mount *m, int fd)
{
	char served[MOMENT_SIZE], again[MOMENT_SIZE], content[TRFS_EXPORT_HEX_SIZE];
	bool ret;

	/* Mounts of versions that do not tell. */
	if (!trfs_mount_attribute_of(fd, "served", served, sizeof(served)))
		return is_same(m);
	pthread_mutex_lock(&m->lock);
	ret = strcmp(served, m->served) == 0;
	if (!ret && trfs_mount_attribute_of(fd, "content", content, sizeof(content)) &&
	    strcmp(content, m->source.identity.content) == 0 &&
	    trfs_mount_attribute_of(fd, "served", again, sizeof(again)) &&
	    strcmp(served, again) == 0) {
		memcpy(m->served, served, sizeof(served));
		ret = true;
	}
	pthread_mutex_unlock(&m->lock);
	return ret;
}

/* Once more where it was opened while a reload came and went. */
static int open_of_start(struct trfs_export_mount *m, const char *path, int *ret_fd,
			 struct trfs_error *err)
{
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < NR_OPENS; i++) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return fail_if_gone(
				m, trfs_fail_errno(err, -errno, "cannot open %s", path),
				err);
		if (is_of_start(m, fd)) {
			*ret_fd = fd;
			return 0;
		}
		trfs_file_close(fd);
		rc = check_moment(m, err);
	}
	return rc < 0 ? rc : fail_reloaded(m, err);
}

static int open_file(void *user, size_t number, void **ret, struct trfs_error *err)
{
	struct trfs_export_mount *m = user;
	const struct trfs_export_file *file = &m->source.files[number];
	struct handle *handle = calloc(1, sizeof(*handle));
	char *path = path_of(m, file);
	int rc;

	if (!handle || !path) {
		free(handle);
		free(path);
		return trfs_fail_memory(err, "an open shard");
	}
	handle->file = file;
	rc = open_of_start(m, path, &handle->fd, err);
	free(path);
	if (rc < 0)
		free(handle);
	else
		*ret = handle;
	return rc;
}

/*
 * Which image it is: the first record from @offset on that cannot be read by itself, past
 * the page cache, whose pages records share.  What is in @memory, a piece's, is lost.
 */
static bool find_unreadable(const char *path, uint64_t offset, uint8_t *memory,
			    struct trfs_mount_place *ret)
{
	TRFS_CLEANUP(trfs_file_closep)
	int fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);

	while (fd >= 0 && trfs_mount_place(path, offset, ret)) {
		uint64_t end = ret->offset + ret->size;

		for (offset = ret->offset; offset < end;) {
			size_t len = end - offset < TRFS_EXPORT_PIECE_SIZE
					     ? (size_t)(end - offset)
					     : TRFS_EXPORT_PIECE_SIZE;
			ssize_t n = pread(fd, memory, len, (off_t)offset);

			if (n <= 0)
				return true;
			offset += (uint64_t)n;
		}
	}
	return false;
}

static int fail_read(const struct trfs_export_mount *m, const struct handle *handle,
		     uint64_t offset, uint8_t *memory, int rc, struct trfs_error *err)
{
	struct trfs_mount_place *place = calloc(1, sizeof(*place));
	char *path = path_of(m, handle->file);

	if (path && place && handle->file->is_shard &&
	    find_unreadable(path, offset, memory, place))
		trfs_fail_errno(err, rc, "record %" PRIu64 ", of %s", place->record,
				place->image);
	else
		trfs_fail_errno(err, rc, "reading at byte %" PRIu64, offset);
	free(path);
	free(place);
	return fail_if_gone(m, rc, err);
}

static int read_file(void *user, void *handle, uint64_t offset,
		     const _Atomic bool *stopped, struct trfs_export_piece *ret,
		     struct trfs_error *err)
{
	struct handle *h = handle;
	uint8_t *memory = trfs_export_piece_memory(ret, err);
	uint64_t left = h->file->size - offset;
	size_t len =
		left < TRFS_EXPORT_PIECE_SIZE ? (size_t)left : TRFS_EXPORT_PIECE_SIZE;
	size_t done = 0;

	trfs_export_piece_set(ret, 0);
	if (!memory)
		return -ENOMEM;
	while (done < len) {
		ssize_t n =
			pread(h->fd, memory + done, len - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR && stopped && *stopped)
			return trfs_fail(err, -EINTR, "stopped");
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_read(user, h, offset + done, memory, -errno, err);
		if (n == 0)
			break;
		done += (size_t)n;
	}
	trfs_export_piece_set(ret, done);
	return 0;
}

static void release_piece(void *user, void *handle, struct trfs_export_piece *piece)
{
	/* Its memory is used again. */
	(void)user;
	(void)handle;
	(void)piece;
}

static void close_file(void *user, void *handle)
{
	struct handle *h = handle;

	(void)user;
	trfs_file_close(h->fd);
	free(h);
}

static const struct trfs_export_ops ops = {
	.open = open_file,
	.read = read_file,
	.release = release_piece,
	.finish = check_moment,
	.close = close_file,
};

int trfs_export_mount_open(const char *directory, bool with_side_files,
			   struct trfs_export_mount **ret, struct trfs_error *err)
{
	struct trfs_export_mount *m = calloc(1, sizeof(*m));
	int rc = 0;

	if (!m)
		return trfs_fail_memory(err, "a mount");
	pthread_mutex_init(&m->lock, NULL);
	m->source.ops = &ops;
	m->source.user = m;
	if (!realpath(directory, m->directory))
		rc = trfs_fail_errno(err, -errno, "cannot find %s", directory);
	if (rc == 0)
		rc = identify(m, err);
	if (rc == 0)
		rc = trfs_export_list(m->directory, with_side_files, &m->source, err);
	if (rc < 0)
		trfs_export_mount_close(m);
	else
		*ret = m;
	return rc;
}

const struct trfs_export_source *trfs_export_mount_source(
	const struct trfs_export_mount *mount)
{
	return &mount->source;
}

const char *trfs_export_mount_root(const struct trfs_export_mount *mount)
{
	return mount->root;
}

struct trfs_export_mount *trfs_export_mount_close(struct trfs_export_mount *mount)
{
	if (mount) {
		trfs_export_source_done(&mount->source);
		pthread_mutex_destroy(&mount->lock);
		free(mount);
	}
	return NULL;
}
