/* SPDX-License-Identifier: MIT */
/* Lists of ids, as dialect deeplab reads them: see manifest_feed.h for what is checked.
 */
#include "manifest_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct trfs_root root;
	const struct trfs_options options = { .masks = "/" };

	if (!root.path)
		insist(trfs_root_open(&root, "/", false, NULL) == 0);
	feed_request("ids.txt", data, len, &root,
		     &(struct trfs_manifest_request){ .dialect = "deeplab",
						      .options = &options });
	return 0;
}
