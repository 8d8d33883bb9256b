/* SPDX-License-Identifier: MIT */
/*
 * Opening beneath a directory.  The kernel resolves the path so that it cannot leave
 * (openat2).  What that refuses may still be an absolute link to a place beneath: then
 * the path is followed without opening anything, and the real path it arrives at is
 * resolved once more under the same restriction, so that no race leads out.
 */
#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* O_NONBLOCK: a FIFO is opened, seen to be one, and refused, instead of waited for. */
#define FILE_FLAGS	(O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_LARGEFILE)
#define DIRECTORY_FLAGS (FILE_FLAGS | O_DIRECTORY)
#define STEP_FLAGS	(O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define NR_ATTEMPTS	32

static int open_plain(int directory, const char *path, int flags)
{
	int fd;

	do
		fd = openat(directory, path, flags);
	while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : fd;
}

int trfs_root_open(struct trfs_root *root, const char *path, bool follow,
		   struct trfs_error *err)
{
	char *real = realpath(path, NULL);
	struct stat st;
	int fd;

	if (!real)
		return trfs_fail_errno(err, -errno, "cannot open the directory %s", path);
	fd = open_plain(AT_FDCWD, real, DIRECTORY_FLAGS);
	if (fd < 0) {
		free(real);
		if (fd == -ENOTDIR)
			return trfs_fail(err, fd, "%s is not a directory", path);
		return trfs_fail_errno(err, fd, "cannot open the directory %s", path);
	}
	/* Only "/" ends with a slash. */
	if (strcmp(real, "/") == 0)
		real[0] = '\0';
	*root = (struct trfs_root){ .fd = fd, .path = real, .follow = follow };
	root->is_ours = geteuid() == 0;
	if (fstat(fd, &st) == 0) {
		root->is_ours |= st.st_uid == geteuid();
		root->access =
			(struct trfs_access){ st.st_uid, st.st_gid, TRFS_ACCESS_ALL };
	}
	return 0;
}

void trfs_root_close(struct trfs_root *root)
{
	/* A zeroed root holds no descriptor, and 0 is somebody else's. */
	if (root->path)
		trfs_file_close(root->fd);
	free(root->path);
	*root = (struct trfs_root){ .fd = -1 };
}

static int open_with_openat2(int directory, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = (unsigned int)flags,
		.resolve = resolve,
	};
	int attempt = 0;

	/* EAGAIN: something was renamed while ".." was resolved. */
	while (attempt < NR_ATTEMPTS) {
		long fd = syscall(SYS_openat2, directory, path, &how, sizeof(how));

		if (fd >= 0)
			return (int)fd;
		if (errno == EAGAIN)
			attempt++;
		else if (errno != EINTR)
			break;
	}
	return -errno;
}

/* A link is told from what is no directory either. */
static int open_step(int directory, const char *name, int flags)
{
	int fd = open_plain(directory, name, flags | O_NOFOLLOW);
	char target;

	return fd == -ENOTDIR && readlinkat(directory, name, &target, 1) >= 0 ? -ELOOP
									      : fd;
}

/* Take the first component off @path, with the slashes behind it. */
static int take_component(const char **path, char ret[NAME_MAX + 1])
{
	size_t len = strcspn(*path, "/");

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(ret, *path, len);
	ret[len] = '\0';
	*path += len + strspn(*path + len, "/");
	return 0;
}

/*
 * For kernels before 5.6, and sandboxes that do not know the call, which say -EPERM: one
 * component after the other.  -EXDEV at "..", -ELOOP at a link.  @made: the mode of
 * directories that are made where they are not there; NULL: none is.
 */
static int open_by_steps(int directory, const char *path, int flags, const mode_t *made)
{
	TRFS_CLEANUP(trfs_file_closep) int held = -1;
	int at = directory;

	for (;;) {
		char name[NAME_MAX + 1];
		int fd = take_component(&path, name);

		if (fd < 0)
			return fd;
		if ((!*name && *path) || strcmp(name, "..") == 0)
			return -EXDEV;
		if (made && mkdirat(at, name, *made) < 0 && errno != EEXIST)
			return -errno;
		fd = open_step(at, name, *path ? STEP_FLAGS : flags);
		if (fd < 0 || !*path)
			return fd;
		trfs_file_close(held);
		held = at = fd;
	}
}

static bool lacks_openat2(int rc)
{
	return rc == -ENOSYS || rc == -EPERM;
}

/* -EXDEV also where only the real path tells where it leads. */
static int open_beneath(int directory, const char *path, int flags)
{
	int fd = open_with_openat2(directory, path, flags,
				   RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);

	if (!lacks_openat2(fd))
		return fd;
	fd = open_by_steps(directory, path, flags, NULL);
	return fd == -ELOOP || fd == -ENOTDIR ? -EXDEV : fd;
}

int trfs_file_open_beneath(int directory, const char *path, int flags)
{
	int fd = open_with_openat2(directory, path, flags,
				   RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);

	return lacks_openat2(fd) ? open_by_steps(directory, path, flags, NULL) : fd;
}

int trfs_file_make_beneath(int directory, const char *path, mode_t mode)
{
	return open_by_steps(directory, path, STEP_FLAGS, &mode);
}

/* Where @fd really is, below the root's path; -EXDEV if it is elsewhere. */
static int real_path_beneath(const struct trfs_root *root, int fd, char *buf, size_t len,
			     const char **ret_path)
{
	size_t root_len = strlen(root->path);
	char name[32];
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, buf, len);
	if (n < 0)
		return -EXDEV;
	if ((size_t)n >= len)
		return -ENAMETOOLONG;
	buf[n] = '\0';
	if (strncmp(buf, root->path, root_len) != 0)
		return -EXDEV;
	if (buf[root_len] == '/' && buf[root_len + 1])
		*ret_path = buf + root_len + 1;
	else if (buf[root_len] == '\0' || buf[root_len] == '/')
		*ret_path = ".";
	else
		return -EXDEV;
	return 0;
}

static bool leaves_lexically(const struct trfs_root *root, const char *path)
{
	struct trfs_buffer scratch;
	int rc;

	trfs_buffer_init(&scratch, PATH_MAX);
	rc = trfs_root_relative(root, trfs_bytes_of(path), &scratch);
	trfs_buffer_done(&scratch);
	return rc < 0;
}

static int open_through_links(const struct trfs_root *root, const char *path, int flags)
{
	TRFS_CLEANUP(trfs_file_closep) int place = -1;
	char real[PATH_MAX];
	const char *relative;
	int rc;

	if (leaves_lexically(root, path))
		return -EXDEV;
	/* Says itself when a directory is wanted and this is none. */
	place = open_plain(root->fd, path, O_PATH | O_CLOEXEC | (flags & O_DIRECTORY));
	if (place < 0)
		return place;
	rc = real_path_beneath(root, place, real, sizeof(real), &relative);
	if (rc < 0)
		return rc;
	return open_beneath(root->fd, relative, flags);
}

static int open_below_root(const struct trfs_root *root, const char *path, int flags)
{
	int fd;

	if (root->follow)
		return open_plain(root->fd, path, flags);
	fd = open_beneath(root->fd, path, flags);
	return fd == -EXDEV ? open_through_links(root, path, flags) : fd;
}

/* Without leaving a trace in its time of access, which only its owner may ask for. */
static int open_unseen(const struct trfs_root *root, const char *path)
{
	const int flags = FILE_FLAGS;
	int fd = -EPERM;

	if (root->is_ours)
		fd = open_below_root(root, path, flags | O_NOATIME);
	return fd == -EPERM ? open_below_root(root, path, flags) : fd;
}

int trfs_root_open_identified(const struct trfs_root *root, const char *path,
			      struct trfs_file_identity *ret,
			      struct trfs_file_owner *ret_owner)
{
	struct trfs_file_owner owner = { .mode = 0 };
	int fd = open_unseen(root, path);

	/* Sockets, and devices that have no driver. */
	if (fd == -ENXIO || fd == -ENODEV)
		return -EINVAL;
	if (fd < 0)
		return fd;
	if (trfs_file_identify(fd, ret, &owner) < 0 || !S_ISREG(owner.mode)) {
		trfs_file_close(fd);
		return S_ISDIR(owner.mode) ? -EISDIR : -EINVAL;
	}
	if (ret_owner)
		*ret_owner = owner;
	return fd;
}

int trfs_root_open_file(const struct trfs_root *root, const char *path)
{
	struct trfs_file_identity unused;

	return trfs_root_open_identified(root, path, &unused, NULL);
}

int trfs_root_open_directory(const struct trfs_root *root, const char *path)
{
	return open_below_root(root, path, DIRECTORY_FLAGS);
}
