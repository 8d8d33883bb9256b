/* SPDX-License-Identifier: MIT */
/*
 * Files that are open already, and whole reads.  Every loop here goes on after a signal
 * and after a short read, so that callers see all bytes or an error.
 */
#include "base/file.h"
#include "base/buffer.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <time.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_LEN 65536

/* Of a pipe: whoever writes it may have to start first, or may never come. */
#define SILENCE_MAX_MS 5000

/* Unsigned, because a file system may hold times that do not fit in nanoseconds. */
static int64_t nanoseconds(const struct timespec *t)
{
	return (int64_t)((uint64_t)t->tv_sec * 1000000000u + (uint64_t)t->tv_nsec);
}

static struct trfs_file_identity identity_of(const struct stat *st)
{
	return (struct trfs_file_identity){
		.size = (uint64_t)st->st_size,
		.inode = (uint64_t)st->st_ino,
		.mtime_ns = nanoseconds(&st->st_mtim),
	};
}

static struct trfs_file_owner owner_of(const struct stat *st)
{
	return (struct trfs_file_owner){ .uid = st->st_uid,
					 .gid = st->st_gid,
					 .mode = st->st_mode };
}

int trfs_file_identify(int fd, struct trfs_file_identity *ret,
		       struct trfs_file_owner *ret_owner)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	*ret = identity_of(&st);
	if (ret_owner)
		*ret_owner = owner_of(&st);
	return 0;
}

int trfs_file_look(int directory, const char *name, struct trfs_file_identity *ret,
		   int64_t *ret_touched_ns, struct trfs_file_owner *ret_owner)
{
	struct stat st;

	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	*ret = identity_of(&st);
	*ret_touched_ns = nanoseconds(&st.st_ctim);
	*ret_owner = owner_of(&st);
	return 0;
}

int trfs_file_identify_at(int directory, const char *path, struct trfs_file_identity *ret)
{
	struct stat st;

	if (fstatat(directory, path, &st, 0) < 0)
		return -errno;
	*ret = identity_of(&st);
	return 0;
}

void trfs_file_close(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
}

int trfs_file_read(int fd, uint64_t offset, void *buf, size_t len)
{
	uint8_t *place = buf;

	if (offset > INT64_MAX || len > (uint64_t)INT64_MAX - offset)
		return -EOVERFLOW;
	while (len > 0) {
		ssize_t n = pread(fd, place, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		place += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* 0 as soon as there is something to read, or the end. */
static int wait_for_bytes(int fd)
{
	struct pollfd wanted = { .fd = fd, .events = POLLIN };
	int nr;

	do
		nr = poll(&wanted, 1, SILENCE_MAX_MS);
	while (nr < 0 && errno == EINTR);
	if (nr == 0)
		return -ETIMEDOUT;
	return nr < 0 ? -errno : 0;
}

static ssize_t read_some(int fd, void *buf, size_t len)
{
	ssize_t n = wait_for_bytes(fd);

	if (n < 0)
		return n;
	do
		n = read(fd, buf, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/*
 * Up to the end of the file or until @max bytes are there, into the memory that the
 * buffer has already and more in chunks.  0 at the end, 1 where there is more.
 */
static int read_up_to(int fd, size_t max, struct trfs_buffer *buf)
{
	size_t left = max;
	uint8_t probe;

	while (left > 0) {
		size_t room = buf->capacity - buf->len;
		size_t chunk = room ? room : CHUNK_LEN;
		uint8_t *place;
		ssize_t n;

		if (chunk > left)
			chunk = left;
		place = trfs_buffer_extend(buf, chunk);
		if (!place)
			return -ENOMEM;
		n = read_some(fd, place, chunk);
		buf->len -= chunk - (n > 0 ? (size_t)n : 0);
		if (n <= 0)
			return (int)n;
		left -= (size_t)n;
	}
	return (int)read_some(fd, &probe, 1);
}

/* Memory for what a regular file holds now, and a byte more to see its end with. */
static void reserve_for(int fd, size_t max, struct trfs_buffer *buf)
{
	struct trfs_file_identity id = { 0 };
	size_t expected;

	if (trfs_file_identify(fd, &id, NULL) < 0 || id.size >= max)
		return;
	expected = (size_t)id.size + 1;
	if (trfs_buffer_extend(buf, expected))
		buf->len -= expected;
}

int trfs_file_read_all(const char *path, size_t max, struct trfs_buffer *buf,
		       struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	size_t start = buf->len;
	size_t most = buf->max - start < max ? buf->max - start : max;
	int rc;

	do
		fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return trfs_fail_errno(err, -errno, "cannot open %s", path);

	reserve_for(fd, most, buf);
	rc = buf->failed ? -ENOMEM : read_up_to(fd, most, buf);
	if (rc == 0)
		return 0;
	buf->len = start;
	if (rc == -ENOMEM)
		return trfs_fail(err, rc, "no memory for the content of %s", path);
	if (rc == -ETIMEDOUT)
		return trfs_fail(err, rc, "cannot read %s: nothing came for %d seconds",
				 path, SILENCE_MAX_MS / 1000);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot read %s", path);
	return trfs_fail(err, -EFBIG,
			 "%s is larger than %zu bytes, the most that is read", path,
			 most);
}

int64_t trfs_file_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int trfs_file_make_parents(const char *path, mode_t mode, struct trfs_error *err)
{
	char parent[PATH_MAX];
	size_t len = strlen(path), missing = 0;
	int rc = 0;

	if (len >= sizeof(parent))
		return trfs_fail_errno(err, -ENAMETOOLONG, "cannot make %s", path);
	memcpy(parent, path, len + 1);
	for (size_t i = 1; i < len; i++) {
		if (path[i] != '/')
			continue;
		parent[i] = '\0';
		if (mkdir(parent, mode) == 0 || errno == EEXIST) {
			rc = 0;
		} else if (rc == 0) {
			rc = -errno;
			missing = i;
		}
		parent[i] = '/';
	}
	return rc < 0 ? trfs_fail_errno(err, rc, "cannot make %.*s", (int)missing, path)
		      : 0;
}

void trfs_file_make_directories(const char *directory)
{
	/* What cannot be made may be there all the same. */
	if (trfs_file_make_parents(directory, 0755, NULL) != -ENAMETOOLONG)
		mkdir(directory, 0755);
}

int trfs_file_sync_directory(int fd)
{
	/* Some file systems cannot, and say so with these. */
	if (fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP || errno == ENOSYS)
		return 0;
	return -errno;
}

bool trfs_path_is_beneath(const char *path, const char *directory)
{
	size_t len = strlen(directory);

	return strcmp(directory, "/") == 0 || (strncmp(path, directory, len) == 0 &&
					       (path[len] == '/' || path[len] == '\0'));
}
