/* SPDX-License-Identifier: MIT */
/*
 * The table of what a user may choose: one row serves the command line, dataset.json,
 * and the fingerprint of a saved index.
 */
#ifndef TRFS_DATASET_OPTIONS_H
#define TRFS_DATASET_OPTIONS_H

#include "base/buffer.h"
#include <tfrecordfs/options.h>

enum trfs_option_type {
	TRFS_OPTION_TEXT,
	TRFS_OPTION_PATH,   /* a text that names a file */
	TRFS_OPTION_NUMBER, /* uint64_t */
	TRFS_OPTION_COUNT,  /* unsigned int */
	TRFS_OPTION_CHOICE, /* an enum; @choices name its values from 0 */
	TRFS_OPTION_FLAG,   /* bool: --follow, --no-follow */
	TRFS_OPTION_LIST,   /* struct trfs_option_list; each occurrence adds an item */
	TRFS_OPTION_PATHS,  /* the same, of names of files or directories */
};

/* Which list of help an option is in. */
enum trfs_option_group {
	TRFS_OPTIONS_COMMON,   /* what --help shows; the others are in --help-all */
	TRFS_OPTIONS_MANIFEST, /* what is read, and what its rows mean */
	TRFS_OPTIONS_SHARDS,   /* which record is where */
	TRFS_OPTIONS_IMAGES,   /* what is made of images and masks */
	TRFS_OPTIONS_MOUNT,    /* how it works, and who may read it */
	TRFS_NR_OPTION_GROUPS
};

/**
 * struct trfs_option - one option
 * @name: "group", as in --group; '_' and '-' are the same on the command line
 * @argument: what help shows for its value: "COLUMN"; NULL for flags
 * @help: a phrase for --help
 * @aliases: other spellings, known converters' own; NULL-terminated or NULL
 * @layout: whether the bytes of any shard can depend on it
 */
struct trfs_option {
	const char *name;
	enum trfs_option_type type;
	size_t offset; /* in struct trfs_options */
	const char *argument;
	const char *help;
	const char *const *choices;
	const char *const *aliases;
	bool layout;
	enum trfs_option_group group;
};

extern const struct trfs_option trfs_option_table[];
extern const size_t trfs_option_table_len;

/* Whether two names of options are the same, '_' being '-'. */
bool trfs_option_same_name(const char *a, const char *b);

/* By name or alias, '_' equal to '-'; NULL if there is none. */
const struct trfs_option *trfs_option_find(const char *name);

/* Whether it is a flag, or a text or list that need not be given. */
bool trfs_option_can_be_off(const struct trfs_option *option);

/* Of those: whether the flag is on, or anything is given. */
bool trfs_option_is_on(const struct trfs_options *options,
		       const struct trfs_option *option);

/*
 * Set one option from text (NULL or "" for a flag: on).  @text is borrowed by @options.
 * -EINVAL with the option, the text, and what may stand there.
 */
TRFS_MUST_CHECK
int trfs_option_set(struct trfs_options *options, const struct trfs_option *option,
		    const char *text, struct trfs_error *err);

/*
 * A copy of @from that owns all of its texts; -ENOMEM leaves nothing to free.  Free with
 * trfs_options_copy_done().
 */
TRFS_MUST_CHECK
int trfs_options_copy(const struct trfs_options *from, struct trfs_options *ret);
void trfs_options_copy_done(struct trfs_options *copy);

/* Append an option's value as it would be typed; the items of a list a line each. */
void trfs_option_print(const struct trfs_options *options,
		       const struct trfs_option *option, struct trfs_buffer *buf);

/* Append "name=value\n" for every option with @layout set whose value counts. */
void trfs_options_print_layout(const struct trfs_options *options,
			       struct trfs_buffer *buf);

#endif
