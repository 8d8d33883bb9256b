/* SPDX-License-Identifier: MIT */
/* What kinds of views do to splits: keep some records, or have others. */
#include "dataset/view_kind.h"

#include "base/error.h"
#include "base/workers.h"
#include "dataset/split_names.h"
#include "manifest/roles.h"

#include <stdlib.h>

/* Records for which threads are worth their while, and that one takes at a time. */
#define BATCH 65536u

/* How far ahead examples are fetched: those of a shuffled split are anywhere. */
#define AHEAD 16u

void trfs_view_split_drop(struct trfs_view_split *split)
{
	trfs_view_split_set(split, NULL, 0);
}

void trfs_view_split_set(struct trfs_view_split *split, uint32_t *records, uint64_t nr)
{
	free(split->records);
	split->records = records;
	split->nr = nr;
}

uint64_t *trfs_view_examples_new(const struct trfs_view_builder *b)
{
	return calloc(b->context->catalog->nr_examples / 64 + 1, sizeof(uint64_t));
}

struct gathering {
	const struct trfs_view_builder *b;
	const struct trfs_view_split *split;
	uint32_t *sets;
};

static uint64_t example_of(const struct gathering *g, uint64_t i)
{
	return trfs_plan_example(g->b->context->plan,
				 trfs_view_split_record(g->split, i));
}

static int gather_sets(void *user, unsigned int worker, uint64_t first, uint64_t end,
		       struct trfs_error *err)
{
	const struct gathering *g = user;
	const struct trfs_catalog *catalog = g->b->context->catalog;

	(void)worker;
	(void)err;
	for (uint64_t i = first; i < end; i++) {
		if (i + AHEAD < end)
			__builtin_prefetch(trfs_numbers_at(&catalog->labels,
							   example_of(g, i + AHEAD)));
		g->sets[i] = trfs_catalog_label_set(catalog, example_of(g, i));
	}
	return 0;
}

int trfs_view_split_sets(const struct trfs_view_builder *b,
			 const struct trfs_view_split *split, uint32_t **ret,
			 struct trfs_error *err)
{
	struct gathering g = { .b = b, .split = split };
	int rc;

	g.sets = malloc((split->nr + 1) * sizeof(*g.sets));
	if (!g.sets)
		return trfs_fail_memory(err, "the records of a view");
	rc = trfs_workers_run(trfs_workers_nr_threads(b->context->options->threads),
			      split->nr, BATCH, gather_sets, &g, "labels", NULL, err);
	if (rc < 0)
		free(g.sets);
	else
		*ret = g.sets;
	return rc;
}

static int keep_of_split(struct trfs_view_builder *b, struct trfs_view_split *split,
			 const uint64_t *examples, struct trfs_error *err)
{
	const struct trfs_plan *plan = b->context->plan;
	uint32_t *records, *smaller;
	uint64_t kept = 0;

	if (split->nr == 0)
		return 0;
	records = malloc(split->nr * sizeof(*records));
	if (!records)
		return trfs_fail_memory(err, "the records of a view");
	for (uint64_t i = 0; i < split->nr; i++) {
		uint64_t record = trfs_view_split_record(split, i);

		/* Written always, kept if wanted: which is no branch to guess. */
		records[kept] = (uint32_t)record;
		kept += trfs_view_examples_has(examples, trfs_plan_example(plan, record));
	}
	smaller = realloc(records, (kept + 1) * sizeof(*records));
	trfs_view_split_set(split, smaller ? smaller : records, kept);
	return 0;
}

int trfs_view_keep(struct trfs_view_builder *b, const uint64_t *examples,
		   struct trfs_error *err)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < b->nr_splits; i++)
		rc = keep_of_split(b, &b->splits[i], examples, err);
	return rc;
}

/* With --split-names keep a split is called what the manifest calls it: "val". */
static struct trfs_bytes find_kept(const struct trfs_plan *plan, struct trfs_bytes usual)
{
	for (uint32_t i = 0; i < plan->nr_splits; i++) {
		struct trfs_bytes name = trfs_strings_get(&plan->split_names, i);

		if (trfs_bytes_equal(trfs_split_name(name), usual))
			return name;
	}
	return usual;
}

/* The last NAME=SHOWN that is for @usual; the text was checked with the root's plan. */
static struct trfs_bytes find_shown(const char *text, struct trfs_bytes usual)
{
	struct trfs_bytes found = usual;

	while (text && *text) {
		size_t len = strcspn(text, ",");
		const char *equals = memchr(text, '=', len);
		size_t name_len = equals ? (size_t)(equals - text) : 0;
		struct trfs_bytes name = { (const uint8_t *)text, name_len };

		if (equals &&
		    trfs_bytes_equal(trfs_split_name(trfs_bytes_trim(name)), usual))
			found = trfs_bytes_trim((struct trfs_bytes){
				(const uint8_t *)equals + 1, len - name_len - 1 });
		text += len + (text[len] == ',');
	}
	return found;
}

struct trfs_bytes trfs_view_split_shown(const struct trfs_view_context *context,
					const char *name, char buf[TRFS_SPLIT_NAME_MAX])
{
	const char *text = context->options->split_names;
	struct trfs_bytes shown = trfs_bytes_of(name);

	shown = text && strcmp(text, TRFS_SPLIT_NAMES_KEEP) == 0
			? find_kept(context->plan, shown)
			: find_shown(text, shown);
	memcpy(buf, shown.data, shown.len);
	buf[shown.len] = '\0';
	return trfs_bytes_of(buf);
}
