/* SPDX-License-Identifier: MIT */
/*
 * What is asked for single classes: --keep-every CLASS=N and --augment CLASS=CHANGES.
 *
 * An example is of a class when one of its labels is; of several rules that could be
 * meant for it, --keep-every takes the first and --augment all, in the order they were
 * given in: copy k of an example is made by its k-th rule.
 */
#ifndef TRFS_DATASET_AUGMENT_H
#define TRFS_DATASET_AUGMENT_H

#include "dataset/catalog.h"
#include <tfrecordfs/options.h>

/**
 * struct trfs_class_rule - what one item of an option says
 * @class: number of the class
 * @every: of --keep-every: N, at least 1; else 0
 * @text: behind the '=', borrowed from the option: "rotate,hflip"
 */
struct trfs_class_rule {
	uint32_t class;
	uint32_t every;
	struct trfs_bytes text;
};

struct trfs_class_rules {
	uint32_t nr;
	struct trfs_class_rule items[TRFS_LIST_MAX];
};

/*
 * The rules of @options->keep_every and of @options->augment.  CLASS is a class's name,
 * or its id where no class is called so.  -EINVAL for items without a '=', for a class
 * that there is not (the nearest is named), for an N that is no number from 1 on, and
 * for a class with two N.
 */
TRFS_MUST_CHECK
int trfs_keep_every_parse(const struct trfs_options *options,
			  const struct trfs_catalog *catalog,
			  struct trfs_class_rules *ret, struct trfs_error *err);
TRFS_MUST_CHECK
int trfs_augment_parse(const struct trfs_options *options,
		       const struct trfs_catalog *catalog, struct trfs_class_rules *ret,
		       struct trfs_error *err);

/*
 * Rule number @nth, from 0, of those for @example's classes; NULL where there are not so
 * many.  Copy k of an example is made by rule k - 1.
 */
const struct trfs_class_rule *trfs_class_rules_find(const struct trfs_class_rules *rules,
						    const struct trfs_catalog *catalog,
						    uint64_t example, uint32_t nth);

/* How many rules there are for @example: the copies that --augment makes of it. */
uint32_t trfs_class_rules_count(const struct trfs_class_rules *rules,
				const struct trfs_catalog *catalog, uint64_t example);

#endif
