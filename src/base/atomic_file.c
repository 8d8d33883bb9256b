/* SPDX-License-Identifier: MIT */
/*
 * A file that appears complete or not at all: written under a temporary name in the
 * same directory, synced, renamed over the old one, and the directory synced.  Temporary
 * files of processes that were killed are removed by the next that writes there.
 */
#include "base/error.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NR_ATTEMPTS 1000
#define PREFIX	    ".tfrecordfs-"
#define SUFFIX	    ".tmp"

static int open_directory(const char *directory)
{
	int fd;

	do
		fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : fd;
}

static int open_at(int directory_fd, const char *name, int flags)
{
	int fd;

	do
		fd = openat(directory_fd, name, flags | O_NOFOLLOW | O_CLOEXEC, 0644);
	while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : fd;
}

/*
 * Who writes a temporary file holds its lock, which ends with the process, however that
 * ends: what can be locked by another was left behind.  Where the file system has no
 * locks nobody gets one, and leftovers stay.
 */
static int lock(int fd)
{
	int rc;

	do
		rc = flock(fd, LOCK_EX | LOCK_NB);
	while (rc < 0 && errno == EINTR);
	return rc < 0 ? -errno : 0;
}

/* Whether the name still is that of the open file. */
static bool is_at(int directory_fd, const char *name, int fd)
{
	struct stat opened, named;

	return fstat(fd, &opened) == 0 && S_ISREG(opened.st_mode) &&
	       fstatat(directory_fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/*
 * Once the lock is had the name cannot become another file's: nobody else would rename or
 * remove this one.
 */
static void remove_leftover(int directory_fd, const char *name)
{
	int fd = open_at(directory_fd, name, O_RDWR | O_NONBLOCK);

	if (fd >= 0 && lock(fd) == 0 && is_at(directory_fd, name, fd))
		unlinkat(directory_fd, name, 0);
	trfs_file_close(fd);
}

static bool is_temporary(const char *name)
{
	size_t len = strlen(name);

	return strncmp(name, PREFIX, strlen(PREFIX)) == 0 && len > strlen(SUFFIX) &&
	       strcmp(name + len - strlen(SUFFIX), SUFFIX) == 0;
}

/* What processes left behind that were killed; as far as that can be done. */
static void remove_leftovers(int directory_fd)
{
	int fd = open_at(directory_fd, ".", O_RDONLY | O_DIRECTORY);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (!stream) {
		trfs_file_close(fd);
		return;
	}
	for (struct dirent *e = readdir(stream); e; e = readdir(stream)) {
		if (is_temporary(e->d_name))
			remove_leftover(directory_fd, e->d_name);
	}
	closedir(stream);
}

/*
 * Make the file and lock it; -EEXIST where the name is another's.  Somebody may have
 * taken it for a leftover before it was locked: then it is gone, or about to be.
 */
static int create_locked(int directory_fd, const char *name)
{
	int fd = open_at(directory_fd, name, O_WRONLY | O_CREAT | O_EXCL);

	if (fd >= 0 && (lock(fd) == -EWOULDBLOCK || !is_at(directory_fd, name, fd))) {
		trfs_file_close(fd);
		return -EEXIST;
	}
	return fd;
}

/*
 * Whoever else works here at the same time has another process number or finds the name
 * taken (O_EXCL); so does one who finds what a killed process left behind.
 */
static int create_temporary(struct trfs_atomic_file *f)
{
	for (unsigned int attempt = 0; attempt < NR_ATTEMPTS; attempt++) {
		char *name;
		int fd;

		if (asprintf(&name, PREFIX "%ld-%u" SUFFIX, (long)getpid(), attempt) < 0)
			return -ENOMEM;
		fd = create_locked(f->directory_fd, name);
		if (fd >= 0) {
			f->fd = fd;
			f->temporary_name = name;
			return 0;
		}
		free(name);
		if (fd != -EEXIST)
			return fd;
	}
	return -EEXIST;
}

/* Everything but the temporary file itself; f is then as if never started. */
static void release(struct trfs_atomic_file *f)
{
	if (f->path) {
		trfs_file_close(f->fd);
		trfs_file_close(f->directory_fd);
	}
	free(f->path);
	free(f->name);
	free(f->temporary_name);
	*f = (struct trfs_atomic_file){ .fd = -1, .directory_fd = -1 };
}

int trfs_atomic_file_start(struct trfs_atomic_file *f, const char *directory,
			   const char *name, struct trfs_error *err)
{
	int rc;

	*f = (struct trfs_atomic_file){ .fd = -1, .directory_fd = -1 };
	if (!*name || strchr(name, '/'))
		return trfs_fail(err, -EINVAL, "\"%s\" is not a file name", name);

	if (asprintf(&f->path, "%s/%s", directory, name) < 0)
		f->path = NULL; /* asprintf() leaves it undefined */
	f->name = strdup(name);
	if (!f->path || !f->name) {
		release(f);
		return trfs_fail_memory(err, "the name of a file");
	}
	f->directory_fd = open_directory(directory);
	if (f->directory_fd < 0) {
		rc = f->directory_fd;
		release(f);
		return trfs_fail_errno(err, rc, "cannot open the directory %s",
				       directory);
	}
	remove_leftovers(f->directory_fd);
	rc = create_temporary(f);
	if (rc < 0) {
		release(f);
		return trfs_fail_errno(err, rc, "cannot create %s/%s", directory, name);
	}
	return 0;
}

static int write_at(const struct trfs_atomic_file *f, uint64_t offset, const void *data,
		    size_t len, struct trfs_error *err)
{
	const uint8_t *left = data;

	if (offset > INT64_MAX || len > (uint64_t)INT64_MAX - offset)
		return trfs_fail_errno(err, -EFBIG, "cannot write %s", f->path);
	while (len > 0) {
		ssize_t n = pwrite(f->fd, left, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return trfs_fail_errno(err, n < 0 ? -errno : -EIO,
					       "cannot write %s at byte %" PRIu64,
					       f->path, offset);
		left += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int trfs_atomic_file_write(struct trfs_atomic_file *f, const void *data, size_t len,
			   struct trfs_error *err)
{
	int rc = write_at(f, f->offset, data, len, err);

	if (rc == 0)
		f->offset += len;
	return rc;
}

int trfs_atomic_file_rewrite(struct trfs_atomic_file *f, uint64_t offset,
			     const void *data, size_t len, struct trfs_error *err)
{
	if (offset > f->offset || len > f->offset - offset)
		return trfs_fail(err, -EINVAL,
				 "%s: bytes %" PRIu64 "+%zu are rewritten, %" PRIu64
				 " were written",
				 f->path, offset, len, f->offset);
	return write_at(f, offset, data, len, err);
}

int trfs_atomic_file_commit(struct trfs_atomic_file *f, struct trfs_error *err)
{
	int rc;

	if (fsync(f->fd) < 0)
		return trfs_fail_errno(err, -errno, "cannot write %s to the disk",
				       f->path);
	if (renameat(f->directory_fd, f->temporary_name, f->directory_fd, f->name) < 0)
		return trfs_fail_errno(err, -errno, "cannot put %s in its place",
				       f->path);

	/* It is there now: what fails from here on leaves nothing to remove. */
	rc = trfs_file_sync_directory(f->directory_fd);
	if (rc < 0)
		trfs_fail_errno(err, rc, "cannot write the directory of %s to the disk",
				f->path);
	release(f);
	return rc;
}

void trfs_atomic_file_abort(struct trfs_atomic_file *f)
{
	if (f->temporary_name)
		unlinkat(f->directory_fd, f->temporary_name, 0);
	release(f);
}
