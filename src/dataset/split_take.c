/* SPDX-License-Identifier: MIT */
/*
 * --take: one Python shuffle of everything, splits off its front.  "validation=350,train"
 * is slim's flowers, "train=0.7,validation" the pets of the Object Detection API.
 */
#include "base/count_text.h"
#include "base/error.h"
#include "base/number.h"
#include "base/python_random.h"
#include "dataset/slots.h"
#include "dataset/split_names.h"
#include "dataset/split_ways.h"

#include <errno.h>
#include <stdlib.h>

/* What is written, in that order. */
struct take {
	uint32_t nr;
	char names[TRFS_SPLITS_MAX][TRFS_SPLIT_NAME_MAX];
	uint64_t counts[TRFS_SPLITS_MAX];
};

/* "350", or "0.7" of @nr_all, rounded as Python's int() does. */
static bool parse_count(struct trfs_bytes text, uint64_t nr_all, uint64_t *ret)
{
	double number;

	if (!trfs_number_parse(text, &number) || !(number >= 0))
		return false;
	if (memchr(text.data, '.', text.len)) {
		if (number > 1)
			return false;
		number *= (double)nr_all;
	} else if (memchr(text.data, 'e', text.len) || memchr(text.data, 'E', text.len)) {
		return false;
	}
	if (number > (double)UINT32_MAX)
		return false;
	*ret = (uint64_t)number;
	return true;
}

static int add_name(struct take *take, const struct trfs_options *options,
		    struct trfs_bytes given, struct trfs_error *err)
{
	struct trfs_bytes name = trfs_split_names_meant(options, given);
	const char *objection = trfs_split_names_objection(name);

	if (objection)
		return trfs_fail(err, -EINVAL, "the name \"%.*s\" %s",
				 TRFS_BYTES_ARG(given), objection);
	if (take->nr == TRFS_SPLITS_MAX)
		return trfs_fail(err, -EINVAL, "there are more than %d splits",
				 TRFS_SPLITS_MAX);
	for (uint32_t i = 0; i < take->nr; i++) {
		if (trfs_bytes_equal(trfs_bytes_of(take->names[i]), name))
			return trfs_fail(err, -EINVAL, "\"%.*s\" is named twice",
					 TRFS_BYTES_ARG(name));
	}
	memcpy(take->names[take->nr], name.data, name.len);
	take->names[take->nr++][name.len] = '\0';
	return 0;
}

/* One "NAME=COUNT"; the last is a name alone, and takes the @nr_left there are then. */
static int add_item(struct take *take, const struct trfs_options *options,
		    struct trfs_bytes item, bool last, uint64_t nr_all, uint64_t *nr_left,
		    struct trfs_error *err)
{
	const uint8_t *equals = memchr(item.data, '=', item.len);
	struct trfs_bytes name = item, number = { NULL, 0 };
	char left[TRFS_COUNT_SIZE];
	uint64_t count = *nr_left;
	int rc;

	if (last == (equals != NULL))
		return trfs_fail(err, -EINVAL,
				 "\"%.*s\": every split but the last has a number, and "
				 "that one takes the rest, as in validation=350,train",
				 TRFS_BYTES_ARG(item));
	if (equals) {
		name.len = (size_t)(equals - item.data);
		number = (struct trfs_bytes){ equals + 1, item.len - name.len - 1 };
		number = trfs_bytes_trim(number);
		if (!parse_count(number, nr_all, &count))
			return trfs_fail(err, -EINVAL,
					 "\"%.*s\": type a number of rows, such as 350, "
					 "or a share of them, such as 0.7",
					 TRFS_BYTES_ARG(item));
	}
	if (count > *nr_left)
		return trfs_fail(err, -EINVAL, "\"%.*s\": only %s row%s left",
				 TRFS_BYTES_ARG(item), trfs_count_text(*nr_left, left),
				 *nr_left == 1 ? " is" : "s are");
	rc = add_name(take, options, name, err);
	if (rc < 0)
		return rc;
	take->counts[take->nr - 1] = count;
	*nr_left -= count;
	return 0;
}

static int parse_take(const struct trfs_options *options, uint64_t nr_all,
		      struct take *ret, struct trfs_error *err)
{
	const char *text = options->take;
	uint64_t nr_left = nr_all;
	bool last = false;

	for (ret->nr = 0; !last; text++) {
		size_t len = strcspn(text, ",");
		struct trfs_bytes item = { (const uint8_t *)text, len };
		int rc;

		last = text[len] == '\0';
		rc = add_item(ret, options, trfs_bytes_trim(item), last, nr_all, &nr_left,
			      err);
		if (rc < 0)
			return rc;
		text += len;
	}
	return 0;
}

/* In the order that splits always have, whatever that of the option. */
static int compare_names(const void *a, const void *b)
{
	return trfs_split_names_compare(a, b);
}

static int deal(const struct trfs_options *options, const struct take *take,
		struct trfs_splits *splits, struct trfs_error *err)
{
	const uint32_t *next = splits->drawn;

	splits->nr = take->nr;
	memcpy(splits->names, take->names, sizeof(splits->names));
	qsort(splits->names, splits->nr, sizeof(splits->names[0]), compare_names);
	for (uint32_t i = 0; i < take->nr; i++) {
		uint32_t split = 0;

		if (take->counts[i] == 0 && !trfs_splits_can_be_empty(options))
			return trfs_fail(err, -EBADMSG,
					 "split \"%s\" would be empty; leave it out",
					 take->names[i]);
		trfs_split_names_find(splits, trfs_bytes_of(take->names[i]), &split);
		for (uint64_t n = 0; n < take->counts[i]; n++)
			splits->of_example[*next++] = split;
	}
	return 0;
}

int trfs_split_by_take(const struct trfs_catalog *catalog,
		       const struct trfs_options *options, struct trfs_splits *splits,
		       struct trfs_error *err)
{
	uint64_t nr_all = catalog->nr_examples + splits->nr_problems;
	struct take take;
	int rc = parse_take(options, nr_all, &take, err);

	if (rc < 0)
		return rc;
	splits->drawn = malloc(nr_all * sizeof(*splits->drawn));
	if (!splits->drawn)
		return trfs_fail_memory(err, "the splits");
	trfs_slots_list(catalog, splits->nr_problems, splits->drawn);
	trfs_python_shuffle(options->seed, splits->drawn, (uint32_t)nr_all);
	return deal(options, &take, splits, err);
}
