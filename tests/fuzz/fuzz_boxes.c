/* SPDX-License-Identifier: MIT */
/* Files of boxes: what was loaded is finite, in place, and found again by its image. */
#include "feed_file.h"

#include "manifest/boxes.h"
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_boxes(const struct trfs_boxes *boxes)
{
	struct trfs_strings names = trfs_string_table_view(boxes->names);

	for (uint64_t i = 0; i < names.nr; i++) {
		struct trfs_bytes name = trfs_strings_get(&names, i);
		const struct trfs_box *box;
		size_t nr;

		box = trfs_boxes_find(boxes, name, &nr);
		insist(box && nr > 0 && name.len > 0 && trfs_utf8_valid(name));
		for (; nr > 0; nr--, box++)
			insist(isfinite(box->xmin) && isfinite(box->ymin) &&
			       isfinite(box->xmax) && isfinite(box->ymax));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *path = feed_file("boxes.csv", data, len);
	struct trfs_boxes boxes = { .names = NULL };
	struct trfs_error err = { 0 };
	struct trfs_inputs inputs;
	int rc;

	insist(trfs_inputs_init(&inputs) == 0);
	rc = trfs_boxes_load(path, &inputs, &boxes, &err);
	if (rc == 0)
		check_boxes(&boxes);
	else
		insist(err.code == rc && err.message[0]);
	trfs_boxes_done(&boxes);
	trfs_inputs_done(&inputs);
	return 0;
}
