/* SPDX-License-Identifier: MIT */
/* Parsing argv into struct trfs_settings; a new option is a row in a table. */
#include "cli/arguments.h"

#include "base/error.h"
#include "cli/hints.h"
#include "cli/option_list.h"
#include "cli/options_file.h"
#include "cli/profile_flags.h"
#include "cli/unknown_option.h"
#include "dataset/options.h"
#include "fuse/log.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#define SETTING(member) offsetof(struct trfs_settings, member)

/* An option of the command line itself. */
struct own_option {
	const char *name;
	char letter;
	const char *argument; /* NULL: a flag */
	size_t offset;
	unsigned int commands;
	const char *help;
};

/* With the commands: not a common option, so that --help leaves it out. */
#define RARELY (1u << 31)

static const struct own_option own_options[] = {
	{ "foreground", 'f', NULL, SETTING(foreground), TRFS_FOR_MOUNT,
	  "stay in the foreground" },
	{ "cache", 0, "WHICH", SETTING(cache), TRFS_FOR_MOUNT,
	  "auto, kernel or none: what keeps the bytes that were read; auto" },
	{ "log-level", 0, "LEVEL", SETTING(log_level), TRFS_FOR_MOUNT | RARELY,
	  TRFS_LOG_LEVELS "; notice" },
	{ "watch", 0, NULL, SETTING(watch), TRFS_FOR_MOUNT,
	  "reload by itself when the source changes" },
	{ "confine", 0, "HOW", SETTING(confine), TRFS_FOR_MOUNT | RARELY,
	  "auto, require or off: give up rights that serving does not need; auto" },
	{ "allow-other", 0, NULL, SETTING(allow_other), TRFS_FOR_MOUNT | RARELY,
	  "let others read it too, as far as they may read every image" },
	{ "uid", 0, "N", SETTING(uid), TRFS_FOR_MOUNT | RARELY,
	  "the owner of what is shown; the source's" },
	{ "gid", 0, "N", SETTING(gid), TRFS_FOR_MOUNT | RARELY,
	  "the group of what is shown; the source's" },
	{ "mode", 0, "MODE", SETTING(mode), TRFS_FOR_MOUNT | RARELY,
	  "who may read it, as 0400 or 0444; who may read every image" },
	{ "replace", 0, NULL, SETTING(replace), TRFS_FOR_MOUNT,
	  "clear a dead mount that is in the way" },
	{ "index", 0, "DIR", SETTING(index_directory),
	  TRFS_FOR_MOUNT | TRFS_FOR_INDEX | TRFS_FOR_CAT | TRFS_FOR_EXPORT,
	  "where saved indexes are kept; none: nowhere" },
	{ "reindex", 0, NULL, SETTING(reindex),
	  TRFS_FOR_MOUNT | TRFS_FOR_INDEX | TRFS_FOR_CAT | TRFS_FOR_EXPORT,
	  "scan anew even if a saved index is current" },
	{ "part", 0, "I/N", SETTING(part), TRFS_FOR_INDEX,
	  "look at share I of N only, on one of N machines, for --join" },
	{ "join", 0, NULL, SETTING(join), TRFS_FOR_INDEX,
	  "make the index of the N parts that are in its directory" },
	{ "offset", 0, "BYTE", SETTING(offset), TRFS_FOR_CAT, "first byte; 0" },
	{ "length", 0, "BYTES", SETTING(length), TRFS_FOR_CAT, "how many; to the end" },
	{ "view", 0, "PATH", SETTING(view), TRFS_FOR_EXPORT,
	  "the shards of a view, such as epochs/7/shards/64" },
	{ "compression", 0, "HOW", SETTING(compression), TRFS_FOR_EXPORT,
	  "none or gzip, which puts .gz behind the names of shards; none" },
	{ "against", 0, "FILE...", SETTING(against), TRFS_FOR_VERIFY,
	  "compare with these files, record by record" },
	{ "exact", 0, NULL, SETTING(exact), TRFS_FOR_VERIFY,
	  "with --against: order and names of files have to agree too" },
	{ "lazy", 'z', NULL, SETTING(lazy), TRFS_FOR_UMOUNT,
	  "even while files in it are open" },
	{ "probe", 0, NULL, SETTING(probe), TRFS_FOR_STATUS,
	  "print nothing; exit 0 if the mount answers" },
	{ "timeout", 0, "SECONDS", SETTING(timeout), TRFS_FOR_STATUS | TRFS_FOR_DEBUG,
	  "for a mount that does not answer; 5" },
	{ "sources", 0, NULL, SETTING(sources), TRFS_FOR_SCHEMA,
	  "list what a feature can be made from" },
	{ "quiet", 'q', NULL, SETTING(quiet),
	  TRFS_FOR_DATA_SETS | TRFS_FOR_VERIFY | TRFS_FOR_RELOAD, "errors only" },
	{ "json", 0, NULL, SETTING(json), TRFS_FOR_ALL & ~(unsigned int)TRFS_FOR_CAT,
	  "print JSON" },
	{ "help", 'h', NULL, SETTING(help), TRFS_FOR_ALL, "print this" },
	{ "help-all", 0, NULL, SETTING(help_all), TRFS_FOR_DATA_SETS,
	  "print all options, those of single converters too" },
};

static bool is_for(const struct own_option *option, const struct trfs_command *command)
{
	return (option->commands & (unsigned int)command->set) != 0;
}

static const struct own_option *find_own(const struct trfs_command *command,
					 const char *name)
{
	for (size_t i = 0; i < TRFS_COUNT(own_options); i++)
		if (is_for(&own_options[i], command) &&
		    trfs_option_same_name(own_options[i].name, name))
			return &own_options[i];
	return NULL;
}

static const struct own_option *find_letter(const struct trfs_command *command,
					    char letter)
{
	for (size_t i = 0; i < TRFS_COUNT(own_options); i++)
		if (is_for(&own_options[i], command) && own_options[i].letter == letter)
			return &own_options[i];
	return NULL;
}

static bool takes_data_options(const struct trfs_command *command)
{
	return (command->set & TRFS_FOR_DATA_SETS) != 0;
}

/* Which of the two lists every option. */
static const char *help_option(const struct trfs_command *command)
{
	return takes_data_options(command) ? "--help-all" : "--help";
}

/* An index's --part is I/N; SPLIT=FILE is the data set's option of that name. */
static bool is_for_value(const struct own_option *option, const char *value)
{
	return option->offset != SETTING(part) || !value || !strchr(value, '=');
}

static void set_own(struct trfs_settings *settings, const struct own_option *option,
		    const char *value)
{
	void *place = (char *)settings + option->offset;

	if (option->offset == SETTING(against))
		settings->nr_before_against = settings->nr_positionals;
	if (option->argument)
		*(const char **)place = value;
	else
		*(bool *)place = true;
}

static const struct trfs_profile *profile_of(const struct trfs_settings *settings)
{
	return settings->flags ? settings->flags->profile : NULL;
}

/*
 * One option by name.  @value is what stood behind '=', or NULL; @next the next word of
 * the command line, or NULL; *@ret_used_next says whether it was the value.
 */
static int set_named(const struct trfs_command *command, struct trfs_settings *settings,
		     const char *name, const char *value, const char *next,
		     bool *ret_used_next, struct trfs_error *err)
{
	const struct own_option *own = find_own(command, name);
	const struct trfs_option *data = NULL;
	bool flag, off = false;

	*ret_used_next = false;
	if (own && !is_for_value(own, value ? value : next))
		own = NULL;
	if (!own && settings->flags) {
		int rc = trfs_profile_flags_take(settings, name, value, next,
						 ret_used_next, err);

		if (rc != 0)
			return rc < 0 ? rc : 0;
	}
	if (!own && takes_data_options(command)) {
		data = trfs_option_find(name);
		off = !data && strncmp(name, "no-", 3) == 0;
		if (off)
			data = trfs_option_find(name + 3);
		if (off && data && data->type != TRFS_OPTION_FLAG)
			data = NULL;
	}
	if (!own && !data)
		return trfs_unknown_option_fail(command, profile_of(settings), name, err);
	flag = own ? !own->argument : data->type == TRFS_OPTION_FLAG;
	if (!flag && !value) {
		if (!next)
			return trfs_fail(err, -EINVAL, "--%s wants a value: --%s %s",
					 name, name,
					 own ? own->argument : data->argument);
		value = next;
		*ret_used_next = true;
	}
	if (own && flag && value)
		return trfs_fail(err, -EINVAL, "--%s takes no value", name);
	if (own) {
		set_own(settings, own, value);
		return 0;
	}
	settings->given[data - trfs_option_table] = true;
	return trfs_option_set(&settings->data, data, off ? "false" : value, err);
}

bool trfs_arguments_knows(const struct trfs_command *command,
			  const struct trfs_profile *profile, const char *name)
{
	const struct trfs_option *switched_off =
		strncmp(name, "no-", 3) == 0 ? trfs_option_find(name + 3) : NULL;

	return find_own(command, name) || trfs_option_find(name) ||
	       (switched_off && switched_off->type == TRFS_OPTION_FLAG) ||
	       (profile && trfs_profile_flags_knows(profile, name));
}

/* name or name=value in @word, which is cut at the '='. */
static int set_word(const struct trfs_command *command, struct trfs_settings *settings,
		    char *word, const char *next, bool *ret_used_next,
		    struct trfs_error *err)
{
	char *equals = strchr(word, '=');

	if (equals)
		*equals = '\0';
	return set_named(command, settings, word, equals ? equals + 1 : NULL, next,
			 ret_used_next, err);
}

/* Options as fstab has them. */
static int set_list(const struct trfs_command *command, struct trfs_settings *settings,
		    char *list, struct trfs_error *err)
{
	bool used_next;
	char *word;
	int rc = trfs_unknown_option_in_list(command, profile_of(settings), list, err);

	while (rc == 0 && (word = trfs_option_list_next(&list)) != NULL)
		if (!trfs_option_list_is_mounts(word))
			rc = set_word(command, settings, word, NULL, &used_next, err);
	return rc;
}

/* One word that starts with '-'; returns how many words it took. */
static int parse_option(const struct trfs_command *command,
			struct trfs_settings *settings, char *word, char *next,
			struct trfs_error *err)
{
	const struct own_option *own;
	bool used_next;
	int rc;

	if (word[1] == '-') {
		rc = set_word(command, settings, word + 2, next, &used_next, err);
		return rc < 0 ? rc : 1 + used_next;
	}
	if (strcmp(word, "-o") == 0 && takes_data_options(command)) {
		if (!next)
			return trfs_fail(err, -EINVAL,
					 "-o wants a list: -o shards=16,seed=7");
		rc = set_list(command, settings, next, err);
		return rc < 0 ? rc : 2;
	}
	own = word[1] && !word[2] ? find_letter(command, word[1]) : NULL;
	if (!own)
		return trfs_fail(err, -EINVAL,
				 "unknown option %s; tfrecordfs %s %s lists all", word,
				 command->name, help_option(command));
	rc = set_named(command, settings, own->name, NULL, next, &used_next, err);
	return rc < 0 ? rc : 1 + used_next;
}

static int check_positionals(const struct trfs_command *command,
			     const struct trfs_settings *settings, struct trfs_error *err)
{
	int nr = settings->nr_positionals;

	if (settings->help || settings->help_all)
		return 0;
	if (nr < command->min_positionals && settings->flags)
		return trfs_profile_flags_fail_missing(command, settings, err);
	if (nr < command->min_positionals)
		return trfs_fail(err, -EINVAL, "%s wants %s; for example: %s",
				 command->name, command->arguments, command->example);
	if (command->max_positionals < 0 || nr <= command->max_positionals)
		return 0;
	trfs_fail(err, -EINVAL, "%s does not know what to do with \"%s\"; it wants %s",
		  command->name, settings->positionals[command->max_positionals],
		  command->arguments);
	if (takes_data_options(command))
		trfs_hint_manifest(settings, err);
	return -EINVAL;
}

/* When all words are known: a profile's flags, the positionals, a data set file. */
static int finish(const struct trfs_command *command, struct trfs_settings *settings,
		  struct trfs_error *err)
{
	bool with_data =
		takes_data_options(command) && !settings->help && !settings->help_all;
	int rc = 0;

	if (with_data && settings->flags) {
		rc = trfs_profile_flags_finish(settings, err);
		if (rc == 0)
			trfs_profile_flags_place(command, settings);
	}
	if (rc == 0)
		rc = check_positionals(command, settings, err);
	if (rc == 0 && with_data)
		rc = trfs_options_file_apply(settings, err);
	return rc;
}

int trfs_arguments_parse(const struct trfs_command *command, int argc, char **argv,
			 struct trfs_settings *ret, struct trfs_error *err)
{
	bool only_positionals = false;

	*ret = (struct trfs_settings){ .positionals = NULL };
	trfs_options_init(&ret->data);
	/* And those that a profile's flags stand for. */
	ret->positionals = calloc((size_t)argc + 3, sizeof(*ret->positionals));
	if (!ret->positionals)
		return trfs_fail_memory(err, "the command line");
	if (takes_data_options(command) &&
	    trfs_profile_flags_begin(argc, argv, &ret->flags, err) < 0)
		return err->code;
	for (int i = 0; i < argc;) {
		char *word = argv[i];
		int used;

		if (only_positionals || word[0] != '-' || word[1] == '\0') {
			ret->positionals[ret->nr_positionals++] = word;
			i++;
			continue;
		}
		if (strcmp(word, "--") == 0) {
			only_positionals = true;
			i++;
			continue;
		}
		used = parse_option(command, ret, word, i + 1 < argc ? argv[i + 1] : NULL,
				    err);
		if (used < 0)
			return used;
		i += used;
	}
	return finish(command, ret, err);
}

void trfs_arguments_done(struct trfs_settings *settings)
{
	settings->options_file = trfs_options_file_free(settings->options_file);
	settings->flags = trfs_profile_flags_free(settings->flags);
	free(settings->positionals);
	settings->positionals = NULL;
}

/* Of the command line itself. */
static bool own_help(const struct trfs_command *command, size_t i,
		     struct trfs_argument_help *ret)
{
	for (size_t own = 0; own < TRFS_COUNT(own_options); own++) {
		const struct own_option *o = &own_options[own];

		if (!is_for(o, command) || i-- > 0)
			continue;
		*ret = (struct trfs_argument_help){
			o->letter, o->name, o->argument, o->help,
			o->commands & RARELY ? TRFS_OPTIONS_MOUNT : TRFS_OPTIONS_COMMON
		};
		return true;
	}
	return false;
}

bool trfs_arguments_help(const struct trfs_command *command, size_t i,
			 struct trfs_argument_help *ret)
{
	size_t nr_data = takes_data_options(command) ? trfs_option_table_len : 0;

	/* What the data set is comes first: there one begins. */
	if (i >= nr_data)
		return own_help(command, i - nr_data, ret);
	*ret = (struct trfs_argument_help){ 0, trfs_option_table[i].name,
					    trfs_option_table[i].argument,
					    trfs_option_table[i].help,
					    trfs_option_table[i].group };
	return true;
}
