/* SPDX-License-Identifier: MIT */
#include "fuse/helper.h"

#include "base/file.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static enum trfs_helper look_in(const char *directory, size_t len)
{
	char path[PATH_MAX];
	struct stat st;

	if (snprintf(path, sizeof(path), "%.*s/fusermount3", (int)len, directory) >=
		    (int)sizeof(path) ||
	    access(path, X_OK) < 0 || stat(path, &st) < 0)
		return TRFS_HELPER_NONE;
	return st.st_uid == 0 && st.st_mode & S_ISUID ? TRFS_HELPER_REAL
						      : TRFS_HELPER_PROXY;
}

enum trfs_helper trfs_helper_find(const char *search_path)
{
	static const char *const places[] = { "/usr/bin", "/bin", "/usr/local/bin" };
	enum trfs_helper found = TRFS_HELPER_NONE;

	for (size_t i = 0; i < TRFS_COUNT(places) && !found; i++)
		found = look_in(places[i], strlen(places[i]));
	while (search_path && *search_path && !found) {
		size_t len = strcspn(search_path, ":");

		if (len > 0)
			found = look_in(search_path, len);
		search_path += len + (search_path[len] == ':');
	}
	return found;
}

void trfs_complaint_begin(struct trfs_complaint *complaint)
{
	complaint->standard_error = -1;
	complaint->file = memfd_create("complaint", MFD_CLOEXEC);
	if (complaint->file >= 0)
		complaint->standard_error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (complaint->standard_error >= 0)
		(void)dup2(complaint->file, STDERR_FILENO);
}

void trfs_complaint_trim(char *line)
{
	static const char *const names[] = { "fusermount3: ", "fuse: " };

	line[strcspn(line, "\n")] = '\0';
	for (size_t i = 0; i < TRFS_COUNT(names); i++) {
		size_t len = strlen(names[i]);

		if (strncmp(line, names[i], len) == 0)
			memmove(line, line + len, strlen(line + len) + 1);
	}
}

void trfs_complaint_end(struct trfs_complaint *complaint, char *line, size_t size)
{
	ssize_t len = 0;

	if (complaint->standard_error >= 0) {
		(void)dup2(complaint->standard_error, STDERR_FILENO);
		len = pread(complaint->file, line, size - 1, 0);
	}
	line[len > 0 ? len : 0] = '\0';
	trfs_complaint_trim(line);
	trfs_file_close(complaint->standard_error);
	trfs_file_close(complaint->file);
}
