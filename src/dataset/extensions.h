/* SPDX-License-Identifier: MIT */
/*
 * Manifests that name images without their extension, or with the wrong one: which files
 * there are beside such a name.
 */
#ifndef TRFS_DATASET_EXTENSIONS_H
#define TRFS_DATASET_EXTENSIONS_H

#include "base/buffer.h"
#include "base/file.h"
#include "image/image.h"

/* The format that the last component's extension promises; UNKNOWN without a known one.
 */
enum trfs_image_format trfs_extension_format(struct trfs_bytes path);

/* Extension number @i as it stands behind a name: ".jpg"; NULL past the last. */
const char *trfs_extension_get(unsigned int i);

/**
 * struct trfs_extension_hits - what lies beside a name
 * @nr: how many different files @stem is with an extension of an allowed format
 * @first, @second: numbers of the first two extensions
 */
struct trfs_extension_hits {
	unsigned int nr;
	unsigned int first;
	unsigned int second;
};

/*
 * Look for @stem (relative to the root) with every extension of the formats in @allowed.
 * Whatever cannot be opened for another reason than its absence counts as there.
 * @scratch holds names meanwhile.  -ENOMEM, -EMFILE or -ENFILE.
 */
TRFS_MUST_CHECK
int trfs_extension_look(const struct trfs_root *root, struct trfs_bytes stem,
			trfs_image_formats allowed, struct trfs_buffer *scratch,
			struct trfs_extension_hits *ret);

#endif
