/* SPDX-License-Identifier: MIT */
/* Categories by id. */
#include "manifest/coco_categories.h"

#include "base/error.h"
#include "manifest/coco_id.h"
#include "manifest/json_pick.h"
#include <errno.h>
#include <stdlib.h>

enum key { KEY_ID, KEY_NAME, KEY_ISTHING, NR_KEYS };

static const char *const keys[] = { "id", "name", "isthing" };

int trfs_coco_categories_init(struct trfs_coco_categories *c)
{
	*c = (struct trfs_coco_categories){ .ids = trfs_string_table_new(),
					    .names = trfs_string_table_new() };
	return c->ids && c->names ? 0 : -ENOMEM;
}

void trfs_coco_categories_done(struct trfs_coco_categories *c)
{
	trfs_string_table_free(c->ids);
	trfs_string_table_free(c->names);
	free(c->items);
	*c = (struct trfs_coco_categories){ .ids = NULL };
}

static int add_item(struct trfs_coco_categories *c, struct trfs_bytes id,
		    struct trfs_bytes name, bool thing)
{
	size_t larger = c->capacity ? c->capacity * 2 : 64;
	struct trfs_coco_category *items;
	uint32_t number;
	int rc;

	rc = trfs_string_table_intern(c->ids, id, &number, NULL);
	if (rc < 0)
		return rc;
	if (number >= c->capacity) {
		items = reallocarray(c->items, larger, sizeof(*items));
		if (!items)
			return -ENOMEM;
		c->items = items;
		c->capacity = larger;
	}
	c->items[number].thing = thing;
	return trfs_string_table_add(c->names, name, &c->items[number].name);
}

int trfs_coco_categories_add(struct trfs_coco_categories *c, struct trfs_bytes text,
			     bool things, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_coco_id_done) struct trfs_coco_id id = { .json = NULL };
	TRFS_CLEANUP(json_decrefp) json_t *json = NULL;
	struct trfs_bytes name = { NULL, 0 };
	struct trfs_bytes values[NR_KEYS];
	int64_t thing = 0;
	int rc;

	rc = trfs_json_pick(text, keys, NR_KEYS, values, err);
	if (rc == 0)
		rc = trfs_coco_id_read(&id, "id", values[KEY_ID], err);
	if (rc == 0 && things)
		rc = trfs_json_pick_flag("isthing", values[KEY_ISTHING], &thing, err);
	else if (rc == 0)
		rc = trfs_json_pick_string("name", values[KEY_NAME], &json, &name, err);
	if (rc < 0)
		return rc;
	rc = add_item(c, id.bytes, name, thing == 1);
	return rc < 0 ? trfs_fail_memory(err, "the categories") : 0;
}

bool trfs_coco_categories_find(const struct trfs_coco_categories *c, int64_t id,
			       struct trfs_bytes *ret_name, bool *ret_thing)
{
	struct trfs_strings names = trfs_string_table_view(c->names);
	struct trfs_coco_id wanted;
	uint32_t number;

	trfs_coco_id_of(&wanted, id);
	if (!trfs_string_table_find(c->ids, wanted.bytes, &number))
		return false;
	*ret_name = trfs_strings_get(&names, c->items[number].name);
	*ret_thing = c->items[number].thing;
	return true;
}
