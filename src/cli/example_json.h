/* SPDX-License-Identifier: MIT */
/* A tf.train.Example as JSON, of which nothing is left out. */
#ifndef TRFS_CLI_EXAMPLE_JSON_H
#define TRFS_CLI_EXAMPLE_JSON_H

#include "base/bytes.h"
#include "base/compiler.h"
#include <jansson.h>

/**
 * trfs_example_json() - {KEY: {"kind": "bytes", "values": [...]}, ...}
 *
 * Bytes are texts or {"base64": ...} (json_output.h); floats are the shortest numbers
 * that read back as they were, or the texts "NaN", "Infinity", "-Infinity"; a feature
 * with nothing set has the kind null.  Of entries with one key the last stands, as for
 * protobuf.
 *
 * Return: 0, -EBADMSG where @data is no tf.train.Example, or -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_example_json(struct trfs_bytes data, json_t **ret, struct trfs_error *err);

#endif
