/* SPDX-License-Identifier: MIT */
/* What a split may be called: its name begins the names of its shards. */
#ifndef TRFS_DATASET_SPLIT_NAMES_H
#define TRFS_DATASET_SPLIT_NAMES_H

#include "dataset/split.h"

/* Why @name cannot be a split's, as the rest of a sentence; NULL if it can. */
const char *trfs_split_names_objection(struct trfs_bytes name);

/* --split-names: splits are called as the manifest calls them, "val" and not otherwise.
 */
#define TRFS_SPLIT_NAMES_KEEP "keep"

/* The split that @name, of a manifest or a part, means; blanks are taken off. */
struct trfs_bytes trfs_split_names_meant(const struct trfs_options *options,
					 struct trfs_bytes name);

/* <0, 0, >0: train, validation, test before all others, and these by bytes. */
int trfs_split_names_compare(const char *a, const char *b);

/* The number of the split @name; false if there is none. */
bool trfs_split_names_find(const struct trfs_splits *splits, struct trfs_bytes name,
			   uint32_t *ret_split);

/*
 * -EINVAL, or whatever @code is, when the shell pattern of one split would match
 * another's shards: "train-*" those of "train-extra".
 */
TRFS_MUST_CHECK
int trfs_split_names_check_patterns(const struct trfs_splits *splits, int code,
				    struct trfs_error *err);

/**
 * trfs_split_names_show() - what splits are called in shard names
 * @text: "validation=val,test=dev": the others keep their names; NULL, "keep": all do
 * @ret: a name for each split
 *
 * The usual splits may be named though the data set lacks them.  -EINVAL for what is no
 * such text, for other splits that there are not (the nearest is named), for names that
 * no split can have, and where two splits would have one.
 */
TRFS_MUST_CHECK
int trfs_split_names_show(const char *text, const struct trfs_splits *splits,
			  char (*ret)[TRFS_SPLIT_NAME_MAX], struct trfs_error *err);

/* "train, validation, test" into @buf, cut with "..." where it is long; returns @buf. */
const char *trfs_split_names_list(const struct trfs_splits *splits, char *buf,
				  size_t len);

#endif
