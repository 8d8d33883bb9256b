/* SPDX-License-Identifier: MIT */
/* Ids in COCO files: integers, or texts, which are never equal to integers. */
#ifndef TRFS_MANIFEST_COCO_ID_H
#define TRFS_MANIFEST_COCO_ID_H

#include "base/compiler.h"
#include "manifest/row.h"
#include <jansson.h>

enum { TRFS_COCO_ID_SIZE = 9 };

/**
 * struct trfs_coco_id - an id
 * @value: an integer or a text, which @json keeps
 * @bytes: what makes equal ids equal keys of a string table; borrowed from the two others
 */
struct trfs_coco_id {
	struct trfs_value value;
	struct trfs_bytes bytes;
	json_t *json;
	uint8_t packed[TRFS_COCO_ID_SIZE];
};

/*
 * The id that the value @text of the member @key is; -EBADMSG, with a sentence.  @id is
 * to be done() and not to be moved.
 */
TRFS_MUST_CHECK
int trfs_coco_id_read(struct trfs_coco_id *id, const char *key, struct trfs_bytes text,
		      struct trfs_error *err);
void trfs_coco_id_of(struct trfs_coco_id *id, int64_t integer);
void trfs_coco_id_done(struct trfs_coco_id *id);

#endif
