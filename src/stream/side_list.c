/* SPDX-License-Identifier: MIT */
/* Sets by name, kinds by set, paths by kind; what would be in a shard's way is left out.
 */
#include "stream/side_list.h"

#include "base/error.h"
#include "base/nearest.h"
#include "dataset/shard_glob.h"
#include "stream/side_files.h"
#include "stream/side_record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SETS_TEXT_MAX 512

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

static bool is_of_set(const struct trfs_side_kind *kind, struct trfs_bytes set)
{
	return trfs_bytes_equal(trfs_bytes_of(kind->set), set);
}

/* Each once: those of a set stand beside each other. */
static void list_sets(struct trfs_buffer *ret)
{
	for (size_t i = 0; i < trfs_side_kinds_len; i++)
		if (i == 0 ||
		    strcmp(trfs_side_kinds[i]->set, trfs_side_kinds[i - 1]->set) != 0)
			trfs_buffer_printf(ret, ", %s", trfs_side_kinds[i]->set);
}

static int check_name(struct trfs_bytes name, struct trfs_error *err)
{
	struct trfs_nearest nearest;
	struct trfs_buffer sets;
	char hint[96];
	int rc;

	trfs_nearest_init(&nearest, name);
	for (size_t i = 0; i < trfs_side_kinds_len; i++) {
		if (is_of_set(trfs_side_kinds[i], name))
			return 0;
		trfs_nearest_offer(&nearest, trfs_bytes_of(trfs_side_kinds[i]->set));
	}
	trfs_buffer_init(&sets, SETS_TEXT_MAX);
	list_sets(&sets);
	rc = trfs_fail(
		err, -EINVAL,
		"--side-files: there is nothing called \"%.*s\"%s; there are none%.*s",
		TRFS_BYTES_ARG(name), trfs_nearest_hint(&nearest, hint, sizeof(hint)),
		TRFS_BYTES_ARG(trfs_buffer_bytes(&sets)));
	trfs_buffer_done(&sets);
	return rc;
}

static bool is_none(const char *names)
{
	return strcmp(names, TRFS_SIDE_NONE) == 0;
}

int trfs_side_files_check(const char *names, struct trfs_error *err)
{
	struct trfs_bytes name;
	int rc = 0;

	if (names && is_none(names))
		return 0;
	while (rc == 0 && names && next_name(&names, &name))
		rc = check_name(name, err);
	return rc;
}

static bool is_wanted(const char *names, const struct trfs_side_kind *kind)
{
	struct trfs_bytes name;

	while (next_name(&names, &name))
		if (is_of_set(kind, name))
			return true;
	return false;
}

static bool is_standard(const struct trfs_side_kind *kind)
{
	return strcmp(kind->set, TRFS_SIDE_STANDARD) == 0;
}

/* @template with @value in place of @placeholder; NULL without memory. */
static char *fill(const char *template, const char *placeholder, struct trfs_bytes value)
{
	const char *at = strstr(template, placeholder);
	char *path;

	if (!at)
		return strdup(template);
	if (asprintf(&path, "%.*s%.*s%s", (int)(at - template), template,
		     TRFS_BYTES_ARG(value), at + strlen(placeholder)) < 0)
		return NULL;
	return path;
}

static char *make_path(const struct trfs_view *view, const struct trfs_side_kind *kind,
		       uint32_t shard)
{
	char name[TRFS_SHARD_NAME_MAX] = "";
	struct trfs_bytes stem = { (const uint8_t *)name, 0 };
	const char *given = view->options->name;
	/* Converters make do with what they are given. */
	char room[TRFS_SIDE_DATA_SET_NAME_SIZE];
	const char *data_set = is_standard(kind) ? trfs_side_data_set_name(view, room)
			       : given		 ? given
						 : "";
	char *named = NULL, *path = NULL;

	if (kind->flags & TRFS_SIDE_PER_SHARD) {
		trfs_plan_shard_name(view->plan, shard, name);
		stem.len = strlen(name);
		if (trfs_bytes_ends_with(stem, ".tfrecord"))
			stem.len -= strlen(".tfrecord");
	}
	named = fill(kind->path, "{name}", trfs_bytes_of(data_set));
	if (named)
		path = fill(named, "{shard}", stem);
	free(named);
	return path;
}

/* Whoever globs for a split's shards by what their names begin with gets only these. */
static bool matches_glob(const struct trfs_plan *plan, const char *path, char *ret_glob,
			 size_t size)
{
	for (uint32_t i = 0; i < plan->nr_splits; i++) {
		size_t len;

		if (!trfs_shard_glob(plan->name_template,
				     trfs_strings_get(&plan->split_names, i), ret_glob,
				     size))
			continue;
		len = strcspn(ret_glob, "*");
		if (len > 0 && ret_glob[len] && strncmp(path, ret_glob, len) == 0)
			return true;
	}
	return false;
}

/* Whether the path is a shard's, or goes through one, or a shard's through it. */
static bool is_shards(const struct trfs_plan *plan, const char *path)
{
	char first[TRFS_SHARD_NAME_MAX];
	uint32_t shard;

	if (trfs_plan_find_shard(plan, path, &shard))
		return true;
	snprintf(first, sizeof(first), "%.*s", (int)strcspn(path, "/"), path);
	return path[strlen(first)] == '/' && trfs_plan_find_shard(plan, first, &shard);
}

static bool is_there(const struct trfs_side_list *list, size_t end, const char *path)
{
	for (size_t i = 0; i < end; i++)
		if (strcmp(list->items[i].path, path) == 0)
			return true;
	return false;
}

static struct trfs_side_item *add_item(struct trfs_side_list *list)
{
	if (list->nr == list->capacity) {
		size_t capacity = list->capacity * 2 + 16;
		struct trfs_side_item *items =
			reallocarray(list->items, capacity, sizeof(*items));

		if (!items)
			return NULL;
		list->items = items;
		list->capacity = capacity;
	}
	return &list->items[list->nr];
}

/* @nr_named: the files before were asked for by name, and go before this one. */
static int add_file(const struct trfs_view *view, const struct trfs_side_kind *kind,
		    uint32_t shard, size_t nr_named, struct trfs_side_list *list,
		    struct trfs_error *err)
{
	struct trfs_side_item *item = add_item(list);
	char glob[TRFS_SHARD_NAME_MAX];
	char *path = item ? make_path(view, kind, shard) : NULL;
	bool stands_in_way;

	if (!path)
		return trfs_fail_memory(err, "a side file");
	stands_in_way = matches_glob(view->plan, path, glob, sizeof(glob));
	if (stands_in_way && !is_standard(kind)) {
		trfs_fail(
			err, -EINVAL,
			"the side file %s: it would match the pattern of the shards %s; "
			"give these other names with --shard-names, or leave it out with "
			"--side-files",
			path, glob);
		free(path);
		return -EINVAL;
	}
	if (is_standard(kind) && (stands_in_way || is_shards(view->plan, path) ||
				  is_there(list, nr_named, path))) {
		free(path);
		return 0;
	}
	*item = (struct trfs_side_item){ .kind = kind, .path = path, .shard = shard };
	list->nr++;
	return 0;
}

static int add_kind(const struct trfs_view *view, const struct trfs_side_kind *kind,
		    size_t nr_named, struct trfs_side_list *list, struct trfs_error *err)
{
	uint32_t nr = kind->flags & TRFS_SIDE_PER_SHARD ? view->plan->nr_shards : 1;
	int rc = 0;

	if (!trfs_view_is_root(view) && !(kind->flags & TRFS_SIDE_IN_VIEWS))
		return 0;
	if (kind->fits && !kind->fits(view))
		return 0;
	for (uint32_t i = 0; rc == 0 && i < nr; i++)
		rc = add_file(view, kind, i, nr_named, list, err);
	return rc;
}

static int add_kinds(const struct trfs_view *view, const char *names, bool standard,
		     struct trfs_side_list *list, struct trfs_error *err)
{
	size_t nr_named = list->nr;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < trfs_side_kinds_len; i++) {
		const struct trfs_side_kind *kind = trfs_side_kinds[i];

		if (is_standard(kind) == standard && is_wanted(names, kind))
			rc = add_kind(view, kind, nr_named, list, err);
	}
	return rc;
}

static int add_record_kinds(struct trfs_side_list *list, struct trfs_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < trfs_side_record_kinds_len; i++) {
		struct trfs_side_item *item = add_item(list);
		char *path = item ? strdup(trfs_side_record_kinds[i].path) : NULL;

		if (!path)
			return trfs_fail_memory(err, "a side file");
		*item = (struct trfs_side_item){ .kind = &trfs_side_record_kinds[i],
						 .path = path };
		list->nr++;
	}
	return rc;
}

int trfs_side_list_make(const struct trfs_view *view, struct trfs_side_list *ret,
			struct trfs_error *err)
{
	const struct trfs_options *options = &view->generation->options;
	const char *names = options->side_files;
	int rc = trfs_side_files_check(names, err);

	*ret = (struct trfs_side_list){ .nr = 0 };
	if (rc < 0)
		return rc;
	if (trfs_view_spec_is_record(&view->spec))
		return add_record_kinds(ret, err);
	if (!names)
		names = options->profile ? TRFS_SIDE_NONE : TRFS_SIDE_STANDARD;
	if (is_none(names))
		return 0;
	rc = add_kinds(view, names, false, ret, err);
	return rc < 0 ? rc : add_kinds(view, names, true, ret, err);
}

void trfs_side_list_done(struct trfs_side_list *list)
{
	for (size_t i = 0; i < list->nr; i++)
		free(list->items[i].path);
	free(list->items);
	*list = (struct trfs_side_list){ .nr = 0 };
}
