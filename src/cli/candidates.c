/* SPDX-License-Identifier: MIT */
/* Each candidate is printed when it is offered, and once. */
#include "cli/candidates.h"

#include <stdio.h>

void trfs_candidates_init(struct trfs_candidates *c, const char *word)
{
	*c = (struct trfs_candidates){
		.before = { (const uint8_t *)word, 0 },
		.typed = trfs_bytes_of(word),
		.seen = trfs_string_table_new(),
	};
}

void trfs_candidates_done(struct trfs_candidates *c)
{
	c->seen = trfs_string_table_free(c->seen);
}

void trfs_candidates_keep(struct trfs_candidates *c, size_t len)
{
	c->before.len += len;
	c->typed.data += len;
	c->typed.len -= len;
}

void trfs_candidates_keep_list(struct trfs_candidates *c)
{
	for (size_t len = c->typed.len; len > 0; len--) {
		if (c->typed.data[len - 1] == ',') {
			trfs_candidates_keep(c, len);
			return;
		}
	}
}

static bool is_on_one_line(struct trfs_bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < ' ')
			return false;
	return text.len > 0;
}

void trfs_candidates_offer(struct trfs_candidates *c, struct trfs_bytes text,
			   const char *ending, const char *help)
{
	bool is_new = true;

	if (text.len < c->typed.len ||
	    memcmp(text.data, c->typed.data, c->typed.len) != 0 || !is_on_one_line(text))
		return;
	if (c->seen && trfs_string_table_intern(c->seen, text, NULL, &is_new) < 0)
		is_new = true;
	if (is_new)
		printf("%.*s%.*s%s\t%s\n", TRFS_BYTES_ARG(c->before),
		       TRFS_BYTES_ARG(text), ending, help ? help : "");
}

void trfs_candidates_offer_files(enum trfs_candidate_files which)
{
	printf("\t%s\n", which == TRFS_CANDIDATE_FILES ? "files" : "directories");
}
