/* SPDX-License-Identifier: MIT */
/* By content as much as by name: converters call their shards whatever they like. */
#include "cli/record_paths.h"

#include "base/error.h"
#include "cli/record_file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Deeper than anybody's shards. */
#define DEPTH_MAX 32

int trfs_record_paths_init(struct trfs_record_paths *files)
{
	files->paths = trfs_string_table_new();
	files->names = trfs_string_table_new();
	return files->paths && files->names ? 0 : -ENOMEM;
}

void trfs_record_paths_done(struct trfs_record_paths *files)
{
	files->paths = trfs_string_table_free(files->paths);
	files->names = trfs_string_table_free(files->names);
}

/* Whether @name ends in "-00003-of-00016", whatever the numbers. */
static bool ends_in_numbers(const char *name, size_t len)
{
	static const char digits[] = "0123456789";
	const char *of = NULL;
	size_t nr = 0;

	for (size_t i = 0; i + 4 <= len; i++)
		if (strncmp(name + i, "-of-", 4) == 0)
			of = name + i;
	if (!of || of == name || !strchr(digits, of[-1]))
		return false;
	nr = strspn(of + 4, digits);
	return nr > 0 && of + 4 + nr == name + len;
}

/* Whether a file of that name (without directories) is a shard, by the name alone. */
static bool is_called_as_one(const char *name)
{
	static const char *const extensions[] = { ".tfrecord", ".tfrecords", ".tfrec",
						  ".record", ".records" };
	size_t len = strlen(name);

	/* Compressed ones are told as such. */
	if (trfs_bytes_ends_with(trfs_bytes_of(name), ".gz"))
		len -= 3;
	for (size_t i = 0; i < TRFS_COUNT(extensions); i++) {
		size_t extension = strlen(extensions[i]);

		if (len > extension &&
		    strncmp(name + len - extension, extensions[i], extension) == 0)
			return true;
	}
	return ends_in_numbers(name, len);
}

static bool starts_as_one(const char *path)
{
	struct trfs_error unused;
	struct trfs_record_file f;
	bool right;

	if (trfs_record_file_open(&f, path, TRFS_RECORD_WINDOW_SKIP, &unused) < 0)
		return false;
	right = trfs_record_file_looks_right(&f);
	trfs_record_file_close(&f);
	return right;
}

static int add_file(struct trfs_record_paths *files, const char *path, const char *name)
{
	int rc = trfs_string_table_add(files->paths, trfs_bytes_of(path), NULL);

	return rc < 0 ? rc
		      : trfs_string_table_add(files->names, trfs_bytes_of(name), NULL);
}

/* By bytes, whatever the language of the user. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/**
 * struct walk - through a directory and those in it
 * @path: of the directory at hand, then of the entry at hand
 * @root_len: where names relative to the root begin in it
 */
struct walk {
	struct trfs_record_paths *files;
	char path[PATH_MAX];
	size_t root_len;
	struct trfs_error *err;
};

static int walk_directory(struct walk *w, size_t len, unsigned int depth);

/* The entry @name of the directory in the first @len bytes of the path. */
static int walk_entry(struct walk *w, size_t len, const char *name, unsigned int depth)
{
	size_t name_len = strlen(name);
	struct stat st;

	if (name[0] == '.')
		return 0;
	if (len + name_len + 1 >= sizeof(w->path))
		return trfs_fail_errno(w->err, -ENAMETOOLONG, "cannot read %s/%s",
				       w->path, name);
	memcpy(w->path + len, name, name_len + 1);
	if (lstat(w->path, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode)) {
		if (depth == DEPTH_MAX)
			return 0;
		memcpy(w->path + len + name_len, "/", 2);
		return walk_directory(w, len + name_len + 1, depth + 1);
	}
	if (stat(w->path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	if (!is_called_as_one(name) && !starts_as_one(w->path))
		return 0;
	if (add_file(w->files, w->path, w->path + w->root_len) < 0)
		return trfs_fail_memory(w->err, "the list of files");
	return 0;
}

/* The directory whose path, with a slash at its end, is the first @len bytes. */
static int walk_directory(struct walk *w, size_t len, unsigned int depth)
{
	struct dirent **entries = NULL;
	int nr = scandir(w->path, &entries, NULL, compare_names);
	int rc = 0;

	if (nr < 0)
		return trfs_fail_errno(w->err, -errno, "cannot read the directory %s",
				       w->path);
	for (int i = 0; i < nr; i++) {
		if (rc == 0)
			rc = walk_entry(w, len, entries[i]->d_name, depth);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

static int add_directory(struct trfs_record_paths *files, const char *path,
			 struct trfs_error *err)
{
	const char *slash = trfs_bytes_ends_with(trfs_bytes_of(path), "/") ? "" : "/";
	uint64_t nr_before = trfs_string_table_view(files->paths).nr;
	struct walk w = { .files = files, .err = err };
	int len = snprintf(w.path, sizeof(w.path), "%s%s", path, slash);
	int rc;

	if (len < 0 || (size_t)len >= sizeof(w.path))
		return trfs_fail_errno(err, -ENAMETOOLONG, "cannot read %s", path);
	w.root_len = (size_t)len;
	rc = walk_directory(&w, w.root_len, 0);
	if (rc < 0)
		return rc;
	if (trfs_string_table_view(files->paths).nr == nr_before)
		return trfs_fail(err, -EBADMSG, "%s holds no TFRecord file", path);
	return 0;
}

int trfs_record_paths_add(struct trfs_record_paths *files, const char *path,
			  struct trfs_error *err)
{
	const char *slash = strrchr(path, '/');
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return add_directory(files, path, err);
	if (add_file(files, path, slash ? slash + 1 : path) < 0)
		return trfs_fail_memory(err, "the list of files");
	return 0;
}
