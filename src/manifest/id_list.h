/* SPDX-License-Identifier: MIT */
/* Lists of images by id, as Pascal VOC has them: the first word of each line counts. */
#ifndef TRFS_MANIFEST_ID_LIST_H
#define TRFS_MANIFEST_ID_LIST_H

#include "base/strings.h"

enum { TRFS_ID_LIST_MAX = 256 << 20 };

/*
 * Add the id of each line of @text to @ids, so that id i stands on line i + 1; a blank
 * line has an empty one.  Words are separated by blanks, as the Object Detection API
 * reads them.  -EBADMSG for what is not UTF-8, with the line in @ret_line; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_id_list_parse(struct trfs_bytes text, struct trfs_string_table *ids,
		       uint64_t *ret_line, struct trfs_error *err);

#endif
