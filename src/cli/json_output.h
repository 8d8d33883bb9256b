/* SPDX-License-Identifier: MIT */
/* JSON on standard output, and bytes that may not be text in it. */
#ifndef TRFS_CLI_JSON_OUTPUT_H
#define TRFS_CLI_JSON_OUTPUT_H

#include "base/bytes.h"
#include <jansson.h>

/*
 * The one rule for bytes: a text where they are UTF-8 without a NUL, else
 * {"base64": "..."}.  Nothing is lost.  NULL: no memory.
 */
json_t *trfs_json_bytes(struct trfs_bytes bytes);

/* As a text or, for NULL, null. */
json_t *trfs_json_text(const char *text);

static inline json_t *trfs_json_count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

/* @json with one member more; NULL, and both let go of, where memory ran out for any. */
json_t *trfs_json_with(json_t *json, const char *key, json_t *value);

/*
 * Print one value with sorted keys and a newline, and let go of it.  @code, or a failure
 * where @json is NULL because memory ran out while it was made.
 */
int trfs_json_print(json_t *json, int code);

#endif
