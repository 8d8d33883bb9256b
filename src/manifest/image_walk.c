/* SPDX-License-Identifier: MIT */
/* A walk by names, which are told from others by their extensions alone. */
#include "manifest/image_walk.h"

#include "base/error.h"
#include <errno.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 32 };

/* A directory that is being walked, and those around it. */
struct level {
	const struct level *outer;
	unsigned int depth;
	dev_t device;
	ino_t inode;
};

/* What all levels share. */
struct walk {
	const struct trfs_root *root;
	struct trfs_inputs *inputs;
	struct trfs_string_table *images;
	uint64_t nr_ignored;
	struct trfs_error *err;
};

/* Whether the directory is one of those that are being walked; fills @level. */
static bool is_loop(const struct trfs_root *root, const char *path, struct level *level)
{
	struct stat st;

	if (fstatat(root->fd, path, &st, 0) < 0)
		return false; /* listing it tells why */
	level->device = st.st_dev;
	level->inode = st.st_ino;
	for (const struct level *l = level->outer; l; l = l->outer)
		if (l->device == st.st_dev && l->inode == st.st_ino)
			return true;
	return level->depth > DEPTH_MAX;
}

/* NOLINTNEXTLINE(misc-no-recursion): DEPTH_MAX ends it */
static int enter(struct walk *w, const char *path, const struct level *outer)
{
	TRFS_CLEANUP(trfs_listing_done) struct trfs_listing listing = { .nr = 0 };
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer joined;
	struct level level = { .outer = outer, .depth = outer ? outer->depth + 1 : 1 };
	int rc;

	trfs_buffer_init(&joined, TRFS_BENEATH_PATH_MAX);
	if (is_loop(w->root, path, &level))
		return trfs_fail(
			w->err, -ELOOP,
			"%s/%s lies too deep, or is a link to a directory that it "
			"lies in",
			w->root->path, path);
	rc = trfs_beneath_list(w->root, path, &listing, w->inputs, w->err);
	if (rc == 0)
		w->nr_ignored += listing.nr_ignored;
	for (size_t i = 0; rc == 0 && i < listing.nr; i++) {
		const char *name = trfs_listing_name(&listing, i);
		const char *inner = trfs_beneath_join(&joined, path, name);

		rc = trfs_beneath_check_name(w->root, trfs_bytes_of(path), name, w->err);
		if (rc < 0)
			return rc;
		if (joined.lacks_memory)
			return trfs_fail_memory(w->err, "a path");
		if (!inner)
			return trfs_fail(w->err, -ENAMETOOLONG,
					 "%s/%s holds a path that is too long",
					 w->root->path, path);
		if (listing.entries[i].kind == TRFS_LISTING_DIRECTORY)
			rc = enter(w, inner, &level);
		else if (!trfs_beneath_is_image_name(trfs_bytes_of(name)))
			w->nr_ignored++;
		else if (trfs_string_table_add(w->images, trfs_buffer_bytes(&joined),
					       NULL) < 0)
			rc = trfs_fail_memory(w->err, "the images");
	}
	return rc;
}

int trfs_image_walk(const struct trfs_root *root, const char *path,
		    struct trfs_inputs *inputs, struct trfs_string_table *images,
		    uint64_t *nr_ignored, struct trfs_error *err)
{
	struct walk w = { .root = root, .inputs = inputs, .images = images, .err = err };
	int rc = enter(&w, path, NULL);

	*nr_ignored += w.nr_ignored;
	return rc;
}
