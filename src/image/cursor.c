/* SPDX-License-Identifier: MIT */
/*
 * A cursor over an image that may be a file on a slow disk.  The one idea: jumps read
 * little (a marker's few bytes), walking reads twice as much each time, so neither
 * skipping along headers nor searching megabytes costs more reads than it must.
 */
#include "image/cursor.h"

#define FIRST_READ 512u

void trfs_image_cursor_init(struct trfs_image_cursor *c,
			    const struct trfs_image_source *source)
{
	c->source = source;
	c->offset = 0;
	c->error = 0;
	c->buffer_offset = 0;
	c->buffer_len = 0;
	c->next_read = FIRST_READ;
}

/* What is at hand from the cursor on, without reading. */
static struct trfs_bytes at_hand(const struct trfs_image_cursor *c)
{
	const struct trfs_bytes head = c->source->head;
	uint64_t passed = c->offset - c->buffer_offset;

	if (c->offset < head.len)
		return (struct trfs_bytes){ head.data + c->offset,
					    head.len - (size_t)c->offset };
	if (c->offset >= c->buffer_offset && passed < c->buffer_len)
		return (struct trfs_bytes){ c->buffer + passed,
					    c->buffer_len - (size_t)passed };
	return (struct trfs_bytes){ NULL, 0 };
}

/* Read on from the cursor: at least @need bytes, which are known to be left. */
static bool refill(struct trfs_image_cursor *c, size_t need)
{
	bool walking = c->buffer_len > 0 && c->offset >= c->buffer_offset &&
		       c->offset - c->buffer_offset <= c->buffer_len;
	uint64_t left = trfs_image_cursor_left(c);
	size_t len;

	if (!walking)
		c->next_read = FIRST_READ;
	else if (c->next_read < sizeof(c->buffer))
		c->next_read *= 2;
	len = c->next_read > need ? c->next_read : need;
	if (len > left)
		len = (size_t)left;

	c->buffer_offset = c->offset;
	c->buffer_len = 0;
	c->error = c->source->read(c->source->user, c->offset, c->buffer, len);
	if (c->error < 0)
		return false;
	c->buffer_len = len;
	return true;
}

const uint8_t *trfs_image_cursor_take(struct trfs_image_cursor *c, size_t len)
{
	struct trfs_bytes b = at_hand(c);
	const uint8_t *data = b.len > 0 ? b.data : c->buffer;

	if (b.len < len) {
		if (c->error < 0 || len > sizeof(c->buffer) ||
		    len > trfs_image_cursor_left(c) || !refill(c, len)) {
			c->offset = c->source->size;
			return NULL;
		}
		data = c->buffer;
	}
	c->offset += len;
	return data;
}

struct trfs_bytes trfs_image_cursor_piece(struct trfs_image_cursor *c)
{
	struct trfs_bytes b = at_hand(c);

	if (b.len > 0 || c->error < 0 || trfs_image_cursor_left(c) == 0)
		return b;
	if (!refill(c, 1)) {
		c->offset = c->source->size;
		return b;
	}
	return (struct trfs_bytes){ c->buffer, c->buffer_len };
}
