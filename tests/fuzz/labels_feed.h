/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets of labels share: a file fed from memory under a name whose
 * extension chooses the dialect.  What was loaded must have each name and each id once,
 * and be found again; the quadratic check is cheap at the sizes that a fuzzer tries.
 */
#ifndef TRFS_TESTS_FUZZ_LABELS_FEED_H
#define TRFS_TESTS_FUZZ_LABELS_FEED_H

#include "feed_file.h"

#include "manifest/inputs.h"
#include "manifest/labels.h"

static inline void check_labels(const struct trfs_labels *labels)
{
	struct trfs_strings names = trfs_string_table_view(labels->names);

	insist(names.nr == labels->nr && labels->nr > 0);
	for (uint32_t i = 0; i < labels->nr && i < 1000; i++) {
		struct trfs_bytes name = trfs_strings_get(&names, i);
		uint32_t found;

		insist(trfs_string_table_find(labels->names, name, &found) && found == i);
		insist(name.len > 0 && trfs_utf8_valid(name) && labels->ids[i] >= 0);
		for (uint32_t j = 0; j < i; j++)
			insist(labels->ids[j] != labels->ids[i]);
	}
}

static inline void feed_labels(const char *name, const uint8_t *data, size_t len)
{
	const char *path = feed_file(name, data, len);
	struct trfs_labels labels = { .names = NULL };
	struct trfs_error err = { 0 };
	struct trfs_inputs inputs;
	int rc;

	insist(trfs_inputs_init(&inputs) == 0);
	rc = trfs_labels_load(path, &inputs, &labels, &err);
	if (rc == 0)
		check_labels(&labels);
	else
		insist(err.code == rc && err.message[0]);
	trfs_labels_done(&labels);
	trfs_inputs_done(&inputs);
}

#endif
