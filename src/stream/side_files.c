/* SPDX-License-Identifier: MIT */
/* Listing the side files of a view, and making each once, when it is first looked at. */
#include "stream/side_files.h"

#include "base/error.h"
#include "stream/side_content.h"
#include "stream/side_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct trfs_side_files - all side files of a view
 * @list: what there is
 * @contents: of each, made when it is needed
 */
struct trfs_side_files {
	const struct trfs_view *view;
	struct trfs_stream *stream;
	struct trfs_side_list list;
	struct trfs_side_content *contents;
};

int trfs_side_files_open(const struct trfs_view *view, struct trfs_stream *stream,
			 struct trfs_side_files **ret, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_side_files_freep) struct trfs_side_files *files = NULL;
	int rc;

	files = calloc(1, sizeof(*files));
	if (!files)
		return trfs_fail_memory(err, "the side files");
	files->view = view;
	files->stream = stream;
	rc = trfs_side_list_make(view, &files->list, err);
	if (rc < 0)
		return rc;
	files->contents = calloc(files->list.nr + 1, sizeof(*files->contents));
	if (!files->contents)
		return trfs_fail_memory(err, "the side files");
	for (size_t i = 0; i < files->list.nr; i++)
		trfs_side_content_init(&files->contents[i]);
	*ret = TRFS_STEAL(files);
	return 0;
}

struct trfs_side_files *trfs_side_files_free(struct trfs_side_files *files)
{
	if (files) {
		for (size_t i = 0; files->contents && i < files->list.nr; i++)
			trfs_side_content_done(&files->contents[i]);
		free(files->contents);
		trfs_side_list_done(&files->list);
		free(files);
	}
	return NULL;
}

size_t trfs_side_files_nr(const struct trfs_side_files *files)
{
	return files->list.nr;
}

const char *trfs_side_files_path(const struct trfs_side_files *files, size_t i)
{
	return files->list.items[i].path;
}

bool trfs_side_files_is_listed(const struct trfs_side_files *files, size_t i)
{
	return !(files->list.items[i].kind->flags & TRFS_SIDE_UNLISTED);
}

bool trfs_side_files_find(const struct trfs_side_files *files, const char *path,
			  size_t *ret)
{
	for (size_t i = 0; i < files->list.nr; i++) {
		if (strcmp(files->list.items[i].path, path) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

static struct trfs_side_request request_of(const struct trfs_side_files *files, size_t i)
{
	return (struct trfs_side_request){ .view = files->view,
					   .stream = files->stream,
					   .shard = files->list.items[i].shard };
}

static int prepare(struct trfs_side_files *files, size_t i, struct trfs_error *err)
{
	const struct trfs_side_item *item = &files->list.items[i];
	struct trfs_side_request request = request_of(files, i);
	int rc =
		trfs_side_content_prepare(&files->contents[i], item->kind, &request, err);

	return rc < 0 ? trfs_error_prefix(err, rc, "the side file %s", item->path) : 0;
}

int trfs_side_files_size(struct trfs_side_files *files, size_t i, uint64_t *ret,
			 struct trfs_error *err)
{
	int rc = prepare(files, i, err);

	if (trfs_generation_check(files->view->generation, err) < 0)
		return -EIO;
	if (rc == 0)
		*ret = trfs_side_content_size(&files->contents[i]);
	return rc;
}

bool trfs_side_files_is_sized(const struct trfs_side_files *files, size_t i)
{
	return trfs_side_content_is_ready(&files->contents[i]);
}

int trfs_side_files_read(struct trfs_side_files *files, size_t i, uint64_t offset,
			 void *buf, size_t len, size_t *ret_len, struct trfs_error *err)
{
	const struct trfs_side_item *item = &files->list.items[i];
	struct trfs_side_request request = request_of(files, i);
	int rc = prepare(files, i, err);

	if (rc < 0)
		return rc;
	rc = trfs_side_content_read(&files->contents[i], item->kind, &request, offset,
				    buf, len, ret_len, err);
	if (trfs_generation_check(files->view->generation, err) < 0)
		return -EIO;
	return rc < 0 ? trfs_error_prefix(err, rc, "the side file %s", item->path) : 0;
}

uint64_t trfs_side_files_memory(const struct trfs_side_files *files)
{
	uint64_t memory =
		sizeof(*files) + files->list.capacity * sizeof(*files->list.items);

	for (size_t i = 0; i < files->list.nr; i++)
		memory += sizeof(files->contents[i]) + strlen(files->list.items[i].path) +
			  trfs_side_content_memory(&files->contents[i]);
	return memory;
}
