/* SPDX-License-Identifier: MIT */
/* By content rather than by name: converters call their shards whatever they like. */
#include "cli/record_paths.h"

#include "base/error.h"
#include "cli/record_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <sys/stat.h>

static bool is_record_file(const char *path, const char *name)
{
	struct trfs_error unused;
	struct trfs_record_file f;
	struct stat st;
	bool right;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	if (strstr(name, "tfrecord"))
		return true;
	if (trfs_record_file_open(&f, path, TRFS_RECORD_WINDOW_SKIP, &unused) < 0)
		return false;
	right = trfs_record_file_looks_right(&f);
	trfs_record_file_close(&f);
	return right;
}

/* 1 when it was added, 0 when it is something else, -ENOMEM. */
static int add_entry(struct trfs_string_table *paths, const char *directory,
		     const char *name)
{
	const char *slash =
		trfs_bytes_ends_with(trfs_bytes_of(directory), "/") ? "" : "/";
	char *path;
	int rc = 0;

	if (asprintf(&path, "%s%s%s", directory, slash, name) < 0)
		return -ENOMEM;
	if (is_record_file(path, name)) {
		rc = trfs_string_table_add(paths, trfs_bytes_of(path), NULL);
		rc = rc < 0 ? rc : 1;
	}
	free(path);
	return rc;
}

/* By bytes, whatever the language of the user. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_directory(struct trfs_string_table *paths, const char *directory,
			 struct trfs_error *err)
{
	struct dirent **entries = NULL;
	int nr = scandir(directory, &entries, NULL, compare_names);
	bool found = false;
	int rc = 0;

	if (nr < 0)
		return trfs_fail_errno(err, -errno, "cannot read the directory %s",
				       directory);
	for (int i = 0; i < nr; i++) {
		if (rc >= 0)
			rc = add_entry(paths, directory, entries[i]->d_name);
		found |= rc > 0;
		free(entries[i]);
	}
	free(entries);
	if (rc < 0)
		return trfs_fail_memory(err, "the list of files");
	if (!found)
		return trfs_fail(err, -EBADMSG, "%s holds no TFRecord file", directory);
	return 0;
}

int trfs_record_paths_add(struct trfs_string_table *paths, const char *name,
			  struct trfs_error *err)
{
	struct stat st;

	if (stat(name, &st) == 0 && S_ISDIR(st.st_mode))
		return add_directory(paths, name, err);
	if (trfs_string_table_add(paths, trfs_bytes_of(name), NULL) < 0)
		return trfs_fail_memory(err, "the list of files");
	return 0;
}
