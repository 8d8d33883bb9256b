/* SPDX-License-Identifier: MIT */
/* Commands and what all of them share. */
#ifndef TRFS_CLI_COMMAND_H
#define TRFS_CLI_COMMAND_H

#include "base/compiler.h"
#include <stdbool.h>
#include <stdint.h>
#include <tfrecordfs/options.h>

/* Exit codes. */
enum {
	TRFS_EXIT_DONE = 0,
	TRFS_EXIT_DATA = 1,  /* the data are in doubt, or could not be read */
	TRFS_EXIT_USAGE = 2, /* the command line is wrong */
	TRFS_EXIT_MOUNT = 3, /* could not mount or unmount */
};

/* Which commands take an option of the command line's own; bits. */
enum trfs_command_set {
	TRFS_FOR_MOUNT = 1 << 0,
	TRFS_FOR_UMOUNT = 1 << 1,
	TRFS_FOR_STATUS = 1 << 2,
	TRFS_FOR_CHECK = 1 << 3,
	TRFS_FOR_INDEX = 1 << 4,
	TRFS_FOR_CAT = 1 << 5,
	TRFS_FOR_SHOW = 1 << 6,
	TRFS_FOR_VERIFY = 1 << 7,
	TRFS_FOR_WHERE = 1 << 8,
	TRFS_FOR_SCHEMA = 1 << 9,
	TRFS_FOR_LOG = 1 << 10,
	TRFS_FOR_DEBUG = 1 << 11,
	TRFS_FOR_RELOAD = 1 << 12,
	TRFS_FOR_EXPORT = 1 << 13,
	/* Those that describe a data set, and so take all of options.c's too. */
	TRFS_FOR_DATA_SETS = TRFS_FOR_MOUNT | TRFS_FOR_CHECK | TRFS_FOR_INDEX |
			     TRFS_FOR_CAT | TRFS_FOR_EXPORT,
	TRFS_FOR_ALL = (1 << 14) - 1,
};

/* At most as many options has a data set. */
#define TRFS_OPTIONS_MAX 128

struct trfs_command;
struct trfs_mount_call;
struct trfs_options_file;
struct trfs_profile_flags;

/**
 * struct trfs_settings - a parsed command line
 * @data: the data set; strings point into argv, or into @options_file
 * @given: which of them the command line or a file set, by row of the table
 * @flags: a profile's own flags
 * @positionals: what is no option: source, mountpoint, files; owned array
 * @index_directory: as --index gave it; NULL: the default place; "none": nowhere
 * @against: the first file behind --against; further ones are positionals
 * @nr_before_against: how many positionals stand before --against
 * @options_file: memory of a data set file's texts; owned, or NULL
 * @command, @words, @nr_words: what it was parsed from, to do so again; borrowed
 * @call: of mount(8), borrowed; NULL: not of it
 */
struct trfs_settings {
	struct trfs_options data;
	bool given[TRFS_OPTIONS_MAX];
	struct trfs_profile_flags *flags;
	const char **positionals;
	int nr_positionals;
	const char *index_directory;
	const char *offset;
	const char *length;
	const char *view;	 /* NULL, or the path of --view */
	const char *compression; /* and the word of --compression */
	const char *against;
	int nr_before_against;
	struct trfs_options_file *options_file;
	const struct trfs_command *command;
	char *const *words;
	int nr_words;
	const char *part; /* NULL, or "I/N" of --part */
	bool join;
	const struct trfs_mount_call *call;
	bool reindex;
	bool json;
	bool quiet;
	bool foreground;
	const char *cache;     /* NULL, or the word of --cache */
	const char *confine;   /* and of --confine */
	const char *log_level; /* and of --log-level */
	const char *timeout;   /* and the seconds of --timeout */
	bool replace;
	bool allow_other;
	const char *uid;  /* NULL, or the number of --uid */
	const char *gid;  /* and of --gid */
	const char *mode; /* and of --mode */
	bool watch;
	bool make_mountpoint; /* a converter would make its output directory */
	bool lazy;
	bool probe;
	bool sources;
	bool exact;
	bool help;
	bool help_all;
};

/**
 * struct trfs_command - one subcommand; a row of the table in main.c
 * @set: its bit
 * @arguments: what stands behind its name: "SOURCE MOUNTPOINT"
 * @min_positionals, @max_positionals: how many of them; no maximum: -1
 * @summary: a phrase for the list of commands
 * @example: the first line of its help: a whole command line
 * @run: returns the exit code
 */
struct trfs_command {
	const char *name;
	enum trfs_command_set set;
	const char *arguments;
	int min_positionals;
	int max_positionals;
	const char *summary;
	const char *example;
	int (*run)(const struct trfs_settings *settings);
};

int trfs_cmd_mount(const struct trfs_settings *settings);
int trfs_cmd_umount(const struct trfs_settings *settings);
int trfs_cmd_reload(const struct trfs_settings *settings);
int trfs_cmd_status(const struct trfs_settings *settings);
int trfs_cmd_check(const struct trfs_settings *settings);
int trfs_cmd_index(const struct trfs_settings *settings);
int trfs_cmd_cat(const struct trfs_settings *settings);
int trfs_cmd_export(const struct trfs_settings *settings);
int trfs_cmd_show(const struct trfs_settings *settings);
int trfs_cmd_verify(const struct trfs_settings *settings);
int trfs_cmd_where(const struct trfs_settings *settings);
int trfs_cmd_log(const struct trfs_settings *settings);
int trfs_cmd_debug(const struct trfs_settings *settings);
int trfs_cmd_schema(const struct trfs_settings *settings);

#endif
