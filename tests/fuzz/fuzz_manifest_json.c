/* SPDX-License-Identifier: MIT */
/* JSON manifests: see manifest_feed.h for what is checked. */
#include "manifest_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	feed_manifest("fuzz.json", data, len);
	return 0;
}
