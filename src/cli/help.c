/* SPDX-License-Identifier: MIT */
/* Help is made from the tables that the parser uses, so it cannot leave anything out. */
#include "cli/help.h"

#include "base/buffer.h"
#include "cli/arguments.h"
#include "cli/paragraph.h"
#include "dataset/profile.h"
#include <string.h>

#define OPTION_WIDTH   ((size_t)28) /* columns, where help of an option begins */
#define COMMAND_WIDTH  ((size_t)31)
#define COLUMNS_MAX    80
#define NAMES_SIZE_MAX 1024

#define WHAT_IT_IS                                                                       \
	"tfrecordfs shows a directory of images as TFRecord files, made when read."

/* What --help prints: as wide as the terminal, as far as that can be read. */
static size_t columns_of(FILE *out)
{
	size_t columns = trfs_style_columns(out);

	return columns == 0 || columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
}

/* By what one wants to do; a command that is in no row is in the last. */
struct command_group {
	const char *title;
	unsigned int commands;
};

static const struct command_group groups[] = {
	{ "To begin with:", TRFS_FOR_CHECK | TRFS_FOR_MOUNT | TRFS_FOR_UMOUNT |
				    TRFS_FOR_INDEX | TRFS_FOR_EXPORT },
	{ "To look at what there is:", TRFS_FOR_SHOW | TRFS_FOR_WHERE | TRFS_FOR_VERIFY |
					       TRFS_FOR_SCHEMA | TRFS_FOR_CAT },
	{ "While it is mounted:",
	  TRFS_FOR_STATUS | TRFS_FOR_RELOAD | TRFS_FOR_LOG | TRFS_FOR_DEBUG },
	{ "More:", 0 },
};

static bool is_in(const struct trfs_command *command, const struct command_group *group)
{
	unsigned int set = (unsigned int)command->set;

	if (group->commands)
		return (group->commands & set) != 0;
	for (size_t i = 0; i < TRFS_COUNT(groups); i++)
		if (groups[i].commands & set)
			return false;
	return true;
}

static void print_commands(const struct trfs_command *commands, size_t nr,
			   const struct command_group *group, FILE *out)
{
	bool has_title = false;

	for (size_t i = 0; i < nr; i++) {
		if (!is_in(&commands[i], group))
			continue;
		if (!has_title) {
			fputc('\n', out);
			trfs_style_put(out, TRFS_STYLE_STRONG, group->title);
			fputc('\n', out);
			has_title = true;
		}
		fprintf(out, "  %-7s %-20s ", commands[i].name, commands[i].arguments);
		trfs_paragraph_put(out, columns_of(out), COMMAND_WIDTH, COMMAND_WIDTH,
				   commands[i].summary);
	}
}

void trfs_help_print_all(const struct trfs_command *commands, size_t nr, FILE *out)
{
	trfs_paragraph_put(out, columns_of(out), 0, 0, WHAT_IT_IS);
	for (size_t i = 0; i < TRFS_COUNT(groups); i++)
		print_commands(commands, nr, &groups[i], out);
	fputs("\nOptions: tfrecordfs COMMAND --help; all: man tfrecordfs.\n", out);
}

void trfs_help_print_first_steps(FILE *out)
{
	trfs_paragraph_put(out, columns_of(out), 0, 0, WHAT_IT_IS);
	fputs("\nWith images in folders, one for each class:\n\n"
	      "  tfrecordfs check ./images        what is there\n"
	      "  mkdir mnt\n"
	      "  tfrecordfs mount ./images ./mnt  train on mnt/train-*\n"
	      "  tfrecordfs umount ./mnt\n"
	      "\n"
	      "With a list of them, add: --manifest labels.csv\n"
	      "All commands: tfrecordfs --help\n",
	      out);
}

/* @text, and then @help in its own column. */
static void print_entry(const char *text, const char *help)
{
	size_t used = OPTION_WIDTH;

	printf("  %-*s ", (int)OPTION_WIDTH - 3, text);
	if (strlen(text) + 3 > used)
		used = strlen(text) + 3;
	trfs_paragraph_put(stdout, columns_of(stdout), used, OPTION_WIDTH, help);
}

static void print_option(const struct trfs_argument_help *option)
{
	char text[128];

	if (option->letter)
		snprintf(text, sizeof(text), "-%c, --%s%s%s", option->letter,
			 option->name, option->argument ? " " : "",
			 option->argument ? option->argument : "");
	else
		snprintf(text, sizeof(text), "--%s%s%s", option->name,
			 option->argument ? " " : "",
			 option->argument ? option->argument : "");
	print_entry(text, option->help);
}

/* The options of one group, under its title where it has one; returns how many. */
static size_t print_group(const struct trfs_command *command,
			  enum trfs_option_group group, bool print)
{
	static const char *const titles[TRFS_NR_OPTION_GROUPS] = {
		[TRFS_OPTIONS_MANIFEST] = "What is read, and what its rows mean:",
		[TRFS_OPTIONS_SHARDS] = "Which record is where:",
		[TRFS_OPTIONS_IMAGES] = "What is made of images and masks:",
		[TRFS_OPTIONS_MOUNT] = "How it works, and who may read it:",
	};
	struct trfs_argument_help option;
	size_t nr = 0;

	for (size_t i = 0; trfs_arguments_help(command, i, &option); i++) {
		if (option.group != group)
			continue;
		if (print && nr == 0 && titles[group])
			printf("\n%s\n", titles[group]);
		if (print)
			print_option(&option);
		nr++;
	}
	return nr;
}

void trfs_help_print_command(const struct trfs_command *command, bool all)
{
	size_t nr_more = 0;
	int used;

	printf("  %s\n\n", command->example);
	used = printf("tfrecordfs %s %s [options]: ", command->name, command->arguments);
	trfs_paragraph_put(stdout, columns_of(stdout), (size_t)used, 2, command->summary);
	putchar('\n');
	print_group(command, TRFS_OPTIONS_COMMON, true);
	for (int group = 1; group < TRFS_NR_OPTION_GROUPS; group++)
		nr_more += print_group(command, (enum trfs_option_group)group, all);
	if (nr_more > 0 && !all)
		printf("\ntfrecordfs %s --help-all lists %zu more.\n", command->name,
		       nr_more);
}

/* What a converter's flag is to us. */
static void describe_flag(const struct trfs_profile_flag *flag, char *buf, size_t len)
{
	const char *target = flag->target ? flag->target : "";

	switch (flag->kind) {
	case TRFS_FLAG_OPTION:
		snprintf(buf, len, "as --%s", target);
		break;
	case TRFS_FLAG_SOURCE:
		snprintf(buf, len, "the source%s%s",
			 *target ? ": what is beneath in " : "", target);
		break;
	case TRFS_FLAG_MOUNTPOINT:
		snprintf(buf, len, "the mountpoint, made where it is not there");
		break;
	case TRFS_FLAG_OUTPUT_FILE:
		snprintf(buf, len, "mountpoint and name of the one shard");
		break;
	case TRFS_FLAG_SPLIT_PATH:
		snprintf(buf, len, "what is in split %s", target);
		break;
	case TRFS_FLAG_SPLIT_IMAGES:
		snprintf(buf, len, "the directory of split %s's images", target);
		break;
	case TRFS_FLAG_SPLIT_SHARDS:
		snprintf(buf, len, "shards of split %s; default: %s", target,
			 flag->otherwise);
		break;
	case TRFS_FLAG_PART_PREFIX:
		snprintf(buf, len,
			 "mountpoint, and how shard names begin; once for each "
			 "conversion");
		break;
	case TRFS_FLAG_PART_SHARDS:
		snprintf(buf, len, "shards; once for each conversion; default: %s",
			 flag->otherwise);
		break;
	case TRFS_FLAG_PART_FILE:
		snprintf(buf, len, "%s%s; once for each conversion",
			 *target ? "as --" : "what lists the images", target);
		break;
	case TRFS_FLAG_PART_OPTION:
		snprintf(buf, len, "as --%s; once for all conversions or for each",
			 target);
		break;
	case TRFS_FLAG_LISTS:
		snprintf(buf, len, "a directory of lists, SPLIT%s each", target);
		break;
	case TRFS_FLAG_VALUE:
		snprintf(buf, len, "part of paths; default: %s",
			 flag->otherwise ? flag->otherwise : "none");
		break;
	case TRFS_FLAG_NOTHING:
		break;
	}
}

/* Those that concern how a converter runs, on one line. */
static void print_flags_of_no_effect(const struct trfs_profile *profile)
{
	struct trfs_buffer names;

	trfs_buffer_init(&names, NAMES_SIZE_MAX);
	for (const struct trfs_profile_flag *flag = profile->flags; flag->name; flag++) {
		if (flag->kind == TRFS_FLAG_NOTHING)
			trfs_buffer_printf(&names, " --%s", flag->name);
	}
	if (trfs_buffer_bytes(&names).len > 0 && trfs_buffer_text(&names)) {
		printf("  taken, and of no effect here: ");
		trfs_paragraph_put(stdout, columns_of(stdout),
				   strlen("  taken, and of no effect here: "), 2,
				   trfs_buffer_text(&names));
	}
	trfs_buffer_done(&names);
}

void trfs_help_print_profile(const struct trfs_profile *profile)
{
	char text[256], help[128];

	snprintf(text, sizeof(text), "Profile %s: %s.", profile->name,
		 profile->description);
	putchar('\n');
	trfs_paragraph_put(stdout, columns_of(stdout), 0, 2, text);
	printf("\nIts converter's own flags, as that spells them:\n");
	for (const struct trfs_profile_flag *flag = profile->flags; flag->name; flag++) {
		if (flag->kind == TRFS_FLAG_NOTHING)
			continue;
		snprintf(text, sizeof(text), "--%s", flag->name);
		describe_flag(flag, help, sizeof(help));
		print_entry(text, help);
	}
	print_flags_of_no_effect(profile);
	printf("\nWhat it stands for, unless you say otherwise:\n");
	for (const struct trfs_profile_default *row = profile->defaults; row->option;
	     row++) {
		snprintf(text, sizeof(text), "--%s", row->option);
		print_entry(text, *row->value ? row->value : "(empty)");
	}
}
