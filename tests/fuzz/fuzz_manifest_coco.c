/* SPDX-License-Identifier: MIT */
/*
 * COCO manifests with outlines, of both styles: see manifest_feed.h for what is checked.
 * The file is read as the annotations and captions of its own images.
 */
#include "manifest_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void feed_as(const char *dialect, const uint8_t *data, size_t len)
{
	static struct trfs_root root;
	const struct trfs_options options = { .include_masks = true };
	const struct trfs_manifest_request request = { .dialect = dialect,
						       .options = &options };

	insist(root.path || trfs_root_open(&root, "/", false, NULL) == 0);
	feed_request("fuzz.json", data, len, &root, &request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	feed_as(NULL, data, len);
	feed_as("coco", data, len);
	feed_as("coco-classification", data, len);
	return 0;
}
