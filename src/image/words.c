/* SPDX-License-Identifier: MIT */
/* Options that are a list of words. */
#include "image/words.h"
#include "base/error.h"
#include "base/nearest.h"
#include <errno.h>
#include <stdio.h>

/* "png2jpeg, cmyk": enough for the few short words that such lists are made of. */
static const char *known_words(const char *const *words, size_t nr_words, char *buf,
			       size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < nr_words && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", i > 0 ? ", " : "",
					words[i]);
	return buf;
}

static int fail_unknown(struct trfs_bytes word, const char *const *words, size_t nr_words,
			const char *what, struct trfs_error *err)
{
	struct trfs_nearest nearest;
	char hint[96], known[128];

	trfs_nearest_init(&nearest, word);
	for (size_t i = 0; i < nr_words; i++)
		trfs_nearest_offer(&nearest, trfs_bytes_of(words[i]));
	return trfs_fail(err, -EINVAL, "unknown %s \"%.*s\"%s; there are %s", what,
			 TRFS_BYTES_ARG(word),
			 trfs_nearest_hint(&nearest, hint, sizeof(hint)),
			 known_words(words, nr_words, known, sizeof(known)));
}

static size_t find(struct trfs_bytes word, const char *const *words, size_t nr_words)
{
	size_t i = 0;

	while (i < nr_words && !trfs_bytes_equal(word, trfs_bytes_of(words[i])))
		i++;
	return i;
}

int trfs_words_parse(const char *list, const char *const *words, size_t nr_words,
		     const char *what, unsigned int *ret, struct trfs_error *err)
{
	unsigned int chosen = 0;
	char known[128];

	for (const char *at = list; *at;) {
		size_t len = strcspn(at, ",");
		struct trfs_bytes word =
			trfs_bytes_trim((struct trfs_bytes){ (const uint8_t *)at, len });
		size_t i = find(word, words, nr_words);

		if (word.len > 0 && i == nr_words)
			return fail_unknown(word, words, nr_words, what, err);
		if (word.len > 0)
			chosen |= 1u << i;
		at += len + (at[len] == ',');
	}
	if (chosen == 0)
		return trfs_fail(err, -EINVAL, "no %s is named; there are %s", what,
				 known_words(words, nr_words, known, sizeof(known)));
	*ret = chosen;
	return 0;
}
