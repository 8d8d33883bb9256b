/* SPDX-License-Identifier: MIT */
/*
 * Words to write built-in schemas with: string literals that add up to the JSON that
 * users write their own in.  A feature is one of them; AND stands between two.
 */
#ifndef TRFS_DATASET_SCHEMA_TEXT_H
#define TRFS_DATASET_SCHEMA_TEXT_H

#define SCHEMA(name, description, features)                                              \
	"{\n  \"name\": \"" name "\",\n  \"description\": \"" description "\",\n"        \
	"  \"features\": {\n" features "\n  }\n}\n"

#define AND ",\n"

/*
 * The value of a source; with an object's further members in FROM_WITH.  FROM_WHEN exists
 * only with the option.
 */
#define FROM(key, source) "    \"" key "\": \"" source "\""
#define FROM_WITH(key, source, members)                                                  \
	"    \"" key "\": {\"from\": \"" source "\", " members "}"
#define FROM_WHEN(key, source, option, missing)                                          \
	FROM_WITH(key, source, "\"missing\": \"" missing "\", \"when\": \"" option "\"")
#define CONSTANT(key, json) "    \"" key "\": {\"value\": " json "}"

/* A column of the manifest; in OPTIONAL ones the manifest may lack it altogether. */
#define COLUMN(key, type, column)                                                        \
	"    \"" key "\": {\"from\": \"column." column "\", \"type\": \"" type "\"}"
#define OPTIONAL(key, type, column, missing)                                             \
	"    \"" key "\": {\"from\": \"column." column "\", \"type\": \"" type           \
	"\", \"missing\": \"" missing "\", \"optional\": true}"

/* Boxes as dialects with objects give them; @missing: of images without any. */
#define BOXES(missing)                                                                   \
	OPTIONAL("image/object/bbox/xmin", "float", "objects/xmin", missing)             \
	AND OPTIONAL("image/object/bbox/xmax", "float", "objects/xmax", missing)         \
	AND OPTIONAL("image/object/bbox/ymin", "float", "objects/ymin", missing)         \
	AND OPTIONAL("image/object/bbox/ymax", "float", "objects/ymax", missing)

#endif
