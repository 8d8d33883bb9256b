/* SPDX-License-Identifier: MIT */
/*
 * Shard counts.  A count that the records cannot fill is refused, not lowered: it is in
 * every shard's name, and scripts have it written down.
 */
#include "dataset/shard_counts.h"
#include "base/error.h"
#include "base/nearest.h"
#include "base/count_text.h"
#include "dataset/split_names.h"
#include "manifest/roles.h"

#include <errno.h>
#include <stdio.h>

#define SHARD_SIZE_WANTED (UINT64_C(128) << 20)
#define NR_SHARDS_WANTED  16

/* Near 128 MiB a shard, at least 16, at most one a record but for a first. */
static uint32_t count_default(const struct trfs_shard_demand *demand)
{
	uint64_t nr = demand->nr_bytes / SHARD_SIZE_WANTED +
		      (demand->nr_bytes % SHARD_SIZE_WANTED > 0);

	if (nr < NR_SHARDS_WANTED)
		nr = NR_SHARDS_WANTED;
	if (nr > demand->nr_records)
		nr = demand->nr_records;
	if (nr > TRFS_SHARDS_MAX)
		nr = TRFS_SHARDS_MAX;
	return nr > 0 ? (uint32_t)nr : 1;
}

static bool parse_count(struct trfs_bytes text, uint32_t *ret)
{
	uint32_t count = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		count = count * 10 + (uint32_t)(text.data[i] - '0');
		if (count > TRFS_SHARDS_MAX)
			return false;
	}
	*ret = count;
	return count > 0;
}

static int fail_count(struct trfs_bytes text, struct trfs_error *err)
{
	return trfs_fail(err, -EINVAL,
			 "--shards: \"%.*s\" is no number of shards; type one from 1 to "
			 "99999",
			 TRFS_BYTES_ARG(text));
}

static int fail_unknown(const struct trfs_splits *splits, struct trfs_bytes name,
			struct trfs_error *err)
{
	char hint[TRFS_SPLIT_NAME_MAX + 32], list[512];
	struct trfs_nearest nearest;

	trfs_nearest_init(&nearest, name);
	for (uint32_t i = 0; i < splits->nr; i++)
		trfs_nearest_offer(&nearest, trfs_bytes_of(splits->names[i]));
	return trfs_fail(err, -EINVAL,
			 "--shards: there is no split \"%.*s\"%s; the splits are: %s",
			 TRFS_BYTES_ARG(name),
			 trfs_nearest_hint(&nearest, hint, sizeof(hint)),
			 trfs_split_names_list(splits, list, sizeof(list)));
}

/* One "train=16". */
static int parse_item(struct trfs_bytes item, const struct trfs_splits *splits,
		      bool *given, uint32_t *counts, struct trfs_error *err)
{
	const uint8_t *equals = memchr(item.data, '=', item.len);
	struct trfs_bytes name, number;
	uint32_t split;

	if (!equals)
		return trfs_fail(
			err, -EINVAL,
			"--shards: \"%.*s\" is not SPLIT=NUMBER, such as train=16",
			TRFS_BYTES_ARG(item));
	name = (struct trfs_bytes){ item.data, (size_t)(equals - item.data) };
	name = trfs_bytes_trim(name);
	number = (struct trfs_bytes){ equals + 1,
				      item.len - (size_t)(equals - item.data) - 1 };
	number = trfs_bytes_trim(number);
	if (!trfs_split_names_find(splits, name, &split) &&
	    !trfs_split_names_find(splits, trfs_split_name(name), &split))
		return fail_unknown(splits, name, err);
	if (given[split])
		return trfs_fail(err, -EINVAL, "--shards names the split \"%s\" twice",
				 splits->names[split]);
	if (!parse_count(number, &counts[split]))
		return fail_count(number, err);
	given[split] = true;
	return 0;
}

static int parse_items(const char *text, const struct trfs_splits *splits,
		       uint32_t *counts, struct trfs_error *err)
{
	bool given[TRFS_SPLITS_MAX] = { false };
	bool more = true;

	while (more) {
		size_t len = strcspn(text, ",");
		struct trfs_bytes item = { (const uint8_t *)text, len };
		int rc = parse_item(trfs_bytes_trim(item), splits, given, counts, err);

		if (rc < 0)
			return rc;
		more = text[len] == ',';
		text += len + more;
	}
	return 0;
}

/* Counts that work, ready to type: "train=64,test=10". */
static void print_possible(const struct trfs_splits *splits,
			   const struct trfs_shard_demand *demands,
			   const uint32_t *counts, char *buf, size_t len)
{
	size_t used = 0;

	for (uint32_t i = 0; i < splits->nr && used < len; i++) {
		uint64_t most = demands[i].nr_records;
		uint32_t nr = counts[i] < most ? counts[i] : (uint32_t)most;
		int n = snprintf(buf + used, len - used, "%s%s=%u", i ? "," : "",
				 splits->names[i], nr);

		used += (size_t)n;
	}
}

static int check_fill(const char *text, const struct trfs_splits *splits,
		      const struct trfs_shard_demand *demands, const uint32_t *counts,
		      struct trfs_error *err)
{
	for (uint32_t i = 0; i < splits->nr; i++) {
		uint64_t nr = demands[i].nr_records;
		char count[TRFS_COUNT_SIZE];
		char possible[TRFS_SPLITS_MAX * (TRFS_SPLIT_NAME_MAX + 8)];

		if (counts[i] <= nr)
			continue;
		print_possible(splits, demands, counts, possible, sizeof(possible));
		return trfs_fail(
			err, -EINVAL,
			"--shards %s: split \"%s\" has only %s record%s, so some "
			"shards would be empty; type --shards %s",
			text, splits->names[i], trfs_count_text(nr, count),
			nr == 1 ? "" : "s", possible);
	}
	return 0;
}

int trfs_shard_counts_choose(const char *text, const struct trfs_splits *splits,
			     const struct trfs_shard_demand *demands, bool empty,
			     uint32_t *ret_counts, struct trfs_error *err)
{
	uint32_t counts[TRFS_SPLITS_MAX], all;
	int rc = 0;

	for (uint32_t i = 0; i < splits->nr; i++)
		counts[i] = count_default(&demands[i]);
	if (text && strchr(text, '=')) {
		rc = parse_items(text, splits, counts, err);
	} else if (text) {
		if (!parse_count(trfs_bytes_trim(trfs_bytes_of(text)), &all))
			return fail_count(trfs_bytes_of(text), err);
		for (uint32_t i = 0; i < splits->nr; i++)
			counts[i] = all;
	}
	if (rc == 0 && text && !empty)
		rc = check_fill(text, splits, demands, counts, err);
	if (rc < 0)
		return rc;
	memcpy(ret_counts, counts, splits->nr * sizeof(*counts));
	return 0;
}
