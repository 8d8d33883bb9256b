/* SPDX-License-Identifier: MIT */
/*
 * Values of options: lines of name=value about a small source, which then is opened, its
 * shards and side files read.  Names of files are left alone, and what makes pictures
 * large is held down: both only cost time here.
 */
#include "index_seed.h"
#include "option_feed.h"

#include "dataset/profile.h"
#include "stream/side_files.h"
#include "stream/stream.h"

#include <errno.h>

#define NR_TRIED       16u
#define WINDOW	       4096u
#define MAX_PIXELS     (1u << 16)
#define ONE_HOT_MAX    300u
#define SIDE_FILES_MAX 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_taken(const struct trfs_option *option)
{
	return option->type != TRFS_OPTION_PATH && option->type != TRFS_OPTION_PATHS &&
	       option->offset != offsetof(struct trfs_options, parts) &&
	       option->offset != offsetof(struct trfs_options, on_bad) &&
	       option->offset != offsetof(struct trfs_options, threads);
}

/* One line, cut at its '='; false where it is refused. */
static bool take_line(char *line, struct trfs_options *options, bool *given)
{
	char *equals = strchr(line, '=');
	const struct trfs_option *option;
	struct trfs_error err = { 0 };

	if (equals)
		*equals = '\0';
	option = trfs_option_find(line);
	if (!option || !is_taken(option))
		return true;
	given[option - trfs_option_table] = true;
	if (trfs_option_set(options, option, equals ? equals + 1 : NULL, &err) == 0)
		return true;
	check_sentence(err.message);
	return false;
}

/* As the command line: lines, then what a profile says besides. */
static bool take_options(char *text, struct trfs_options *options)
{
	bool given[128] = { false };
	const struct trfs_profile *profile = NULL;
	struct trfs_error err = { 0 };
	char *rest = NULL;

	insist(trfs_option_table_len <= TRFS_COUNT(given));
	for (char *line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (!take_line(line, options, given))
			return false;
	if (options->profile) {
		given[trfs_option_find("manifest") - trfs_option_table] = true;
		profile = trfs_profile_find(options->profile, &err);
		if (!profile || trfs_profile_apply(profile, options, given, &err) < 0) {
			check_sentence(err.message);
			return false;
		}
	}
	if (options->max_pixels > MAX_PIXELS)
		options->max_pixels = MAX_PIXELS;
	options->one_hot %= ONE_HOT_MAX;
	options->on_bad = TRFS_ON_BAD_SKIP;
	return true;
}

static void read_shards(const struct trfs_generation *g, struct trfs_stream *stream)
{
	static uint8_t window[WINDOW];
	struct trfs_error err = { 0 };
	char name[TRFS_SHARD_NAME_MAX];

	for (uint32_t i = 0; i < trfs_plan_nr_shards(g->plan) && i < NR_TRIED; i++) {
		uint64_t size = trfs_generation_shard_size(g, i);
		uint32_t found;
		size_t got = 0;
		int rc;

		trfs_plan_shard_name(g->plan, i, name);
		insist(trfs_plan_find_shard(g->plan, name, &found) && found == i);
		rc = trfs_stream_read(stream, i, size / 3, window, sizeof(window), &got,
				      &err);
		if (rc == 0)
			insist(got ==
			       (size - size / 3 < WINDOW ? size - size / 3 : WINDOW));
		else
			check_sentence(err.message);
	}
}

/* Every eighth, as all take longest of everything here. */
static void read_side_files(struct trfs_stream *stream, size_t first)
{
	struct trfs_side_files *files = NULL;
	static uint8_t window[WINDOW];
	struct trfs_error err = { 0 };
	int rc = trfs_side_files_open(trfs_stream_root(stream), stream, &files, &err);

	if (rc < 0) {
		check_sentence(err.message);
		return;
	}
	for (size_t i = first % 8; i < trfs_side_files_nr(files) && i < SIDE_FILES_MAX;
	     i += 8) {
		uint64_t size = 0;
		size_t got = 0;

		rc = trfs_side_files_size(files, i, &size, &err);
		if (rc == 0)
			rc = trfs_side_files_read(files, i, 0, window, sizeof(window),
						  &got, &err);
		if (rc == 0)
			insist(got == (size < WINDOW ? size : WINDOW));
		else
			check_sentence(err.message);
	}
	trfs_side_files_free(files);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trfs_options options = seed_options();
	struct trfs_generation *g = NULL;
	struct trfs_stream *stream = NULL;
	char *text = feed_text(data, size);
	struct trfs_error err = { 0 };

	/* What the seed says, where lines do not. */
	options.shards = NULL;
	options.schema = NULL;
	options.mask_column = NULL;
	options.fix = NULL;
	if (!take_options(text, &options)) {
		free(text);
		return 0;
	}
	check_options(&options);
	if (trfs_generation_open(&options, NULL, true, NULL, &g, &err) < 0 ||
	    trfs_stream_open(g, &stream, &err) < 0) {
		check_sentence(err.message);
	} else {
		read_shards(g, stream);
		read_side_files(stream, size);
	}
	trfs_stream_close(stream);
	trfs_generation_free(g);
	free(text);
	return 0;
}
