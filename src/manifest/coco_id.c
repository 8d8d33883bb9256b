/* SPDX-License-Identifier: MIT */
/*
 * Integers are packed into nine bytes that are not UTF-8, and texts are what they are, so
 * that no text is ever equal to an integer.
 */
#include "manifest/coco_id.h"

#include "manifest/json_pick.h"

enum { INTEGER_MARK = 0xff };

void trfs_coco_id_of(struct trfs_coco_id *id, int64_t integer)
{
	id->json = NULL;
	id->value = (struct trfs_value){ .kind = TRFS_VALUE_INTEGER, .integer = integer };
	id->packed[0] = INTEGER_MARK;
	trfs_store_u64le(id->packed + 1, (uint64_t)integer);
	id->bytes = (struct trfs_bytes){ id->packed, sizeof(id->packed) };
}

int trfs_coco_id_read(struct trfs_coco_id *id, const char *key, struct trfs_bytes text,
		      struct trfs_error *err)
{
	int64_t integer;
	int rc;

	id->json = NULL;
	if (text.len > 0 && text.data[0] == '"') {
		id->value.kind = TRFS_VALUE_TEXT;
		rc = trfs_json_pick_string(key, text, &id->json, &id->value.text, err);
		if (rc == 0)
			id->bytes = id->value.text;
		return rc;
	}
	rc = trfs_json_pick_integer(key, text, &integer, err);
	if (rc < 0)
		return rc;
	trfs_coco_id_of(id, integer);
	return 0;
}

void trfs_coco_id_done(struct trfs_coco_id *id)
{
	json_decref(id->json);
	id->json = NULL;
}
