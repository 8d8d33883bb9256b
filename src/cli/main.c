/* SPDX-License-Identifier: MIT */
/*
 * The program.  Where things are:
 *
 *	arguments.c, help.c	the command line and what --help prints
 *	cmd_NAME.c		one command each
 *	mount_helper.c		the same as mount(8) calls it
 *	complete.c		how a command line may go on, for shells
 *	data_set.c		settings -> generation, with progress
 *	progress.c, output.c	what is printed while and after
 *	style.c, paragraph.c	colours and widths
 *	pasted.c		names in commands that are printed
 *	keeper.c		the two processes of a mount
 *	daemon.c		a child that reports how its start went
 *
 * This layer alone prints, exits, and reads argv and the environment.
 */
#include "base/nearest.h"
#include "cli/arguments.h"
#include "cli/complete.h"
#include "cli/help.h"
#include "cli/mount_helper.h"
#include "cli/output.h"
#include "cli/profile_flags.h"
#include "cli/reopen.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* In the order of --help, whose groups are in help.c. */
static const struct trfs_command commands[] = {
	{ "mount", TRFS_FOR_MOUNT, "SOURCE MOUNTPOINT", 2, 2,
	  "show a directory of images as TFRecord files",
	  "tfrecordfs mount ./images ./mnt --split train=0.8,test=0.2", trfs_cmd_mount },
	{ "umount", TRFS_FOR_UMOUNT, "MOUNTPOINT", 1, 1, "end a mount",
	  "tfrecordfs umount ./mnt", trfs_cmd_umount },
	{ "check", TRFS_FOR_CHECK, "SOURCE", 1, 1,
	  "what the images are, and what is wrong",
	  "tfrecordfs check ./images --manifest labels.csv --check full",
	  trfs_cmd_check },
	{ "index", TRFS_FOR_INDEX, "SOURCE", 1, 1,
	  "look at all images now, to mount at once later",
	  "tfrecordfs index ./images --manifest labels.csv", trfs_cmd_index },
	{ "export", TRFS_FOR_EXPORT, "SOURCE|MOUNT DEST", 2, 2,
	  "write real files, for machines without FUSE",
	  "tfrecordfs export ./images ./out --split train=0.9,test=0.1",
	  trfs_cmd_export },
	{ "cat", TRFS_FOR_CAT, "SOURCE SHARD", 2, 2,
	  "a shard, or a part of it, on standard output",
	  "tfrecordfs cat ./images train-00000-of-00016.tfrecord --length 1048576",
	  trfs_cmd_cat },
	{ "show", TRFS_FOR_SHOW, "FILE[:RECORD]", 1, 1,
	  "a record of any TFRecord file, as text",
	  "tfrecordfs show ./mnt/train-00000-of-00016.tfrecord:5", trfs_cmd_show },
	{ "verify", TRFS_FOR_VERIFY, "FILE...", 1, -1,
	  "checksums of TFRecord files; or compare two sets",
	  "tfrecordfs verify ./mnt/*.tfrecord", trfs_cmd_verify },
	{ "where", TRFS_FOR_WHERE, "FILE OFFSET", 2, 2,
	  "the image behind a byte of a shard",
	  "tfrecordfs where ./mnt/train-00000-of-00016.tfrecord 478976069",
	  trfs_cmd_where },
	{ "schema", TRFS_FOR_SCHEMA, "[NAME|FILE]", 0, 1,
	  "the features of records, and how to parse them", "tfrecordfs schema slim",
	  trfs_cmd_schema },
	{ "reload", TRFS_FOR_RELOAD, "MOUNTPOINT", 1, 1,
	  "show what images and manifest are now", "tfrecordfs reload ./mnt",
	  trfs_cmd_reload },
	{ "status", TRFS_FOR_STATUS, "[MOUNTPOINT]", 0, 1,
	  "what is mounted, what fails, what is stuck", "tfrecordfs status",
	  trfs_cmd_status },
	{ "log", TRFS_FOR_LOG, "MOUNTPOINT [LEVEL]", 1, 2,
	  "what it logged, or how much it is to log", "tfrecordfs log ./mnt debug",
	  trfs_cmd_log },
	{ "debug", TRFS_FOR_DEBUG, "MOUNTPOINT [FILE]", 1, 2,
	  "a report on it for those who help", "tfrecordfs debug ./mnt report.txt",
	  trfs_cmd_debug },
};

static const struct trfs_command *find_command(const char *name)
{
	for (size_t i = 0; i < TRFS_COUNT(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int fail_unknown(const char *name)
{
	struct trfs_nearest nearest;
	char hint[128];

	trfs_nearest_init(&nearest, trfs_bytes_of(name));
	for (size_t i = 0; i < TRFS_COUNT(commands); i++)
		trfs_nearest_offer(&nearest, trfs_bytes_of(commands[i].name));
	trfs_output_error("unknown command \"%s\"%s; tfrecordfs --help lists all", name,
			  trfs_nearest_hint(&nearest, hint, sizeof(hint)));
	return TRFS_EXIT_USAGE;
}

/* @call: of mount(8), or NULL. */
static int run_command(const struct trfs_command *command, int argc, char **argv,
		       const struct trfs_mount_call *call)
{
	char **words = trfs_words_copy(argc, argv);
	struct trfs_settings settings;
	struct trfs_error err = { 0 };
	int code;

	if (trfs_arguments_parse(command, argc, words ? words : argv, &settings, &err) <
	    0) {
		trfs_output_error("%s", err.message);
		code = TRFS_EXIT_USAGE;
	} else if (settings.help || settings.help_all) {
		trfs_help_print_command(command, settings.help_all);
		if (settings.flags)
			trfs_help_print_profile(settings.flags->profile);
		code = TRFS_EXIT_DONE;
	} else {
		settings.command = command;
		settings.call = call;
		settings.words = argv;
		settings.nr_words = words ? argc : 0;
		code = command->run(&settings);
	}
	trfs_arguments_done(&settings);
	trfs_words_free(words);
	return code;
}

static int run_mount_helper(int argc, char **argv)
{
	const struct trfs_command *mount = find_command("mount");
	struct trfs_mount_call call;
	struct trfs_error err = { 0 };
	int code;

	if (trfs_mount_helper_parse(mount, argc, argv, &call, &err) < 0) {
		trfs_output_error("%s", err.message);
		code = err.code == -EINVAL ? TRFS_EXIT_USAGE : TRFS_EXIT_MOUNT;
	} else {
		code = run_command(mount, call.nr_words, call.words, &call);
	}
	trfs_mount_helper_done(&call);
	return trfs_mount_helper_code(code);
}

static bool is_word(const char *word, const char *long_form, const char *short_form)
{
	return strcmp(word, long_form) == 0 || strcmp(word, short_form) == 0;
}

static void end_at_signal(int signal_number)
{
	_exit(128 + signal_number);
}

/* The first process of a container gets no signal but those that it has a handler for. */
static void hear_signals(void)
{
	if (getpid() != 1)
		return;
	signal(SIGTERM, end_at_signal);
	signal(SIGINT, end_at_signal);
}

int main(int argc, char **argv)
{
	const struct trfs_command *command;

	trfs_output_init();
	hear_signals();
	if (argc > 0 && trfs_mount_helper_is_named(argv[0]))
		return trfs_output_finish(run_mount_helper(argc, argv));
	if (argc < 2) {
		trfs_help_print_first_steps(stderr);
		return TRFS_EXIT_USAGE;
	}
	if (is_word(argv[1], "--help", "-h") || strcmp(argv[1], "help") == 0) {
		command = argc > 2 ? find_command(argv[2]) : NULL;
		if (argc > 2 && !command)
			return fail_unknown(argv[2]);
		if (command)
			trfs_help_print_command(command, false);
		else
			trfs_help_print_all(commands, TRFS_COUNT(commands), stdout);
		return trfs_output_finish(TRFS_EXIT_DONE);
	}
	if (is_word(argv[1], "--version", "-V")) {
		printf("tfrecordfs %s\n", TRFS_VERSION);
		return trfs_output_finish(TRFS_EXIT_DONE);
	}
	/* For the files in completions/, not for people: in no list of commands. */
	if (strcmp(argv[1], "complete") == 0) {
		trfs_complete(commands, TRFS_COUNT(commands), argc - 2, argv + 2);
		return trfs_output_finish(TRFS_EXIT_DONE);
	}
	command = find_command(argv[1]);
	if (!command && trfs_mount_helper_is_meant(argc, argv))
		return trfs_output_finish(run_mount_helper(argc, argv));
	if (!command)
		return fail_unknown(argv[1]);
	return trfs_output_finish(run_command(command, argc - 2, argv + 2, NULL));
}
