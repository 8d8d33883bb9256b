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

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <tfrecordfs/stream.h>
#include <unistd.h>

#define PIECE_SIZE ((size_t)1 << 20)

/* What part of which shard. */
struct wanted {
	uint32_t shard;
	uint64_t offset;
	uint64_t length;
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

static int fail_unknown(const struct trfs_plan *plan, const struct trfs_side_files *files,
			const char *name, struct trfs_error *err)
{
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
	for (size_t i = 0; i < files->nr; i++)
		trfs_nearest_offer(&nearest, trfs_bytes_of(files->items[i].path));
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

static int copy_shard(const struct trfs_generation *g, const struct wanted *wanted,
		      struct trfs_error *err)
{
	uint8_t *buf = malloc(PIECE_SIZE);
	struct trfs_stream *stream = NULL;
	uint64_t done = 0;
	int rc;

	if (!buf)
		return trfs_fail_memory(err, "a piece of a shard");
	rc = trfs_stream_open(g, &stream, err);
	while (rc == 0 && done < wanted->length) {
		uint64_t left = wanted->length - done;
		size_t got = 0;

		rc = trfs_stream_read(stream, wanted->shard, wanted->offset + done, buf,
				      left < PIECE_SIZE ? (size_t)left : PIECE_SIZE, &got,
				      err);
		if (rc == 0)
			rc = write_all(buf, got, err);
		done += got;
	}
	trfs_stream_close(stream);
	free(buf);
	return rc;
}

/* @name is no shard: a side file, or nothing. */
static int copy_side_file(const struct trfs_generation *g, const char *name,
			  struct wanted *wanted, struct trfs_error *err)
{
	struct trfs_side_files files;
	const struct trfs_side_file *file;
	int rc = trfs_side_files_make(g, &files, err);

	file = rc == 0 ? trfs_side_files_find(&files, name) : NULL;
	if (file) {
		rc = cut_window(name, file->content.len, wanted, err);
		if (rc == 0 && wanted->length > 0)
			rc = write_all(file->content.data + wanted->offset,
				       (size_t)wanted->length, err);
	} else if (rc == 0) {
		rc = fail_unknown(trfs_generation_plan(g), &files, name, err);
	}
	trfs_side_files_done(&files);
	return rc;
}

static int copy_window(const struct trfs_generation *g, const char *name,
		       struct wanted *wanted, struct trfs_error *err)
{
	int rc;

	if (!trfs_plan_find_shard(trfs_generation_plan(g), name, &wanted->shard))
		return copy_side_file(g, name, wanted, err);
	rc = cut_window(name, trfs_generation_shard_size(g, wanted->shard), wanted, err);
	return rc < 0 ? rc : copy_shard(g, wanted, err);
}

static int cat(const struct trfs_settings *settings, struct trfs_error *err)
{
	struct wanted wanted = { .length = UINT64_MAX };
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
		rc = trfs_data_set_open(settings, &g, err);
	if (rc == 0 && !settings->quiet)
		trfs_report_note_skipped(trfs_generation_catalog(g));
	if (rc == 0)
		rc = copy_window(g, settings->positionals[1], &wanted, err);
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
