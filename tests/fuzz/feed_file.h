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

/* Ends the process with the sentence that does not hold. */
#define insist(ok) insist_at(ok, #ok, __FILE__, __LINE__)

static inline void insist_at(bool ok, const char *what, const char *file, int line)
{
	if (!ok) {
		fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
		abort();
	}
}

/* What an error says is there, and is one line that a terminal can show. */
static inline void check_sentence(const char *message)
{
	size_t len = strlen(message);

	insist(len > 0);
	for (size_t i = 0; i < len; i++)
		insist((unsigned char)message[i] >= 0x20 && message[i] != 0x7f);
}

/* No way out of the mount: no component is empty, "." or "..". */
static inline void check_path(const char *path)
{
	insist(*path != '\0');
	for (;;) {
		size_t len = strcspn(path, "/");

		insist(len > 0 && !(len == 1 && path[0] == '.') &&
		       !(len == 2 && path[0] == '.' && path[1] == '.'));
		if (!path[len])
			return;
		path += len + 1;
	}
}

/* The text in front of the first NUL, with one behind it; the caller's to free. */
static inline char *feed_text(const uint8_t *data, size_t len)
{
	const uint8_t *end = len > 0 ? memchr(data, 0, len) : NULL;
	size_t used = end ? (size_t)(end - data) : len;
	char *text = malloc(used + 1);

	insist(text != NULL);
	memcpy(text, data, used);
	text[used] = '\0';
	return text;
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
