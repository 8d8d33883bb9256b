/* SPDX-License-Identifier: MIT */
/*
 * Is a saved index still about the source as it is?  The inputs tell whether the same
 * examples would be found; a file that was left out may have been mended since; and what
 * lies there may be a copy, with the same inputs.
 */
#include "index/saved_index.h"

#include "base/error.h"
#include "base/file.h"
#include <errno.h>
#include <sys/stat.h>

#define NS_PER_SECOND 1000000000
#define NR_SAMPLES    8u

static bool was_not_found(enum trfs_problem_kind kind)
{
	return kind == TRFS_PROBLEM_MISSING || kind == TRFS_PROBLEM_OUTSIDE;
}

static bool was_looked_at(enum trfs_problem_kind kind)
{
	return kind == TRFS_PROBLEM_BAD_IMAGE || kind == TRFS_PROBLEM_UNREADABLE ||
	       kind == TRFS_PROBLEM_FORMAT;
}

/*
 * Whether a left-out row's file is not as it was.  What was missing must be missing
 * still; what was bad must not have been touched since it was looked at.  Rows that are
 * bad in themselves (repeated, unlabelled) change with the manifest only.
 */
static bool problem_changed(const struct trfs_root *root,
			    const struct trfs_problem *problem, struct trfs_bytes name,
			    int64_t looked_ns, struct trfs_buffer *path)
{
	enum trfs_problem_kind kind = (enum trfs_problem_kind)problem->kind;
	const char *text;
	struct stat st;

	/* Which files could be meant, or which mask, is not kept, so it is looked at
	 * again each time. */
	if (kind == TRFS_PROBLEM_AMBIGUOUS || kind == TRFS_PROBLEM_MASK)
		return true;
	if (!was_not_found(kind) && !was_looked_at(kind))
		return false;
	trfs_buffer_reset(path);
	if (trfs_root_relative(root, name, path) < 0)
		return false; /* leaves the source by its spelling: stays so */
	text = trfs_buffer_text(path);
	if (!text)
		return true;
	if (fstatat(root->fd, text, &st, 0) < 0)
		return !was_not_found(kind);
	if (kind == TRFS_PROBLEM_MISSING)
		return true;
	return (int64_t)st.st_ctim.tv_sec * NS_PER_SECOND + st.st_ctim.tv_nsec >=
	       looked_ns;
}

static int problems_changed(const struct trfs_catalog *catalog, int64_t looked_ns,
			    struct trfs_error *why)
{
	struct trfs_root root;
	struct trfs_buffer path;
	int changed = 0;

	if (catalog->problems.nr == 0)
		return 0;
	if (trfs_root_open(&root, catalog->root_path, catalog->follow, why) < 0)
		return 1;
	trfs_buffer_init(&path, 1u << 16);
	for (uint64_t i = 0; i < catalog->problems.nr && !changed; i++) {
		struct trfs_bytes name = trfs_strings_get(&catalog->problems.names, i);

		changed = problem_changed(&root, &catalog->problems.items[i], name,
					  looked_ns, &path);
		if (changed)
			trfs_fail(why, -ESTALE, "%.*s, which was left out, changed since",
				  TRFS_BYTES_ARG(name));
	}
	trfs_buffer_done(&path);
	trfs_root_close(&root);
	return changed;
}

/*
 * Whether the source is another copy than the one that was indexed, as where each machine
 * has its own and they share the manifest: of a few images that are spread over all,
 * those that are there are all other files.  Where some are the same, each read tells of
 * those that are not.
 */
static int is_another_copy(const struct trfs_catalog *catalog, struct trfs_error *why)
{
	uint64_t nr = catalog->nr_examples;
	uint64_t nr_samples = nr < NR_SAMPLES ? nr : NR_SAMPLES;
	bool any_other = false, any_same = false;
	struct trfs_file_identity now;
	struct trfs_name room;
	struct trfs_root root;

	if (trfs_root_open(&root, catalog->root_path, catalog->follow, why) < 0)
		return 1;
	for (uint64_t i = 0; i < nr_samples && !any_same; i++) {
		uint64_t example = i * nr / nr_samples;
		struct trfs_bytes name = trfs_catalog_name(catalog, example, &room);

		if (trfs_file_identify_at(root.fd, (const char *)name.data, &now) < 0)
			continue;
		any_same = trfs_example_is(trfs_catalog_example(catalog, example), &now);
		any_other |= !any_same;
	}
	trfs_root_close(&root);
	if (any_same || !any_other)
		return 0;
	trfs_fail(why, -ESTALE,
		  "the images in %s are other files than those that were indexed",
		  catalog->root_path);
	return 1;
}

/* Whom the bits of the catalog's access are about. */
static int owner_changed(const struct trfs_catalog *catalog, struct trfs_error *why)
{
	struct stat st;

	if (stat(catalog->root_path, &st) < 0)
		trfs_fail_errno(why, -errno, "cannot look at %s", catalog->root_path);
	else if (st.st_uid != catalog->access.uid || st.st_gid != catalog->access.gid)
		trfs_fail(why, -ESTALE, "%s has another owner or group",
			  catalog->root_path);
	else
		return 0;
	return 1;
}

int trfs_saved_index_outdated(const struct trfs_catalog *catalog, int64_t looked_ns,
			      struct trfs_error *why)
{
	for (uint64_t i = 0; i < catalog->input_paths.nr; i++) {
		struct trfs_bytes path = trfs_strings_get(&catalog->input_paths, i);
		char text[4096];

		if (path.len >= sizeof(text)) {
			trfs_fail(why, -ESTALE,
				  "the path of an input is too long to check");
			return 1;
		}
		memcpy(text, path.data, path.len);
		text[path.len] = '\0';
		if (trfs_input_changed(text, &catalog->input_stamps[i], why))
			return 1;
	}
	if (owner_changed(catalog, why) || is_another_copy(catalog, why))
		return 1;
	return problems_changed(catalog, looked_ns, why);
}
