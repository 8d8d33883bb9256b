/* SPDX-License-Identifier: MIT */
/*
 * Shard names from a template and back.  Numbers always have five digits, so all of a
 * name but its split has a known length: the split is the rest, and may hold digits and
 * dashes without being mistaken.
 */
#include "dataset/shard_name.h"
#include "base/compiler.h"

#include <stdio.h>

#define NR_DIGITS  5
#define NUMBER_END 100000u /* numbers below it have five digits */

enum part {
	PART_LITERAL, /* one byte */
	PART_SPLIT,
	PART_SHARD,
	PART_SHARDS,
};

static const struct placeholder {
	enum part part;
	const char *text;
} placeholders[] = {
	{ PART_SPLIT, "{split}" },
	{ PART_SHARD, "{shard}" },
	{ PART_SHARDS, "{shards}" },
};

/* What the template goes on with at @p, and how many bytes of it that takes. */
static enum part part_at(const char *p, size_t *ret_len)
{
	for (size_t i = 0; i < TRFS_COUNT(placeholders); i++) {
		size_t len = strlen(placeholders[i].text);

		if (strncmp(p, placeholders[i].text, len) == 0) {
			*ret_len = len;
			return placeholders[i].part;
		}
	}
	*ret_len = 1;
	return PART_LITERAL;
}

bool trfs_shard_name_format(const char *template, struct trfs_bytes split, uint32_t shard,
			    uint32_t nr_shards, char *ret, size_t size)
{
	size_t used = 0, len;

	if (shard >= NUMBER_END || nr_shards >= NUMBER_END)
		return false;
	for (const char *p = template; *p; p += len) {
		enum part part = part_at(p, &len);
		char number[NR_DIGITS + 1];
		struct trfs_bytes piece = { (const uint8_t *)p, 1 };

		if (part == PART_SPLIT) {
			piece = split;
		} else if (part != PART_LITERAL) {
			snprintf(number, sizeof(number), "%05u",
				 part == PART_SHARD ? shard : nr_shards);
			piece = (struct trfs_bytes){ (const uint8_t *)number, NR_DIGITS };
		}
		if (piece.len > size - used)
			return false;
		if (piece.len > 0)
			memcpy(ret + used, piece.data, piece.len);
		used += piece.len;
	}
	if (used >= size)
		return false;
	ret[used] = '\0';
	return true;
}

/* The numbers in a name; what the template does not hold stays 0. */
struct numbers {
	uint32_t shard;
	uint32_t nr_shards;
};

/* Take one part that is not {split} off the front of @name. */
static bool take(enum part part, char literal, struct trfs_bytes *name,
		 struct numbers *numbers)
{
	size_t len = part == PART_LITERAL ? 1 : NR_DIGITS;
	uint32_t value = 0;

	if (name->len < len)
		return false;
	if (part == PART_LITERAL) {
		if (name->data[0] != (uint8_t)literal)
			return false;
	} else {
		for (size_t i = 0; i < len; i++) {
			if (name->data[i] < '0' || name->data[i] > '9')
				return false;
			value = value * 10 + (uint32_t)(name->data[i] - '0');
		}
		if (part == PART_SHARD)
			numbers->shard = value;
		else
			numbers->nr_shards = value;
	}
	name->data += len;
	name->len -= len;
	return true;
}

/* How long the part of a name is that the template makes without its {split}. */
static size_t fixed_len(const char *template)
{
	size_t total = 0, len;

	for (const char *p = template; *p; p += len) {
		enum part part = part_at(p, &len);

		if (part != PART_SPLIT)
			total += part == PART_LITERAL ? 1 : NR_DIGITS;
	}
	return total;
}

bool trfs_shard_name_parse(const char *template, const char *name,
			   struct trfs_bytes *ret_split, uint32_t *ret_shard,
			   uint32_t *ret_nr_shards)
{
	struct trfs_bytes left = trfs_bytes_of(name), split = { left.data, 0 };
	size_t fixed = fixed_len(template), len;
	struct numbers numbers = { 0, 0 };

	if (left.len < fixed)
		return false;
	for (const char *p = template; *p; p += len) {
		enum part part = part_at(p, &len);

		if (part != PART_SPLIT) {
			if (!take(part, *p, &left, &numbers))
				return false;
			continue;
		}
		/* All that the other parts do not need. */
		split = (struct trfs_bytes){ left.data, strlen(name) - fixed };
		if (split.len == 0 || split.len > left.len)
			return false;
		left.data += split.len;
		left.len -= split.len;
	}
	if (left.len > 0)
		return false;
	*ret_split = split;
	*ret_shard = numbers.shard;
	*ret_nr_shards = numbers.nr_shards;
	return true;
}
