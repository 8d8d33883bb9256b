/* SPDX-License-Identifier: MIT */
/* The schemas of known converters' records, a row each. */
#ifndef TRFS_DATASET_SCHEMA_CONVERTERS_H
#define TRFS_DATASET_SCHEMA_CONVERTERS_H

#include <stddef.h>

/**
 * struct trfs_builtin_schema - a schema that needs no file
 * @name: as --schema takes it
 * @text: its JSON
 */
struct trfs_builtin_schema {
	const char *name;
	const char *text;
};

extern const struct trfs_builtin_schema trfs_converter_schemas[];
extern const size_t trfs_converter_schemas_len;

#endif
