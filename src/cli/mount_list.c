/* SPDX-License-Identifier: MIT */
#include "cli/mount_list.h"

#include "base/clock.h"
#include "base/error.h"
#include "cli/ask.h"
#include "cli/mount_attribute.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MS 2000

/*
 * The real path of @path, whose last component is not looked at: it is what may hang.
 * NULL where there is none.
 */
static const char *real_path(const char *path, char ret[PATH_MAX])
{
	char parent[PATH_MAX], real[PATH_MAX];
	char *slash;
	int len =
		snprintf(parent, sizeof(parent), "%s%s", *path == '/' ? "" : "./", path);

	if (!*path || len < 0 || (size_t)len >= sizeof(parent))
		return NULL;
	while (len > 1 && parent[len - 1] == '/')
		parent[--len] = '\0';
	slash = strrchr(parent, '/');
	/* Where we are, or above, is no name in a directory. */
	if (!slash[1] || strcmp(slash, "/.") == 0 || strcmp(slash, "/..") == 0)
		return realpath(parent, ret);
	*slash = '\0';
	if (!realpath(slash > parent ? parent : "/", real))
		return NULL;
	len = snprintf(ret, PATH_MAX, "%s/%s", strcmp(real, "/") == 0 ? "" : real,
		       slash + 1);
	return len > 0 && len < PATH_MAX ? ret : NULL;
}

static bool find(const struct trfs_mount_list *list, const char *path, unsigned int *ret)
{
	for (unsigned int i = list->nr; path && i-- > 0;) {
		if (strcmp(list->entries[i].mountpoint, path) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* In a child, as a mount that hangs does not answer. */
static int tell_pid(const char *mountpoint, int fd)
{
	char text[32];

	errno = 0;
	if (trfs_mount_attribute(mountpoint, "pid", text, sizeof(text)))
		return dprintf(fd, "%s", text) < 0 ? -EPIPE : 0;
	if (errno == ENOTCONN || errno == ECONNABORTED)
		return -ENOTCONN;
	return errno == EACCES ? -EACCES : -ENODATA;
}

int trfs_mount_entry_ask(const struct trfs_mount_entry *entry, pid_t *ret)
{
	struct trfs_question question = trfs_ask(tell_pid, entry->mountpoint);
	struct trfs_buffer text;
	int rc;

	trfs_buffer_init(&text, 64);
	rc = trfs_ask_finish(&question, trfs_clock_ms() + ANSWER_MS, &text);
	*ret = rc == 0 && trfs_buffer_text(&text)
		       ? (pid_t)strtol(trfs_buffer_text(&text), NULL, 10)
		       : 0;
	trfs_buffer_done(&text);
	return rc;
}

static void forget(struct trfs_mount_entry *entry)
{
	free(entry->mountpoint);
	free(entry->source);
}

static void drop_plain(struct trfs_mount_list *list)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < list->nr; i++) {
		if (list->entries[i].is_plain)
			forget(&list->entries[i]);
		else
			list->entries[nr++] = list->entries[i];
	}
	list->nr = nr;
}

/* Leave but the one at @i. */
static void keep_one(struct trfs_mount_list *list, unsigned int i)
{
	struct trfs_mount_entry one = list->entries[i];

	list->entries[i] = list->entries[0];
	list->entries[0] = one;
	for (unsigned int other = 1; other < list->nr; other++)
		forget(&list->entries[other]);
	list->nr = 1;
}

int trfs_mount_list_read(struct trfs_mount_list *list, const char *path,
			 struct trfs_error *err)
{
	char real[PATH_MAX];
	unsigned int i;
	pid_t pid;
	int rc = trfs_mount_entries_read(&list->entries, &list->nr, err);

	if (rc < 0)
		return rc;
	if (!path) {
		drop_plain(list);
		return 0;
	}
	if (find(list, real_path(path, real), &i) || find(list, path, &i) ||
	    /* By way of a symbolic link. */
	    find(list, realpath(path, real), &i)) {
		keep_one(list, i);
		if (!list->entries[0].is_plain ||
		    trfs_mount_entry_ask(&list->entries[0], &pid) != -ENODATA)
			return 0;
	}
	trfs_mount_list_done(list);
	return trfs_fail(err, -ENOENT, "nothing of ours is mounted on %s", path);
}

void trfs_mount_list_done(struct trfs_mount_list *list)
{
	trfs_mount_entries_free(list->entries, list->nr);
}
