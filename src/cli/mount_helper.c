/* SPDX-License-Identifier: MIT */
/*
 * Options go through the same parser as those of the command line, one word each, so that
 * fstab has the same names and hears the same complaints.
 */
#include "cli/mount_helper.h"

#include "base/error.h"
#include "cli/arguments.h"
#include "cli/option_list.h"
#include "cli/reopen.h"
#include "cli/unknown_option.h"
#include "fuse/mountpoint.h"
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOUNT_FUSE "/sbin/mount.fuse3"

/* At boot there is no home; by hand it is to be the same place. */
#define CACHE_PARENT "/var/cache"
#define CACHE	     "/var/cache/tfrecordfs"

/**
 * struct line - a command line of mount(8)'s, and what its options say
 * @options: all of them, joined; owned
 * @is_sloppy: pass over options that nobody knows
 * @profile: of --profile; NULL: none
 */
struct line {
	const char *source;
	const char *mountpoint;
	char *options;
	bool is_sloppy;
	bool is_remount;
	bool has_index;
	bool has_user;
	const struct trfs_profile *profile;
};

static bool starts_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

bool trfs_mount_helper_is_named(const char *program)
{
	const char *slash = strrchr(program, '/');

	return starts_with(slash ? slash + 1 : program, "mount.");
}

static bool names_nothing(const char *source)
{
	return strcmp(source, "none") == 0;
}

bool trfs_mount_helper_is_meant(int argc, char *const *argv)
{
	return (argc == 3 || (argc == 5 && strcmp(argv[3], "-o") == 0)) &&
	       (argv[1][0] == '/' || names_nothing(argv[1])) && argv[2][0] == '/';
}

/* -o may be given several times. */
static int add_options(struct line *line, const char *more)
{
	char *joined;

	if (asprintf(&joined, "%s%s%s", line->options ? line->options : "",
		     line->options ? "," : "", more) < 0)
		return -ENOMEM;
	free(line->options);
	line->options = joined;
	return 0;
}

static int parse_letters(struct line *line, int argc, char **argv,
			 struct trfs_mount_call *call, struct trfs_error *err)
{
	int letter;

	opterr = 0;
	optind = 1;
	while ((letter = getopt(argc, argv, "sfnvN:o:t:")) != -1) {
		switch (letter) {
		case 's':
			line->is_sloppy = true;
			break;
		case 'f':
			call->is_fake = true;
			break;
		case 'v':
			call->is_verbose = true;
			break;
		case 'o':
			if (add_options(line, optarg) < 0)
				return trfs_fail_memory(err, "the command line");
			break;
		case 'N': /* mount(8) has gone there */
		case 'n': /* there is no mtab of ours */
		case 't': /* there is one type */
			break;
		default:
			return trfs_fail(err, -EINVAL,
					 "unknown option -%c, or its value is missing; "
					 "see mount.tfrecordfs(8)",
					 optopt);
		}
	}
	if (argc - optind != 2)
		return trfs_fail(
			err, -EINVAL,
			"mount.tfrecordfs wants SOURCE MOUNTPOINT [-sfnv] [-o OPTIONS]; "
			"for example: mount -t tfrecordfs /data/images /mnt/train");
	line->source = argv[optind];
	line->mountpoint = argv[optind + 1];
	return 0;
}

static bool is_of_mount_fuse(const char *word)
{
	return starts_with(word, "setuid=") || strcmp(word, "drop_privileges") == 0;
}

/* What has to be known before any option is understood. */
static int look_through(struct line *line, struct trfs_error *err)
{
	char *copy = strdup(line->options ? line->options : "");
	char *rest = copy, *word;
	int rc = copy ? 0 : trfs_fail_memory(err, "the command line");

	while (rc == 0 && (word = trfs_option_list_next(&rest)) != NULL) {
		if (strcmp(word, "remount") == 0)
			line->is_remount = true;
		else if (is_of_mount_fuse(word))
			line->has_user = true;
		else if (starts_with(word, "index="))
			line->has_index = true;
		else if (starts_with(word, "profile="))
			line->profile = trfs_profile_find(word + 8, err);
		rc = err->code;
	}
	free(copy);
	return rc;
}

static int refuse_remount(const struct line *line, struct trfs_error *err)
{
	return trfs_fail(err, -EOPNOTSUPP,
			 "what is mounted on %s cannot be given other options, and is "
			 "read-only anyway: umount it and mount it again; for changed "
			 "images, type tfrecordfs reload %s",
			 line->mountpoint, line->mountpoint);
}

/* As another user: mount.fuse3 opens /dev/fuse, becomes that user and calls us again. */
static int become_user(const struct line *line, struct trfs_error *err)
{
	execl(MOUNT_FUSE, "mount.fuse3", line->source, line->mountpoint, "-t",
	      "fuse.tfrecordfs", "-o", line->options, (char *)NULL);
	return trfs_fail_errno(err, -errno,
			       "setuid= needs " MOUNT_FUSE
			       " (apt-get install fuse3), which");
}

/*
 * fstab has no directory that paths could be relative to, but the source's, or the data
 * set file's.
 */
static int enter_source(struct line *line, char real[2][PATH_MAX], struct trfs_error *err)
{
	char *slash;
	struct stat st;
	int rc;

	/* Where it is not there, the mount command says so. */
	if (trfs_mountpoint_descriptor(line->mountpoint) < 0 &&
	    realpath(line->mountpoint, real[1]))
		line->mountpoint = real[1];
	if (names_nothing(line->source))
		return 0;
	if (!realpath(line->source, real[0]) || stat(real[0], &st) < 0) {
		rc = -errno;
		if (line->source[0] == '/')
			return trfs_fail_errno(err, rc, "the source %s", line->source);
		return trfs_fail(err, rc,
				 "the source %s: %s, seen from the current directory, "
				 "which is / at boot; name it by its whole path",
				 line->source, strerror(-rc));
	}
	line->source = real[0];
	if (S_ISDIR(st.st_mode))
		return chdir(real[0]) < 0
			       ? trfs_fail_errno(err, -errno, "the source %s", real[0])
			       : 0;
	slash = strrchr(real[0], '/');
	*slash = '\0';
	rc = chdir(*real[0] ? real[0] : "/") < 0 ? -errno : 0;
	*slash = '/';
	return rc < 0 ? trfs_fail_errno(err, rc, "the directory of %s", real[0]) : 0;
}

TRFS_PRINTF(2, 3)
static int add_word(struct trfs_mount_call *call, const char *format, ...)
{
	va_list arguments;
	char *word;
	int len;

	va_start(arguments, format);
	len = vasprintf(&word, format, arguments);
	va_end(arguments);
	if (len < 0)
		return -ENOMEM;
	call->words[call->nr_words++] = word;
	return 0;
}

/* A flag stays behind -o, where it cannot take the next word for its value. */
static int add_option(const struct trfs_command *command, const struct line *line,
		      struct trfs_mount_call *call, char *word)
{
	char *equals = strchr(word, '=');
	bool is_known;

	if (trfs_option_list_is_mounts(word) || is_of_mount_fuse(word))
		return 0;
	if (equals)
		*equals = '\0';
	is_known = trfs_arguments_knows(command, line->profile, word);
	if (!is_known && line->is_sloppy)
		return 0;
	if (equals)
		return add_word(call, "--%s=%s", word, equals + 1);
	return add_word(call, "-o") < 0 ? -ENOMEM : add_word(call, "%s", word);
}

static int add_words(const struct trfs_command *command, struct line *line,
		     struct trfs_mount_call *call)
{
	char *rest = line->options, *word;
	int rc = 0;

	/* Two for each option, and those below. */
	call->words = calloc((rest ? strlen(rest) : 0) * 2 + 8, sizeof(*call->words));
	if (!call->words)
		return -ENOMEM;
	if (!line->has_index && !getenv("CACHE_DIRECTORY") && geteuid() == 0 &&
	    access(CACHE_PARENT, W_OK) == 0)
		rc = add_word(call, "--index=%s", CACHE);
	while (rc == 0 && (word = trfs_option_list_next(&rest)) != NULL)
		rc = add_option(command, line, call, word);
	if (rc == 0)
		rc = add_word(call, "--");
	if (rc == 0 && !names_nothing(line->source))
		rc = add_word(call, "%s", line->source);
	if (rc == 0)
		rc = add_word(call, "%s", line->mountpoint);
	return rc;
}

int trfs_mount_helper_parse(const struct trfs_command *command, int argc, char **argv,
			    struct trfs_mount_call *ret, struct trfs_error *err)
{
	struct line line = { .source = NULL };
	char real[2][PATH_MAX];
	int rc;

	*ret = (struct trfs_mount_call){ .words = NULL };
	rc = parse_letters(&line, argc, argv, ret, err);
	ret->source = line.source;
	if (rc == 0)
		rc = look_through(&line, err);
	if (rc == 0 && !line.is_sloppy)
		rc = trfs_unknown_option_in_list(command, line.profile, line.options,
						 err);
	if (rc == 0 && line.is_remount)
		rc = refuse_remount(&line, err);
	if (rc == 0 && line.has_user && !ret->is_fake)
		rc = become_user(&line, err);
	if (rc == 0)
		rc = enter_source(&line, real, err);
	if (rc == 0 && add_words(command, &line, ret) < 0)
		rc = trfs_fail_memory(err, "the command line");
	free(line.options);
	return rc;
}

void trfs_mount_helper_done(struct trfs_mount_call *call)
{
	trfs_words_free(call->words);
	call->words = NULL;
}

int trfs_mount_helper_code(int code)
{
	if (code == TRFS_EXIT_DONE)
		return 0;
	return code == TRFS_EXIT_USAGE ? TRFS_MOUNT8_USAGE : TRFS_MOUNT8_FAILED;
}
