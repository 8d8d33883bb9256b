/* SPDX-License-Identifier: MIT */
/* Whatever placeholder is not the split stands for digits, and so for a '*'. */
#include "dataset/shard_glob.h"

/**
 * struct glob - a pattern in the making
 * @star: behind the '*' of the part of the path at hand; 0: none yet
 */
struct glob {
	char *text;
	size_t size;
	size_t len;
	size_t star;
};

static bool put(struct glob *g, struct trfs_bytes piece)
{
	if (piece.len >= g->size - g->len)
		return false;
	if (piece.len > 0)
		memcpy(g->text + g->len, piece.data, piece.len);
	g->len += piece.len;
	return true;
}

/* As it stands, which brackets see to where it means more. */
static bool put_literally(struct glob *g, struct trfs_bytes piece)
{
	bool fits = true;

	for (size_t i = 0; fits && i < piece.len; i++) {
		struct trfs_bytes c = { piece.data + i, 1 };
		bool is_special = strchr("*?[", (int)*c.data) && *c.data;

		fits = (!is_special || put(g, trfs_bytes_of("["))) && put(g, c) &&
		       (!is_special || put(g, trfs_bytes_of("]")));
	}
	return fits;
}

/* What stands between two numbers is not worth telling: "*-of-*" becomes "*". */
static bool put_star(struct glob *g)
{
	if (g->star > 0)
		g->len = g->star - 1;
	if (!put(g, trfs_bytes_of("*")))
		return false;
	g->star = g->len;
	return true;
}

bool trfs_shard_glob(const char *template, struct trfs_bytes split, char *ret,
		     size_t size)
{
	static const char split_place[] = "{split}";
	struct glob g = { .text = ret, .size = size };
	size_t len;
	bool fits = size > 0;

	for (const char *p = template; *p && fits; p += len) {
		const char *end = *p == '{' ? strchr(p, '}') : NULL;

		len = end ? (size_t)(end - p) + 1 : 1;
		if (*p == '/')
			g.star = 0;
		if (!end)
			fits = put_literally(
				&g, (struct trfs_bytes){ (const uint8_t *)p, 1 });
		else if (strncmp(p, split_place, len) == 0)
			fits = put_literally(&g, split);
		else
			fits = put_star(&g);
	}
	if (fits)
		ret[g.len] = '\0';
	return fits;
}
