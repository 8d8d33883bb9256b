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

/* Nearly all ids are short and plain; those need no parser. */
static bool read_plain(struct trfs_bytes text, int64_t *ret)
{
	int64_t number = 0;

	if (text.len == 0 || text.len > 18 || (text.len > 1 && text.data[0] == '0'))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (text.data[i] - '0');
	}
	*ret = number;
	return true;
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
	if (!read_plain(text, &integer)) {
		rc = trfs_json_pick_integer(key, text, &integer, err);
		if (rc < 0)
			return rc;
	}
	trfs_coco_id_of(id, integer);
	return 0;
}

void trfs_coco_id_done(struct trfs_coco_id *id)
{
	json_decref(id->json);
	id->json = NULL;
}
