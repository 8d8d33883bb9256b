/* SPDX-License-Identifier: MIT */
/* CSV of boxes, behind a header that makes it one: see manifest_feed.h for the checks. */
#include "manifest_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char header[] =
		"filename,width,height,class,xmin,ymin,xmax,ymax,split\n";
	uint8_t *whole = malloc(sizeof(header) + len);

	insist(whole);
	memcpy(whole, header, sizeof(header) - 1);
	if (len > 0)
		memcpy(whole + sizeof(header) - 1, data, len);
	feed_manifest("fuzz.csv", whole, sizeof(header) - 1 + len);
	free(whole);
	return 0;
}
