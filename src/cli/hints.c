/* SPDX-License-Identifier: MIT */
/* Looks at the file system as the user sees it, by the paths as they were typed. */
#include "cli/hints.h"

#include "base/nearest.h"
#include "dataset/options.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

TRFS_PRINTF(2, 3) static void append(struct trfs_error *err, const char *format, ...)
{
	size_t len = strlen(err->message);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(err->message + len, sizeof(err->message) - len, format, arguments);
	va_end(arguments);
}

static bool is_missing(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 && errno == ENOENT;
}

/* The nearest name in the directory where @path should be. */
static void offer_neighbours(const char *path, struct trfs_error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char directory[PATH_MAX] = ".", best[NAME_MAX + 1] = "";
	struct trfs_nearest nearest;
	struct dirent *entry;
	DIR *stream;

	if (slash)
		snprintf(directory, sizeof(directory), "%.*s", (int)(name - path), path);
	stream = opendir(directory);
	if (!stream)
		return;
	trfs_nearest_init(&nearest, trfs_bytes_of(name));
	while ((entry = readdir(stream)) != NULL) {
		const uint8_t *before = nearest.best.data;

		if (entry->d_name[0] == '.' && *name != '.')
			continue;
		trfs_nearest_offer(&nearest, trfs_bytes_of(entry->d_name));
		/* The entry is another one at the next call. */
		if (nearest.best.data == before)
			continue;
		snprintf(best, sizeof(best), "%s", entry->d_name);
		nearest.best = trfs_bytes_of(best);
	}
	closedir(stream);
	if (*best)
		append(err, " (did you mean \"%.*s%s\"?)", (int)(name - path), path,
		       best);
}

/* Paths are relative to where one is, but a manifest often lies with the images. */
static void offer_in_source(const struct trfs_settings *settings, const char *path,
			    struct trfs_error *err)
{
	char inside[PATH_MAX];

	if (settings->nr_positionals > 0 && *path != '/' &&
	    snprintf(inside, sizeof(inside), "%s/%s", settings->positionals[0], path) <
		    (int)sizeof(inside) &&
	    !is_missing(inside))
		append(err, " (did you mean \"%s\"?)", inside);
	else
		offer_neighbours(path, err);
}

void trfs_hint_missing(const struct trfs_settings *settings, struct trfs_error *err)
{
	if (err->code != -ENOENT)
		return;
	if (settings->nr_positionals > 0 && is_missing(settings->positionals[0])) {
		offer_neighbours(settings->positionals[0], err);
		return;
	}
	for (size_t i = 0; i < trfs_option_table_len; i++) {
		const struct trfs_option *option = &trfs_option_table[i];
		const char *path;

		if (option->type != TRFS_OPTION_PATH)
			continue;
		path = *(char *const *)((const char *)&settings->data + option->offset);
		if (path && is_missing(path)) {
			offer_in_source(settings, path, err);
			return;
		}
	}
}

static bool is_empty_directory(const char *path)
{
	DIR *stream = opendir(path);
	bool is_empty = stream != NULL;
	struct dirent *entry;

	while (is_empty && (entry = readdir(stream)) != NULL)
		is_empty = entry->d_name[0] == '.';
	if (stream)
		closedir(stream);
	return is_empty;
}

void trfs_hint_swapped(const struct trfs_settings *settings, struct trfs_error *err)
{
	const char *source = settings->positionals[0];
	const char *mountpoint = settings->positionals[1];

	if (err->code == -ENOTEMPTY && (is_missing(source) || is_empty_directory(source)))
		append(err,
		       "; if it holds the images it comes first: tfrecordfs mount %s %s",
		       mountpoint, source);
}

void trfs_hint_manifest(const struct trfs_settings *settings, struct trfs_error *err)
{
	for (int i = 0; i < settings->nr_positionals; i++) {
		const char *path = settings->positionals[i];
		struct stat st;

		if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
			append(err,
			       "; a file that lists the images is given with --manifest "
			       "%s",
			       path);
			return;
		}
	}
}
