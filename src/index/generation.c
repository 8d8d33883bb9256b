/* SPDX-License-Identifier: MIT */
/*
 * From options to something that can be read: the saved index where it is current, else
 * scan, plan, lay out and save.  A saved index only ever saves time: whatever is wrong
 * with it becomes a note, never a failure.
 */
#include "index/generation.h"

#include "base/error.h"
#include "base/file.h"
#include "dataset/augments.h"
#include "dataset/options.h"
#include "index/fingerprint.h"
#include "index/known_carry.h"
#include "index/other_version.h"
#include "index/parts.h"
#include "index/preparation.h"
#include "index/saved_index.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void forget(struct trfs_generation *g)
{
	g->layout = trfs_layout_free(g->layout);
	g->schema = trfs_schema_free(g->schema);
	g->plan = trfs_plan_free(g->plan);
	g->catalog = trfs_catalog_free(g->catalog);
}

static int64_t modification_ns(const char *path)
{
	struct trfs_file_identity identity = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || trfs_file_identify(fd, &identity, NULL) < 0)
		identity.mtime_ns = 0;
	trfs_file_close(fd);
	return identity.mtime_ns;
}

/*
 * The fingerprint has source and options in it, but a forged index could name others:
 * images are opened beneath the path that the index names, and links followed as it says.
 */
static bool is_of_source(const struct trfs_catalog *catalog,
			 const struct trfs_options *options, struct trfs_error *why)
{
	char source[PATH_MAX];

	if (realpath(options->source, source) &&
	    strcmp(source, catalog->root_path) == 0 && catalog->follow == options->follow)
		return true;
	trfs_fail(why, -EBADMSG, "it names another source");
	return false;
}

/* Map the saved index, if there is one for this source; what is wrong with it: @why. */
static int map_saved(struct trfs_generation *g, const struct trfs_options *options,
		     struct trfs_error *why)
{
	int rc = trfs_saved_index_load(g->index_path, g->fingerprint, g->whole_max,
				       &g->catalog, &g->plan, &g->layout, why);

	if (rc == 0 && !is_of_source(g->catalog, options, why)) {
		forget(g);
		rc = why->code;
	}
	return rc;
}

/*
 * Take the saved index, unless it is to be made anew.  Where it is not current, what it
 * knows of files is left in g->catalog; if nothing can be believed, not even that.
 */
static bool load(struct trfs_generation *g, const struct trfs_preparation *preparation,
		 const struct trfs_options *options, bool rebuild, int64_t looked_ns)
{
	struct trfs_error why = { 0 };
	bool current = false;
	int rc = map_saved(g, options, &why);

	if (rc == -ENOENT || rc == -ENOTDIR || (rc < 0 && rebuild))
		return false;
	if (rc == 0 && !rebuild)
		current = !trfs_saved_index_outdated(g->catalog, looked_ns, &why) &&
			  trfs_catalog_present(g->catalog, &preparation->presentation,
					       options, &why) == 0 &&
			  trfs_schema_load_options(options, g->catalog, &g->schema,
						   &why) == 0;
	/* Of a large one, what these looked at was held to its checksum only now. */
	if (rc == 0 && !rebuild && trfs_saved_index_damaged(g->catalog)) {
		forget(g);
		rc = trfs_fail(&why, -EBADMSG, "it is damaged");
	}
	if (rc < 0) {
		trfs_fail(&g->note, rc,
			  "indexed anew: the saved index %s could not be used: %s",
			  g->index_path, why.message);
		return false;
	}
	if (rebuild || current)
		return current;
	trfs_fail(&g->note, -ESTALE, "indexed anew: %s", why.message);
	return false;
}

/* @known: see trfs_preparation_run(). */
static int build(struct trfs_generation *g, const struct trfs_preparation *preparation,
		 const struct trfs_options *options, struct trfs_earlier *known,
		 const struct trfs_progress *progress, struct trfs_error *err)
{
	int rc = trfs_preparation_run(preparation, options, known, NULL, progress,
				      &g->catalog, &g->schema, err);

	if (rc == 0)
		rc = trfs_plan_build(g->catalog, options, &g->plan, err);
	if (rc == 0)
		rc = trfs_layout_build(g->catalog, g->plan, g->schema, options->threads,
				       progress, &g->layout, err);
	return rc;
}

/* Build, without looking again at what the saved index @before knows; NULL: at all. */
static int build_upon(struct trfs_generation *g,
		      const struct trfs_preparation *preparation,
		      const struct trfs_options *options, struct trfs_catalog *before,
		      int64_t looked_ns, const struct trfs_progress *progress,
		      struct trfs_error *err)
{
	struct trfs_earlier known;
	int rc;

	/* A full check is one of every image, whenever it is made. */
	if (!before || options->check == TRFS_CHECK_FULL)
		return build(g, preparation, options, NULL, progress, err);
	rc = trfs_earlier_init(&known, before, looked_ns);
	if (rc < 0)
		trfs_fail_memory(err, "the index");
	else
		rc = build(g, preparation, options, &known, progress, err);
	trfs_earlier_done(&known);
	if (!trfs_saved_index_damaged(before))
		return rc;
	/* Whatever came of it, nothing of it can be believed. */
	forget(g);
	return build(g, preparation, options, NULL, progress, err);
}

static void save(struct trfs_generation *g, const char *directory, const char *name,
		 int64_t looked_ns)
{
	struct trfs_known_carry *carry =
		trfs_known_carry_begin(directory, name, g->fingerprint);
	struct trfs_error why = { 0 };
	int rc;

	trfs_file_make_directories(directory);
	rc = trfs_saved_index_write(directory, name, g->fingerprint, g->catalog, g->plan,
				    g->layout, looked_ns, &why);
	if (rc == 0)
		trfs_known_carry_over(carry, g->catalog);
	trfs_known_carry_end(carry);
	if (rc == 0)
		return;
	trfs_fail(&g->note, rc,
		  "the index was not saved (%s), so the next mount has to scan again; "
		  "--index DIR puts it elsewhere",
		  why.message);
	free(g->index_path);
	g->index_path = NULL;
}

static int locate_index(struct trfs_generation *g, const struct trfs_options *options,
			const char *directory, char *ret_name, struct trfs_error *err)
{
	trfs_fingerprint_file_name(options->source, g->fingerprint, ret_name);
	if (asprintf(&g->index_path, "%s/%s", directory, ret_name) < 0) {
		g->index_path = NULL;
		return trfs_fail_memory(err, "the index");
	}
	return 0;
}

static int open_generation(struct trfs_generation *g,
			   const struct trfs_preparation *preparation,
			   const struct trfs_options *options,
			   const char *index_directory, bool rebuild,
			   const struct trfs_progress *progress, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_catalog_freep) struct trfs_catalog *before = NULL;
	int64_t looked_ns = trfs_file_now_ns(), looked_before_ns = 0;
	char name[TRFS_INDEX_NAME_MAX];
	int rc = trfs_preparation_fingerprint(preparation, options, g->fingerprint, err);

	if (rc < 0)
		return rc;
	if (index_directory) {
		rc = locate_index(g, options, index_directory, name, err);
		if (rc < 0)
			return rc;
		looked_before_ns = modification_ns(g->index_path);
		g->was_saved = load(g, preparation, options, rebuild, looked_before_ns);
	}
	if (g->was_saved)
		return 0;
	if (index_directory && !g->note.code && !rebuild)
		trfs_other_version_note(index_directory, name, &g->note);
	before = TRFS_STEAL(g->catalog);
	forget(g);
	rc = build_upon(g, preparation, options, before, looked_before_ns, progress, err);
	if (rc == 0 && index_directory)
		save(g, index_directory, name, looked_ns);
	return rc;
}

/* Build what the parts have seen of, without a look at their files unless @confirm. */
static int build_of_parts(struct trfs_generation *g,
			  const struct trfs_preparation *preparation,
			  const struct trfs_options *options,
			  const struct trfs_parts *parts, bool confirm,
			  const struct trfs_progress *progress, struct trfs_error *err)
{
	struct trfs_earlier known;
	int rc = trfs_earlier_init_parts(&known, parts->known, parts->nr, !confirm);

	if (rc == -EOVERFLOW)
		trfs_fail(err, rc, "the parts have more images than an index can");
	else if (rc < 0)
		trfs_fail_memory(err, "the index");
	else
		rc = build(g, preparation, options, &known, progress, err);
	trfs_earlier_done(&known);
	return rc;
}

/* Build of the parts, and in their place there is the index. */
static int replace_parts(struct trfs_generation *g,
			 const struct trfs_preparation *preparation,
			 const struct trfs_options *options,
			 const struct trfs_parts *parts, const char *name, bool confirm,
			 const struct trfs_progress *progress, struct trfs_error *err)
{
	int64_t looked_ns = trfs_file_now_ns();
	int rc = build_of_parts(g, preparation, options, parts, confirm, progress, err);

	if (rc < 0)
		return rc;
	/* What is believed is as it was when the first part began. */
	if (!confirm && parts->oldest_ns < looked_ns)
		looked_ns = parts->oldest_ns;
	save(g, parts->directory, name, looked_ns);
	if (g->index_path)
		trfs_parts_remove(parts);
	return 0;
}

static int join_generation(struct trfs_generation *g,
			   const struct trfs_preparation *preparation,
			   const struct trfs_options *options, const char *directory,
			   bool confirm, const struct trfs_progress *progress,
			   struct trfs_error *err)
{
	struct trfs_parts parts;
	char name[TRFS_INDEX_NAME_MAX];
	int rc = trfs_preparation_fingerprint(preparation, options, g->fingerprint, err);

	if (rc == 0)
		rc = locate_index(g, options, directory, name, err);
	if (rc < 0)
		return rc;
	rc = trfs_parts_open(&parts, directory, name, g->fingerprint, err);
	/* Another may have joined them, and removed them since. */
	if (rc == -ENOENT &&
	    load(g, preparation, options, false, modification_ns(g->index_path))) {
		g->was_saved = true;
		rc = 0;
	} else if (rc == 0) {
		rc = replace_parts(g, preparation, options, &parts, name, confirm,
				   progress, err);
	}
	trfs_parts_close(&parts);
	return rc;
}

/* A generation of @options that has nothing yet, and what these mean. */
static int begin(const struct trfs_options *options, uint64_t whole_max,
		 struct trfs_generation **ret, struct trfs_preparation *preparation,
		 struct trfs_error *err)
{
	struct trfs_generation *g = calloc(1, sizeof(*g));

	*ret = g;
	*preparation = (struct trfs_preparation){ .schema = NULL };
	if (!g || trfs_options_copy(options, &g->options) < 0)
		return trfs_fail_memory(err, "the data set");
	g->whole_max = whole_max;
	g->directory = realpath(".", NULL);
	return trfs_preparation_init(preparation, options, err);
}

int trfs_generation_open(const struct trfs_options *options, const char *index_directory,
			 bool rebuild, const struct trfs_progress *progress,
			 struct trfs_generation **ret, struct trfs_error *err)
{
	return trfs_generation_open_with(options, index_directory, rebuild,
					 TRFS_INDEX_WHOLE_MAX, progress, ret, err);
}

int trfs_generation_open_with(const struct trfs_options *options,
			      const char *index_directory, bool rebuild,
			      uint64_t whole_max, const struct trfs_progress *progress,
			      struct trfs_generation **ret, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_generation_freep) struct trfs_generation *g = NULL;
	struct trfs_preparation preparation;
	int rc = begin(options, whole_max, &g, &preparation, err);

	if (rc == 0)
		rc = open_generation(g, &preparation, options, index_directory, rebuild,
				     progress, err);
	trfs_preparation_done(&preparation);
	if (rc == 0)
		*ret = TRFS_STEAL(g);
	return rc;
}

int trfs_generation_join(const struct trfs_options *options, const char *index_directory,
			 bool confirm, const struct trfs_progress *progress,
			 struct trfs_generation **ret, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_generation_freep) struct trfs_generation *g = NULL;
	struct trfs_preparation preparation;
	int rc = begin(options, TRFS_INDEX_WHOLE_MAX, &g, &preparation, err);

	if (rc == 0)
		rc = join_generation(g, &preparation, options, index_directory, confirm,
				     progress, err);
	trfs_preparation_done(&preparation);
	if (rc == 0)
		*ret = TRFS_STEAL(g);
	return rc;
}

struct trfs_generation *trfs_generation_free(struct trfs_generation *g)
{
	if (g) {
		forget(g);
		trfs_options_copy_done(&g->options);
		free(g->directory);
		free(g->index_path);
		free(g);
	}
	return NULL;
}

int trfs_generation_check(const struct trfs_generation *g, struct trfs_error *err)
{
	if (!trfs_saved_index_damaged(g->catalog))
		return 0;
	if (g->index_path)
		unlink(g->index_path);
	return trfs_fail(err, -EIO, "%s", TRFS_GUARD_DAMAGED);
}

const struct trfs_catalog *trfs_generation_catalog(const struct trfs_generation *g)
{
	return g->catalog;
}

const struct trfs_plan *trfs_generation_plan(const struct trfs_generation *g)
{
	return g->plan;
}

bool trfs_generation_was_saved(const struct trfs_generation *g)
{
	return g->was_saved;
}

const char *trfs_generation_index_path(const struct trfs_generation *g)
{
	return g->index_path;
}

const char *trfs_generation_note(const struct trfs_generation *g)
{
	return g->note.code ? g->note.message : NULL;
}

uint64_t trfs_generation_shard_size(const struct trfs_generation *g, uint32_t shard)
{
	return g->layout->shard_sizes[shard];
}
