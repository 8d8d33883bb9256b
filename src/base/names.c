/* SPDX-License-Identifier: MIT */
/* Names that are kept as what differs from the name before. */
#include "base/names.h"

#include <errno.h>
#include <stdlib.h>

#define COMMON_MAX  255u
#define LONG_MIDDLE 255u
#define BYTES_MIN   256u
#define STARTS_MIN  16u
#define HEADER_MAX  5u /* common in front and at the end, length, long length */
#define NOTHING	    ((struct trfs_bytes){ (const uint8_t *)"", 0 })

/* What is left of a block; every name of it is decoded so often that calls would tell. */
struct cursor {
	const uint8_t *at;
	const uint8_t *end;
};

static inline bool read_u16(struct cursor *c, size_t *ret)
{
	if (c->end - c->at < 2)
		return false;
	*ret = (size_t)c->at[0] | (size_t)c->at[1] << 8;
	c->at += 2;
	return true;
}

/* Mostly a digit or two. */
static inline void copy_few(uint8_t *to, const uint8_t *from, size_t len)
{
	if (len > 8) {
		memcpy(to, from, len);
		return;
	}
	for (size_t i = 0; i < len; i++)
		to[i] = from[i];
}

/* One step: from the name in @text, of @len bytes, to the next one. */
static inline bool decode_next(struct cursor *c, uint8_t *text, size_t *len)
{
	size_t front, end, middle;

	if (c->end - c->at < 3)
		return false;
	front = c->at[0];
	end = c->at[1];
	middle = c->at[2];
	c->at += 3;
	if (middle == LONG_MIDDLE && !read_u16(c, &middle))
		return false;
	if (front + end > *len || middle > (size_t)(c->end - c->at) ||
	    front + middle + end >= TRFS_NAME_SIZE)
		return false;
	/* Names of one length keep their ends where they are. */
	if (front + middle + end != *len)
		memmove(text + front + middle, text + *len - end, end);
	copy_few(text + front, c->at, middle);
	c->at += middle;
	*len = front + middle + end;
	return true;
}

struct trfs_bytes trfs_names_get(const struct trfs_names *names, uint64_t i,
				 struct trfs_name *room)
{
	const uint64_t *starts = &names->starts[i / TRFS_NAMES_BLOCK];
	struct cursor c;
	size_t len;

	room->text[0] = '\0';
	if (!trfs_guard_sound(names->guard, starts, 2 * sizeof(*starts)) ||
	    starts[1] < starts[0] ||
	    !trfs_guard_sound(names->guard, names->bytes + starts[0],
			      starts[1] - starts[0]))
		return NOTHING;
	c = (struct cursor){ names->bytes + starts[0], names->bytes + starts[1] };
	if (!read_u16(&c, &len) || len >= TRFS_NAME_SIZE || len > (size_t)(c.end - c.at))
		return NOTHING;
	memcpy(room->text, c.at, len);
	c.at += len;
	for (uint64_t k = i % TRFS_NAMES_BLOCK; k > 0; k--) {
		if (!decode_next(&c, room->text, &len))
			return NOTHING;
	}
	room->text[len] = '\0';
	return (struct trfs_bytes){ room->text, len };
}

void trfs_name_list_done(struct trfs_name_list *list)
{
	free(list->bytes);
	free(list->starts);
	free(list->last);
	*list = (struct trfs_name_list){ .nr = 0 };
}

static int reserve(struct trfs_name_list *list, size_t more)
{
	size_t blocks = (size_t)trfs_names_nr_blocks(list->nr + 1);

	if (more > list->capacity - list->len) {
		size_t capacity = list->capacity + list->capacity / 2 + BYTES_MIN + more;
		uint8_t *bytes = realloc(list->bytes, capacity);

		if (!bytes)
			return -ENOMEM;
		list->bytes = bytes;
		list->capacity = capacity;
	}
	if (blocks + 1 > list->starts_capacity) {
		size_t capacity =
			list->starts_capacity + list->starts_capacity / 2 + STARTS_MIN;
		uint64_t *starts = reallocarray(list->starts, capacity, sizeof(*starts));

		if (!starts)
			return -ENOMEM;
		list->starts = starts;
		list->starts_capacity = capacity;
	}
	if (!list->last)
		list->last = malloc(TRFS_NAME_SIZE);
	return list->last ? 0 : -ENOMEM;
}

static size_t common_front(struct trfs_bytes a, struct trfs_bytes b)
{
	size_t most = a.len < b.len ? a.len : b.len, n = 0;

	most = most < COMMON_MAX ? most : COMMON_MAX;
	while (n < most && a.data[n] == b.data[n])
		n++;
	return n;
}

static size_t common_end(struct trfs_bytes a, struct trfs_bytes b, size_t front)
{
	size_t most = (a.len < b.len ? a.len : b.len) - front, n = 0;

	most = most < COMMON_MAX ? most : COMMON_MAX;
	while (n < most && a.data[a.len - 1 - n] == b.data[b.len - 1 - n])
		n++;
	return n;
}

static void put_u16(struct trfs_name_list *list, size_t number)
{
	list->bytes[list->len++] = (uint8_t)number;
	list->bytes[list->len++] = (uint8_t)(number >> 8);
}

static void encode(struct trfs_name_list *list, struct trfs_bytes name)
{
	struct trfs_bytes last = { list->last, list->last_len };
	size_t front, end, middle;

	if (list->nr % TRFS_NAMES_BLOCK == 0) {
		put_u16(list, name.len);
		front = end = 0;
		middle = name.len;
	} else {
		front = common_front(last, name);
		end = common_end(last, name, front);
		middle = name.len - front - end;
		list->bytes[list->len++] = (uint8_t)front;
		list->bytes[list->len++] = (uint8_t)end;
		list->bytes[list->len++] =
			(uint8_t)(middle < LONG_MIDDLE ? middle : LONG_MIDDLE);
		if (middle >= LONG_MIDDLE)
			put_u16(list, middle);
	}
	if (middle > 0)
		memcpy(list->bytes + list->len, name.data + front, middle);
	list->len += middle;
}

int trfs_name_list_add(struct trfs_name_list *list, struct trfs_bytes name)
{
	int rc;

	if (name.len >= TRFS_NAME_SIZE)
		return -ENAMETOOLONG;
	rc = reserve(list, HEADER_MAX + name.len);
	if (rc < 0)
		return rc;
	if (list->nr == 0)
		list->starts[0] = 0;
	encode(list, name);
	if (name.len > 0)
		memcpy(list->last, name.data, name.len);
	list->last_len = name.len;
	list->nr++;
	list->starts[trfs_names_nr_blocks(list->nr)] = list->len;
	return 0;
}

void trfs_name_list_finish(struct trfs_name_list *list)
{
	size_t blocks = (size_t)trfs_names_nr_blocks(list->nr);
	uint8_t *bytes = realloc(list->bytes, list->len + 1);
	uint64_t *starts = reallocarray(list->starts, blocks + 1, sizeof(*starts));

	/* Where shrinking fails the larger block is still there. */
	if (bytes) {
		list->bytes = bytes;
		list->capacity = list->len + 1;
	}
	if (starts) {
		if (list->nr == 0)
			starts[0] = 0;
		list->starts = starts;
		list->starts_capacity = blocks + 1;
	}
	free(list->last);
	list->last = NULL;
}

struct trfs_names trfs_name_list_view(const struct trfs_name_list *list)
{
	return (struct trfs_names){ .starts = list->starts,
				    .bytes = list->bytes,
				    .nr = list->nr };
}
