/* SPDX-License-Identifier: MIT */
/*
 * Views: other plans over the same catalog, named by a path.  "epochs/7/shards/64" is a
 * chain of steps, each of a kind of the table in view_kinds.c; steps are put in the order
 * of their kinds' stages before they are applied, so that a chain means the same however
 * it is spelled.  A kind is a file view_NAME.c and a row of the table.
 */
#ifndef TRFS_DATASET_VIEW_H
#define TRFS_DATASET_VIEW_H

#include "dataset/plan.h"
#include "dataset/split.h"

#define TRFS_VIEW_STEPS_MAX	16u
#define TRFS_VIEW_ARGUMENTS_MAX 2u

/* What a path is parsed for, and what views are built from.  All borrowed. */
struct trfs_view_context {
	const struct trfs_catalog *catalog;
	const struct trfs_plan *plan; /* of the mount's root */
	const struct trfs_options *options;
};

struct trfs_view_kind;

/**
 * struct trfs_view_step - one kind with its arguments, as numbers
 * @nr_arguments: that the path gave; a kind can do with fewer than it takes at most
 * @numbers: what they mean to the kind: an epoch, a class, a column and a value's number
 */
struct trfs_view_step {
	const struct trfs_view_kind *kind;
	unsigned int nr_arguments;
	uint64_t numbers[TRFS_VIEW_ARGUMENTS_MAX];
};

/**
 * struct trfs_view_spec - a parsed path: steps in the order in which they are applied
 *
 * Without steps: the root.  Equal specs are equal views, see trfs_view_spec_key().
 */
struct trfs_view_spec {
	unsigned int nr_steps;
	struct trfs_view_step steps[TRFS_VIEW_STEPS_MAX];
};

/* How far a path leads. */
enum trfs_view_path {
	TRFS_VIEW_NONE,	   /* nowhere */
	TRFS_VIEW_PARTIAL, /* to a kind that still lacks an argument: "epochs", "folds/5"
			    */
	TRFS_VIEW_WHOLE,   /* to a view */
};

/**
 * trfs_view_path_parse() - understand a path relative to the mount
 * @path: components with single slashes between them, none at the ends; "" is the root
 * @ret: the view; of a partial path those steps that are complete
 *
 * Each kind can stand in a path once, filter several times.  Numbers are decimal without
 * sign, blanks or leading zeroes.  Whether a view has records at all shows only when it
 * is built.  Cost: a few table look-ups; no allocation.
 */
enum trfs_view_path trfs_view_path_parse(const struct trfs_view_context *context,
					 const char *path, struct trfs_view_spec *ret);

/*
 * The longest beginning of @path, up to a slash or its end, that is a view's: its length
 * without the slash behind it, and the view.  0 and the root where there is none.
 */
size_t trfs_view_path_prefix(const struct trfs_view_context *context, const char *path,
			     struct trfs_view_spec *ret);

/*
 * How a name (of a class, a column, a value) is spelled in a path: bytes below 0x20,
 * 0x7f,
 * '/', '%', and a '.' in front as "%" and two upper-case hexadecimal digits, '=' too
 * where
 * @equals; all others as they are; the empty name as "%".  false where it does not fit.
 */
bool trfs_view_spell(struct trfs_bytes name, bool equals, char *ret, size_t size);

/* Enough for the spelling of any name of a file. */
#define TRFS_VIEW_SPELLED_MAX 1024u

/* How by-class/CLASS spells class @number: its name, or "%N" and the number where that
 * would be longer than a file's name can be. */
bool trfs_view_spell_class(const struct trfs_catalog *catalog, uint64_t number, char *ret,
			   size_t size);

/* A text that two specs share exactly when they are the same view.  Into @ret, with NUL.
 */
#define TRFS_VIEW_KEY_MAX 1024
void trfs_view_spec_key(const struct trfs_view_spec *spec, char ret[TRFS_VIEW_KEY_MAX]);

/* Whether the view is a single record, by-index/SPLIT/N: it has no shards to show. */
bool trfs_view_spec_is_record(const struct trfs_view_spec *spec);

/* The name of the schema or profile that the spec asks for; NULL: the data set's own. */
const char *trfs_view_spec_schema(const struct trfs_view_spec *spec);

/*
 * The kinds by number, for listing; NULL behind the last.  @ret_listed: whether the mount
 * lists its name in the root: not where that directory itself holds shards, or every
 * backup would copy the data again.
 */
const char *trfs_view_kind_name(size_t i, bool *ret_listed);

/* The size of the record of base record number @record in bytes, for bysize. */
typedef uint64_t trfs_record_size_fn(void *user, uint64_t record);

/**
 * trfs_view_plan_build() - the plan of a view
 * @size: of records; called for views cut by size only
 * @ret: shares columns with context->plan, which must outlive it; free with
 *	trfs_plan_free()
 *
 * Views that only shuffle, start elsewhere or cut otherwise need no memory for their
 * records; those that choose records keep 4 bytes for each of them.
 *
 * Return: 0; -ENOENT when the view has no records, more than 2^32 - 1, or a number in it
 *	is above what there is; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_view_plan_build(const struct trfs_view_context *context,
			 const struct trfs_view_spec *spec, trfs_record_size_fn *size,
			 void *user, struct trfs_plan **ret, struct trfs_error *err);

#endif
