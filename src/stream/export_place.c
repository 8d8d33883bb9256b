/* SPDX-License-Identifier: MIT */
/*
 * The destination as a place: who may write there, and what was left half written.
 *
 * Who writes holds the lock of a file in it, which is opened to be written, as
 * directories and what is only read cannot be locked on servers' file systems.  The file
 * is removed where nothing is left to write; until then it stays, so that all wait for
 * the same one.
 */
#include "stream/export_run.h"

#include "base/error.h"
#include "base/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define NR_ATTEMPTS 100
#define PREFIX	    TRFS_EXPORT_RECORD "-"
#define SUFFIX	    ".tmp"

static int make_directory(struct trfs_export_run *run, struct trfs_error *err)
{
	const char *path = run->request->destination;

	run->was_made = mkdir(path, 0777) == 0;
	if (run->was_made || errno == EEXIST)
		return 0;
	if (errno == ENOENT)
		return trfs_fail(
			err, -ENOENT,
			"cannot make the directory %s, as what it is to lie in is "
			"not there: mkdir -p %s",
			path, path);
	return trfs_fail_errno(err, -errno, "cannot make the directory %s", path);
}

/* -ENOENT: it was removed meanwhile, or the destination was; else why there is none. */
static int open_lock(struct trfs_export_run *run)
{
	static const int flags = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd = openat(run->directory, TRFS_EXPORT_LOCK,
			O_RDWR | O_CREAT | O_EXCL | flags, 0666);

	run->lock_file_was_made = fd >= 0;
	if (fd < 0 && errno == EEXIST) {
		fd = openat(run->directory, TRFS_EXPORT_LOCK, O_RDWR | flags);
		/* Another user's: it can be locked where no server is asked. */
		if (fd < 0 && errno == EACCES)
			fd = openat(run->directory, TRFS_EXPORT_LOCK, O_RDONLY | flags);
	}
	run->lock_file = fd;
	return fd < 0 ? -errno : 0;
}

/*
 * Whether the lock's file still has its name, else it was removed by who had it before.
 * Opening asks a server, where looking could be answered from memory.
 */
static bool is_named(const struct trfs_export_run *run)
{
	TRFS_CLEANUP(trfs_file_closep)
	int fd = openat(run->directory, TRFS_EXPORT_LOCK,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	return fd >= 0 && trfs_export_is_at(run->directory, TRFS_EXPORT_LOCK, fd) &&
	       trfs_export_is_at(run->directory, TRFS_EXPORT_LOCK, run->lock_file);
}

static int take_lock(struct trfs_export_run *run)
{
	int rc;

	do
		rc = flock(run->lock_file, LOCK_EX | LOCK_NB);
	while (rc < 0 && errno == EINTR);
	/* Where the file system has no locks, nobody is kept out. */
	if (rc < 0 && errno != ENOLCK && errno != EOPNOTSUPP && errno != ENOSYS &&
	    errno != EINVAL)
		return -errno;
	return is_named(run) ? 0 : -ENOENT;
}

static void close_all(struct trfs_export_run *run)
{
	trfs_file_close(run->lock_file);
	trfs_file_close(run->directory);
	run->lock_file = run->directory = -1;
}

int trfs_export_enter(struct trfs_export_run *run, struct trfs_error *err)
{
	const char *path = run->request->destination;
	int rc = -ENOENT;

	if (getrandom(&run->token, sizeof(run->token), GRND_NONBLOCK) < 0)
		run->token = (uint64_t)trfs_file_now_ns() << 16 ^ (uint64_t)getpid();
	/* Who made it may take it away again, and the lock's file with it. */
	for (unsigned int i = 0; rc == -ENOENT && i < NR_ATTEMPTS; i++) {
		close_all(run);
		rc = make_directory(run, err);
		if (rc < 0)
			return rc;
		run->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (run->directory < 0) {
			rc = trfs_fail_errno(err, -errno, "cannot open the directory %s",
					     path);
			continue;
		}
		rc = open_lock(run);
		if (rc == 0)
			rc = take_lock(run);
	}
	if (run->directory < 0)
		return rc;
	run->lock_rc = rc;
	if (rc != -EWOULDBLOCK)
		return 0;
	/* Now it is theirs. */
	run->was_made = false;
	return trfs_fail(err, -EBUSY,
			 "another tfrecordfs export writes to %s now; wait until it has "
			 "ended",
			 path);
}

void trfs_export_leave(struct trfs_export_run *run, bool has_failed)
{
	bool is_over = run->result->is_complete ||
		       (run->lock_file_was_made && !run->result->has_begun);

	if (run->lock_file >= 0 && run->lock_rc == 0 && is_over)
		unlinkat(run->directory, TRFS_EXPORT_LOCK, 0);
	close_all(run);
	/* Where nothing came of it, there is nothing. */
	if (has_failed && run->was_made)
		rmdir(run->request->destination);
}

int trfs_export_open_parent(const struct trfs_export_run *run, const char *name,
			    bool made, const char **ret_last)
{
	const char *slash = strrchr(name, '/');
	char *path;
	int fd;

	if (!slash) {
		*ret_last = name;
		fd = fcntl(run->directory, F_DUPFD_CLOEXEC, 0);
		return fd < 0 ? -errno : fd;
	}
	path = strndup(name, (size_t)(slash - name));
	if (!path)
		return -ENOMEM;
	*ret_last = slash + 1;
	fd = trfs_file_open_beneath(run->directory, path,
				    O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -ENOENT && made)
		fd = trfs_file_make_beneath(run->directory, path, 0777);
	free(path);
	return fd;
}

int trfs_export_fail_parent(const struct trfs_export_run *run, int rc, const char *name,
			    struct trfs_error *err)
{
	const char *path = run->request->destination;

	if (rc == -ELOOP)
		return trfs_fail(err, -EINVAL,
				 "%s/%s would be written behind a symbolic link, which "
				 "may lead out of %s: remove that, or export into "
				 "another directory",
				 path, name, path);
	return trfs_fail_errno(err, rc, "cannot open the directory of %s/%s", path, name);
}

bool trfs_export_is_at(int directory, const char *name, int fd)
{
	struct stat opened, named;

	return fstat(fd, &opened) == 0 && S_ISREG(opened.st_mode) &&
	       fstatat(directory, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

void trfs_export_temporary(const struct trfs_export_run *run, unsigned int number,
			   char ret[TRFS_EXPORT_NAME_SIZE])
{
	snprintf(ret, TRFS_EXPORT_NAME_SIZE, PREFIX "%016" PRIx64 "-%u" SUFFIX,
		 run->token, number);
}

static bool is_temporary(const char *name)
{
	size_t len = strlen(name);

	return strncmp(name, PREFIX, strlen(PREFIX)) == 0 && len > strlen(SUFFIX) &&
	       strcmp(name + len - strlen(SUFFIX), SUFFIX) == 0;
}

int trfs_export_leftovers(const struct trfs_export_run *run, bool removed,
			  uint64_t *ret_size, struct trfs_error *err)
{
	int fd = openat(run->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	struct stat st;
	int rc;

	*ret_size = 0;
	if (!stream) {
		rc = -errno;
		trfs_file_close(fd);
		return trfs_fail_errno(err, rc, "cannot list %s",
				       run->request->destination);
	}
	while (errno = 0, (e = readdir(stream))) {
		if (!is_temporary(e->d_name) ||
		    fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		*ret_size += (uint64_t)st.st_blocks * 512;
		if (removed)
			unlinkat(fd, e->d_name, 0);
	}
	rc = errno ? trfs_fail_errno(err, -errno, "cannot list %s",
				     run->request->destination)
		   : 0;
	closedir(stream);
	return rc;
}
