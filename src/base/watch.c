/* SPDX-License-Identifier: MIT */
/*
 * A watch of a directory tells of the names in it.  One of a file would be of its inode,
 * which editors replace, so a file is a name that counts in its directory.
 */
#include "base/watch.h"

#include "base/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define EVENTS                                                                           \
	(IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE |          \
	 IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

#define EVENTS_SIZE ((size_t)1 << 16)

/**
 * struct directory - one that is watched
 * @is_whole: every name in it counts; else only @names, which end with NULL
 */
struct directory {
	char *path;
	bool is_whole;
	char **names;
	size_t nr_names;
};

/**
 * struct trfs_watch - directories by the numbers that inotify gives them
 */
struct trfs_watch {
	int fd;
	char *except;
	struct directory *directories;
	size_t nr;
};

int trfs_watch_new(struct trfs_watch **ret)
{
	struct trfs_watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return -ENOMEM;
	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch->fd < 0) {
		int rc = -errno;

		free(watch);
		return rc;
	}
	*ret = watch;
	return 0;
}

static void free_directory(struct directory *directory)
{
	for (size_t i = 0; i < directory->nr_names; i++)
		free(directory->names[i]);
	free(directory->names);
	free(directory->path);
	*directory = (struct directory){ .path = NULL };
}

struct trfs_watch *trfs_watch_free(struct trfs_watch *watch)
{
	if (watch) {
		for (size_t i = 0; i < watch->nr; i++)
			free_directory(&watch->directories[i]);
		free(watch->directories);
		free(watch->except);
		trfs_file_close(watch->fd);
		free(watch);
	}
	return NULL;
}

int trfs_watch_fd(const struct trfs_watch *watch)
{
	return watch->fd;
}

/* Watch @path; *@ret is its entry until the next one is added. */
static int add_directory(struct trfs_watch *watch, const char *path,
			 struct directory **ret)
{
	int number = inotify_add_watch(watch->fd, path, EVENTS);
	struct directory *grown;
	size_t nr = (size_t)number + 1;

	if (number < 0)
		return -errno;
	if (nr > watch->nr) {
		nr += nr / 2;
		grown = reallocarray(watch->directories, nr, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		memset(grown + watch->nr, 0, (nr - watch->nr) * sizeof(*grown));
		watch->directories = grown;
		watch->nr = nr;
	}
	*ret = &watch->directories[number];
	if (!(*ret)->path)
		(*ret)->path = strdup(path);
	return (*ret)->path ? 0 : -ENOMEM;
}

static bool is_directory(int parent, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(parent, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode);
}

/* Paths of directories that are still to be watched. */
struct pending {
	char **paths;
	size_t nr;
};

static int push(struct pending *pending, char *path)
{
	char **grown =
		path ? reallocarray(pending->paths, pending->nr + 1, sizeof(*grown))
		     : NULL;

	if (!grown) {
		free(path);
		return -ENOMEM;
	}
	pending->paths = grown;
	grown[pending->nr++] = path;
	return 0;
}

static char *join(const char *directory, const char *name)
{
	size_t len = strlen(directory), name_len = strlen(name);
	char *path = malloc(len + name_len + 2);

	if (path) {
		memcpy(path, directory, len);
		path[len] = '/';
		memcpy(path + len + 1, name, name_len + 1);
	}
	return path;
}

static int push_children(struct pending *pending, const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	int rc = 0;

	/* Gone again, or not ours to read: then nobody scans it either. */
	if (!directory)
		return 0;
	while (rc == 0 && (entry = readdir(directory)) != NULL)
		if (entry->d_name[0] != '.' && is_directory(dirfd(directory), entry))
			rc = push(pending, join(path, entry->d_name));
	closedir(directory);
	return rc;
}

/* -ENOSPC only when all that could be watched is. */
static int add_tree(struct trfs_watch *watch, const char *path)
{
	struct pending pending = { .nr = 0 };
	int rc = push(&pending, strdup(path)), failed = 0;

	while (rc == 0 && pending.nr > 0) {
		char *next = pending.paths[--pending.nr];
		struct directory *directory;

		if (!watch->except || strcmp(next, watch->except) != 0) {
			/* The watch first, so that nothing happens unseen. */
			rc = add_directory(watch, next, &directory);
			if (rc == 0) {
				directory->is_whole = true;
				rc = push_children(&pending, next);
			} else if (rc != -ENOMEM) {
				failed = rc == -ENOSPC ? rc : failed;
				rc = 0;
			}
		}
		free(next);
	}
	while (pending.nr > 0)
		free(pending.paths[--pending.nr]);
	free(pending.paths);
	return rc < 0 ? rc : failed;
}

int trfs_watch_tree(struct trfs_watch *watch, const char *path, const char *except)
{
	if (except) {
		watch->except = strdup(except);
		if (!watch->except)
			return -ENOMEM;
	}
	return add_tree(watch, path);
}

static int add_name(struct directory *directory, const char *name)
{
	char **grown =
		reallocarray(directory->names, directory->nr_names + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	directory->names = grown;
	grown[directory->nr_names] = strdup(name);
	if (!grown[directory->nr_names])
		return -ENOMEM;
	directory->nr_names++;
	return 0;
}

int trfs_watch_file(struct trfs_watch *watch, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct directory *directory;
	char parent[PATH_MAX];
	size_t len = slash ? (size_t)(slash - path) : 0;
	int rc;

	if (len >= sizeof(parent))
		return -ENAMETOOLONG;
	memcpy(parent, path, len);
	parent[len] = '\0';
	if (len == 0)
		memcpy(parent, slash ? "/" : ".", 2);
	rc = add_directory(watch, parent, &directory);
	return rc == 0 ? add_name(directory, slash ? slash + 1 : path) : rc;
}

static bool counts(const struct directory *directory, const struct inotify_event *event)
{
	if (directory->is_whole)
		return event->len == 0 || event->name[0] != '.';
	for (size_t i = 0; event->len > 0 && i < directory->nr_names; i++)
		if (strcmp(directory->names[i], event->name) == 0)
			return true;
	return false;
}

static bool take_event(struct trfs_watch *watch, const struct inotify_event *event)
{
	struct directory *directory;
	bool does_count;

	if (event->mask & IN_Q_OVERFLOW)
		return true;
	if (event->wd < 0 || (size_t)event->wd >= watch->nr)
		return false;
	directory = &watch->directories[event->wd];
	if (!directory->path)
		return false;
	if (event->mask & IN_IGNORED) {
		free_directory(directory);
		return false;
	}
	does_count = counts(directory, event);
	if (does_count && directory->is_whole && event->len > 0 &&
	    (event->mask & IN_ISDIR) && (event->mask & (IN_CREATE | IN_MOVED_TO))) {
		char *path = join(directory->path, event->name);

		/* What cannot be watched is seen by the next reload. */
		if (path && add_tree(watch, path) < 0)
			does_count = true;
		/* The index directory appears. */
		if (path && watch->except && strcmp(path, watch->except) == 0)
			does_count = false;
		free(path);
	}
	return does_count;
}

bool trfs_watch_take(struct trfs_watch *watch)
{
	_Alignas(struct inotify_event) char buf[EVENTS_SIZE];
	bool any = false;
	ssize_t got;

	while ((got = read(watch->fd, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0; at < got;) {
			const struct inotify_event *event =
				(const struct inotify_event *)(const void *)(buf + at);

			any |= take_event(watch, event);
			at += (ssize_t)(sizeof(*event) + event->len);
		}
	}
	return any;
}
