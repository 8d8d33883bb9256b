/* SPDX-License-Identifier: MIT */
/*
 * Profiles: a converter's choices under one name.  A profile is a row of data: defaults
 * for options, and the converter's own flags with what each means to us.  A new
 * converter is a new row, and a schema of its name (schema_converters.c).
 */
#ifndef TRFS_DATASET_PROFILE_H
#define TRFS_DATASET_PROFILE_H

#include "dataset/options.h"

/* What a converter's flag means. */
enum trfs_flag_kind {
	TRFS_FLAG_OPTION,	/* sets the option @target */
	TRFS_FLAG_SOURCE,	/* the source; @target: the directory below it, or NULL */
	TRFS_FLAG_MOUNTPOINT,	/* the directory of the shards */
	TRFS_FLAG_OUTPUT_FILE,	/* the one shard's path: mountpoint and shard name */
	TRFS_FLAG_SPLIT_PATH,	/* the file or directory of split @target */
	TRFS_FLAG_SPLIT_IMAGES, /* the directory of split @target's images */
	TRFS_FLAG_SPLIT_SHARDS, /* how many shards split @target has; else @otherwise */
	TRFS_FLAG_PART_PREFIX,	/* DIR/NAME: mountpoint, and the k-th part's split */
	TRFS_FLAG_PART_SHARDS,	/* how many shards the k-th part has; else @otherwise */
	TRFS_FLAG_PART_FILE,	/* the k-th part's manifest; and option @target, if any */
	TRFS_FLAG_PART_OPTION,	/* option @target of the k-th part; given once: of all */
	TRFS_FLAG_LISTS,	/* a directory of lists SPLIT@target, a part each */
	TRFS_FLAG_VALUE,	/* only for {name} in defaults; else @otherwise */
	TRFS_FLAG_NOTHING,	/* concerns how the converter runs, not what it writes */
};

/**
 * struct trfs_profile_flag - one flag of a converter, '_' and '-' being the same
 * @target: see enum trfs_flag_kind; of a value "word=a,b": that it stands for several,
 *	so that the manifests of all of them are meant, one after the other
 * @otherwise: its value where it is not given; NULL: none
 * @is_switch: takes no value unless with '=': --logtostderr, --nologtostderr
 */
struct trfs_profile_flag {
	const char *name;
	enum trfs_flag_kind kind;
	const char *target;
	const char *otherwise;
	bool is_switch;
};

/* An option's value unless the user gave another; {flag} stands for a flag's value. */
struct trfs_profile_default {
	const char *option;
	const char *value;
};

/**
 * struct trfs_profile_variant - what an option of a converter's changes besides itself
 * @profile: whose
 * @applies: whether the options say so
 * @defaults: instead of the profile's own of these options; ends with a row of NULLs
 */
struct trfs_profile_variant {
	const char *profile;
	bool (*applies)(const struct trfs_options *options);
	const struct trfs_profile_default *defaults;
};

/**
 * struct trfs_profile - one converter
 * @description: a phrase for lists
 * @defaults, @flags: each ends with a row of NULLs
 */
struct trfs_profile {
	const char *name;
	const char *description;
	const struct trfs_profile_default *defaults;
	const struct trfs_profile_flag *flags;
};

extern const struct trfs_profile trfs_profile_table[];
extern const size_t trfs_profile_table_len;
extern const struct trfs_profile_variant trfs_profile_variants[];
extern const size_t trfs_profile_variants_len;

/* By name; NULL and -EINVAL in @err with the nearest one if there is none. */
const struct trfs_profile *trfs_profile_find(const char *name, struct trfs_error *err);

/* A flag by name; NULL if the profile has none of that name. */
const struct trfs_profile_flag *trfs_profile_find_flag(const struct trfs_profile *profile,
						       const char *name);

/**
 * trfs_profile_apply() - set the defaults of @profile
 * @given: by row of the option table: whether the user set it, which then stays;
 *	NULL: set them all
 *
 * Defaults that hold a {flag} are left to whoever knows flags (the command line).
 */
TRFS_MUST_CHECK
int trfs_profile_apply(const struct trfs_profile *profile, struct trfs_options *options,
		       const bool *given, struct trfs_error *err);

#endif
