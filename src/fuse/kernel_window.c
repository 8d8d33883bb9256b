/* SPDX-License-Identifier: MIT */
/* The window is a file of the mount's backing device info in sysfs. */
#include "fuse/kernel_window.h"

#include "base/file.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/sysmacros.h>
#include <unistd.h>

bool trfs_kernel_window_set(dev_t device, unsigned int kib)
{
	char path[128], text[16];
	int len = snprintf(text, sizeof(text), "%u\n", kib);
	bool done;
	int fd;

	snprintf(path, sizeof(path), "/sys/class/bdi/%u:%u/read_ahead_kb", major(device),
		 minor(device));
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	done = write(fd, text, (size_t)len) == len;
	trfs_file_close(fd);
	return done;
}
