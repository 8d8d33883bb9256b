/* SPDX-License-Identifier: MIT */
/*
 * Reads that leave the page cache as it was.  Linux 6.14 can be asked for that; before,
 * a first attempt that must not wait tells whether the bytes were there already, and what
 * then had to be fetched is dropped again.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>

/* Debian 12's headers do not know it yet. */
#ifndef RWF_DONTCACHE
#define RWF_DONTCACHE 0x00000080
#endif

static ssize_t read_some(int fd, uint64_t offset, void *buf, size_t len, int flags)
{
	struct iovec place = { .iov_base = buf, .iov_len = len };
	ssize_t n;

	do
		n = preadv2(fd, &place, 1, (off_t)offset, flags);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static int read_and_drop(int fd, uint64_t offset, uint8_t *buf, size_t len)
{
	ssize_t n = read_some(fd, offset, buf, len, RWF_NOWAIT);
	size_t was_cached = n > 0 ? (size_t)n : 0;
	int rc;

	if (was_cached == len)
		return 0;
	offset += was_cached;
	len -= was_cached;
	rc = trfs_file_read(fd, offset, buf + was_cached, len);
	posix_fadvise(fd, (off_t)offset, (off_t)len, POSIX_FADV_DONTNEED);
	return rc;
}

int trfs_file_read_uncached(int fd, uint64_t offset, void *buf, size_t len)
{
	ssize_t n;

	/* preadv2() takes -1 for "where the file is at". */
	if (offset > INT64_MAX)
		return -EOVERFLOW;
	n = read_some(fd, offset, buf, len, RWF_DONTCACHE);
	/* Older kernels, and file systems that do not know it. */
	if (n == -EOPNOTSUPP || n == -EINVAL)
		n = 0;
	if (n < 0 || (size_t)n == len)
		return n < 0 ? (int)n : 0;
	/* A short read is seldom, and ends at what cannot be read. */
	return read_and_drop(fd, offset + (uint64_t)n, (uint8_t *)buf + n,
			     len - (size_t)n);
}
