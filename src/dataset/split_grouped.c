/* SPDX-License-Identifier: MIT */
/*
 * Splitting by shares, group by group.  A stratum is cut where the class it stands for
 * is shared out best, counting what groups of earlier strata already hold of that class;
 * the last stratum, of the most common class, is cut where the sizes of the splits come
 * out best.  Both errors then stay near that of one group, and since a cut never leaves
 * its neighbourhood, new images move few others.
 */
#include "base/error.h"
#include "dataset/split_groups.h"
#include "dataset/split_ways.h"

#include <errno.h>
#include <stdlib.h>

/* A cut may put a split's size wrong by one in so many of the examples yet to come. */
#define CATCH_UP_DIVISOR 100

/**
 * struct grouped - the split so far
 * @nr_before, @weight_before: examples, and labels of the stratum's class, in all groups
 *	before each; one more at the end
 * @held: labels of each class in each split, a row a class
 * @sizes: examples in each split
 * @nr_so_far: examples of the strata so far, the one at hand included
 */
struct grouped {
	const struct trfs_catalog *catalog;
	const struct trfs_shares *shares;
	struct trfs_groups groups;
	uint64_t *nr_before;
	uint64_t *weight_before;
	uint32_t *held;
	uint64_t sizes[TRFS_SPLITS_MAX];
	uint64_t nr_so_far;
	uint32_t *of_example;
};

/**
 * struct measure - how well a cut before some group shares something out
 * @before: running counts of it over the groups
 * @first: the stratum's first group
 * @held: what the splits on the left of the cut have from earlier strata
 * @target: what they should have, times @total
 */
struct measure {
	const uint64_t *before;
	uint32_t first;
	uint64_t held;
	uint64_t target;
	uint64_t total;
};

static uint64_t reached(const struct measure *m, uint32_t cut)
{
	return (m->held + m->before[cut] - m->before[m->first]) * m->total;
}

static uint64_t miss(const struct measure *m, uint32_t cut)
{
	uint64_t is = reached(m, cut);

	return is > m->target ? is - m->target : m->target - is;
}

/* The first cut in [first, end] that reaches the target, or @end. */
static uint32_t first_reaching(const struct measure *m, uint32_t end)
{
	uint32_t low = m->first;

	while (low < end) {
		uint32_t middle = low + (end - low) / 2;

		if (reached(m, middle) >= m->target)
			end = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Parts of all splits up to and including @split. */
static uint64_t parts_up_to(const struct grouped *g, uint32_t split)
{
	uint64_t parts = 0;

	for (uint32_t i = 0; i <= split; i++)
		parts += g->shares->parts[i];
	return parts;
}

static struct measure measure_size(const struct grouped *g, uint32_t first,
				   uint32_t split)
{
	struct measure m = {
		.before = g->nr_before,
		.first = first,
		.target = g->nr_so_far * parts_up_to(g, split),
		.total = g->shares->total,
	};

	for (uint32_t i = 0; i <= split; i++)
		m.held += g->sizes[i];
	return m;
}

static struct measure measure_class(const struct grouped *g, uint32_t first, uint32_t end,
				    uint32_t split)
{
	uint32_t class = g->groups.items[first].class;
	const uint32_t *held = g->held + (size_t) class * g->shares->nr;
	uint64_t so_far = g->weight_before[end] - g->weight_before[first];
	struct measure m = {
		.before = g->weight_before,
		.first = first,
		.total = g->shares->total,
	};

	for (uint32_t i = 0; i < g->shares->nr; i++) {
		so_far += held[i];
		if (i <= split)
			m.held += held[i];
	}
	m.target = so_far * parts_up_to(g, split);
	return m;
}

/* Where the stratum [first, end) is cut between @split and the next one. */
static uint32_t choose_cut(const struct grouped *g, uint32_t first, uint32_t end,
			   uint32_t split)
{
	struct measure size = measure_size(g, first, split);
	bool by_size =
		end == g->groups.nr || g->groups.items[first].class == TRFS_NO_CLASS;
	struct measure m = by_size ? size : measure_class(g, first, end, split);
	uint32_t above = first_reaching(&m, end);
	uint32_t below = above > first ? above - 1 : first;
	uint32_t nearest = miss(&m, below) <= miss(&m, above) ? below : above;
	uint64_t yet_to_come = g->catalog->nr_examples - g->nr_so_far;

	if (miss(&size, nearest) <= yet_to_come * m.total / CATCH_UP_DIVISOR)
		return nearest;
	/* Too much to be made up for later: of the two, the cut that is kinder to sizes.
	 */
	if (miss(&size, below) == miss(&size, above))
		return nearest;
	return miss(&size, below) < miss(&size, above) ? below : above;
}

/* Count a group's labels into (1) or out of (-1) a split. */
static void count_labels(struct grouped *g, const struct trfs_group *group,
			 uint32_t split, int by)
{
	const uint32_t *members = trfs_group_members(&g->groups, group);

	for (uint32_t i = 0; i < group->nr; i++) {
		size_t nr;
		const uint8_t *labels = trfs_catalog_labels(g->catalog, members[i], &nr);

		for (size_t l = 0; l < nr; l++) {
			size_t class = trfs_catalog_label(labels, l);

			g->held[class * g->shares->nr + split] += (uint32_t)by;
		}
	}
}

static void assign_group(struct grouped *g, const struct trfs_group *group,
			 uint32_t split)
{
	const uint32_t *members = trfs_group_members(&g->groups, group);

	g->sizes[split] += group->nr;
	count_labels(g, group, split, 1);
	for (uint32_t i = 0; i < group->nr; i++)
		g->of_example[members[i]] = split;
}

static void cut_stratum(struct grouped *g, uint32_t first, uint32_t end)
{
	uint32_t cuts[TRFS_SPLITS_MAX], last = g->shares->nr - 1, at = first;

	g->nr_so_far += g->nr_before[end] - g->nr_before[first];
	for (uint32_t split = 0; split < last; split++)
		cuts[split] = choose_cut(g, first, end, split);
	cuts[last] = end;
	for (uint32_t split = 0; split <= last; split++) {
		for (; at < cuts[split]; at++)
			assign_group(g, &g->groups.items[at], split);
	}
}

static void move_group(struct grouped *g, const struct trfs_group *group, uint32_t to)
{
	const uint32_t *members = trfs_group_members(&g->groups, group);

	count_labels(g, group, g->of_example[members[0]], -1);
	count_labels(g, group, to, 1);
	for (uint32_t i = 0; i < group->nr; i++)
		g->of_example[members[i]] = to;
}

static uint32_t largest_split(const struct trfs_shares *shares)
{
	uint32_t largest = 0;

	for (uint32_t i = 1; i < shares->nr; i++)
		if (shares->parts[i] > shares->parts[largest])
			largest = i;
	return largest;
}

/**
 * struct wanted - the group that a class may give to the largest split
 * @nr_groups: that hold the class; the last of them was @counted
 * @most: labels of the class in the split that the group would leave
 */
struct wanted {
	uint32_t nr_groups;
	uint32_t counted;
	uint32_t group;
	uint32_t most;
};

/* Weigh group @i as the one to take for each class it holds. */
static void offer_group(const struct grouped *g, uint32_t i, struct wanted *wanted)
{
	const struct trfs_group *group = &g->groups.items[i];
	const uint32_t *members = trfs_group_members(&g->groups, group);
	uint32_t split = g->of_example[members[0]];

	for (uint32_t m = 0; m < group->nr; m++) {
		size_t nr;
		const uint8_t *labels = trfs_catalog_labels(g->catalog, members[m], &nr);

		for (size_t l = 0; l < nr; l++) {
			size_t class = trfs_catalog_label(labels, l);
			struct wanted *w = &wanted[class];
			uint32_t held = g->held[class * g->shares->nr + split];

			if (w->nr_groups == 0 || w->counted != i)
				w->nr_groups++;
			w->counted = i;
			if (held > w->most) {
				w->most = held;
				w->group = i;
			}
		}
	}
}

/*
 * What is never trained on cannot be tested.  Where the largest split got nothing of a
 * class, it takes a group of the split that holds the most of it.  Only classes of a few
 * groups come out so; one of a single group stays where it is, or all of those would be
 * trained on.
 */
static int fill_largest_split(struct grouped *g)
{
	size_t nr_classes = (size_t)g->catalog->class_names.nr;
	uint32_t largest = largest_split(g->shares);
	struct wanted *wanted = calloc(nr_classes + 1, sizeof(*wanted));

	if (!wanted)
		return -ENOMEM;
	for (uint32_t i = 0; i < g->groups.nr; i++)
		offer_group(g, i, wanted);
	for (size_t class = 0; class < nr_classes; class ++)
		if (wanted[class].nr_groups > 1 &&
		    g->held[class * g->shares->nr + largest] == 0)
			move_group(g, &g->groups.items[wanted[class].group], largest);
	free(wanted);
	return 0;
}

static int allocate(struct grouped *g)
{
	size_t nr_classes = (size_t)g->catalog->class_names.nr;
	const struct trfs_group *items = g->groups.items;

	g->nr_before = calloc((size_t)g->groups.nr + 1, sizeof(*g->nr_before));
	g->weight_before = calloc((size_t)g->groups.nr + 1, sizeof(*g->weight_before));
	g->held = calloc((nr_classes + 1) * g->shares->nr, sizeof(*g->held));
	if (!g->nr_before || !g->weight_before || !g->held)
		return -ENOMEM;
	for (uint32_t i = 0; i < g->groups.nr; i++) {
		g->nr_before[i + 1] = g->nr_before[i] + items[i].nr;
		g->weight_before[i + 1] = g->weight_before[i] + items[i].weight;
	}
	return 0;
}

static void cut_strata(struct grouped *g)
{
	const struct trfs_group *items = g->groups.items;
	uint32_t first = 0;

	while (first < g->groups.nr) {
		uint32_t end = first + 1;

		while (end < g->groups.nr && items[end].rank == items[first].rank)
			end++;
		cut_stratum(g, first, end);
		first = end;
	}
}

int trfs_split_by_groups(const struct trfs_catalog *catalog,
			 const struct trfs_shares *shares, uint64_t seed, bool stratify,
			 uint32_t *of_example, struct trfs_error *err)
{
	struct grouped g = {
		.catalog = catalog,
		.shares = shares,
		.of_example = of_example,
	};
	int rc;

	rc = trfs_groups_build(catalog, seed, stratify, shares->nr, &g.groups, err);
	if (rc < 0)
		return rc;
	rc = allocate(&g);
	if (rc == 0) {
		cut_strata(&g);
		/* Without strata classes are not looked at. */
		rc = stratify ? fill_largest_split(&g) : 0;
	}
	if (rc < 0)
		trfs_fail_memory(err, "the split by groups");
	free(g.nr_before);
	free(g.weight_before);
	free(g.held);
	trfs_groups_done(&g.groups);
	return rc;
}
