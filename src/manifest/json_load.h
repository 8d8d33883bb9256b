/* SPDX-License-Identifier: MIT */
/* jansson's parser, and whether it lacked memory. */
#ifndef TRFS_MANIFEST_JSON_LOAD_H
#define TRFS_MANIFEST_JSON_LOAD_H

#include "base/bytes.h"
#include <jansson.h>

/**
 * trfs_json_load() - one JSON value
 * @flags: jansson's
 * @ret_error: what is wrong with the text, where something is
 * @ret_lacked_memory: nothing is known to be: there was no memory
 *
 * Return: what was read, or NULL.
 */
json_t *trfs_json_load(struct trfs_bytes text, size_t flags, json_error_t *ret_error,
		       bool *ret_lacked_memory);

#endif
