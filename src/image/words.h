/* SPDX-License-Identifier: MIT */
/* Options that are a list of words, separated by commas. */
#ifndef TRFS_IMAGE_WORDS_H
#define TRFS_IMAGE_WORDS_H

#include "base/bytes.h"
#include "base/compiler.h"
#include <stddef.h>

/**
 * trfs_words_parse() - which of some words a list has
 * @words, @nr_words: those that it may have, at most 32
 * @what: what such a word is, for the sentence: "fix"
 * @ret: bit i: it has words[i]
 *
 * Return: 0; -EINVAL for a list without words, and for a word that is none of them, with
 * the nearest one and all that there are.
 */
TRFS_MUST_CHECK
int trfs_words_parse(const char *list, const char *const *words, size_t nr_words,
		     const char *what, unsigned int *ret, struct trfs_error *err);

#endif
