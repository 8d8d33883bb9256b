/* SPDX-License-Identifier: MIT */
/*
 * Command lines: a byte for the command, then words that end with a NUL each, profiles'
 * flags among them.  Nothing is done with what was understood.
 */
#include "option_feed.h"

#include "cli/arguments.h"
#include "cli/profile_flags.h"

#include <errno.h>

#define NR_WORDS_MAX 300

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As main.c has them, without what they do. */
static const struct trfs_command commands[] = {
	{ "mount", TRFS_FOR_MOUNT, "SOURCE MOUNTPOINT", 2, 2, "", "mount a b", NULL },
	{ "umount", TRFS_FOR_UMOUNT, "MOUNTPOINT", 1, 1, "", "umount a", NULL },
	{ "status", TRFS_FOR_STATUS, "[MOUNTPOINT]", 0, 1, "", "status", NULL },
	{ "check", TRFS_FOR_CHECK, "SOURCE", 1, 1, "", "check a", NULL },
	{ "index", TRFS_FOR_INDEX, "SOURCE", 1, 1, "", "index a", NULL },
	{ "cat", TRFS_FOR_CAT, "SOURCE SHARD", 2, 2, "", "cat a b", NULL },
	{ "show", TRFS_FOR_SHOW, "FILE[:RECORD]", 1, 1, "", "show a", NULL },
	{ "verify", TRFS_FOR_VERIFY, "FILE...", 1, -1, "", "verify a", NULL },
	{ "where", TRFS_FOR_WHERE, "FILE OFFSET", 2, 2, "", "where a 0", NULL },
	{ "reload", TRFS_FOR_RELOAD, "MOUNTPOINT", 1, 1, "", "reload a", NULL },
	{ "log", TRFS_FOR_LOG, "MOUNTPOINT [LEVEL]", 1, 2, "", "log a", NULL },
	{ "debug", TRFS_FOR_DEBUG, "MOUNTPOINT [FILE]", 1, 2, "", "debug a", NULL },
	{ "export", TRFS_FOR_EXPORT, "SOURCE|MOUNT DEST", 2, 2, "", "export a b", NULL },
	{ "schema", TRFS_FOR_SCHEMA, "[NAME|FILE]", 0, 1, "", "schema", NULL },
};

/* Each word in a block of its own; how many. */
static int split_words(const uint8_t *data, size_t size, char **words)
{
	int nr = 0;

	while (size > 0 && nr < NR_WORDS_MAX) {
		size_t used;

		words[nr] = feed_text(data, size);
		used = strlen(words[nr++]) + 1;
		used = used < size ? used : size;
		data += used;
		size -= used;
	}
	words[nr] = NULL;
	return nr;
}

static void check_parsed(const struct trfs_command *command, int nr_words,
			 const struct trfs_settings *settings)
{
	int nr = settings->nr_positionals;

	insist(nr >= 0 && nr <= nr_words + 2);
	for (int i = 0; i < nr; i++)
		insist(settings->positionals[i] != NULL);
	if (!settings->help && !settings->help_all)
		insist(nr >= command->min_positionals &&
		       (command->max_positionals < 0 || nr <= command->max_positionals));
	insist(settings->nr_before_against <= nr);
	check_options(&settings->data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *words[NR_WORDS_MAX + 1];
	const struct trfs_command *command;
	struct trfs_settings settings;
	struct trfs_error err = { 0 };
	int nr_words, rc;

	if (size < 1)
		return 0;
	command = &commands[data[0] % TRFS_COUNT(commands)];
	nr_words = split_words(data + 1, size - 1, words);
	rc = trfs_arguments_parse(command, nr_words, words, &settings, &err);
	if (rc == 0) {
		check_parsed(command, nr_words, &settings);
	} else {
		insist(rc == err.code);
		check_sentence(err.message);
	}
	trfs_arguments_done(&settings);
	for (int i = 0; i < nr_words; i++)
		free(words[i]);
	return 0;
}
