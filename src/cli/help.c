/* SPDX-License-Identifier: MIT */
/* Help is made from the tables that the parser uses, so it cannot leave anything out. */
#include "cli/help.h"

#include "cli/arguments.h"
#include <string.h>

#define OPTION_WIDTH 26
#define WIDTH	     100 /* columns */

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
	printf("  %-*s", OPTION_WIDTH, text);
	print_wrapped(option->help, OPTION_WIDTH + 2, OPTION_WIDTH + 2);
}

/* The options of one group, under its title where it has one; returns how many. */
static size_t print_group(const struct trfs_command *command,
			  enum trfs_option_group group, bool print)
{
	static const char *const titles[TRFS_NR_OPTION_GROUPS] = {
		[TRFS_OPTIONS_MANIFEST] = "What is read, and what its rows mean:",
		[TRFS_OPTIONS_SHARDS] = "Which record is where:",
		[TRFS_OPTIONS_IMAGES] = "What is made of images and masks:",
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
