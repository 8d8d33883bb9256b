/* SPDX-License-Identifier: MIT */
/*
 * "did you mean": optimal string alignment, a Damerau-Levenshtein distance in which no
 * place is edited twice.  Counted in half edits, so that a wrong case costs one.
 */
#include "base/nearest.h"

#include <stdio.h>

#define NAME_MAX_LEN 64
#define EDIT	     2 /* half edits */

void trfs_nearest_init(struct trfs_nearest *n, struct trfs_bytes wanted)
{
	*n = (struct trfs_nearest){ .wanted = wanted, .best_distance = SIZE_MAX };
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t replace_cost(const uint8_t *a, const uint8_t *b)
{
	if (*a == *b)
		return 0;
	return trfs_bytes_equal_nocase((struct trfs_bytes){ a, 1 },
				       (struct trfs_bytes){ b, 1 })
		       ? EDIT / 2
		       : EDIT;
}

/* In half edits; both at most NAME_MAX_LEN long. */
static size_t distance(struct trfs_bytes a, struct trfs_bytes b)
{
	/* Row i is the distance of a's first i bytes from each beginning of b. */
	size_t rows[3][NAME_MAX_LEN + 1];
	size_t *two_back = rows[0], *back = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b.len; j++)
		row[j] = j * EDIT;

	for (size_t i = 1; i <= a.len; i++) {
		size_t *reused = two_back;

		two_back = back;
		back = row;
		row = reused;
		row[0] = i * EDIT;
		for (size_t j = 1; j <= b.len; j++) {
			const uint8_t *x = a.data + i - 1, *y = b.data + j - 1;

			row[j] = least(back[j], row[j - 1]) + EDIT;
			row[j] = least(row[j], back[j - 1] + replace_cost(x, y));
			if (i > 1 && j > 1 && x[0] == y[-1] && x[-1] == y[0])
				row[j] = least(row[j], two_back[j - 2] + EDIT);
		}
	}
	return row[b.len];
}

void trfs_nearest_offer(struct trfs_nearest *n, struct trfs_bytes candidate)
{
	size_t longer = n->wanted.len > candidate.len ? n->wanted.len : candidate.len;
	size_t found;

	if (longer > NAME_MAX_LEN || candidate.len == 0)
		return;
	found = distance(n->wanted, candidate);
	if (found * 3 <= longer * EDIT && found < n->best_distance) {
		n->best = candidate;
		n->best_distance = found;
	}
}

const char *trfs_nearest_hint(const struct trfs_nearest *n, char *buf, size_t len)
{
	int needed = 0;

	if (n->best.len > 0)
		needed = snprintf(buf, len, " (did you mean \"%.*s\"?)",
				  TRFS_BYTES_ARG(n->best));
	/* Half a hint is worse than none. */
	if (len > 0 && (needed <= 0 || (size_t)needed >= len))
		buf[0] = '\0';
	return buf;
}
