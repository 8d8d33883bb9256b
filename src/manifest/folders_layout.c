/* SPDX-License-Identifier: MIT */
/*
 * Looks at the top of a source and decides what its folders mean.  The rule is short
 * and the sentences are long: most sources that fail here are a directory too high, a
 * directory too low, or have a manifest that was not named.
 */
#include "manifest/folders_layout.h"

#include "base/error.h"
#include "manifest/beneath.h"
#include "manifest/roles.h"
#include "manifest/text.h"
#include <errno.h>
#include <stdio.h>
#include <strings.h>

/* A root and an entry of it, both to be shown in one message. */
#define SHOWN_SIZE (TRFS_PRINTABLE_SIZE / 2)

/**
 * struct survey - the folders of the root
 * @nr_usual: those with a usual split name
 * @splits: of these, one that holds folders, or NULL
 * @nr_splits: how many do
 * @flat: of these, one that holds files only, or NULL
 * @other: one with another name, or NULL
 */
struct survey {
	size_t nr_usual;
	size_t nr_splits;
	const char *splits;
	const char *flat;
	const char *other;
};

static const char *show(const char *name, char *buf)
{
	return trfs_text_printable(trfs_bytes_of(name), buf, SHOWN_SIZE);
}

static bool looks_like_manifest(const char *name)
{
	static const char *const extensions[] = { ".csv", ".tsv", ".json", ".jsonl",
						  ".ndjson" };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < TRFS_COUNT(extensions); i++)
		if (strcasecmp(dot, extensions[i]) == 0)
			return true;
	return false;
}

/* By how it begins, or ends. */
bool trfs_folders_is_document(const char *name)
{
	static const char *const beginnings[] = { "readme",	 "license", "licence",
						  "copying",	 "notice",  "authors",
						  "attribution", "credits", "citation",
						  "changelog" };
	static const char *const extensions[] = { ".md", ".rst", ".pdf", ".html" };
	const char *dot = strrchr(name, '.');

	if (trfs_beneath_is_image_name(trfs_bytes_of(name)) || looks_like_manifest(name))
		return false;
	for (size_t i = 0; i < TRFS_COUNT(beginnings); i++)
		if (strncasecmp(name, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	for (size_t i = 0; dot && i < TRFS_COUNT(extensions); i++)
		if (strcasecmp(dot, extensions[i]) == 0)
			return true;
	return false;
}

/* A file of the root that one cannot but ask about; NULL if there is none. */
static const char *find_doubtful(const struct trfs_listing *top)
{
	for (size_t i = 0; i < top->nr; i++)
		if (top->entries[i].kind == TRFS_LISTING_FILE &&
		    !trfs_folders_is_document(trfs_listing_name(top, i)))
			return trfs_listing_name(top, i);
	return NULL;
}

static const char *find_manifest(const struct trfs_listing *listing)
{
	for (size_t i = 0; i < listing->nr; i++)
		if (listing->entries[i].kind == TRFS_LISTING_FILE &&
		    looks_like_manifest(trfs_listing_name(listing, i)))
			return trfs_listing_name(listing, i);
	return NULL;
}

static int fail_no_folders(const struct trfs_root *root, const struct trfs_listing *top,
			   struct trfs_error *err)
{
	const char *manifest = find_manifest(top);
	char where[SHOWN_SIZE], name[SHOWN_SIZE];

	show(root->path, where);
	if (top->nr == 0)
		return trfs_fail(err, -EBADMSG,
				 "%s is empty: a folder of images for each class was "
				 "expected",
				 where);
	if (manifest)
		return trfs_fail(err, -EBADMSG,
				 "%s has no class folders, only files: to take the "
				 "classes from one of them, type --manifest %s/%s",
				 where, where, show(manifest, name));
	return trfs_fail(
		err, -EBADMSG,
		"%s has no class folders, only files: put the images of each "
		"class into a folder of its own, or name a CSV or JSON file that "
		"says what they are with --manifest FILE",
		where);
}

static int fail_beside_folders(const struct trfs_root *root,
			       const struct trfs_listing *top, const char *beside,
			       struct trfs_error *err)
{
	const char *manifest = find_manifest(top);
	char where[SHOWN_SIZE], name[SHOWN_SIZE], other[SHOWN_SIZE];

	show(root->path, where);
	show(beside, name);
	if (manifest)
		return trfs_fail(
			err, -EBADMSG,
			"%s/%s lies beside the class folders: if the classes are "
			"in a file, type --manifest %s/%s; else move it elsewhere",
			where, name, where, show(manifest, other));
	return trfs_fail(err, -EBADMSG,
			 "%s/%s lies beside the class folders: move it into the folder "
			 "of its class, or out of %s",
			 where, name, where);
}

/* List one folder of the root that has a split's name. */
static int survey_split(const struct trfs_root *root, const char *name, struct survey *s,
			struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_listing_done) struct trfs_listing listing = { .nr = 0 };
	int rc = trfs_beneath_list(root, name, &listing, NULL, err);

	if (rc < 0)
		return rc;
	if (listing.nr_directories > 0) {
		s->nr_splits++;
		s->splits = s->splits ? s->splits : name;
	} else if (listing.nr > 0) {
		s->flat = s->flat ? s->flat : name;
	}
	return 0;
}

static int survey_folders(const struct trfs_root *root, const struct trfs_listing *top,
			  struct survey *s, struct trfs_error *err)
{
	for (size_t i = 0; i < top->nr; i++) {
		const char *name = trfs_listing_name(top, i);
		int rc;

		if (top->entries[i].kind != TRFS_LISTING_DIRECTORY)
			continue;
		if (!trfs_split_name_usual(trfs_bytes_of(name))) {
			s->other = s->other ? s->other : name;
			continue;
		}
		s->nr_usual++;
		rc = survey_split(root, name, s, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Some folders are splits, but @odd is not: whoever has these means splits. */
static int fail_mixture(const struct trfs_root *root, const char *splits, const char *odd,
			const char *why, struct trfs_error *err)
{
	char where[SHOWN_SIZE], name[SHOWN_SIZE], other[SHOWN_SIZE];

	show(root->path, where);
	return trfs_fail(err, -EBADMSG,
			 "%s/%s is a split that holds class folders, but %s/%s %s: move "
			 "it elsewhere, or say what the images are with --manifest FILE",
			 where, show(splits, name), where, show(odd, other), why);
}

static int fail_flat_split(const struct trfs_root *root, const char *flat,
			   struct trfs_error *err)
{
	char where[SHOWN_SIZE], name[SHOWN_SIZE];

	show(root->path, where);
	show(flat, name);
	return trfs_fail(err, -EBADMSG,
			 "%s/%s has a split's name but holds files, not class folders: "
			 "put the images into %s/%s/CLASS, or say what they are with "
			 "--manifest FILE",
			 where, name, where, name);
}

int trfs_folders_find_layout(const struct trfs_root *root, const struct trfs_listing *top,
			     enum trfs_folders_layout *ret, struct trfs_error *err)
{
	const char *doubtful = find_doubtful(top);
	struct survey s = { 0 };
	int rc;

	if (top->nr_directories == 0)
		return fail_no_folders(root, top, err);
	if (doubtful)
		return fail_beside_folders(root, top, doubtful, err);
	rc = survey_folders(root, top, &s, err);
	if (rc < 0)
		return rc;
	if (s.nr_splits > 1 && s.other)
		return fail_mixture(root, s.splits, s.other, "has no split's name", err);
	if (!s.other && s.splits && s.flat)
		return fail_mixture(root, s.splits, s.flat, "holds files directly", err);
	if (!s.other && s.flat)
		return fail_flat_split(root, s.flat, err);
	*ret = s.splits && !s.other ? TRFS_FOLDERS_SPLITS : TRFS_FOLDERS_CLASSES;
	return 0;
}
