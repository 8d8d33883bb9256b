/* SPDX-License-Identifier: MIT */
#include "fuse/denial.h"

#include "base/error.h"
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Whether the kernel's file @path beneath @root begins with @letter. */
static bool says(const char *root, const char *path, char letter)
{
	char full[PATH_MAX];
	FILE *file;
	int found;

	snprintf(full, sizeof(full), "%s%s", root, path);
	file = fopen(full, "re");
	if (!file)
		return false;
	found = getc(file);
	fclose(file);
	return found == letter;
}

static bool is_there(const char *root, const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", root, path);
	return access(full, F_OK) == 0;
}

const char *trfs_denial_hint(const char *root)
{
	if (says(root, "/sys/fs/selinux/enforce", '1'))
		return "; SELinux is enforcing here: ausearch -m avc -ts recent tells "
		       "what "
		       "it denied";
	if (!says(root, "/sys/module/apparmor/parameters/enabled", 'Y'))
		return "";
	if (is_there(root, "/etc/apparmor.d/fusermount3"))
		return "; AppArmor is active here, and its profile of fusermount3 allows "
		       "mounts in some places only, such as your home, /mnt, /media and "
		       "/tmp: mount there, or add the place to "
		       "/etc/apparmor.d/local/fusermount3";
	return "; AppArmor is active here: journalctl -k -g apparmor tells what it "
	       "denied";
}

int trfs_denial_fail(const char *mountpoint, const char *why, struct trfs_error *err)
{
	const char *hint = "";

	if (strstr(why, "failed to exec"))
		hint = "; without CAP_SYS_ADMIN (docker run --device /dev/fuse --cap-add "
		       "SYS_ADMIN) mounting needs fusermount3: apt-get install fuse3";
	else if (strstr(why, "/dev/fuse") || strstr(why, "fuse device not found"))
		hint = "; load it with modprobe fuse, or start the container with "
		       "--device /dev/fuse --cap-add SYS_ADMIN";
	else if (strstr(why, "Permission denied"))
		hint = trfs_denial_hint("");
	else if (strstr(why, "Operation not permitted"))
		hint = "; mounting needs CAP_SYS_ADMIN, so start a container with "
		       "--device /dev/fuse --cap-add SYS_ADMIN";
	else if (strstr(why, "Resource temporarily unavailable"))
		hint = "; no more processes may be started (see ulimit -u)";
	else if (strstr(why, "no write access"))
		hint = "; name a directory of your own";
	return trfs_fail(err, -EPERM, "mounting on %s failed: %s%s", mountpoint,
			 *why ? why : "fusermount3 handed over no descriptor", hint);
}
