/* SPDX-License-Identifier: MIT */
/* Which columns of a manifest hold file, label, split and group, by their usual names. */
#ifndef TRFS_MANIFEST_ROLES_H
#define TRFS_MANIFEST_ROLES_H

#include "base/strings.h"

enum trfs_role {
	TRFS_ROLE_FILE,
	TRFS_ROLE_LABEL,
	TRFS_ROLE_SPLIT,
	TRFS_ROLE_GROUP,
	TRFS_ROLE_MASK,
	TRFS_NR_ROLES
};

/**
 * trfs_role_find() - the column that plays a role
 * @wanted: the name the user gave (exact, else equal but for case), or NULL for the
 *	usual names, which roles.c has in their order ("filename", ...), compared
 *	without case, blanks and the difference of '_' and '-'
 * @ret_column: its number
 *
 * Return: 1 when found; 0 when nobody named one and no usual name is there; -EINVAL when
 *	@wanted is not a column, with the option to type, the nearest name and the list
 *	of columns; -EBADMSG when several columns have usual names of equal rank.
 */
TRFS_MUST_CHECK
int trfs_role_find(const struct trfs_strings *columns, enum trfs_role role,
		   const char *wanted, uint32_t *ret_column, struct trfs_error *err);

/*
 * A split's name as the shards have it: "training" and "TRAIN" are "train"; "val",
 * "valid", "dev" are "validation"; "testing", "eval", "evaluation" are "test"; any
 * other stays as it is.  Borrowed from @name or static.
 */
struct trfs_bytes trfs_split_name(struct trfs_bytes name);

/* Whether @name is a usual split name (train, validation, test or an alias of them). */
bool trfs_split_name_usual(struct trfs_bytes name);

#endif
