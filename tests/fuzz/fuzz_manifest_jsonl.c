/* SPDX-License-Identifier: MIT */
/* JSON Lines manifests: see manifest_feed.h for what is checked. */
#include "manifest_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	feed_manifest("fuzz.jsonl", data, len);
	return 0;
}
