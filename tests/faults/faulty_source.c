/* SPDX-License-Identifier: MIT */
/*
 * A file system that shows a directory and does what storage does at its worst.
 *
 *	faulty_source DIRECTORY MOUNTPOINT FAULTS
 *
 * FAULTS is a file that is looked at on each open and read: lines of
 *
 *	PART OPERATION MILLISECONDS ERRNO
 *
 * An OPERATION (open or read) on a path that has PART in it takes so long, and then fails
 * with that number where it is not 0.  Others: "short" reads have 1,000 bytes at most,
 * "end" ones end in the middle, and "once" is a read, after which FAULTS is removed.
 * Stays in the foreground.
 */
#define FUSE_USE_VERSION 312
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int directory;
static const char *faults;

static const char *relative(const char *path)
{
	return path[1] ? path + 1 : ".";
}

/* What befalls @operation on @path: 0, or -errno, after a while. */
static int suffer(const char *path, const char *operation)
{
	FILE *file = fopen(faults, "re");
	char part[256], on[16];
	long milliseconds = 0;
	int number = 0;

	while (file &&
	       fscanf(file, "%255s %15s %ld %d", part, on, &milliseconds, &number) == 4) {
		if (strcmp(on, operation) == 0 && strstr(path, part))
			break;
		milliseconds = number = 0;
	}
	if (file)
		fclose(file);
	/* A fault that is taken back ends at once. */
	for (long waited = 0; waited < milliseconds && access(faults, F_OK) == 0;
	     waited += 10)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	/* Of several reads at a time, one. */
	if (strcmp(operation, "once") == 0 && number && unlink(faults) < 0)
		return 0;
	return -number;
}

static int get_attributes(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	(void)fi;
	return fstatat(directory, relative(path), st, AT_SYMLINK_NOFOLLOW) < 0 ? -errno
									       : 0;
}

static int list(const char *path, void *buf, fuse_fill_dir_t fill, off_t offset,
		struct fuse_file_info *fi, enum fuse_readdir_flags flags)
{
	int fd = openat(directory, relative(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	(void)offset, (void)fi, (void)flags;
	if (!stream)
		return -errno;
	while ((entry = readdir(stream)))
		fill(buf, entry->d_name, &(struct stat){ .st_ino = entry->d_ino }, 0, 0);
	closedir(stream);
	return 0;
}

static int open_file(const char *path, struct fuse_file_info *fi)
{
	int rc = suffer(path, "open");
	int fd = rc < 0 ? rc : openat(directory, relative(path), O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return rc < 0 ? rc : -errno;
	fi->fh = (uint64_t)fd;
	fi->direct_io = 1;
	return 0;
}

static int read_file(const char *path, char *buf, size_t len, off_t offset,
		     struct fuse_file_info *fi)
{
	int rc = suffer(path, "read");
	ssize_t got;

	if (rc == 0)
		rc = suffer(path, "once");
	if (suffer(path, "short") < 0 && len > 1000)
		len = 1000;
	if (suffer(path, "end") < 0)
		len /= 2, len -= offset > 0 ? len : 0;
	got = rc < 0 ? rc : pread((int)fi->fh, buf, len, offset);
	return rc < 0 ? rc : got < 0 ? -errno : (int)got;
}

static int release_file(const char *path, struct fuse_file_info *fi)
{
	(void)path;
	close((int)fi->fh);
	return 0;
}

static void *begin(struct fuse_conn_info *connection, struct fuse_config *config)
{
	(void)connection;
	config->use_ino = 1;
	config->attr_timeout = 0;
	config->entry_timeout = 0;
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct fuse_operations operations = { .init = begin,
							   .getattr = get_attributes,
							   .readdir = list,
							   .open = open_file,
							   .read = read_file,
							   .release = release_file };
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);

	if (argc < 4 || argc > 5) {
		fprintf(stderr, "usage: %s DIRECTORY MOUNTPOINT FAULTS [-oOPTION]\n",
			argv[0]);
		return 2;
	}
	directory = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	faults = argv[3];
	if (directory < 0 || fuse_opt_add_arg(&args, argv[0]) < 0 ||
	    fuse_opt_add_arg(&args, "-f") < 0 ||
	    fuse_opt_add_arg(&args, "-oro,fsname=faulty,max_threads=256") < 0 ||
	    (argc > 4 && fuse_opt_add_arg(&args, argv[4]) < 0) ||
	    fuse_opt_add_arg(&args, argv[2]) < 0)
		return 1;
	return fuse_main(args.argc, args.argv, &operations, NULL);
}
