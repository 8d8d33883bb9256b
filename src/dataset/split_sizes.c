/* SPDX-License-Identifier: MIT */
/*
 * --val-size and --test-size, as image2tfrecords counts: of each class of n rows,
 * floor(n * test) are test, floor(n * val) validation, and the rest train; a single row
 * that would be left for train goes to test instead.  The products are doubles, as there.
 *
 * Who is drawn was never repeatable there.  Here it is: the class's rows, as the manifest
 * lists them, are shuffled as random.Random(seed).shuffle() does, anew for each class;
 * validation is taken off the front, then test.
 */
#include "base/error.h"
#include "base/number.h"
#include "base/python_random.h"
#include "dataset/class_order.h"
#include "dataset/split_ways.h"

#include <errno.h>
#include <stdlib.h>

enum { SPLIT_TRAIN, SPLIT_VALIDATION, SPLIT_TEST, NR_SPLITS };

static int parse_size(const char *text, const char *option, double *ret,
		      struct trfs_error *err)
{
	*ret = 0;
	if (!text)
		return 0;
	if (trfs_number_parse(trfs_bytes_of(text), ret) && *ret >= 0 && *ret <= 1)
		return 0;
	return trfs_fail(err, -EINVAL,
			 "--%s is a share from 0 to 1, such as 0.2, not "
			 "\"%s\"",
			 option, text);
}

/* Rows of one class: the front of @items to validation, what follows to test. */
static void draw(uint32_t *items, uint32_t nr, double validation_size, double test_size,
		 uint64_t seed, uint32_t *of_example)
{
	uint32_t nr_test = (uint32_t)((double)nr * test_size);
	uint32_t nr_validation = (uint32_t)((double)nr * validation_size);

	/* Two products that were both rounded up. */
	if (nr_validation > nr - nr_test)
		nr_validation = nr - nr_test;
	if (nr - nr_test - nr_validation == 1)
		nr_test++;
	trfs_python_shuffle(seed, items, nr);
	for (uint32_t i = 0; i < nr; i++)
		of_example[items[i]] = i < nr_validation	     ? SPLIT_VALIDATION
				       : i < nr_validation + nr_test ? SPLIT_TEST
								     : SPLIT_TRAIN;
}

int trfs_split_by_sizes(const struct trfs_catalog *catalog,
			const struct trfs_options *options, struct trfs_splits *splits,
			struct trfs_error *err)
{
	static const char names[NR_SPLITS][TRFS_SPLIT_NAME_MAX] = { "train", "validation",
								    "test" };
	uint32_t nr = (uint32_t)catalog->nr_examples, *items;
	double validation, test;
	int rc = parse_size(options->validation_size, "val-size", &validation, err);

	if (rc == 0)
		rc = parse_size(options->test_size, "test-size", &test, err);
	if (rc < 0)
		return rc;
	if (validation + test > 1)
		return trfs_fail(err, -EINVAL,
				 "--val-size %s and --test-size %s are more than 1 "
				 "together",
				 options->validation_size, options->test_size);
	items = malloc(nr * sizeof(*items));
	if (!items)
		return trfs_fail_memory(err, "the splits");
	for (uint32_t i = 0; i < nr; i++)
		items[i] = i;
	trfs_class_order_sort(catalog, items, nr);
	for (uint32_t i = 0; i < nr;) {
		uint32_t end = trfs_class_order_run(catalog, items, i, nr);

		draw(items + i, end - i, validation, test, options->seed,
		     splits->of_example);
		i = end;
	}
	free(items);
	splits->nr = NR_SPLITS;
	memcpy(splits->names, names, sizeof(names));
	return 0;
}
