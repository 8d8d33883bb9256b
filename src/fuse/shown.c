/* SPDX-License-Identifier: MIT */
/* View, side files, tree: each made from the one before. */
#include "fuse/shown.h"

#include "base/error.h"
#include <stdlib.h>

#define NR_DIRECTORIES_MAX 32

/* The names of views that a listing of the root shows, where no shard is called so. */
static void list_views(const struct trfs_plan *plan, const char **ret)
{
	const char *name;
	size_t nr = 0;
	bool is_listed;

	for (size_t i = 0; (name = trfs_view_kind_name(i, &is_listed)) != NULL; i++) {
		uint32_t shard;

		if (is_listed && nr + 1 < NR_DIRECTORIES_MAX &&
		    !trfs_plan_find_shard(plan, name, &shard))
			ret[nr++] = name;
	}
	ret[nr] = NULL;
}

/* A converter's output is shown as it would be; its views are found all the same. */
static bool lists_views(const struct trfs_view *view)
{
	return trfs_view_is_root(view) && !view->options->profile;
}

static int make_tree(struct trfs_shown *shown, struct trfs_shown_owner owner,
		     struct trfs_error *err)
{
	const char *directories[NR_DIRECTORIES_MAX] = { NULL };
	struct trfs_tree_content content = { .view = shown->view,
					     .side_files = shown->side_files,
					     .directories = directories,
					     .uid = owner.uid,
					     .gid = owner.gid,
					     .mode = owner.mode,
					     .mtime_ns = owner.mtime_ns };

	if (shown->view) {
		content.own_files = trfs_view_is_root(shown->view);
		if (lists_views(shown->view))
			list_views(shown->view->plan, directories);
		if (trfs_view_spec_is_record(&shown->view->spec))
			content.view = NULL;
	}
	return trfs_tree_init(&shown->tree, &content, err);
}

int trfs_shown_make(struct trfs_stream *stream, const struct trfs_view_spec *spec,
		    struct trfs_shown_owner owner, struct trfs_shown **ret,
		    struct trfs_error *err)
{
	const struct trfs_generation *g = trfs_stream_root(stream)->generation;
	TRFS_CLEANUP(trfs_shown_freep) struct trfs_shown *shown = NULL;
	int rc = 0;

	shown = calloc(1, sizeof(*shown));
	if (!shown)
		return trfs_fail_memory(err, "a directory");
	if (spec)
		rc = trfs_view_open(g, spec, &shown->view, err);
	if (rc == 0 && spec)
		rc = trfs_side_files_open(shown->view, stream, &shown->side_files, err);
	if (rc == 0)
		rc = make_tree(shown, owner, err);
	if (rc == 0)
		*ret = TRFS_STEAL(shown);
	return rc;
}

struct trfs_shown *trfs_shown_free(struct trfs_shown *shown)
{
	if (shown) {
		trfs_tree_done(&shown->tree);
		trfs_side_files_free(shown->side_files);
		trfs_view_free(shown->view);
		free(shown);
	}
	return NULL;
}

uint64_t trfs_shown_memory(const struct trfs_shown *shown)
{
	uint64_t memory = sizeof(*shown) + trfs_tree_memory(&shown->tree);

	if (shown->side_files)
		memory += trfs_side_files_memory(shown->side_files);
	return shown->view ? memory + trfs_view_memory(shown->view) : memory;
}
