/* SPDX-License-Identifier: MIT */
/*
 * A few members of a JSON object, without parsing the rest: of an annotation its image's
 * id and its box, and not the polygon of a thousand points.
 */
#ifndef TRFS_MANIFEST_JSON_PICK_H
#define TRFS_MANIFEST_JSON_PICK_H

#include "base/compiler.h"
#include "manifest/text.h"
#include <jansson.h>

/**
 * trfs_json_pick() - the texts of some members
 * @object: the text of one object, trusted in nothing
 * @keys: which, @nr_keys of them
 * @ret: for each key its value's text, borrowed from @object; empty where it is not there
 *
 * Of members that are not wanted only brackets and strings are checked.
 *
 * Return: 0, or -EBADMSG for what is not an object, and for a wanted key that comes
 *	twice.
 */
TRFS_MUST_CHECK
int trfs_json_pick(struct trfs_bytes object, const char *const *keys, size_t nr_keys,
		   struct trfs_bytes *ret, struct trfs_error *err);

/*
 * The values of picked members.  Each fails with -EBADMSG and a sentence that names @key
 * and shows the value, or says that it is missing, which an empty @text is.
 */

/* An integer, or a real without a fraction. */
TRFS_MUST_CHECK
int trfs_json_pick_integer(const char *key, struct trfs_bytes text, int64_t *ret,
			   struct trfs_error *err);
/* An integer, true or false. */
TRFS_MUST_CHECK
int trfs_json_pick_flag(const char *key, struct trfs_bytes text, int64_t *ret,
			struct trfs_error *err);
TRFS_MUST_CHECK
int trfs_json_pick_number(const char *key, struct trfs_bytes text, double *ret,
			  struct trfs_error *err);
/* Exactly @nr numbers; @what describes them: "[x, y, width, height]". */
TRFS_MUST_CHECK
int trfs_json_pick_numbers(const char *key, struct trfs_bytes text, const char *what,
			   double *ret, size_t nr, struct trfs_error *err);
/* A string; @ret_json keeps it, release with json_decref(). */
TRFS_MUST_CHECK
int trfs_json_pick_string(const char *key, struct trfs_bytes text, json_t **ret_json,
			  struct trfs_bytes *ret, struct trfs_error *err);
/* Anything: @what says what was expected, for the sentence if it is not JSON. */
TRFS_MUST_CHECK
int trfs_json_pick_value(const char *key, struct trfs_bytes text, const char *what,
			 json_t **ret, struct trfs_error *err);

/* "KEY" must be WHAT, found VALUE; -EBADMSG. */
TRFS_COLD
int trfs_json_pick_fail(const char *key, struct trfs_bytes text, const char *what,
			struct trfs_error *err);

#endif
