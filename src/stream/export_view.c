/* SPDX-License-Identifier: MIT */
/*
 * Export of a data set without a mount: shards through the readers that a mount has too,
 * side files as it lists them.
 */
#include "stream/export_source.h"

#include "base/error.h"
#include "index/content_digest.h"
#include "stream/side_files.h"
#include <errno.h>
#include <stdlib.h>

/**
 * struct trfs_export_view - what the files are read through
 * @side: numbers of the side files that are exported, behind the shards
 */
struct trfs_export_view {
	struct trfs_export_source source;
	struct trfs_stream *stream;
	struct trfs_view *view;
	struct trfs_side_files *files;
	struct trfs_read_ahead *ahead;
	size_t *side;
	uint32_t nr_shards;
};

/* A file that is being read: a shard's reader, or the number of a side file. */
struct handle {
	struct trfs_shard_reader *reader;
	size_t side;
};

/* The view outlives all readers anyway. */
static void forget_reader(void *user)
{
	(void)user;
}

static int open_file(void *user, size_t file, void **ret, struct trfs_error *err)
{
	struct trfs_export_view *v = user;
	struct handle *handle = calloc(1, sizeof(*handle));
	int rc = 0;

	if (!handle)
		return trfs_fail_memory(err, "an open shard");
	if (file < v->nr_shards)
		rc = trfs_shard_reader_open(v->ahead, v->view, (uint32_t)file,
					    forget_reader, NULL, &handle->reader, err);
	else
		handle->side = v->side[file - v->nr_shards];
	if (rc < 0) {
		free(handle);
		return rc;
	}
	*ret = handle;
	return 0;
}

static int read_side_file(struct trfs_export_view *v, const struct handle *handle,
			  uint64_t offset, struct trfs_export_piece *ret,
			  struct trfs_error *err)
{
	void *memory = trfs_export_piece_memory(ret, err);
	size_t got = 0;
	int rc;

	if (!memory)
		return -ENOMEM;
	rc = trfs_side_files_read(v->files, handle->side, offset, memory,
				  TRFS_EXPORT_PIECE_SIZE, &got, err);
	trfs_export_piece_set(ret, got);
	return rc;
}

static int read_file(void *user, void *handle, uint64_t offset,
		     const _Atomic bool *stopped, struct trfs_export_piece *ret,
		     struct trfs_error *err)
{
	struct handle *h = handle;
	int rc;

	if (!h->reader)
		return read_side_file(user, h, offset, ret, err);
	rc = trfs_shard_reader_read(h->reader, offset, TRFS_EXPORT_PIECE_SIZE, stopped,
				    &ret->reply, err);
	ret->parts = ret->reply.parts;
	ret->nr = ret->reply.nr;
	ret->len = ret->reply.len;
	return rc;
}

static void release_piece(void *user, void *handle, struct trfs_export_piece *piece)
{
	struct handle *h = handle;

	(void)user;
	if (h->reader)
		trfs_reply_done(h->reader, &piece->reply);
}

static void close_file(void *user, void *handle)
{
	struct handle *h = handle;

	(void)user;
	if (h->reader)
		trfs_shard_reader_close(h->reader);
	free(h);
}

static const struct trfs_export_ops ops = {
	.open = open_file,
	.read = read_file,
	.release = release_piece,
	.close = close_file,
};

static int identify(struct trfs_export_view *v, const char *path, struct trfs_error *err)
{
	struct trfs_export_identity *identity = &v->source.identity;
	const struct trfs_generation *g = v->view->generation;
	uint8_t content[TRFS_CONTENT_DIGEST_SIZE];
	int rc = trfs_content_digest(g, content, err);

	if (rc < 0)
		return rc;
	trfs_export_hex(content, identity->content);
	trfs_export_hex(g->fingerprint, identity->fingerprint);
	identity->source = strdup(g->catalog->root_path);
	identity->view = strdup(path);
	if (!identity->source || !identity->view)
		return trfs_fail_memory(err, "the source's name");
	return 0;
}

static int add_shards(struct trfs_export_view *v, struct trfs_error *err)
{
	int rc = trfs_view_find_sizes(v->view, err);

	v->nr_shards = trfs_plan_nr_shards(v->view->plan);
	for (uint32_t i = 0; rc == 0 && i < v->nr_shards; i++) {
		char name[TRFS_SHARD_NAME_MAX];
		uint64_t size;

		trfs_plan_shard_name(v->view->plan, i, name);
		rc = trfs_view_shard_size(v->view, i, &size, err);
		if (rc == 0)
			rc = trfs_export_source_add(&v->source, name, size, true, err);
	}
	return rc;
}

static int add_side_files(struct trfs_export_view *v, struct trfs_error *err)
{
	size_t nr, nr_listed = 0;
	int rc = trfs_side_files_open(v->view, v->stream, &v->files, err);

	if (rc < 0)
		return rc;
	nr = trfs_side_files_nr(v->files);
	v->side = calloc(nr + 1, sizeof(*v->side));
	if (!v->side)
		return trfs_fail_memory(err, "the side files");
	for (size_t i = 0; rc == 0 && i < nr; i++) {
		const char *path = trfs_side_files_path(v->files, i);
		uint64_t size;

		if (!trfs_side_files_is_listed(v->files, i) ||
		    trfs_export_leaves_out(path))
			continue;
		rc = trfs_side_files_size(v->files, i, &size, err);
		if (rc < 0)
			return trfs_error_prefix(err, rc, "%s", path);
		v->side[nr_listed++] = i;
		rc = trfs_export_source_add(&v->source, path, size, false, err);
	}
	return rc;
}

static int open_view(struct trfs_export_view *v, const struct trfs_generation *g,
		     const char *path, struct trfs_error *err)
{
	struct trfs_view_context context = trfs_generation_view_context(g);
	struct trfs_view_spec spec;
	int rc;

	if (trfs_view_path_parse(&context, path, &spec) != TRFS_VIEW_WHOLE)
		return trfs_fail(
			err, -EINVAL,
			"there is no view \"%s\"; they are called as epochs/7 or "
			"epochs/7/shards/64",
			path);
	if (trfs_view_spec_is_record(&spec))
		return trfs_fail(
			err, -EINVAL,
			"%s is a single record and has no shards; tfrecordfs cat "
			"writes what is in it",
			path);
	rc = trfs_view_open(g, &spec, &v->view, err);
	return rc == -ENOENT
		       ? trfs_error_prefix(err, -EINVAL, "there is no view %s", path)
		       : rc;
}

int trfs_export_view_open(const struct trfs_generation *generation, const char *path,
			  bool with_side_files, struct trfs_export_view **ret,
			  struct trfs_error *err)
{
	struct trfs_export_view *v = calloc(1, sizeof(*v));
	int rc;

	if (!v)
		return trfs_fail_memory(err, "the data set");
	v->source.ops = &ops;
	v->source.user = v;
	rc = open_view(v, generation, path, err);
	if (rc == 0)
		rc = trfs_stream_open(generation, &v->stream, err);
	if (rc == 0 && trfs_read_ahead_new(v->stream, &v->ahead) < 0)
		rc = trfs_fail_memory(err, "reading ahead");
	if (rc == 0)
		rc = identify(v, path, err);
	if (rc == 0)
		rc = add_shards(v, err);
	if (rc == 0 && with_side_files)
		rc = add_side_files(v, err);
	if (rc < 0)
		trfs_export_view_close(v);
	else
		*ret = v;
	return rc;
}

const struct trfs_export_source *trfs_export_view_source(
	const struct trfs_export_view *view)
{
	return &view->source;
}

struct trfs_export_view *trfs_export_view_close(struct trfs_export_view *v)
{
	if (v) {
		trfs_read_ahead_free(v->ahead);
		trfs_side_files_free(v->files);
		trfs_view_free(v->view);
		trfs_stream_close(v->stream);
		trfs_export_source_done(&v->source);
		free(v->side);
		free(v);
	}
	return NULL;
}
