/* SPDX-License-Identifier: MIT */
/*
 * What is printed for a shell that completes a word: a candidate a line, a tab, and what
 * it means.  A line that begins with a tab says which names of files may stand there too.
 */
#ifndef TRFS_CLI_CANDIDATES_H
#define TRFS_CLI_CANDIDATES_H

#include "base/bytes.h"
#include "base/strings.h"

/**
 * struct trfs_candidates - the word that is being completed
 * @before: the part of it that stays: "--split=train=0.8,"
 * @typed: what is there of the rest, which candidates begin with
 * @seen: those that were printed; NULL without memory, then some come twice
 */
struct trfs_candidates {
	struct trfs_bytes before;
	struct trfs_bytes typed;
	struct trfs_string_table *seen;
};

enum trfs_candidate_files {
	TRFS_CANDIDATE_FILES,
	TRFS_CANDIDATE_DIRECTORIES,
};

void trfs_candidates_init(struct trfs_candidates *c, const char *word);
void trfs_candidates_done(struct trfs_candidates *c);

/* The first @len bytes of what is typed stay; candidates are for the rest. */
void trfs_candidates_keep(struct trfs_candidates *c, size_t len);

/* As far as the last comma, as lists have them. */
void trfs_candidates_keep_list(struct trfs_candidates *c);

/*
 * Print @text and @ending ("", or "=" where a value follows) if @text goes on as typed.
 * @help: NULL: nothing is known of it.  What would break a line is left out.
 */
void trfs_candidates_offer(struct trfs_candidates *c, struct trfs_bytes text,
			   const char *ending, const char *help);

/* Say that names of files may stand there. */
void trfs_candidates_offer_files(enum trfs_candidate_files which);

#endif
