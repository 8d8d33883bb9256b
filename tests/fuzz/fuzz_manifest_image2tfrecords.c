/* SPDX-License-Identifier: MIT */
/* CSV with file and class in front: see manifest_feed.h for what is checked. */
#include "manifest_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	feed_request("fuzz.csv", data, len, NULL,
		     &(struct trfs_manifest_request){ .dialect = "image2tfrecords" });
	return 0;
}
