/* SPDX-License-Identifier: MIT */
/*
 * Shard names from a template and back.  Back is: read a number where the first one
 * stands, write the name of that shard, and see whether it is the name that was asked
 * for.  So nothing is ever found that format would not write.
 */
#include "dataset/shard_name.h"
#include "base/error.h"
#include "base/nearest.h"
#include "dataset/shard_counts.h"
#include <tfrecordfs/plan.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define DEFAULT_WIDTH 5
#define NR_DIGITS_MAX 9

enum part_kind {
	PART_LITERAL, /* one byte */
	PART_SPLIT,
	PART_NAME,
	PART_SHARD,
	PART_NUMBER,
	PART_SHARDS,
};

/* @width: least digits of a number; 0 where the part is none */
struct part {
	enum part_kind kind;
	int width;
};

static const struct placeholder {
	const char *text;
	struct part part;
} placeholders[] = {
	{ "split", { PART_SPLIT, 0 } },
	{ "name", { PART_NAME, 0 } },
	{ "shard", { PART_SHARD, DEFAULT_WIDTH } },
	{ "number", { PART_NUMBER, DEFAULT_WIDTH } },
	{ "shards", { PART_SHARDS, DEFAULT_WIDTH } },
};

/* "shard" or "shard:02", without the braces. */
static bool read_placeholder(struct trfs_bytes inside, struct part *ret)
{
	const uint8_t *colon = memchr(inside.data, ':', inside.len);
	struct trfs_bytes text = inside;
	int width = 0;

	if (colon) {
		text.len = (size_t)(colon - inside.data);
		if (inside.len - text.len != 3 || colon[1] != '0' || colon[2] < '1' ||
		    colon[2] > '9')
			return false;
		width = colon[2] - '0';
	}
	for (size_t i = 0; i < TRFS_COUNT(placeholders); i++) {
		if (!trfs_bytes_equal(text, trfs_bytes_of(placeholders[i].text)))
			continue;
		if (width > 0 && placeholders[i].part.width == 0)
			return false;
		*ret = placeholders[i].part;
		ret->width = width > 0 ? width : ret->width;
		return true;
	}
	return false;
}

/* How long the braces and what is in them are; 0 where the first is not closed. */
static size_t braced_len(const char *p)
{
	const char *end = *p == '{' ? strchr(p, '}') : NULL;

	return end ? (size_t)(end + 1 - p) : 0;
}

/* What the template goes on with at @p, and how many bytes of it that takes. */
static struct part part_at(const char *p, size_t *ret_len)
{
	struct part part = { PART_LITERAL, 0 };
	size_t len = braced_len(p);
	struct trfs_bytes inside = { (const uint8_t *)p + 1, len - 2 };

	*ret_len = len > 0 && read_placeholder(inside, &part) ? len : 1;
	return part;
}

static int fail_placeholder(const char *text, const char *p, struct trfs_error *err)
{
	size_t len = braced_len(p);
	struct trfs_bytes inside = { (const uint8_t *)p + 1, len > 0 ? len - 2 : 0 };
	struct trfs_nearest nearest;
	char hint[96];

	if (len == 0)
		return trfs_fail(
			err, -EINVAL,
			"--shard-names %s: a '%c' stands alone; braces go around "
			"split, name, shard, number or shards",
			text, *p);
	trfs_nearest_init(&nearest, inside);
	for (size_t i = 0; i < TRFS_COUNT(placeholders); i++)
		trfs_nearest_offer(&nearest, trfs_bytes_of(placeholders[i].text));
	return trfs_fail(err, -EINVAL,
			 "--shard-names %s: there is no {%.*s}%s; there are {split}, "
			 "{name}, {shard}, {number} and {shards}, and numbers with a "
			 "width as in {shard:02}",
			 text, TRFS_BYTES_ARG(inside),
			 trfs_nearest_hint(&nearest, hint, sizeof(hint)));
}

/* Why the part of a path can be none, as the rest of a sentence. */
static const char *component_objection(const char *p, size_t len)
{
	if (len == 0)
		return "has an empty part before or behind a '/'";
	if ((len == 1 && p[0] == '.') || (len == 2 && p[0] == '.' && p[1] == '.'))
		return "leads out of the mount with \".\" or \"..\"";
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			return "holds a control character";
	}
	return NULL;
}

/* All that can be said of a template before there are splits. */
static int check(const char *template, struct trfs_error *err)
{
	const char *p = template;
	size_t len;

	while (*p) {
		if (part_at(p, &len).kind == PART_LITERAL && (*p == '{' || *p == '}'))
			return fail_placeholder(template, p, err);
		p += len;
	}
	for (p = template;; p += len + 1) {
		const char *objection;

		len = strcspn(p, "/");
		objection = component_objection(p, len);
		if (objection)
			return trfs_fail(err, -EINVAL, "--shard-names \"%s\" %s",
					 template, objection);
		if (!p[len])
			return 0;
	}
}

bool trfs_shard_name_sound(const char *template)
{
	size_t len;

	for (const char *p = template; *p; p += len) {
		if (part_at(p, &len).kind == PART_NAME)
			return false;
	}
	return check(template, NULL) == 0;
}

static int check_name(const char *text, const char *name, struct trfs_error *err)
{
	if (!name)
		return trfs_fail(err, -EINVAL,
				 "--shard-names %s has the data set's name in it: type "
				 "--name NAME",
				 text);
	if (strpbrk(name, "/{}"))
		return trfs_fail(err, -EINVAL,
				 "--name %s: a name that is part of file names cannot "
				 "have '/', '{' or '}' in it",
				 name);
	return 0;
}

int trfs_shard_name_prepare(const char *text, const char *name, char **ret,
			    struct trfs_error *err)
{
	size_t name_len = name ? strlen(name) : 0, used = 0, len;
	char *template;
	int rc = check(text, err);

	if (rc < 0)
		return rc;
	/* Each {name} has six bytes: no more than a sixth of the text. */
	template = malloc(strlen(text) / 6 * name_len + strlen(text) + 1);
	if (!template)
		return trfs_fail_memory(err, "the names of the shards");
	for (const char *p = text; rc == 0 && *p; p += len) {
		bool is_name = part_at(p, &len).kind == PART_NAME;

		if (is_name)
			rc = check_name(text, name, err);
		if (rc == 0 && is_name && name_len > 0)
			memcpy(template + used, name, name_len);
		else if (rc == 0 && !is_name)
			memcpy(template + used, p, len);
		used += is_name ? name_len : len;
	}
	template[rc == 0 ? used : 0] = '\0';
	if (rc == 0)
		rc = check(template, err);
	if (rc < 0) {
		free(template);
		return rc;
	}
	*ret = template;
	return 0;
}

struct trfs_shard_name_traits trfs_shard_name_traits(const char *template)
{
	struct trfs_shard_name_traits traits = { .fixed = true };
	size_t len;

	for (const char *p = template; *p; p += len) {
		struct part part = part_at(p, &len);
		bool number = part.kind == PART_SHARD || part.kind == PART_NUMBER;

		traits.split |= part.kind == PART_SPLIT;
		traits.shard |= number;
		if (number && part.width < DEFAULT_WIDTH)
			traits.fixed = false;
	}
	return traits;
}

/* What part @p of the template is in a name; @number has room for its digits. */
static struct trfs_bytes piece_of(struct part part, const char *p,
				  struct trfs_bytes split, uint32_t shard,
				  uint32_t nr_shards, char *number, size_t size)
{
	uint32_t value = part.kind == PART_SHARD    ? shard
			 : part.kind == PART_NUMBER ? shard + 1
						    : nr_shards;

	if (part.kind == PART_SPLIT)
		return split;
	if (part.width == 0)
		return (struct trfs_bytes){ (const uint8_t *)p, 1 };
	snprintf(number, size, "%0*u", part.width, value);
	return trfs_bytes_of(number);
}

bool trfs_shard_name_format(const char *template, struct trfs_bytes split, uint32_t shard,
			    uint32_t nr_shards, char *ret, size_t size)
{
	size_t used = 0, len;

	if (shard >= TRFS_SHARDS_MAX || nr_shards > TRFS_SHARDS_MAX)
		return false;
	for (const char *p = template; *p; p += len) {
		struct part part = part_at(p, &len);
		char number[16];
		struct trfs_bytes piece = piece_of(part, p, split, shard, nr_shards,
						   number, sizeof(number));

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

/* Where the first number of a shard stands in names, and which one it is. */
static struct part first_number(const char *template, struct trfs_bytes split,
				uint32_t nr_shards, size_t *ret_offset)
{
	struct part part = { PART_LITERAL, 0 };
	size_t len;

	*ret_offset = 0;
	for (const char *p = template; *p; p += len) {
		char number[16];

		part = part_at(p, &len);
		if (part.kind == PART_SHARD || part.kind == PART_NUMBER)
			return part;
		*ret_offset +=
			piece_of(part, p, split, 0, nr_shards, number, sizeof(number))
				.len;
	}
	return (struct part){ PART_LITERAL, 0 };
}

static bool is_name_of(const char *template, struct trfs_bytes split, uint32_t shard,
		       uint32_t nr_shards, const char *name)
{
	char written[TRFS_SHARD_NAME_MAX];

	return shard < nr_shards &&
	       trfs_shard_name_format(template, split, shard, nr_shards, written,
				      sizeof(written)) &&
	       strcmp(written, name) == 0;
}

bool trfs_shard_name_find(const char *template, struct trfs_bytes split,
			  uint32_t nr_shards, const char *name, uint32_t *ret_shard)
{
	size_t offset, len = strlen(name);
	struct part part = first_number(template, split, nr_shards, &offset);
	uint32_t first = part.kind == PART_NUMBER ? 1 : 0, value = 0;

	/* Shard 0 is the only one that a template without a number can name. */
	if (part.width == 0) {
		if (!is_name_of(template, split, 0, nr_shards, name))
			return false;
		*ret_shard = 0;
		return true;
	}
	for (size_t i = 0; i < NR_DIGITS_MAX && offset + i < len; i++) {
		uint32_t digit = (uint32_t)(unsigned char)name[offset + i] - '0';

		if (digit > 9)
			return false;
		value = value * 10 + digit;
		if (i + 1 >= (size_t)part.width && value >= first &&
		    is_name_of(template, split, value - first, nr_shards, name)) {
			*ret_shard = value - first;
			return true;
		}
	}
	return false;
}
