/* SPDX-License-Identifier: MIT */
/*
 * The words before the last one are read as far as is needed to know what the last one
 * is: an option's name, its value, or an argument.  Nothing in them is wrong here: what
 * does not parse is passed over.
 */
#include "cli/complete.h"

#include "cli/arguments.h"
#include "cli/complete_values.h"
#include "dataset/profile.h"

#include <stdio.h>

/**
 * struct line - a command line as far as it is typed
 * @options: what its words say of the data set
 * @profile: whose flags are taken besides; NULL: nobody's
 * @nr_positionals: how many stand before the last word
 * @only_positionals: "--" was among them
 */
struct line {
	const struct trfs_command *command;
	struct trfs_options options;
	const struct trfs_profile *profile;
	size_t nr_positionals;
	bool only_positionals;
};

/* An option: its name in the tables, and what help shows for its value (NULL: none). */
struct known {
	const char *name;
	const char *argument;
};

static bool takes_data_options(const struct line *line)
{
	return (line->command->set & TRFS_FOR_DATA_SETS) != 0;
}

/* A converter's flag, as the option that it stands for, or by what it is. */
static bool find_flag(const struct line *line, const char *name, struct known *ret)
{
	const struct trfs_profile_flag *flag =
		line->profile ? trfs_profile_find_flag(line->profile, name) : NULL;
	const struct trfs_option *option;

	if (!flag)
		return false;
	option = flag->kind == TRFS_FLAG_OPTION ? trfs_option_find(flag->target) : NULL;
	*ret = (struct known){ option ? option->name : flag->name,
			       flag->is_switch ? NULL
			       : option	       ? option->argument
					       : "FILE" };
	return true;
}

/* By name, letter or alias; '_' and '-' are the same. */
static bool find_option(const struct line *line, const char *name, struct known *ret)
{
	const struct trfs_option *data =
		takes_data_options(line) ? trfs_option_find(name) : NULL;
	struct trfs_argument_help option;

	for (size_t i = 0; trfs_arguments_help(line->command, i, &option); i++) {
		if (trfs_option_same_name(option.name, name) ||
		    (option.letter && name[0] == option.letter && !name[1])) {
			*ret = (struct known){ option.name, option.argument };
			return true;
		}
	}
	if (!data)
		return find_flag(line, name, ret);
	*ret = (struct known){ data->name, data->argument };
	return true;
}

/* What the value of an option says of the data set, as far as it is one. */
static void note(struct line *line, const char *name, const char *value)
{
	const struct trfs_option *option = trfs_option_find(name);

	if (!option || !takes_data_options(line))
		return;
	if (trfs_option_set(&line->options, option, value, NULL) == 0 &&
	    strcmp(option->name, "profile") == 0)
		line->profile = trfs_profile_find(value, NULL);
}

static void offer_options(const struct line *line, const char *before,
			  struct trfs_candidates *c, const char *ending)
{
	struct trfs_argument_help option;
	char text[128];

	for (size_t i = 0; trfs_arguments_help(line->command, i, &option); i++) {
		const struct trfs_option *data = trfs_option_find(option.name);

		snprintf(text, sizeof(text), "%s%s", before, option.name);
		trfs_candidates_offer(c, trfs_bytes_of(text),
				      option.argument ? ending : "", option.help);
		if (!data || !takes_data_options(line) || data->type != TRFS_OPTION_FLAG)
			continue;
		/* Only for who has begun so: there would be two of each. */
		if (c->typed.len < strlen(before) + 2)
			continue;
		snprintf(text, sizeof(text), "%sno-%s", before, option.name);
		trfs_candidates_offer(c, trfs_bytes_of(text), "", "turn it off");
	}
	for (const struct trfs_profile_flag *flag = line->profile ? line->profile->flags
								  : NULL;
	     flag && flag->name; flag++) {
		snprintf(text, sizeof(text), "%s%s", before, flag->name);
		trfs_candidates_offer(c, trfs_bytes_of(text),
				      flag->is_switch ? "" : ending,
				      line->profile->description);
	}
}

static void offer_value(const struct line *line, const struct known *option,
			struct trfs_candidates *c)
{
	if (option->argument)
		trfs_complete_value(option->name, option->argument, &line->options, c);
}

/* Behind @start of the word: "name", or "name=value". */
static void offer_named(const struct line *line, const char *word, size_t start,
			struct trfs_candidates *c)
{
	size_t len = strcspn(word + start, "=");
	struct known option;
	char name[128];

	if (!word[start + len] || len >= sizeof(name))
		return;
	memcpy(name, word + start, len);
	name[len] = '\0';
	trfs_candidates_keep(c, start + len + 1 - c->before.len);
	if (find_option(line, name, &option))
		offer_value(line, &option, c);
}

/* The last item of "a=b,c=d", as -o takes it. */
static void offer_listed(const struct line *line, const char *word,
			 struct trfs_candidates *c)
{
	const char *item = strrchr(word, ',');

	while (item && item > word && item[-1] == '\\')
		item = memrchr(word, ',', (size_t)(item - word));
	item = item ? item + 1 : word;
	trfs_candidates_keep(c, (size_t)(item - word));
	if (strchr(item, '='))
		offer_named(line, word, (size_t)(item - word), c);
	else
		offer_options(line, "", c, "=");
}

/*
 * One word before the last.  Returns the option whose value the next word is, in
 * *@ret_option, or false; -o counts as one of the name "o".
 */
static bool read_word(struct line *line, char *word, struct known *ret_option)
{
	bool is_long = strncmp(word, "--", 2) == 0;
	char *equals = strchr(word, '=');
	char *name = word + (is_long ? 2 : 1);

	if (line->only_positionals || word[0] != '-' || !word[1]) {
		if (line->nr_positionals++ == 0)
			line->options.source = word;
		return false;
	}
	if (is_long && !word[2]) {
		line->only_positionals = true;
		return false;
	}
	if (strcmp(word, "-o") == 0 && takes_data_options(line)) {
		*ret_option = (struct known){ "o", "LIST" };
		return true;
	}
	if (equals)
		*equals = '\0';
	if (!find_option(line, name, ret_option))
		return false;
	if (equals)
		note(line, ret_option->name, equals + 1);
	return !equals && ret_option->argument;
}

static void complete_word(struct line *line, const struct known *option, char *word,
			  struct trfs_candidates *c)
{
	if (option && strcmp(option->name, "o") == 0)
		offer_listed(line, word, c);
	else if (option)
		offer_value(line, option, c);
	else if (line->only_positionals || word[0] != '-')
		trfs_complete_positional(line->command, line->nr_positionals, c);
	else if (strncmp(word, "--", 2) == 0 && strchr(word, '='))
		offer_named(line, word, 2, c);
	else
		offer_options(line, "--", c, "");
}

static void offer_commands(const struct trfs_command *commands, size_t nr,
			   struct trfs_candidates *c)
{
	for (size_t i = 0; i < nr; i++)
		trfs_candidates_offer(c, trfs_bytes_of(commands[i].name), "",
				      commands[i].summary);
}

static void complete(const struct trfs_command *commands, size_t nr, int argc,
		     char **argv, struct trfs_candidates *c)
{
	struct line line = { .command = NULL };
	struct known option = { NULL, NULL };
	bool is_value = false;

	for (size_t i = 0; i < nr; i++)
		if (strcmp(commands[i].name, argv[0]) == 0)
			line.command = &commands[i];
	if (argc == 2 && strcmp(argv[0], "help") == 0)
		offer_commands(commands, nr, c);
	if (!line.command)
		return;
	trfs_options_init(&line.options);
	for (int i = 1; i < argc - 1; i++) {
		if (is_value) {
			note(&line, option.name, argv[i]);
			is_value = false;
		} else {
			is_value = read_word(&line, argv[i], &option);
		}
	}
	complete_word(&line, is_value ? &option : NULL, argv[argc - 1], c);
}

void trfs_complete(const struct trfs_command *commands, size_t nr, int argc, char **argv)
{
	struct trfs_candidates c;

	if (argc == 0)
		return;
	trfs_candidates_init(&c, argv[argc - 1]);
	if (argc == 1) {
		offer_commands(commands, nr, &c);
		trfs_candidates_offer(&c, trfs_bytes_of("help"), "", "what commands do");
		trfs_candidates_offer(&c, trfs_bytes_of("--help"), "", "list commands");
		trfs_candidates_offer(&c, trfs_bytes_of("--version"), "",
				      "print the version");
	} else {
		complete(commands, nr, argc, argv, &c);
	}
	trfs_candidates_done(&c);
}
