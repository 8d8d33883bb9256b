/* SPDX-License-Identifier: MIT */
/* schema: what schemas there are, what one makes of an example, and how to read that. */
#include "cli/command.h"
#include "cli/json_output.h"
#include "cli/output.h"
#include "cli/paragraph.h"
#include "dataset/schema_python.h"

#include "base/error.h"
#include "dataset/feature_source.h"
#include "dataset/schema.h"
#include "manifest/json_load.h"
#include "manifest/text.h"

#include <errno.h>
#include <stdio.h>

/* A few lines a feature. */
#define PYTHON_SIZE_MAX ((size_t)1 << 22)

/* Columns of names. */
#define NAME_OF_SOURCE 18
#define NAME_OF_SCHEMA 16

/* @name, @type if there is one, and what it is, in columns of their own. */
static void print_row(const char *name, int width, const char *type, const char *what)
{
	int used = printf("%-*s ", width, name);

	if (type)
		used += printf("%-6s ", type);
	trfs_paragraph_put(stdout, trfs_style_columns(stdout), (size_t)used, (size_t)used,
			   what);
}

static int print_sources(bool as_json, struct trfs_error *err)
{
	json_t *sources = json_array();

	for (size_t i = 0; i < trfs_feature_source_table_len; i++) {
		const struct trfs_feature_source *source = &trfs_feature_source_table[i];
		const char *type = trfs_feature_kind_name(source->kind);

		if (json_array_append_new(sources, json_pack("{s:s, s:s, s:s}", "source",
							     source->name, "type", type,
							     "description",
							     source->description)) < 0) {
			json_decref(sources);
			return trfs_fail_memory(err, "the list");
		}
		if (!as_json)
			print_row(source->name, NAME_OF_SOURCE, type,
				  source->description);
	}
	if (as_json)
		return trfs_json_print(json_pack("{s:o}", "sources", sources),
				       TRFS_EXIT_DONE);
	json_decref(sources);
	return TRFS_EXIT_DONE;
}

static struct trfs_schema *load(const char *name, struct trfs_error *err)
{
	struct trfs_schema *schema = NULL;

	if (trfs_schema_load(name, TRFS_MAP_ORDER_UPB, NULL, &schema, err) < 0)
		return NULL;
	return schema;
}

static int list_schemas(bool as_json, struct trfs_error *err)
{
	json_t *schemas = json_array();

	for (size_t i = 0; i < trfs_schema_nr_builtins(); i++) {
		const char *name = trfs_schema_builtin_name(i);
		TRFS_CLEANUP(trfs_schema_freep)
		struct trfs_schema *schema = load(name, err);

		if (!schema) {
			json_decref(schemas);
			return err->code;
		}
		if (json_array_append_new(
			    schemas, json_pack("{s:s, s:s}", "name", name, "description",
					       trfs_schema_description(schema))) < 0) {
			json_decref(schemas);
			return trfs_fail_memory(err, "the list");
		}
		if (!as_json)
			print_row(name, NAME_OF_SCHEMA, NULL,
				  trfs_schema_description(schema));
	}
	if (as_json)
		return trfs_json_print(json_pack("{s:o}", "schemas", schemas),
				       TRFS_EXIT_DONE);
	json_decref(schemas);
	putchar('\n');
	trfs_paragraph_printf(stdout,
			      "tfrecordfs schema NAME shows one and the Python that "
			      "reads it; --sources lists what one of your own can "
			      "be made from.");
	return TRFS_EXIT_DONE;
}

/* A schema's own text on one line, so that no part of it leaves its comment. */
static const char *on_one_line(const char *text, char buf[TRFS_PRINTABLE_SIZE])
{
	return trfs_text_printable(trfs_bytes_of(text), buf, TRFS_PRINTABLE_SIZE);
}

static void print_features(const struct trfs_schema *schema)
{
	char key[TRFS_PRINTABLE_SIZE], from[TRFS_PRINTABLE_SIZE];
	size_t nr = trfs_schema_nr_features(schema);
	size_t width = 0;

	for (size_t i = 0; i < nr; i++) {
		struct trfs_schema_feature feature = trfs_schema_feature(schema, i);
		size_t len = strlen(trfs_text_printable(feature.key, key, sizeof(key)));

		if (len > width)
			width = len;
	}
	for (size_t i = 0; i < nr; i++) {
		struct trfs_schema_feature feature = trfs_schema_feature(schema, i);

		printf("# %-*s  %-5s  %s%s\n", (int)width,
		       trfs_text_printable(feature.key, key, sizeof(key)),
		       trfs_feature_kind_name(feature.kind),
		       feature.from ? on_one_line(feature.from, from)
				    : "the same in every record",
		       feature.optional ? " (absent where it has no value)" : "");
	}
}

static int print_schema(const struct trfs_schema *schema, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer python;
	char name[TRFS_PRINTABLE_SIZE], description[TRFS_PRINTABLE_SIZE];

	trfs_buffer_init(&python, PYTHON_SIZE_MAX);
	trfs_schema_print_python(&python, schema);
	if (python.failed)
		return trfs_fail_memory(err, "the Python that reads it");
	on_one_line(trfs_schema_description(schema), description);
	printf("# %s%s%s\n#\n", on_one_line(trfs_schema_name(schema), name),
	       *description ? ": " : "", description);
	print_features(schema);
	printf("\n");
	fwrite(python.data, 1, python.len, stdout);
	return TRFS_EXIT_DONE;
}

/* Its text was parsed before, so that it is sound. */
static int print_text_as_json(const struct trfs_schema *schema)
{
	struct trfs_bytes text = trfs_schema_text(schema);
	bool lacked_memory;
	json_error_t where;

	if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
		text = (struct trfs_bytes){ text.data + 3, text.len - 3 };
	return trfs_json_print(trfs_json_load(text, 0, &where, &lacked_memory),
			       TRFS_EXIT_DONE);
}

static int run(const struct trfs_settings *settings, struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_schema_freep) struct trfs_schema *schema = NULL;

	if (settings->sources && settings->nr_positionals > 0)
		return trfs_fail(err, -EINVAL,
				 "--sources stands alone, without a schema");
	if (settings->sources)
		return print_sources(settings->json, err);
	if (settings->nr_positionals == 0)
		return list_schemas(settings->json, err);
	schema = load(settings->positionals[0], err);
	if (!schema)
		return err->code;
	return settings->json ? print_text_as_json(schema) : print_schema(schema, err);
}

int trfs_cmd_schema(const struct trfs_settings *settings)
{
	struct trfs_error err = { 0 };
	int code = run(settings, &err);

	if (code >= 0)
		return code;
	trfs_output_error("%s", err.message);
	return trfs_output_exit_code(&err);
}
