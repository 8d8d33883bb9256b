/* SPDX-License-Identifier: MIT */
#include "cli/reopen.h"

#include "base/error.h"
#include "cli/arguments.h"
#include "cli/data_set.h"
#include <stdlib.h>

void trfs_words_free(char **words)
{
	for (size_t i = 0; words && words[i]; i++)
		free(words[i]);
	free(words);
}

char **trfs_words_copy(int nr, char *const *words)
{
	char **copy = calloc((size_t)nr + 1, sizeof(*copy));

	for (int i = 0; copy && i < nr; i++) {
		copy[i] = strdup(words[i]);
		if (!copy[i]) {
			trfs_words_free(copy);
			return NULL;
		}
	}
	return copy;
}

int trfs_reopen(const struct trfs_settings *settings, bool rebuild,
		const struct trfs_progress *progress, struct trfs_generation **ret,
		struct trfs_error *err)
{
	char **words = trfs_words_copy(settings->nr_words, settings->words);
	struct trfs_settings again;
	int rc;

	if (!words)
		return trfs_fail_memory(err, "the command line");
	rc = trfs_arguments_parse(settings->command, settings->nr_words, words, &again,
				  err);
	if (rc == 0) {
		again.reindex = rebuild;
		rc = trfs_data_set_load(&again, progress, ret, err);
	}
	trfs_arguments_done(&again);
	trfs_words_free(words);
	return rc;
}
