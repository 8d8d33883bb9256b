/* SPDX-License-Identifier: MIT */
/*
 * The file is made in its place, not renamed into it: a file without a whole header is
 * odd, and whoever finds one removes it and makes another.  If two do that at once, one
 * of them writes into a file that has no name any more, and what it knows dies with it.
 */
#include "index/known_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t offset_of(const struct trfs_known_file *file, uint64_t number)
{
	return TRFS_KNOWN_HEADER_SIZE + number * file->entry_size;
}

static int open_at(const struct trfs_known_file *file, int flags)
{
	int fd;

	do
		fd = openat(file->directory_fd, file->name,
			    flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0644);
	while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : fd;
}

static bool write_at(int fd, uint64_t offset, const void *data, size_t len)
{
	ssize_t n;

	do
		n = pwrite(fd, data, len, (off_t)offset);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)len;
}

static bool is_ours(const struct trfs_known_file *file, int fd)
{
	uint8_t header[TRFS_KNOWN_HEADER_SIZE];
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       trfs_file_read(fd, 0, header, sizeof(header)) == 0 &&
	       memcmp(header, file->header, sizeof(header)) == 0;
}

/* A descriptor of the file that is there; -EBADMSG where it is odd; else -errno. */
static int open_existing(const struct trfs_known_file *file,
			 enum trfs_known_access *ret_access)
{
	int fd = open_at(file, O_RDWR);

	*ret_access = TRFS_KNOWN_WRITABLE;
	if (fd == -EACCES || fd == -EROFS || fd == -EPERM) {
		fd = open_at(file, O_RDONLY);
		*ret_access = TRFS_KNOWN_READ_ONLY;
	}
	/* A symbolic link, a directory, a device without a driver. */
	if (fd == -ELOOP || fd == -EISDIR || fd == -ENXIO)
		return -EBADMSG;
	if (fd < 0 || is_ours(file, fd))
		return fd;
	trfs_file_close(fd);
	return -EBADMSG;
}

static int create(struct trfs_known_file *file)
{
	int fd = open_at(file, O_RDWR | O_CREAT | O_EXCL);

	if (fd < 0)
		return fd;
	if (write_at(fd, 0, file->header, sizeof(file->header))) {
		file->written =
			calloc((size_t)(file->nr / 8 + 1), sizeof(*file->written));
		return fd;
	}
	trfs_file_close(fd);
	unlinkat(file->directory_fd, file->name, 0);
	return -EIO;
}

/* Somebody else may make it at the same time: then it is theirs that is written. */
static int make(struct trfs_known_file *file, enum trfs_known_access *ret_access)
{
	int fd = create(file);

	*ret_access = TRFS_KNOWN_WRITABLE;
	if (fd != -EEXIST)
		return fd;
	fd = open_existing(file, ret_access);
	if (fd != -EBADMSG)
		return fd;
	*ret_access = TRFS_KNOWN_WRITABLE;
	if (unlinkat(file->directory_fd, file->name, 0) < 0)
		return -errno;
	return create(file);
}

/* Who writes beyond this limit is sent a signal that ends the process. */
static bool is_below_limit(uint64_t size)
{
	struct rlimit limit;

	return size <= INT64_MAX && getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
	       (limit.rlim_cur == RLIM_INFINITY || size <= limit.rlim_cur);
}

int trfs_known_file_init(struct trfs_known_file *file, int directory_fd, const char *name,
			 const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
			 uint32_t value_size, uint64_t nr)
{
	enum trfs_known_access access = TRFS_KNOWN_READ_ONLY;
	int fd = -1;

	*file = (struct trfs_known_file){
		.directory_fd = directory_fd,
		.name = strdup(name),
		.nr = nr,
		.entry_size = value_size + TRFS_KNOWN_CHECK_SIZE,
	};
	if (!file->name)
		return -ENOMEM;
	trfs_known_header(value_size, fingerprint, file->header);
	pthread_mutex_init(&file->lock, NULL);
	if (directory_fd >= 0) {
		fd = open_existing(file, &access);
		if (fd == -ENOENT || fd == -EBADMSG)
			access = TRFS_KNOWN_UNMADE;
		if (!is_below_limit(offset_of(file, nr)))
			access = TRFS_KNOWN_READ_ONLY;
	}
	atomic_init(&file->fd, fd < 0 ? -1 : fd);
	atomic_init(&file->access, access);
	return 0;
}

void trfs_known_file_done(struct trfs_known_file *file)
{
	if (file->name) {
		trfs_file_close(atomic_load(&file->fd));
		pthread_mutex_destroy(&file->lock);
		free(file->written);
		free(file->name);
	}
}

/* Once @fd is seen to be there. */
static bool is_unwritten(const struct trfs_known_file *file, uint64_t number)
{
	return file->written &&
	       !(atomic_load_explicit(&file->written[number / 8], memory_order_relaxed) &
		 (1u << number % 8));
}

static void note_written(struct trfs_known_file *file, uint64_t number)
{
	if (file->written)
		atomic_fetch_or_explicit(&file->written[number / 8],
					 (uint8_t)(1u << number % 8),
					 memory_order_relaxed);
}

uint64_t trfs_known_file_read(const struct trfs_known_file *file, uint64_t number,
			      uint64_t nr, uint8_t *ret)
{
	int fd = atomic_load_explicit(&file->fd, memory_order_acquire);
	size_t len = (size_t)nr * file->entry_size;
	ssize_t n;

	if (fd < 0 || (nr == 1 && is_unwritten(file, number)))
		return 0;
	do
		n = pread(fd, ret, len, (off_t)offset_of(file, number));
	while (n < 0 && errno == EINTR);
	return n < 0 ? 0 : (uint64_t)n / file->entry_size;
}

/* Whether it can be written now. */
static bool be_writable(struct trfs_known_file *file)
{
	enum trfs_known_access access;

	pthread_mutex_lock(&file->lock);
	access = (enum trfs_known_access)atomic_load(&file->access);
	if (access == TRFS_KNOWN_UNMADE) {
		int fd = make(file, &access);

		if (fd < 0)
			access = TRFS_KNOWN_READ_ONLY;
		else
			atomic_store(&file->fd, fd);
		atomic_store(&file->access, (int)access);
	}
	pthread_mutex_unlock(&file->lock);
	return access == TRFS_KNOWN_WRITABLE;
}

bool trfs_known_file_write(struct trfs_known_file *file, uint64_t number,
			   const uint8_t *entry)
{
	int access = atomic_load_explicit(&file->access, memory_order_acquire);

	if (access == TRFS_KNOWN_READ_ONLY)
		return false;
	if (access == TRFS_KNOWN_UNMADE && !be_writable(file))
		return false;
	if (write_at(atomic_load_explicit(&file->fd, memory_order_acquire),
		     offset_of(file, number), entry, file->entry_size)) {
		note_written(file, number);
		return true;
	}
	atomic_store(&file->access, TRFS_KNOWN_READ_ONLY);
	return false;
}
