/* SPDX-License-Identifier: MIT */
/*
 * Values come out of the tables that read them, so that none can be missing here.  An
 * option that is in no table below is judged by what help shows for its value.
 */
#include "cli/complete_values.h"

#include "cli/complete_data.h"
#include "cli/mount_list.h"
#include "dataset/profile.h"
#include "dataset/schema.h"
#include "fuse/confinement.h"
#include "fuse/log.h"
#include "fuse/mount.h"
#include "image/image.h"
#include "image/recipe.h"
#include "manifest/manifest.h"
#include "stream/side_file.h"
#include "stream/side_list.h"

#include <ctype.h>

#define DIALECT_NAME_MAX 64

static const char *log_level_name(size_t i)
{
	return i <= TRFS_LOG_DEBUG ? trfs_log_level_name((enum trfs_log_level)i) : NULL;
}

static const char *format_name(size_t i)
{
	i += TRFS_IMAGE_UNKNOWN + 1;
	return i < TRFS_IMAGE_NR_FORMATS
		       ? trfs_image_format_name((enum trfs_image_format)i)
		       : NULL;
}

/* Several files are of one set; "none" is a word besides. */
static const char *side_set_name(size_t i)
{
	if (i == 0)
		return TRFS_SIDE_NONE;
	return i <= trfs_side_kinds_len ? trfs_side_kinds[i - 1]->set : NULL;
}

static const char *profile_name(size_t i)
{
	return i < trfs_profile_table_len ? trfs_profile_table[i].name : NULL;
}

static const char *profile_help(size_t i)
{
	return trfs_profile_table[i].description;
}

static const char *schema_name(size_t i)
{
	return i < trfs_schema_nr_builtins() ? trfs_schema_builtin_name(i) : NULL;
}

/* Options whose values are words: word @i is name(i), NULL behind the last. */
struct words {
	const char *option;
	const char *(*name)(size_t i);
	const char *(*help)(size_t i);
	bool is_list; /* several, with commas */
	bool or_file;
};

static const struct words words_table[] = {
	{ "cache", trfs_mount_cache_name, NULL, false, false },
	{ "confine", trfs_confine_mode_name, NULL, false, false },
	{ "fix", trfs_recipe_fix_name, NULL, true, false },
	{ "formats", format_name, NULL, true, false },
	{ "log-level", log_level_name, NULL, false, false },
	{ "profile", profile_name, profile_help, false, false },
	{ "schema", schema_name, NULL, false, true },
	{ "side-files", side_set_name, NULL, true, false },
};

/* Options whose values begin with a name out of the data set. */
static const struct names {
	const char *argument;
	void (*offer)(const struct trfs_options *options, struct trfs_candidates *c,
		      const char *ending);
	const char *ending;
	bool is_list;
} names_table[] = {
	{ "COLUMN", trfs_complete_columns, "", true },
	{ "COLUMN[:TYPE]", trfs_complete_columns, "", false },
	{ "CLASS=N", trfs_complete_classes, "=", false },
	{ "CLASS=WHAT", trfs_complete_classes, "=", false },
	{ "NAME=SHARE,...", trfs_complete_splits, "=", true },
	{ "NAME=N|SHARE,...", trfs_complete_splits, "=", true },
	{ "NAME=SHOWN,...", trfs_complete_splits, "=", true },
	{ "N|NAME=N,...", trfs_complete_splits, "=", true },
	{ "SPLIT=FILE", trfs_complete_splits, "=", false },
};

static void offer_words(const struct words *words, struct trfs_candidates *c)
{
	const char *name;

	if (words->is_list)
		trfs_candidates_keep_list(c);
	for (size_t i = 0; (name = words->name(i)); i++)
		trfs_candidates_offer(c, trfs_bytes_of(name), "",
				      words->help ? words->help(i) : NULL);
	if (words->or_file)
		trfs_candidates_offer_files(TRFS_CANDIDATE_FILES);
}

static bool offer_words_of(const char *option, struct trfs_candidates *c)
{
	for (size_t i = 0; i < TRFS_COUNT(words_table); i++) {
		if (strcmp(words_table[i].option, option) != 0)
			continue;
		offer_words(&words_table[i], c);
		return true;
	}
	return false;
}

/* As they are typed: "json-lines" for "JSON Lines". */
static void offer_dialects(struct trfs_candidates *c)
{
	char typed[DIALECT_NAME_MAX];
	const char *name;

	for (size_t i = 0; (name = trfs_manifest_dialect_name(i)); i++) {
		size_t len = 0;

		for (; len < sizeof(typed) && name[len]; len++)
			typed[len] = name[len] == ' '
					     ? '-'
					     : (char)tolower((unsigned char)name[len]);
		trfs_candidates_offer(
			c, (struct trfs_bytes){ (const uint8_t *)typed, len }, "", name);
	}
}

static void offer_choices(const struct trfs_option *option, struct trfs_candidates *c)
{
	for (const char *const *choice = option->choices; *choice; choice++)
		trfs_candidates_offer(c, trfs_bytes_of(*choice), "", NULL);
}

/* What is typed as "SPLIT=FILE" has a file behind the '='. */
static void offer_by_argument(const char *argument, const struct trfs_options *options,
			      struct trfs_candidates *c)
{
	const char *file = strstr(argument, "=FILE");

	if (file && memchr(c->typed.data, '=', c->typed.len))
		argument = file + 1;
	for (size_t i = 0; i < TRFS_COUNT(names_table); i++) {
		if (strcmp(names_table[i].argument, argument) != 0)
			continue;
		if (names_table[i].is_list)
			trfs_candidates_keep_list(c);
		names_table[i].offer(options, c, names_table[i].ending);
		return;
	}
	if (strncmp(argument, "FILE", 4) == 0)
		trfs_candidates_offer_files(TRFS_CANDIDATE_FILES);
	else if (strcmp(argument, "DIR") == 0)
		trfs_candidates_offer_files(TRFS_CANDIDATE_DIRECTORIES);
}

void trfs_complete_value(const char *name, const char *argument,
			 const struct trfs_options *options, struct trfs_candidates *c)
{
	const struct trfs_option *option = trfs_option_find(name);

	if (option && option->choices)
		offer_choices(option, c);
	else if (strcmp(name, "dialect") == 0)
		offer_dialects(c);
	else if (!offer_words_of(name, c))
		offer_by_argument(argument, options, c);
}

static void offer_mounts(struct trfs_candidates *c)
{
	struct trfs_mount_list list;

	if (trfs_mount_list_read(&list, NULL, NULL) < 0)
		return;
	for (unsigned int i = 0; i < list.nr; i++)
		trfs_candidates_offer(c, trfs_bytes_of(list.entries[i].mountpoint), "",
				      list.entries[i].source);
	trfs_mount_list_done(&list);
}

/*
 * Word @number of "SOURCE MOUNTPOINT", "FILE...", "MOUNTPOINT [LEVEL]"; none behind the
 * last, unless that stands for several.
 */
static struct trfs_bytes argument_at(const char *arguments, size_t number)
{
	size_t len;

	for (;; arguments += len + 1) {
		len = strcspn(arguments, " ");
		if (number == 0)
			return (struct trfs_bytes){ (const uint8_t *)arguments, len };
		if (!arguments[len])
			break;
		number--;
	}
	if (!strstr(arguments, "..."))
		len = 0;
	return (struct trfs_bytes){ (const uint8_t *)arguments, len };
}

static bool has_word(struct trfs_bytes argument, const char *word)
{
	return memmem(argument.data, argument.len, word, strlen(word)) != NULL;
}

void trfs_complete_positional(const struct trfs_command *command, size_t number,
			      struct trfs_candidates *c)
{
	struct trfs_bytes argument = argument_at(command->arguments, number);

	if (argument.len == 0)
		return;
	if (has_word(argument, "LEVEL")) {
		offer_words_of("log-level", c);
	} else if (has_word(argument, "NAME")) {
		offer_words_of("schema", c);
	} else if (has_word(argument, "MOUNT")) {
		if (command->set != TRFS_FOR_MOUNT)
			offer_mounts(c);
		trfs_candidates_offer_files(has_word(argument, "SOURCE")
						    ? TRFS_CANDIDATE_FILES
						    : TRFS_CANDIDATE_DIRECTORIES);
	} else if (!has_word(argument, "SHARD") && !has_word(argument, "OFFSET")) {
		trfs_candidates_offer_files(TRFS_CANDIDATE_FILES);
	}
}
