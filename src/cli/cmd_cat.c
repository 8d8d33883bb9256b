/* SPDX-License-Identifier: MIT */
/* cat: a window of a shard, or of a side file, as a mount would show it. */
#include "cli/command.h"
#include "cli/data_set.h"
#include "cli/digits.h"
#include "cli/output.h"
#include "cli/report.h"

#include "base/error.h"
#include "base/nearest.h"
#include "base/strings.h"
#include "stream/side_files.h"
#include "stream/stream.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE_SIZE ((size_t)1 << 20)

/**
 * struct wanted - what part of which file
 * @path: as the user has it; @name is its end, behind the view's own path
 * @is_shard: number @file is a shard's, else a side file's
 */
struct wanted {
	const char *path;
	const char *name;
	bool is_shard;
	size_t file;
	uint64_t offset;
	uint64_t length;
};

/* Where from. */
struct source {
	struct trfs_stream *stream;
	struct trfs_view *view;
	struct trfs_side_files *files;
};

static int parse_bytes(const char *option, const char *text, uint64_t *ret,
		       struct trfs_error *err)
{
	if (!text || trfs_digits_parse(text, ret))
		return 0;
	return trfs_fail(err, -EINVAL,
			 "%s is a number of bytes, such as 1048576, not \"%s\"", option,
			 text);
}

static int fail_unknown(const struct source *source, const char *name,
			struct trfs_error *err)
{
	const struct trfs_plan *plan = source->view->plan;
	TRFS_CLEANUP(trfs_string_table_freep)
	struct trfs_string_table *names = trfs_string_table_new();
	uint32_t nr = trfs_plan_nr_shards(plan);
	char shard[TRFS_SHARD_NAME_MAX], first[TRFS_SHARD_NAME_MAX], hint[96];
	struct trfs_nearest nearest;
	struct trfs_strings all;

	for (uint32_t i = 0; names && i < nr; i++) {
		trfs_plan_shard_name(plan, i, shard);
		if (trfs_string_table_add(names, trfs_bytes_of(shard), NULL) < 0)
			names = trfs_string_table_free(names);
	}
	if (!names)
		return trfs_fail_memory(err, "the names of the shards");
	all = trfs_string_table_view(names);
	trfs_nearest_init(&nearest, trfs_bytes_of(name));
	for (uint64_t i = 0; i < all.nr; i++)
		trfs_nearest_offer(&nearest, trfs_strings_get(&all, i));
	for (size_t i = 0; i < trfs_side_files_nr(source->files); i++)
		trfs_nearest_offer(&nearest,
				   trfs_bytes_of(trfs_side_files_path(source->files, i)));
	trfs_plan_shard_name(plan, 0, first);
	return trfs_fail(err, -EINVAL,
			 "there is no shard \"%s\"%s: the %" PRIu32 " of this data set "
			 "are %s to %s",
			 name, trfs_nearest_hint(&nearest, hint, sizeof(hint)), nr, first,
			 shard);
}

/* Cut the window to what is there of @size bytes. */
static int cut_window(const char *name, uint64_t size, struct wanted *wanted,
		      struct trfs_error *err)
{
	if (wanted->offset > size)
		return trfs_fail(err, -EINVAL,
				 "--offset %" PRIu64
				 " is behind the end of %s, which has "
				 "%" PRIu64 " bytes",
				 wanted->offset, name, size);
	if (wanted->length > size - wanted->offset)
		wanted->length = size - wanted->offset;
	return 0;
}

/* All of @buf to standard output; -EPIPE when nobody reads it any more. */
static int write_all(const uint8_t *buf, size_t len, struct trfs_error *err)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, buf, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return trfs_fail_errno(err, -errno, "writing to standard output");
		buf += n;
		len -= (size_t)n;
	}
	return 0;
}

static int read_piece(struct source *source, const struct wanted *wanted, uint64_t offset,
		      void *buf, size_t len, size_t *ret_got, struct trfs_error *err)
{
	if (wanted->is_shard)
		return trfs_stream_read_view(source->stream, source->view,
					     (uint32_t)wanted->file, offset, buf, len,
					     ret_got, err);
	return trfs_side_files_read(source->files, wanted->file, offset, buf, len,
				    ret_got, err);
}

static int copy_window(struct source *source, const struct wanted *wanted,
		       struct trfs_error *err)
{
	uint8_t *buf = malloc(PIECE_SIZE);
	uint64_t done = 0;
	int rc = 0;

	if (!buf)
		return trfs_fail_memory(err, "a piece of a shard");
	while (rc == 0 && done < wanted->length) {
		uint64_t left = wanted->length - done;
		size_t got = 0;

		rc = read_piece(source, wanted, wanted->offset + done, buf,
				left < PIECE_SIZE ? (size_t)left : PIECE_SIZE, &got, err);
		if (rc == 0)
			rc = write_all(buf, got, err);
		done += got;
	}
	free(buf);
	return rc;
}

/* The file of that name in the view, and its size. */
static int find_file(struct source *source, struct wanted *wanted, uint64_t *ret_size,
		     struct trfs_error *err)
{
	uint32_t shard;

	wanted->is_shard = !trfs_view_spec_is_record(&source->view->spec) &&
			   trfs_plan_find_shard(source->view->plan, wanted->name, &shard);
	if (wanted->is_shard) {
		wanted->file = shard;
		return trfs_view_shard_size(source->view, shard, ret_size, err);
	}
	if (!trfs_side_files_find(source->files, wanted->name, &wanted->file))
		return fail_unknown(source, wanted->path, err);
	return trfs_side_files_size(source->files, wanted->file, ret_size, err);
}

/* The view that the path begins with, mostly the root; the file's name is the rest. */
static int open_source(const struct trfs_generation *g, struct wanted *wanted,
		       struct source *ret, struct trfs_error *err)
{
	struct trfs_view_context context = trfs_generation_view_context(g);
	struct trfs_view_spec spec;
	size_t len = trfs_view_path_prefix(&context, wanted->path, &spec);
	int rc;

	wanted->name = wanted->path + len;
	if (len > 0 && *wanted->name == '/')
		wanted->name++;
	rc = trfs_stream_open(g, &ret->stream, err);
	if (rc == 0)
		rc = trfs_view_open(g, &spec, &ret->view, err);
	if (rc == 0)
		rc = trfs_side_files_open(ret->view, ret->stream, &ret->files, err);
	if (rc == -ENOENT)
		return trfs_error_prefix(err, -EINVAL, "there is no view %.*s", (int)len,
					 wanted->path);
	return rc;
}

static void close_source(struct source *source)
{
	trfs_side_files_free(source->files);
	trfs_view_free(source->view);
	trfs_stream_close(source->stream);
}

static int copy_file(const struct trfs_generation *g, struct wanted *wanted,
		     struct trfs_error *err)
{
	struct source source = { .stream = NULL };
	uint64_t size = 0;
	int rc = open_source(g, wanted, &source, err);

	if (rc == 0)
		rc = find_file(&source, wanted, &size, err);
	if (rc == 0)
		rc = cut_window(wanted->path, size, wanted, err);
	if (rc == 0)
		rc = copy_window(&source, wanted, err);
	close_source(&source);
	return rc;
}

static int cat(const struct trfs_settings *settings, struct trfs_error *err)
{
	struct wanted wanted = { .path = settings->positionals[1], .length = UINT64_MAX };
	struct trfs_generation *g = NULL;
	int rc;

	if (isatty(STDOUT_FILENO))
		return trfs_fail(err, -EINVAL,
				 "standard output is a terminal, and shards are no text: "
				 "write to a file (> FILE) or a program (| xxd)");
	rc = parse_bytes("--offset", settings->offset, &wanted.offset, err);
	if (rc == 0)
		rc = parse_bytes("--length", settings->length, &wanted.length, err);
	if (rc == 0)
		rc = trfs_data_set_open(settings, NULL, &g, err);
	if (rc == 0 && !settings->quiet)
		trfs_report_note_skipped(trfs_generation_catalog(g));
	if (rc == 0)
		rc = copy_file(g, &wanted, err);
	trfs_generation_free(g);
	return rc;
}

int trfs_cmd_cat(const struct trfs_settings *settings)
{
	struct trfs_error err = { 0 };
	int rc = cat(settings, &err);

	/* Whoever reads us had enough, as head(1) has. */
	if (rc == 0 || rc == -EPIPE)
		return TRFS_EXIT_DONE;
	trfs_output_error("%s", err.message);
	return trfs_output_exit_code(&err);
}
