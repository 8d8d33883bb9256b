/* SPDX-License-Identifier: MIT */
/*
 * Paths of views: parsed, and what they lead to made and looked through.
 *
 * A NUL ends the path.  Two halves that are views mean the same in either order, which is
 * what a key is for; the longest beginning that is a view is one by itself; and a view
 * holds records of the root, each within its shard.
 */
#include "feed_file.h"
#include "index_seed.h"

#include "index/view.h"

#include <errno.h>

#define NR_SHARDS_TRIED 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct trfs_generation *generation(void)
{
	static struct trfs_generation *g;

	if (!g)
		g = seed_generation();
	return g;
}

static void check_spec(const struct trfs_view_spec *spec, enum trfs_view_path leads)
{
	char key[TRFS_VIEW_KEY_MAX];

	insist(spec->nr_steps <= TRFS_VIEW_STEPS_MAX);
	trfs_view_spec_key(spec, key);
	insist(strlen(key) + 1 < sizeof(key));
	if (leads == TRFS_VIEW_WHOLE)
		(void)!trfs_view_spec_schema(spec);
}

static void check_prefix(const struct trfs_view_context *context, const char *path)
{
	struct trfs_view_spec prefix, again;
	size_t len = trfs_view_path_prefix(context, path, &prefix);
	char *beginning = strndup(path, len);

	insist(beginning && len <= strlen(path));
	insist(len == 0 || path[len] == '/' || path[len] == '\0');
	check_spec(&prefix, TRFS_VIEW_WHOLE);
	insist(trfs_view_path_parse(context, beginning, &again) == TRFS_VIEW_WHOLE);
	insist(memcmp(&prefix, &again, sizeof(prefix)) == 0);
	free(beginning);
}

static bool is_view(const struct trfs_view_context *context, const char *path, size_t len)
{
	struct trfs_view_spec spec;
	char *part = strndup(path, len);
	enum trfs_view_path leads;

	insist(part != NULL);
	leads = trfs_view_path_parse(context, part, &spec);
	free(part);
	return len > 0 && leads == TRFS_VIEW_WHOLE;
}

/* Each way to write @path as two views, the other way round. */
static void check_order(const struct trfs_view_context *context, const char *path,
			const struct trfs_view_spec *spec)
{
	char key[TRFS_VIEW_KEY_MAX], other[TRFS_VIEW_KEY_MAX];

	trfs_view_spec_key(spec, key);
	for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
		int len = (int)(at - path);
		struct trfs_view_spec turned;
		char *text = NULL;

		if (!is_view(context, path, (size_t)len) ||
		    !is_view(context, at + 1, strlen(at + 1)))
			continue;
		insist(asprintf(&text, "%s/%.*s", at + 1, len, path) > 0);
		insist(trfs_view_path_parse(context, text, &turned) == TRFS_VIEW_WHOLE);
		trfs_view_spec_key(&turned, other);
		insist(strcmp(key, other) == 0);
		free(text);
	}
}

static void use_shard(const struct trfs_view *view, uint32_t shard)
{
	uint64_t nr_records = trfs_plan_shard_nr_records(view->plan, shard);
	struct trfs_view_cursor cursor = { .nr = 0 };
	struct trfs_record_place place;
	uint64_t size = 0, sum = 0;
	char name[TRFS_SHARD_NAME_MAX];

	trfs_plan_shard_name(view->plan, shard, name);
	check_path(name);
	insist(trfs_view_shard_size(view, shard, &size, NULL) == 0);
	for (uint64_t i = 0; i < nr_records; i++) {
		insist(trfs_view_record(view, &cursor, shard, i, &place, NULL) == 0);
		insist(place.record == i && place.offset == sum);
		insist(place.example < view->catalog->nr_examples);
		sum += place.size;
	}
	insist(sum == size);
}

static void use(const struct trfs_view_spec *spec)
{
	struct trfs_view *view = NULL;
	struct trfs_error err = { 0 };
	int rc = trfs_view_open(generation(), spec, &view, &err);

	if (rc < 0) {
		insist(rc == -ENOENT);
		check_sentence(err.message);
		return;
	}
	insist(trfs_view_find_sizes(view, &err) == 0);
	for (uint32_t i = 0; i < trfs_plan_nr_shards(view->plan) && i < NR_SHARDS_TRIED;
	     i++)
		use_shard(view, i);
	trfs_view_free(view);
}

static void check_spelling(const uint8_t *data, size_t size)
{
	char spelled[TRFS_VIEW_SPELLED_MAX];

	for (int equals = 0; equals < 2; equals++)
		if (trfs_view_spell((struct trfs_bytes){ data, size }, equals, spelled,
				    sizeof(spelled)))
			insist(spelled[0] && spelled[0] != '.' && !strchr(spelled, '/'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trfs_view_context context = trfs_generation_view_context(generation());
	char *path = feed_text(data, size);
	struct trfs_view_spec spec;
	enum trfs_view_path leads;

	check_spelling(data, size);
	leads = trfs_view_path_parse(&context, path, &spec);
	check_spec(&spec, leads);
	if (strlen(path) < 4096)
		check_prefix(&context, path);
	if (leads == TRFS_VIEW_WHOLE) {
		check_order(&context, path, &spec);
		use(&spec);
	}
	free(path);
	return 0;
}
