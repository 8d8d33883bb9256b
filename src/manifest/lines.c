/* SPDX-License-Identifier: MIT */
/*
 * Lines out of a window over the file.  A line is handed out as it lies in the window,
 * so nothing is copied, and a file of millions of lines costs one window.
 */
#include "manifest/lines.h"

#include "base/error.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

enum {
	LINE_SIZE_MAX = 1 << 20,
};

int trfs_lines_prefix(const struct trfs_lines *lines, int rc, struct trfs_error *err)
{
	return trfs_error_prefix(err, rc, "%s:%" PRIu64, lines->shown, lines->number);
}

static int open_regular(const char *path, const char *what, struct trfs_inputs *inputs,
			int *ret_fd, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	struct trfs_file_identity identity;
	struct trfs_file_owner owner;
	int rc;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return trfs_fail_errno(err, -errno, "cannot open %s", what);
	rc = trfs_file_identify(fd, &identity, &owner);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot look at %s", what);
	if (!S_ISREG(owner.mode))
		return trfs_fail(err, S_ISDIR(owner.mode) ? -EISDIR : -EINVAL,
				 "is not a regular file; %s must be a text file", what);
	rc = trfs_inputs_add(inputs, fd);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "cannot look at %s", what);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int trfs_lines_open(struct trfs_lines *lines, const char *path, const char *what,
		    struct trfs_inputs *inputs, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	int rc;

	*lines = (struct trfs_lines){ .fd = -1 };
	trfs_text_printable(trfs_bytes_of(path), lines->shown, sizeof(lines->shown));
	rc = open_regular(path, what, inputs, &fd, err);
	if (rc == 0)
		rc = trfs_window_init(&lines->window, fd, LINE_SIZE_MAX, err);
	if (rc == 0)
		rc = trfs_window_skip_mark(&lines->window, err);
	if (rc < 0) {
		trfs_window_done(&lines->window);
		return trfs_error_prefix(err, rc, "%s", lines->shown);
	}
	lines->fd = fd;
	fd = -1;
	return 0;
}

void trfs_lines_done(struct trfs_lines *lines)
{
	/* A zeroed struct holds no descriptor, and 0 is somebody else's. */
	if (lines->window.data)
		trfs_file_close(lines->fd);
	trfs_window_done(&lines->window);
}

int trfs_lines_next(struct trfs_lines *lines, struct trfs_bytes *ret,
		    struct trfs_error *err)
{
	int rc;

	lines->number++;
	rc = trfs_window_line(&lines->window, ret, err);
	if (rc == 0) {
		lines->number--;
		return 0;
	}
	if (rc > 0 && ret->len > 0 && ret->data[ret->len - 1] == '\r')
		ret->len--;
	if (rc > 0)
		rc = trfs_text_check_utf8(*ret, err);
	return rc < 0 ? trfs_lines_prefix(lines, rc, err) : 1;
}
