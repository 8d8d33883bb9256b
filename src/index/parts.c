/* SPDX-License-Identifier: MIT */
/*
 * Which parts there are is what the directory lists: a part's name says of which index it
 * is, since that has the fingerprint in it, and which part.
 */
#include "index/parts.h"

#include "base/buffer.h"
#include "base/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PART_INFIX    ".part-"
#define OF_INFIX      "-of-"
#define NR_NAMED      8 /* parts that are missing */
#define LIST_SIZE_MAX 512

/**
 * struct part_set - parts of one index that are there, of as many as they say
 * @there: of each part whether it is; of as many as @nr
 * @newest_ns: when one was made last
 */
struct part_set {
	uint32_t nr;
	uint32_t nr_there;
	bool *there;
	int64_t newest_ns;
};

/**
 * struct listing - what a directory has
 * @others: parts of the same source that were made for something else
 */
struct listing {
	struct part_set *sets;
	size_t nr_sets;
	bool others;
};

void trfs_part_name(const char *index_name, uint32_t number, uint32_t nr,
		    char ret[TRFS_INDEX_NAME_MAX])
{
	snprintf(ret, TRFS_INDEX_NAME_MAX,
		 "%.*s" PART_INFIX "%" PRIu32 OF_INFIX "%" PRIu32,
		 (int)trfs_index_name_stem(index_name), index_name, number, nr);
}

/* Whether @name is that of a part of the index; then which. */
static bool parse_name(const char *name, const char *index_name, uint32_t *ret_number,
		       uint32_t *ret_nr)
{
	size_t len = trfs_index_name_stem(index_name);
	char again[TRFS_INDEX_NAME_MAX];
	unsigned long number, nr;
	char *end;

	if (strncmp(name, index_name, len) != 0 ||
	    strncmp(name + len, PART_INFIX, strlen(PART_INFIX)) != 0)
		return false;
	number = strtoul(name + len + strlen(PART_INFIX), &end, 10);
	if (strncmp(end, OF_INFIX, strlen(OF_INFIX)) != 0)
		return false;
	nr = strtoul(end + strlen(OF_INFIX), &end, 10);
	if (number == 0 || number > nr || nr > TRFS_PARTS_MAX)
		return false;
	*ret_number = (uint32_t)number;
	*ret_nr = (uint32_t)nr;
	/* Numbers can be spelled in other ways, which are not ours. */
	trfs_part_name(index_name, *ret_number, *ret_nr, again);
	return strcmp(name, again) == 0;
}

/* Whether it is of a part of the same source, with another fingerprint. */
static bool is_other(const char *name, const char *index_name)
{
	size_t len = trfs_index_name_stem(index_name);

	return trfs_index_name_is_alike(name, index_name) &&
	       strncmp(name, index_name, len) != 0 &&
	       strncmp(name + len, PART_INFIX, strlen(PART_INFIX)) == 0;
}

static struct part_set *find_set(struct listing *listing, uint32_t nr)
{
	struct part_set *sets;

	for (size_t i = 0; i < listing->nr_sets; i++) {
		if (listing->sets[i].nr == nr)
			return &listing->sets[i];
	}
	sets = reallocarray(listing->sets, listing->nr_sets + 1, sizeof(*sets));
	if (!sets)
		return NULL;
	listing->sets = sets;
	sets[listing->nr_sets] =
		(struct part_set){ .nr = nr, .there = calloc(nr, sizeof(bool)) };
	return sets[listing->nr_sets].there ? &sets[listing->nr_sets++] : NULL;
}

static int add(struct listing *listing, int directory_fd, const char *name,
	       uint32_t number, uint32_t nr)
{
	struct part_set *set = find_set(listing, nr);
	struct trfs_file_identity made;
	int rc;

	if (!set)
		return -ENOMEM;
	rc = trfs_file_identify_at(directory_fd, name, &made);
	/* Removed by another that joins. */
	if (rc == -ENOENT)
		return 0;
	if (rc < 0)
		return rc;
	set->nr_there += !set->there[number - 1];
	set->there[number - 1] = true;
	if (made.mtime_ns > set->newest_ns)
		set->newest_ns = made.mtime_ns;
	return 0;
}

static int list(const char *directory, const char *index_name, struct listing *listing,
		struct trfs_error *err)
{
	DIR *stream = opendir(directory);
	struct dirent *e;
	uint32_t number, nr;
	int rc = 0;

	if (!stream)
		return trfs_fail_errno(err, -errno,
				       "cannot look for parts in the directory %s",
				       directory);
	while (rc == 0 && (errno = 0, e = readdir(stream))) {
		if (parse_name(e->d_name, index_name, &number, &nr))
			rc = add(listing, dirfd(stream), e->d_name, number, nr);
		else
			listing->others |= is_other(e->d_name, index_name);
	}
	if (rc == 0)
		rc = -errno;
	closedir(stream);
	return rc < 0 ? trfs_fail_errno(err, rc,
					"cannot look for parts in the directory %s",
					directory)
		      : 0;
}

static void listing_done(struct listing *listing)
{
	for (size_t i = 0; i < listing->nr_sets; i++)
		free(listing->sets[i].there);
	free(listing->sets);
}

/* Complete before incomplete, then the one that more is there of, or that is newer. */
static bool is_better(const struct part_set *a, const struct part_set *b)
{
	bool a_is_complete = a->nr_there == a->nr;
	bool b_is_complete = b->nr_there == b->nr;

	if (a_is_complete != b_is_complete)
		return a_is_complete;
	if (!a_is_complete &&
	    (uint64_t)a->nr_there * b->nr != (uint64_t)b->nr_there * a->nr)
		return (uint64_t)a->nr_there * b->nr > (uint64_t)b->nr_there * a->nr;
	return a->newest_ns > b->newest_ns;
}

static const struct part_set *choose(const struct listing *listing)
{
	const struct part_set *best = NULL;

	for (size_t i = 0; i < listing->nr_sets; i++) {
		if (listing->sets[i].nr_there > 0 &&
		    (!best || is_better(&listing->sets[i], best)))
			best = &listing->sets[i];
	}
	return best;
}

/* -ENOENT with "part 3 of 8 is missing in DIR", or several. */
static int fail_missing(const struct part_set *set, const char *directory,
			struct trfs_error *err)
{
	uint32_t nr_missing = set->nr - set->nr_there, nr_named = 0, first = 0;
	struct trfs_buffer text;
	int rc;

	trfs_buffer_init(&text, LIST_SIZE_MAX);
	for (uint32_t i = 0; i < set->nr && nr_named < NR_NAMED; i++) {
		if (set->there[i])
			continue;
		first = first ? first : i + 1;
		trfs_buffer_printf(&text, "%s%" PRIu32,
				   nr_named == 0	       ? ""
				   : nr_named + 1 < nr_missing ? ", "
							       : " and ",
				   i + 1);
		nr_named++;
	}
	if (nr_missing > nr_named)
		trfs_buffer_printf(&text, " and %" PRIu32 " more", nr_missing - nr_named);
	if (text.failed) {
		trfs_buffer_done(&text);
		return trfs_fail_memory(err, "the parts");
	}
	rc = trfs_fail(err, -ENOENT,
		       "part%s %s of %" PRIu32 " %s missing in %s; make %s with the same "
		       "options and --part %" PRIu32 "/%" PRIu32 "%s",
		       nr_missing > 1 ? "s" : "", trfs_buffer_text(&text), set->nr,
		       nr_missing > 1 ? "are" : "is", directory,
		       nr_missing > 1 ? "them" : "it", first, set->nr,
		       nr_missing > 1 ? " and so on" : "");
	trfs_buffer_done(&text);
	return rc;
}

static int fail_none(const struct listing *listing, const char *directory,
		     struct trfs_error *err)
{
	if (listing->others)
		return trfs_fail(err, -ENOENT,
				 "%s has parts of this source, but of other options, "
				 "another path, or another version of tfrecordfs or its "
				 "libraries; type what they were made with, and --join "
				 "in place of --part",
				 directory);
	return trfs_fail(err, -ENOENT,
			 "%s has no parts of this data set; make them with the same "
			 "options and --part 1/N to --part N/N, or name their directory "
			 "with --index DIR",
			 directory);
}

static int open_part(struct trfs_parts *parts, uint32_t number,
		     const uint8_t *fingerprint, struct trfs_error *err)
{
	uint32_t i = number - 1;
	char name[TRFS_INDEX_NAME_MAX];
	struct trfs_error why = { 0 };
	char *path = NULL;
	int rc;

	trfs_part_name(parts->index_name, number, parts->nr, name);
	if (asprintf(&path, "%s/%s", parts->directory, name) < 0)
		return trfs_fail_memory(err, "the parts");
	rc = trfs_part_file_open(&parts->files[i], path, fingerprint, number, parts->nr,
				 &why);
	if (rc < 0)
		rc = trfs_fail(err, rc,
			       "part %" PRIu32 " of %" PRIu32 " in %s cannot be used: "
			       "%s; make it anew with the same options and --part "
			       "%" PRIu32 "/%" PRIu32,
			       number, parts->nr, path, why.message, number, parts->nr);
	else
		parts->known[i] = parts->files[i].known;
	free(path);
	return rc;
}

static int open_all(struct trfs_parts *parts, const uint8_t *fingerprint,
		    struct trfs_error *err)
{
	int rc = 0;

	parts->files = calloc(parts->nr, sizeof(*parts->files));
	parts->known = calloc(parts->nr, sizeof(*parts->known));
	if (!parts->files || !parts->known)
		return trfs_fail_memory(err, "the parts");
	parts->oldest_ns = INT64_MAX;
	for (uint32_t i = 0; rc == 0 && i < parts->nr; i++) {
		rc = open_part(parts, i + 1, fingerprint, err);
		if (rc == 0 && parts->known[i].looked_ns < parts->oldest_ns)
			parts->oldest_ns = parts->known[i].looked_ns;
	}
	return rc;
}

int trfs_parts_open(struct trfs_parts *parts, const char *directory,
		    const char *index_name,
		    const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
		    struct trfs_error *err)
{
	struct listing listing = { .nr_sets = 0 };
	const struct part_set *set;
	int rc;

	*parts = (struct trfs_parts){ .directory = strdup(directory),
				      .index_name = strdup(index_name) };
	if (!parts->directory || !parts->index_name)
		return trfs_fail_memory(err, "the parts");
	rc = list(directory, index_name, &listing, err);
	set = choose(&listing);
	if (rc == 0 && !set) {
		rc = fail_none(&listing, directory, err);
	} else if (rc == 0 && set->nr_there < set->nr) {
		rc = fail_missing(set, directory, err);
	} else if (rc == 0) {
		parts->nr = set->nr;
		rc = open_all(parts, fingerprint, err);
	}
	listing_done(&listing);
	return rc;
}

void trfs_parts_close(struct trfs_parts *parts)
{
	for (uint32_t i = 0; parts->files && i < parts->nr; i++)
		trfs_part_file_close(&parts->files[i]);
	free(parts->directory);
	free(parts->index_name);
	free(parts->files);
	free(parts->known);
	*parts = (struct trfs_parts){ .nr = 0 };
}

void trfs_parts_remove(const struct trfs_parts *parts)
{
	int directory_fd = open(parts->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (uint32_t i = 0; directory_fd >= 0 && i < parts->nr; i++) {
		struct trfs_file_identity now;
		char name[TRFS_INDEX_NAME_MAX];

		trfs_part_name(parts->index_name, i + 1, parts->nr, name);
		if (trfs_file_identify_at(directory_fd, name, &now) == 0 &&
		    trfs_file_identity_equal(&now, &parts->files[i].identity))
			unlinkat(directory_fd, name, 0);
	}
	trfs_file_close(directory_fd);
}
