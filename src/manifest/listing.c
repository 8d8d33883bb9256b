/* SPDX-License-Identifier: MIT */
/*
 * One directory, read at once and sorted, because readdir's order differs from machine
 * to machine.  Names lie packed in one buffer: a million files cost tens of megabytes
 * while their directory is walked, and no allocation each.
 */
#include "manifest/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of all names of a directory together. */
#define NAMES_MAX ((size_t)4 << 30)

void trfs_listing_done(struct trfs_listing *listing)
{
	trfs_buffer_done(&listing->names);
	free(listing->entries);
	*listing = (struct trfs_listing){ .nr = 0 };
}

static bool is_ignored(const char *name)
{
	return name[0] == '.' || strcasecmp(name, "Thumbs.db") == 0 ||
	       strcasecmp(name, "desktop.ini") == 0;
}

static enum trfs_listing_kind kind_of(int fd, const struct dirent *entry)
{
	struct stat st;

	switch (entry->d_type) {
	case DT_DIR:
		return TRFS_LISTING_DIRECTORY;
	case DT_LNK:
	case DT_UNKNOWN:
		if (fstatat(fd, entry->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode))
			return TRFS_LISTING_DIRECTORY;
		return TRFS_LISTING_FILE;
	default:
		return TRFS_LISTING_FILE;
	}
}

static int add_entry(struct trfs_listing *listing, const char *name,
		     enum trfs_listing_kind kind)
{
	if (listing->nr == listing->capacity) {
		size_t larger = listing->capacity ? listing->capacity * 2 : 64;
		struct trfs_listing_entry *entries;

		entries = reallocarray(listing->entries, larger, sizeof(*entries));
		if (!entries)
			return -ENOMEM;
		listing->entries = entries;
		listing->capacity = larger;
	}
	listing->entries[listing->nr++] =
		(struct trfs_listing_entry){ .name = listing->names.len, .kind = kind };
	trfs_buffer_put(&listing->names, name, strlen(name) + 1);
	listing->nr_files += kind == TRFS_LISTING_FILE;
	listing->nr_directories += kind == TRFS_LISTING_DIRECTORY;
	return listing->names.failed ? -ENOMEM : 0;
}

static int read_entries(struct trfs_listing *listing, DIR *directory, bool all)
{
	const struct dirent *entry;
	int rc = 0;

	while (rc == 0) {
		errno = 0;
		/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody else has this stream */
		entry = readdir(directory);
		if (!entry)
			return -errno;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (!all && is_ignored(entry->d_name))
			listing->nr_ignored++;
		else
			rc = add_entry(listing, entry->d_name,
				       kind_of(dirfd(directory), entry));
	}
	return rc;
}

static int compare_names(const void *a, const void *b, void *names)
{
	const struct trfs_listing_entry *x = a, *y = b;

	return strcmp((const char *)names + x->name, (const char *)names + y->name);
}

/* What sorts behind a name in the paths that begin with it. */
static int byte_behind(const struct trfs_listing_entry *entry)
{
	return entry->kind == TRFS_LISTING_DIRECTORY ? '/' : '\0';
}

static int compare_paths(const void *a, const void *b, void *names)
{
	const struct trfs_listing_entry *x = a, *y = b;
	const uint8_t *p = (const uint8_t *)names + x->name;
	const uint8_t *q = (const uint8_t *)names + y->name;

	for (; *p && *p == *q; p++)
		q++;
	return (*p ? *p : byte_behind(x)) - (*q ? *q : byte_behind(y));
}

static int read_sorted(struct trfs_listing *listing, int fd, bool all,
		       enum trfs_listing_order order)
{
	bool by_path;
	DIR *directory;
	int own;
	int rc;

	*listing = (struct trfs_listing){ .nr = 0 };
	trfs_buffer_init(&listing->names, NAMES_MAX);
	own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (own < 0)
		return -errno;
	directory = fdopendir(own);
	if (!directory) {
		rc = -errno;
		close(own);
		return rc;
	}
	rc = read_entries(listing, directory, all);
	closedir(directory);
	if (rc < 0)
		return rc;
	/* Without directories both orders are one, and strcmp() is the faster. */
	by_path = order == TRFS_LISTING_BY_PATH && listing->nr_directories > 0;
	if (listing->nr > 1)
		qsort_r(listing->entries, listing->nr, sizeof(*listing->entries),
			by_path ? compare_paths : compare_names, listing->names.data);
	return 0;
}

int trfs_listing_read(struct trfs_listing *listing, int fd, enum trfs_listing_order order)
{
	return read_sorted(listing, fd, false, order);
}

int trfs_listing_read_all(struct trfs_listing *listing, int fd)
{
	return read_sorted(listing, fd, true, TRFS_LISTING_BY_NAME);
}

const char *trfs_listing_first(const struct trfs_listing *listing,
			       enum trfs_listing_kind kind)
{
	size_t i = 0;

	while (i < listing->nr && listing->entries[i].kind != kind)
		i++;
	return i < listing->nr ? trfs_listing_name(listing, i) : "";
}
