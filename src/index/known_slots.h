/* SPDX-License-Identifier: MIT */
/*
 * What was looked up last: a small table without locks, where each file's number has one
 * place that it shares with others.
 */
#ifndef TRFS_INDEX_KNOWN_SLOTS_H
#define TRFS_INDEX_KNOWN_SLOTS_H

#include "base/compiler.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* 512 KB at most. */
#define TRFS_KNOWN_SLOTS_MAX (UINT64_C(1) << 16)

/**
 * struct trfs_known_slots - the table
 * @words: a power of two of them.  Each is one atomic word, 0 while empty: from the top a
 *	bit that the value is known, 31 bits that tell which of the numbers that share the
 *	place it is about, and the first 32 bits of the value
 * @shift: log2 of how many there are
 */
struct trfs_known_slots {
	_Atomic uint64_t *words;
	unsigned int shift;
};

enum trfs_known_answer {
	TRFS_KNOWN_NOT_HERE,
	TRFS_KNOWN_NO, /* it was looked for and is not in the file */
	TRFS_KNOWN_YES,
};

/* For numbers below @nr; -ENOMEM. */
TRFS_MUST_CHECK
int trfs_known_slots_init(struct trfs_known_slots *slots, uint64_t nr);
void trfs_known_slots_done(struct trfs_known_slots *slots);

/*
 * @ret_word: the word that is in the number's place, for the function below
 * @ret_value: the start of the value, where it is known
 */
enum trfs_known_answer trfs_known_slots_get(const struct trfs_known_slots *slots,
					    uint64_t number, uint64_t *ret_word,
					    uint32_t *ret_value);

void trfs_known_slots_put(struct trfs_known_slots *slots, uint64_t number,
			  uint32_t value);

/*
 * It is not known, unless somebody has put another word than @before there since that was
 * got: this may be the value.
 */
void trfs_known_slots_put_unknown(struct trfs_known_slots *slots, uint64_t number,
				  uint64_t before);

#endif
