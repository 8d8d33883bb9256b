/* SPDX-License-Identifier: MIT */
/* JSON values into cells of a row. */
#ifndef TRFS_MANIFEST_JSON_VALUES_H
#define TRFS_MANIFEST_JSON_VALUES_H

#include "base/compiler.h"
#include "manifest/row_builder.h"
#include "manifest/text.h"
#include <jansson.h>

/**
 * trfs_json_parse() - one whole JSON value of any kind
 * @text: nothing but the value and blanks
 * @begins: where @text stands in its file
 * @ret: release with json_decref()
 * @ret_place: where in the file an error is
 *
 * Keys that come twice and integers beyond 64 bits are errors.
 */
TRFS_MUST_CHECK
int trfs_json_parse(struct trfs_bytes text, struct trfs_text_place begins, json_t **ret,
		    struct trfs_text_place *ret_place, struct trfs_error *err);

/**
 * trfs_json_values_add() - the cells of one object
 * @value: must be an object; its members become columns
 *
 * Texts and numbers are as they are; true and false are 1 and 0; null and "" are
 * missing.  Arrays are lists, and arrays in arrays one list.  An object in an object
 * gives dotted columns ("objects.bbox"), and so does an array of objects: a list for
 * each key, which all of these objects must have, else item i of one list would not
 * belong to item i of the next.
 */
TRFS_MUST_CHECK
int trfs_json_values_add(json_t *value, struct trfs_row_builder *rows,
			 struct trfs_error *err);

#endif
