/* SPDX-License-Identifier: MIT */
/*
 * Files out of memory: a memfd that is filled anew for each input, behind a link whose
 * name ends as it has to; the link goes when the process ends as it should.
 */
#ifndef TRFS_TESTS_FUZZ_FEED_FILE_H
#define TRFS_TESTS_FUZZ_FEED_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char feed_directory[] = "/tmp/trfs-fuzz-XXXXXX";
static char feed_link[128];

static inline void insist(bool ok)
{
	if (!ok)
		abort();
}

static inline void feed_remove(void)
{
	unlink(feed_link);
	rmdir(feed_directory);
}

/* A path, valid for ever, that has @data for content and ends in @name. */
static inline const char *feed_file(const char *name, const uint8_t *data, size_t len)
{
	static int file = -1;
	char target[64];

	if (file < 0) {
		file = memfd_create("fuzz", MFD_CLOEXEC);
		insist(file >= 0 && mkdtemp(feed_directory));
		snprintf(feed_link, sizeof(feed_link), "%s/%s", feed_directory, name);
		snprintf(target, sizeof(target), "/proc/%d/fd/%d", (int)getpid(), file);
		insist(symlink(target, feed_link) == 0);
		insist(atexit(feed_remove) == 0);
	}
	insist(ftruncate(file, 0) == 0);
	insist(pwrite(file, data, len, 0) == (ssize_t)len);
	return feed_link;
}

#endif
