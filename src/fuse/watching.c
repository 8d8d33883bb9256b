/* SPDX-License-Identifier: MIT */
/* Copying a thousand images in is one change, not a thousand. */
#include "fuse/watching.h"

#include "base/clock.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What changes is taken in when nothing more has for so long, but not later than that. */
#define QUIET_MS 1000
#define LATE_MS	 30000

/* The directory that the saved index is in: what we write ourselves is no change. */
static const char *index_directory(const struct trfs_generation *g,
				   char real[static PATH_MAX])
{
	const char *index = trfs_generation_index_path(g);
	const char *slash = index ? strrchr(index, '/') : NULL;
	char directory[PATH_MAX];

	if (!slash || (size_t)(slash - index) >= sizeof(directory))
		return NULL;
	memcpy(directory, index, (size_t)(slash - index));
	directory[slash - index] = '\0';
	return realpath(directory, real);
}

int trfs_watching_start(struct trfs_watching *w, const struct trfs_generation *g)
{
	const struct trfs_catalog *catalog = g->catalog;
	char except[PATH_MAX];
	int rc = trfs_watch_new(&w->watch);

	if (rc < 0)
		return rc;
	rc = trfs_watch_tree(w->watch, catalog->root_path, index_directory(g, except));
	for (uint64_t i = 0; rc != -ENOMEM && i < catalog->input_paths.nr; i++) {
		char *path =
			trfs_bytes_to_string(trfs_strings_get(&catalog->input_paths, i));
		int file = path ? trfs_watch_file(w->watch, path) : -ENOMEM;

		free(path);
		if (rc == 0 || file == -ENOMEM)
			rc = file;
	}
	return rc;
}

void trfs_watching_stop(struct trfs_watching *w)
{
	w->watch = trfs_watch_free(w->watch);
}

int trfs_watching_fd(const struct trfs_watching *w)
{
	return w->watch ? trfs_watch_fd(w->watch) : -1;
}

int trfs_watching_ms_left(const struct trfs_watching *w)
{
	uint64_t until = w->changed_last + QUIET_MS;
	uint64_t now = trfs_clock_ms();

	if (!w->changed_last)
		return -1;
	if (until > w->changed_first + LATE_MS)
		until = w->changed_first + LATE_MS;
	return until > now ? (int)(until - now) : 0;
}

bool trfs_watching_is_due(struct trfs_watching *w)
{
	if (w->watch && trfs_watch_take(w->watch)) {
		w->changed_last = trfs_clock_ms();
		if (!w->changed_first)
			w->changed_first = w->changed_last;
	}
	if (trfs_watching_ms_left(w) != 0)
		return false;
	w->changed_first = w->changed_last = 0;
	return true;
}
