/* SPDX-License-Identifier: MIT */
/* Labels files: see labels_feed.h for what is checked. */
#include "labels_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	feed_labels("fuzz.txt", data, len);
	return 0;
}
