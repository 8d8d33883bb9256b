/* SPDX-License-Identifier: MIT */
/* Neighbouring pixels are mostly of one segment, so the last one found is tried first. */
#include "image/panoptic.h"

#include "base/error.h"

#include <errno.h>
#include <stdlib.h>

#define NR_SEGMENTS_MAX (1u << 20)

/* @number: its place in the text, from 1; 0 where nothing is. */
struct segment {
	int64_t id;
	uint32_t number;
	uint8_t semantic, category, instance;
};

struct segments {
	struct segment *items;
	size_t nr;
};

static void segments_done(struct segments *s)
{
	free(s->items);
}

bool trfs_panoptic_shows(int64_t category, int64_t instance)
{
	int64_t lowest = instance > 0 ? 0 : TRFS_PANOPTIC_STUFF_OFFSET;

	return instance >= 0 && instance <= UINT8_MAX && category >= lowest &&
	       category <= UINT8_MAX;
}

/* A decimal number and the character behind it. */
static bool read_number(struct trfs_bytes *text, char end, int64_t *ret)
{
	bool negative = text->len > 0 && text->data[0] == '-';
	size_t at = negative;
	int64_t number = 0;

	for (; at < text->len && text->data[at] >= '0' && text->data[at] <= '9'; at++) {
		if (number > (INT64_MAX - 9) / 10)
			return false;
		number = number * 10 + (text->data[at] - '0');
	}
	if (at == (size_t)negative || at == text->len || text->data[at] != (uint8_t)end)
		return false;
	*ret = negative ? -number : number;
	*text = (struct trfs_bytes){ text->data + at + 1, text->len - at - 1 };
	return true;
}

static int read_segment(struct trfs_bytes *text, struct segment *ret,
			struct trfs_error *err)
{
	int64_t category, instance;

	if (!read_number(text, ',', &ret->id) || !read_number(text, ',', &category) ||
	    !read_number(text, ';', &instance))
		return trfs_fail(err, -EBADMSG, "has a list of segments that breaks off");
	if (!trfs_panoptic_shows(category, instance))
		return trfs_fail(err, -EBADMSG, "has a segment that no mask can show");
	ret->category = (uint8_t)category;
	ret->instance = (uint8_t)instance;
	ret->semantic = instance > 0 ? TRFS_PANOPTIC_THING
				     : (uint8_t)(category - TRFS_PANOPTIC_STUFF_OFFSET);
	return 0;
}

static int compare_segments(const void *a, const void *b)
{
	const struct segment *one = a, *other = b;

	if (one->id != other->id)
		return one->id < other->id ? -1 : 1;
	return one->number < other->number ? -1 : one->number > other->number;
}

static int read_segments(struct segments *s, struct trfs_bytes text,
			 struct trfs_error *err)
{
	size_t nr = 0;
	int rc;

	for (size_t i = 0; i < text.len; i++)
		nr += text.data[i] == ';';
	if (nr > NR_SEGMENTS_MAX)
		return trfs_fail(err, -EBADMSG, "has more than %u segments",
				 NR_SEGMENTS_MAX);
	s->items = calloc(nr + 1, sizeof(*s->items));
	if (!s->items)
		return trfs_fail_memory(err, "the segments of a panoptic mask");
	while (text.len > 0) {
		rc = read_segment(&text, &s->items[s->nr], err);
		if (rc < 0)
			return rc;
		s->nr++;
		s->items[s->nr - 1].number = (uint32_t)s->nr;
	}
	qsort(s->items, s->nr, sizeof(*s->items), compare_segments);
	return 0;
}

/* The last one of that id; NULL if there is none. */
static const struct segment *find(const struct segments *s, int64_t id)
{
	size_t low = 0, high = s->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->items[middle].id <= id)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && s->items[low - 1].id == id ? &s->items[low - 1] : NULL;
}

int trfs_panoptic_draw(struct trfs_bytes segments, const uint8_t *rgb, size_t nr_pixels,
		       const struct trfs_panoptic_masks *masks, struct trfs_error *err)
{
	static const struct segment nothing = { .id = -1 };
	TRFS_CLEANUP(segments_done) struct segments s = { 0 };
	const struct segment *found = &nothing;
	int64_t last = -1;
	int rc;

	if (segments.len == 0 || segments.data[0] != 's')
		return trfs_fail(err, -EBADMSG, "has something else than segments");
	segments = (struct trfs_bytes){ segments.data + 1, segments.len - 1 };
	rc = read_segments(&s, segments, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < nr_pixels; i++, rgb += 3) {
		int64_t id = rgb[0] | rgb[1] << 8 | rgb[2] << 16;

		if (id != last)
			found = find(&s, id);
		if (!found)
			found = &nothing;
		last = id;
		if (masks->semantic)
			masks->semantic[i] = found->semantic;
		if (masks->category)
			masks->category[i] = found->category;
		if (masks->instance)
			masks->instance[i] = found->instance;
	}
	return 0;
}
