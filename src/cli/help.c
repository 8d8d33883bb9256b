/* SPDX-License-Identifier: MIT */
/* Help is made from the tables that the parser uses, so it cannot leave anything out. */
#include "cli/help.h"

#include "base/buffer.h"
#include "cli/arguments.h"
#include "dataset/profile.h"
#include <string.h>

#define OPTION_WIDTH   26
#define NAMES_SIZE_MAX 1024
#define WIDTH	       100 /* columns */

void trfs_help_print_all(const struct trfs_command *commands, size_t nr, FILE *out)
{
	fprintf(out, "tfrecordfs shows an image directory as TFRecord files, made when "
		     "they are "
		     "read.\n\n"
		     "  tfrecordfs mount ./images ./mnt      (images/CLASS/x.jpg: "
		     "nothing else "
		     "needed)\n\n"
		     "Commands:\n");
	for (size_t i = 0; i < nr; i++)
		fprintf(out, "  %-8s %-20s %s\n", commands[i].name, commands[i].arguments,
			commands[i].summary);
	fprintf(out, "\ntfrecordfs COMMAND --help shows a command's options; "
		     "tfrecordfs(1) is the "
		     "manual.\n");
}

/* @text in lines that end before WIDTH; @used of the first one is taken already. */
static void print_wrapped(const char *text, size_t used, size_t indent)
{
	while (*text) {
		size_t len = strcspn(text, " ");

		if (used + 1 + len > WIDTH && used > indent) {
			printf("\n%*s", (int)indent, "");
			used = indent;
		}
		printf(" %.*s", (int)len, text);
		used += 1 + len;
		text += len;
		text += strspn(text, " ");
	}
	putchar('\n');
}

/* @text, and then @help in its own column. */
static void print_entry(const char *text, const char *help)
{
	printf("  %-*s", OPTION_WIDTH, text);
	print_wrapped(help, OPTION_WIDTH + 2, OPTION_WIDTH + 2);
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
		[TRFS_OPTIONS_MOUNT] = "Who may read it, and what it may do:",
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

	printf("  %s\n\n", command->example);
	printf("tfrecordfs %s %s [options]:", command->name, command->arguments);
	print_wrapped(command->summary,
		      sizeof("tfrecordfs   [options]:") - 1 + strlen(command->name) +
			      strlen(command->arguments),
		      1);
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
		printf("  taken, and of no effect here:");
		print_wrapped(trfs_buffer_text(&names) + 1,
			      sizeof("  taken, and of no effect here:") - 1, 2);
	}
	trfs_buffer_done(&names);
}

void trfs_help_print_profile(const struct trfs_profile *profile)
{
	char text[128], help[128];

	printf("\nProfile %s: %s.\n\nIts converter's own flags, as that spells them:\n",
	       profile->name, profile->description);
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
