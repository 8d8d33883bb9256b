/* SPDX-License-Identifier: MIT */
#include "cli/export_listing.h"

#include "base/error.h"
#include "cli/digits.h"
#include "cli/mount_attribute.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* A file that a listing showed; @number orders shards. */
struct found {
	char *name;
	uint64_t size;
	uint64_t number;
	bool is_shard;
};

/* What was found so far at and below @directory. */
struct listing {
	const char *directory;
	struct found *items;
	size_t nr;
};

static int add_found(struct listing *list, const char *name, const char *path,
		     struct trfs_error *err)
{
	struct found found = { .size = 0 };
	char number[32];
	struct stat st;
	void *more;

	/* Of side files only now the size is found. */
	if (stat(path, &st) < 0)
		return trfs_fail_errno(err, -errno, "cannot look at %s", path);
	found.size = (uint64_t)st.st_size;
	found.is_shard = trfs_mount_attribute(path, "number", number, sizeof(number)) &&
			 trfs_digits_parse(number, &found.number);
	more = reallocarray(list->items, list->nr + 1, sizeof(*list->items));
	if (!more)
		return trfs_fail_memory(err, "the names of files");
	list->items = more;
	found.name = strdup(name);
	if (!found.name)
		return trfs_fail_memory(err, "the names of files");
	list->items[list->nr++] = found;
	return 0;
}

static int list_directory(struct listing *list, const char *below,
			  struct trfs_error *err);

/* @below ends with a slash, or is empty. */
static int list_entry(struct listing *list, const char *below, const struct dirent *entry,
		      struct trfs_error *err)
{
	char *name, *path;
	int rc = 0;

	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return 0;
	if (asprintf(&name, "%s%s%s", below, entry->d_name,
		     entry->d_type == DT_DIR ? "/" : "") < 0)
		return trfs_fail_memory(err, "the names of files");
	if (asprintf(&path, "%s/%s", list->directory, name) < 0) {
		free(name);
		return trfs_fail_memory(err, "the names of files");
	}
	if (entry->d_type == DT_DIR)
		rc = list_directory(list, name, err);
	else if (entry->d_type == DT_REG)
		rc = add_found(list, name, path, err);
	free(path);
	free(name);
	return rc;
}

static int list_entries(struct listing *list, const char *below, DIR *stream,
			struct trfs_error *err)
{
	int rc = 0;

	while (rc == 0) {
		struct dirent *entry;

		errno = 0;
		entry = readdir(stream);
		if (!entry)
			return errno ? trfs_fail_errno(err, -errno, "cannot list %s/%s",
						       list->directory, below)
				     : 0;
		rc = list_entry(list, below, entry, err);
	}
	return rc;
}

static int list_directory(struct listing *list, const char *below, struct trfs_error *err)
{
	char *path;
	DIR *stream;
	int rc;

	if (asprintf(&path, "%s/%s", list->directory, below) < 0)
		return trfs_fail_memory(err, "the names of files");
	stream = opendir(path);
	if (!stream) {
		rc = trfs_fail_errno(err, -errno, "cannot list %s", path);
	} else {
		rc = list_entries(list, below, stream, err);
		closedir(stream);
	}
	free(path);
	return rc;
}

static int compare_found(const void *a, const void *b)
{
	const struct found *left = a, *right = b;

	if (left->is_shard != right->is_shard)
		return left->is_shard ? -1 : 1;
	if (left->number != right->number)
		return left->number < right->number ? -1 : 1;
	return strcmp(left->name, right->name);
}

static bool is_wanted(const struct found *found, bool with_side_files)
{
	return found->is_shard ||
	       (with_side_files && !trfs_export_leaves_out(found->name));
}

int trfs_export_list(const char *directory, bool with_side_files,
		     struct trfs_export_source *source, struct trfs_error *err)
{
	struct listing list = { .directory = directory };
	int rc = list_directory(&list, "", err);

	if (list.nr > 0)
		qsort(list.items, list.nr, sizeof(*list.items), compare_found);
	if (rc == 0 && (list.nr == 0 || !list.items[0].is_shard))
		rc = trfs_fail(err, -EINVAL,
			       "%s shows no shards; name the mountpoint, or a view in it "
			       "such as epochs/7",
			       directory);
	for (size_t i = 0; i < list.nr; i++) {
		const struct found *found = &list.items[i];

		if (rc == 0 && is_wanted(found, with_side_files))
			rc = trfs_export_source_add(source, found->name, found->size,
						    found->is_shard, err);
		free(found->name);
	}
	free(list.items);
	return rc;
}
