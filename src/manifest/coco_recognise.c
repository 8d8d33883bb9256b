/* SPDX-License-Identifier: MIT */
/* A look at the first object of each array in the head. */
#include "manifest/coco_recognise.h"

#include "base/compiler.h"
#include "manifest/json_cursor.h"
#include "manifest/text.h"

enum { NR_MEMBERS_MAX = 4 };

/**
 * struct sign - an array of the outermost object that tells
 * @members: what its first object must have
 * @needs_end: it tells only where it goes on behind the head, so that nothing else can
 */
struct sign {
	const char *array;
	const char *members[NR_MEMBERS_MAX];
	bool needs_end;
};

static const struct sign signs[] = {
	{ "\"images\"", { "\"file_name\"", "\"id\"", "\"height\"", "\"width\"" }, false },
	{ "\"annotations\"", { "\"image_id\"" }, false },
	{ "\"categories\"", { "\"id\"", "\"name\"" }, true },
};

static bool has_members(struct trfs_json_cursor c, const struct sign *sign)
{
	unsigned int wanted = 0;
	unsigned int found = 0;
	struct trfs_bytes key;

	if (!trfs_json_cursor_take(&c, '[') || !trfs_json_cursor_take(&c, '{'))
		return false;
	for (unsigned int i = 0; i < NR_MEMBERS_MAX && sign->members[i]; i++)
		wanted |= 1u << i;
	do {
		if (!trfs_json_cursor_key(&c, &key))
			return false;
		for (unsigned int i = 0; i < NR_MEMBERS_MAX && sign->members[i]; i++)
			if (trfs_bytes_equal(key, trfs_bytes_of(sign->members[i])))
				found |= 1u << i;
	} while (found != wanted && trfs_json_cursor_skip(&c) &&
		 trfs_json_cursor_take(&c, ','));
	return found == wanted;
}

static const struct sign *find_sign(struct trfs_bytes key)
{
	for (size_t i = 0; i < TRFS_COUNT(signs); i++)
		if (trfs_bytes_equal(key, trfs_bytes_of(signs[i].array)))
			return &signs[i];
	return NULL;
}

bool trfs_coco_recognise(struct trfs_bytes head)
{
	struct trfs_json_cursor c = trfs_json_cursor_of(trfs_text_after_mark(head));
	struct trfs_bytes key;

	if (!trfs_json_cursor_take(&c, '{'))
		return false;
	do {
		const struct sign *sign;
		bool fits;

		if (!trfs_json_cursor_key(&c, &key))
			return false;
		sign = find_sign(key);
		fits = sign && has_members(c, sign);
		if (fits && !sign->needs_end)
			return true;
		/* Categories that fill the head are as good as images. */
		if (!trfs_json_cursor_skip(&c))
			return fits;
	} while (trfs_json_cursor_take(&c, ','));
	return false;
}
