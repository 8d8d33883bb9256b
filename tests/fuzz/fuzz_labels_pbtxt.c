/* SPDX-License-Identifier: MIT */
/*
 * Label maps as protobuf text.  What was loaded must have each name and each id once, and
 * be found again; the quadratic check is cheap at the sizes that a fuzzer tries.
 */
#include "feed_file.h"

#include "manifest/inputs.h"
#include "manifest/labels.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_labels(const struct trfs_labels *labels)
{
	struct trfs_strings names = trfs_string_table_view(labels->names);

	if (names.nr != labels->nr || labels->nr == 0)
		abort();
	for (uint32_t i = 0; i < labels->nr && i < 1000; i++) {
		struct trfs_bytes name = trfs_strings_get(&names, i);
		uint32_t found;

		if (!trfs_string_table_find(labels->names, name, &found) || found != i ||
		    name.len == 0 || !trfs_utf8_valid(name) || labels->ids[i] < 0)
			abort();
		for (uint32_t j = 0; j < i; j++)
			if (labels->ids[j] == labels->ids[i])
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *path = feed_file("fuzz.pbtxt", data, len);
	struct trfs_labels labels = { .names = NULL };
	struct trfs_error err = { 0 };
	struct trfs_inputs inputs;
	int rc;

	if (trfs_inputs_init(&inputs) < 0)
		abort();
	rc = trfs_labels_load(path, &inputs, &labels, &err);
	if (rc == 0)
		check_labels(&labels);
	else if (err.code != rc || !err.message[0])
		abort();
	trfs_labels_done(&labels);
	trfs_inputs_done(&inputs);
	return 0;
}
