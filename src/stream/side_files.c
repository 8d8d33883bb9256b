/* SPDX-License-Identifier: MIT */
/* The table of side files, and making those that a data set shows. */
#include "stream/side_files.h"

#include "base/error.h"
#include "base/nearest.h"
#include "dataset/shard_glob.h"
#include "stream/side_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTENT_MAX ((size_t)1 << 31)

static const struct trfs_side_file_kind kinds[] = {
	{ "slim-labels", "labels.txt", trfs_side_slim_labels },
	{ "image2tfrecords", "labels.csv", trfs_side_image2tfrecords_labels },
	{ "image2tfrecords", "{name}_summary.json", trfs_side_image2tfrecords_summary },
	{ "tfds", "dataset_info.json", trfs_side_tfds_info },
	{ "tfds", "features.json", trfs_side_tfds_features },
	{ "tfds", "label.labels.txt", trfs_side_tfds_labels },
	{ "nih-metadata", "metadata_bin_clf_tfrec.csv", trfs_side_nih_metadata },
};

int64_t trfs_side_class_id(const struct trfs_generation *generation, uint64_t number)
{
	const int64_t *ids = generation->catalog->class_ids;
	const char *text = generation->options.label_base;
	int64_t id = ids[number], shown;

	/* That it is a number was seen to when the schema was bound. */
	if (!text || __builtin_sub_overflow(id, ids[0], &shown) ||
	    __builtin_add_overflow(shown, strtoll(text, NULL, 10), &shown))
		return id;
	return shown;
}

void trfs_side_put_csv(struct trfs_buffer *out, struct trfs_bytes field)
{
	bool quoted = false;

	for (size_t i = 0; i < field.len && !quoted; i++)
		quoted = strchr(",\"\r\n", field.data[i]) && field.data[i];
	if (quoted)
		trfs_buffer_put_u8(out, '"');
	for (size_t i = 0; i < field.len; i++) {
		if (field.data[i] == '"')
			trfs_buffer_put_u8(out, '"');
		trfs_buffer_put_u8(out, field.data[i]);
	}
	if (quoted)
		trfs_buffer_put_u8(out, '"');
}

/* The next name of a list; false behind the last. */
static bool next_name(const char **list, struct trfs_bytes *ret)
{
	size_t len = strcspn(*list, ",");

	*ret = trfs_bytes_trim((struct trfs_bytes){ (const uint8_t *)*list, len });
	if (len == 0 && !**list)
		return false;
	*list += len;
	if (**list == ',')
		(*list)++;
	return true;
}

static bool is_of_set(const struct trfs_side_file_kind *kind, struct trfs_bytes set)
{
	return trfs_bytes_equal(trfs_bytes_of(kind->set), set);
}

static int check_name(struct trfs_bytes name, struct trfs_error *err)
{
	struct trfs_nearest nearest;
	char hint[96];

	trfs_nearest_init(&nearest, name);
	for (size_t i = 0; i < TRFS_COUNT(kinds); i++) {
		if (is_of_set(&kinds[i], name))
			return 0;
		trfs_nearest_offer(&nearest, trfs_bytes_of(kinds[i].set));
	}
	return trfs_fail(err, -EINVAL,
			 "--side-files: there are none called \"%.*s\"%s; the manual "
			 "lists them",
			 TRFS_BYTES_ARG(name),
			 trfs_nearest_hint(&nearest, hint, sizeof(hint)));
}

int trfs_side_files_check(const char *names, struct trfs_error *err)
{
	struct trfs_bytes name;
	int rc = 0;

	while (rc == 0 && names && next_name(&names, &name))
		rc = check_name(name, err);
	return rc;
}

static bool is_listed(const char *names, const struct trfs_side_file_kind *kind)
{
	struct trfs_bytes name;

	while (next_name(&names, &name))
		if (is_of_set(kind, name))
			return true;
	return false;
}

/* The kind's path with the data set's name in it; NULL without memory. */
static char *make_path(const struct trfs_side_file_kind *kind, const char *name)
{
	static const char placeholder[] = "{name}";
	const char *at = strstr(kind->path, placeholder);
	char *path;

	if (!at)
		return strdup(kind->path);
	if (asprintf(&path, "%.*s%s%s", (int)(at - kind->path), kind->path,
		     name ? name : "", at + sizeof(placeholder) - 1) < 0)
		return NULL;
	return path;
}

/* Whoever globs for a split's shards by what their names begin with gets only these. */
static int check_path(const struct trfs_plan *plan, const char *path,
		      struct trfs_error *err)
{
	for (uint32_t i = 0; i < plan->nr_splits; i++) {
		char glob[TRFS_SHARD_NAME_MAX];
		size_t len;

		if (!trfs_shard_glob(plan->name_template,
				     trfs_strings_get(&plan->split_names, i), glob,
				     sizeof(glob)))
			continue;
		len = strcspn(glob, "*");
		if (len > 0 && glob[len] && strncmp(path, glob, len) == 0)
			return trfs_fail(
				err, -EINVAL,
				"it would match the pattern of the shards %s; give these "
				"other names with "
				"--shard-names, or leave it out with --side-files",
				glob);
	}
	return 0;
}

static int make_file(const struct trfs_generation *g,
		     const struct trfs_side_file_kind *kind, struct trfs_side_file *file,
		     struct trfs_error *err)
{
	int rc;

	trfs_buffer_init(&file->content, CONTENT_MAX);
	file->path = make_path(kind, g->options.name);
	if (!file->path)
		return trfs_fail_memory(err, "a side file");
	rc = check_path(g->plan, file->path, err);
	if (rc == 0)
		rc = kind->make(g, &file->content, err);
	if (rc < 0)
		return trfs_error_prefix(err, rc, "the side file %s", file->path);
	return file->content.failed ? trfs_fail_memory(err, file->path) : 0;
}

int trfs_side_files_make(const struct trfs_generation *generation,
			 struct trfs_side_files *ret, struct trfs_error *err)
{
	const char *names = generation->options.side_files;
	int rc = trfs_side_files_check(names, err);

	*ret = (struct trfs_side_files){ .nr = 0 };
	if (rc < 0 || !names)
		return rc;
	ret->items = calloc(TRFS_COUNT(kinds), sizeof(*ret->items));
	if (!ret->items)
		return trfs_fail_memory(err, "the side files");
	for (size_t i = 0; rc == 0 && i < TRFS_COUNT(kinds); i++)
		if (is_listed(names, &kinds[i]))
			rc = make_file(generation, &kinds[i], &ret->items[ret->nr++],
				       err);
	return rc;
}

void trfs_side_files_done(struct trfs_side_files *files)
{
	for (size_t i = 0; i < files->nr; i++) {
		free(files->items[i].path);
		trfs_buffer_done(&files->items[i].content);
	}
	free(files->items);
	*files = (struct trfs_side_files){ .nr = 0 };
}

const struct trfs_side_file *trfs_side_files_find(const struct trfs_side_files *files,
						  const char *path)
{
	for (size_t i = 0; i < files->nr; i++)
		if (strcmp(files->items[i].path, path) == 0)
			return &files->items[i];
	return NULL;
}
