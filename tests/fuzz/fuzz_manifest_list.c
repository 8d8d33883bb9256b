/* SPDX-License-Identifier: MIT */
/* Lists of paths and labels: see manifest_feed.h for what is checked. */
#include "manifest_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	feed_manifest("fuzz.lst", data, len);
	return 0;
}
