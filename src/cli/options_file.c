/* SPDX-License-Identifier: MIT */
/*
 * Each member becomes the text that would stand on the command line and goes the same
 * way from there, so that both take the same values and refuse them in the same words.
 */
#include "cli/options_file.h"

#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "base/nearest.h"
#include "cli/arguments.h"
#include "cli/options_file_text.h"
#include "dataset/profile.h"
#include "manifest/json_load.h"
#include "manifest/text.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FILE_SIZE_MAX (1u << 20)
#define TEXT_SIZE_MAX (1u << 16)

/* Every option at most once, the items of lists, and the source. */
#define NR_TEXTS_MAX (TRFS_OPTIONS_MAX + 16 * TRFS_LIST_MAX)

/**
 * struct trfs_options_file - the memory behind the options
 * @path: as the user typed it; borrowed
 * @directory_len: of @path, with its last slash
 * @written_by: the version of the program that wrote it; NULL: a person did
 */
struct trfs_options_file {
	const char *path;
	size_t directory_len;
	const char *written_by;
	char *texts[NR_TEXTS_MAX];
	size_t nr_texts;
};

struct trfs_options_file *trfs_options_file_free(struct trfs_options_file *file)
{
	if (file) {
		for (size_t i = 0; i < file->nr_texts; i++)
			free(file->texts[i]);
		free(file);
	}
	return NULL;
}

/* Keep @buf's text as long as the file; NULL without memory.  Ends the buffer. */
static const char *keep(struct trfs_options_file *file, struct trfs_buffer *buf)
{
	const char *text = trfs_buffer_text(buf);
	char *copy = text && file->nr_texts < NR_TEXTS_MAX ? strdup(text) : NULL;

	trfs_buffer_done(buf);
	if (copy)
		file->texts[file->nr_texts++] = copy;
	return copy;
}

static const char *keep_path(struct trfs_options_file *file, const char *path)
{
	struct trfs_buffer buf;

	trfs_buffer_init(&buf, TEXT_SIZE_MAX);
	if (path[0] != '/')
		trfs_buffer_put(&buf, file->path, file->directory_len);
	trfs_buffer_printf(&buf, "%s", path);
	return keep(file, &buf);
}

static const char *keep_integer(struct trfs_options_file *file, json_int_t number)
{
	struct trfs_buffer buf;

	trfs_buffer_init(&buf, TEXT_SIZE_MAX);
	trfs_buffer_printf(&buf, "%lld", (long long)number);
	return keep(file, &buf);
}

static const char *keep_text(struct trfs_options_file *file, const char *text)
{
	struct trfs_buffer buf;

	trfs_buffer_init(&buf, TEXT_SIZE_MAX);
	trfs_buffer_printf(&buf, "%s", text);
	return keep(file, &buf);
}

/*
 * A schema is a built-in one's name or a path; the path has a slash or ends so.  An item
 * of a list that is "none" stands for no file, see struct trfs_options.
 */
static bool is_path(const struct trfs_option *option, const char *text)
{
	if (option->type == TRFS_OPTION_PATHS)
		return strcmp(text, "none") != 0;
	if (option->type == TRFS_OPTION_PATH)
		return true;
	return option->offset == offsetof(struct trfs_options, schema) &&
	       (strchr(text, '/') || trfs_bytes_ends_with(trfs_bytes_of(text), ".json"));
}

static int fail_type(const struct trfs_option *option, const json_t *value,
		     struct trfs_error *err)
{
	static const char *const wanted[] = {
		[TRFS_OPTION_TEXT] = "a text",
		[TRFS_OPTION_PATH] = "a text",
		[TRFS_OPTION_NUMBER] = "a whole number",
		[TRFS_OPTION_COUNT] = "a whole number",
		[TRFS_OPTION_CHOICE] = "a text",
		[TRFS_OPTION_FLAG] = "true or false",
		[TRFS_OPTION_LIST] = "a text or a list of texts",
		[TRFS_OPTION_PATHS] = "a text or a list of texts",
	};
	static const char *const found[] = {
		[JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list",
		[JSON_STRING] = "a text",    [JSON_INTEGER] = "a number",
		[JSON_REAL] = "a real",	     [JSON_TRUE] = "true",
		[JSON_FALSE] = "false",	     [JSON_NULL] = "null",
	};

	if (option->type == TRFS_OPTION_TEXT)
		return trfs_fail(err, -EINVAL, "\"%s\" must be a text, not %s: \"%s\"",
				 option->name, found[json_typeof(value)],
				 option->argument);
	return trfs_fail(err, -EINVAL, "\"%s\" must be %s, not %s", option->name,
			 wanted[option->type], found[json_typeof(value)]);
}

/* What would stand on the command line; NULL with @err set. */
static const char *text_of(struct trfs_options_file *file,
			   const struct trfs_option *option, const json_t *value,
			   struct trfs_error *err)
{
	bool flag = option->type == TRFS_OPTION_FLAG;
	bool number =
		option->type == TRFS_OPTION_NUMBER || option->type == TRFS_OPTION_COUNT;
	const char *text = NULL;

	if (flag && json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	if (json_is_integer(value) && (number || option->type == TRFS_OPTION_TEXT))
		text = keep_integer(file, json_integer_value(value));
	else if (json_is_string(value) && !flag && !number &&
		 is_path(option, json_string_value(value)))
		text = keep_path(file, json_string_value(value));
	else if (json_is_string(value) && !flag && !number)
		text = keep_text(file, json_string_value(value));
	else
		fail_type(option, value, err);
	if (!text && err->code == 0)
		trfs_fail_memory(err, "a data set file");
	return text;
}

/* Of one that takes a data set: where it is shown, or how. */
static bool is_of_command(const char *name)
{
	static const struct trfs_command any = { .set = TRFS_FOR_DATA_SETS };

	return strncmp(name, "no-", 3) != 0 && trfs_arguments_knows(&any, NULL, name);
}

static int fail_unknown(const char *name, struct trfs_error *err)
{
	struct trfs_nearest nearest;
	char hint[96], shown[96];

	if (is_of_command(name))
		return trfs_fail(
			err, -EINVAL,
			"\"%s\" is an option of the command, not of the data set, "
			"and stands on its command line: --%s",
			name, name);
	trfs_nearest_init(&nearest, trfs_bytes_of(name));
	trfs_nearest_offer(&nearest, trfs_bytes_of("source"));
	trfs_nearest_offer(&nearest, trfs_bytes_of(TRFS_OPTIONS_FILE_VERSION));
	for (size_t i = 0; i < trfs_option_table_len; i++)
		trfs_nearest_offer(&nearest, trfs_bytes_of(trfs_option_table[i].name));
	return trfs_fail(err, -EINVAL,
			 "unknown member \"%s\"%s; a data set file holds \"source\" and "
			 "options of the data set as on the command line, and a manifest "
			 "is given with "
			 "--manifest",
			 trfs_text_printable(trfs_bytes_of(name), shown, sizeof(shown)),
			 trfs_nearest_hint(&nearest, hint, sizeof(hint)));
}

static int apply_text(struct trfs_options_file *file, struct trfs_settings *settings,
		      const struct trfs_option *option, const json_t *value,
		      struct trfs_error *err)
{
	const char *text = text_of(file, option, value, err);

	if (!text)
		return err->code;
	/* Checked even where the command line wins: the file is wrong all the same. */
	if (settings->given[option - trfs_option_table]) {
		struct trfs_options unused;

		trfs_options_init(&unused);
		return trfs_option_set(&unused, option, text, err);
	}
	return trfs_option_set(&settings->data, option, text, err);
}

/* A list is set item by item. */
static int apply_value(struct trfs_options_file *file, struct trfs_settings *settings,
		       const struct trfs_option *option, const json_t *value,
		       struct trfs_error *err)
{
	bool list = option->type == TRFS_OPTION_LIST || option->type == TRFS_OPTION_PATHS;
	int rc = 0;

	if (!list || !json_is_array(value))
		return apply_text(file, settings, option, value, err);
	for (size_t i = 0; rc == 0 && i < json_array_size(value); i++)
		rc = apply_text(file, settings, option, json_array_get(value, i), err);
	return rc;
}

static int apply_member(struct trfs_options_file *file, struct trfs_settings *settings,
			const char *name, const json_t *value, bool *seen,
			struct trfs_error *err)
{
	const struct trfs_option *option = trfs_option_find(name);
	size_t row;

	if (!option)
		return fail_unknown(name, err);
	row = (size_t)(option - trfs_option_table);
	if (seen[row])
		return trfs_fail(err, -EINVAL,
				 "\"%s\" is there twice, once by another of its names; "
				 "keep one",
				 option->name);
	seen[row] = true;
	return apply_value(file, settings, option, value, err);
}

static int apply_source(struct trfs_options_file *file, struct trfs_settings *settings,
			const json_t *value, struct trfs_error *err)
{
	const char *source;

	if (!value)
		return trfs_fail(err, -EINVAL,
				 "\"source\" is missing; name the directory of the "
				 "images: \"source\": \"images\"");
	if (!json_is_string(value) || !*json_string_value(value))
		return trfs_fail(err, -EINVAL,
				 "\"source\" must be a text that names a directory");
	source = keep_path(file, json_string_value(value));
	if (!source)
		return trfs_fail_memory(err, "a data set file");
	settings->positionals[0] = source;
	return 0;
}

/* The version that wrote the file, which mounts say in theirs. */
static int apply_version(struct trfs_options_file *file, const json_t *value,
			 struct trfs_error *err)
{
	if (value && !json_is_string(value))
		return trfs_fail(err, -EINVAL,
				 "\"" TRFS_OPTIONS_FILE_VERSION "\" must be a text, the "
				 "version that wrote the file");
	if (value)
		file->written_by = keep_text(file, json_string_value(value));
	return value && !file->written_by ? trfs_fail_memory(err, "a data set file") : 0;
}

/* A newer version has other options, and other words for them. */
static int fail_newer(const struct trfs_options_file *file, struct trfs_error *err)
{
	char shown[TRFS_PRINTABLE_SIZE];
	const struct trfs_error why = *err;

	if (why.code != -EINVAL || !file->written_by ||
	    !trfs_version_is_newer(file->written_by, TRFS_VERSION))
		return why.code;
	return trfs_fail(err, why.code,
			 "%s; the file was written by tfrecordfs %s, and this is %s",
			 why.message,
			 trfs_text_printable(trfs_bytes_of(file->written_by), shown,
					     sizeof(shown)),
			 TRFS_VERSION);
}

/* Each member but those that are no options; @text: what they were parsed from. */
static int apply_members(struct trfs_options_file *file, struct trfs_settings *settings,
			 json_t *json, struct trfs_bytes text, bool *seen,
			 struct trfs_error *err)
{
	const char *name;
	json_t *value;

	json_object_foreach(json, name, value)
	{
		size_t line;
		int rc;

		if (strcmp(name, "source") == 0 ||
		    strcmp(name, TRFS_OPTIONS_FILE_VERSION) == 0)
			continue;
		rc = apply_member(file, settings, name, value, seen, err);
		if (rc == 0)
			continue;
		line = trfs_options_file_line(text, name);
		if (line > 0)
			rc = trfs_error_prefix(err, rc, "line %zu", line);
		return rc;
	}
	return 0;
}

static int apply(struct trfs_options_file *file, struct trfs_settings *settings,
		 json_t *json, struct trfs_bytes text, struct trfs_error *err)
{
	bool seen[TRFS_OPTIONS_MAX] = { false };
	int rc = apply_version(file, json_object_get(json, TRFS_OPTIONS_FILE_VERSION),
			       err);

	if (rc == 0)
		rc = apply_members(file, settings, json, text, seen, err);
	if (rc < 0)
		return fail_newer(file, err);
	/* Only now: lists of the file have many items. */
	for (size_t i = 0; i < trfs_option_table_len; i++)
		settings->given[i] = settings->given[i] || seen[i];
	if (!settings->flags && settings->data.profile) {
		const struct trfs_profile *profile =
			trfs_profile_find(settings->data.profile, err);

		rc = profile ? trfs_profile_apply(profile, &settings->data,
						  settings->given, err)
			     : -EINVAL;
		if (rc < 0)
			return fail_newer(file, err);
	}
	return apply_source(file, settings, json_object_get(json, "source"), err);
}

/* The JSON object in @path, of which @buf gets the text; NULL with @err set. */
static json_t *parse(const char *path, struct trfs_buffer *buf, struct trfs_error *err)
{
	struct trfs_bytes text;
	json_t *json = NULL;
	bool lacked_memory;
	json_error_t where;

	if (trfs_file_read_all(path, FILE_SIZE_MAX, buf, err) < 0) {
		if (err->code == -EFBIG)
			trfs_fail(err, -EINVAL,
				  "%s is a large file, and no data set file: SOURCE is "
				  "the directory of the images, a manifest is given with "
				  "--manifest",
				  path);
		return NULL;
	}
	text = trfs_bytes_trim(trfs_text_after_mark(trfs_buffer_bytes(buf)));
	if (text.len == 0 || text.data[0] != '{') {
		trfs_fail(
			err, -EINVAL,
			"%s is a file: SOURCE is the directory of the images, or a data "
			"set file {\"source\": ...}; a manifest is given with "
			"--manifest",
			path);
	} else {
		/* From the start of the file, so that line and column are its own. */
		text = trfs_text_after_mark(trfs_buffer_bytes(buf));
		json = trfs_json_load(text, JSON_REJECT_DUPLICATES, &where,
				      &lacked_memory);
		if (lacked_memory)
			trfs_fail_memory(err, "a data set file");
		else if (!json)
			trfs_fail(err, -EINVAL, "%s:%d:%d: %s", path, where.line,
				  where.column, where.text);
	}
	return json;
}

const char *trfs_options_file_path(const struct trfs_options_file *file)
{
	return file ? file->path : NULL;
}

int trfs_options_file_apply(struct trfs_settings *settings, struct trfs_error *err)
{
	const char *path = settings->positionals[0];
	struct trfs_options_file *file;
	struct trfs_buffer buf;
	const char *slash;
	struct stat st;
	json_t *json;
	int rc;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	trfs_buffer_init(&buf, FILE_SIZE_MAX + 1);
	json = parse(path, &buf, err);
	file = json ? calloc(1, sizeof(*file)) : NULL;
	if (!file) {
		trfs_buffer_done(&buf);
		if (!json)
			return err->code;
		json_decref(json);
		return trfs_fail_memory(err, "a data set file");
	}
	slash = strrchr(path, '/');
	file->path = path;
	file->directory_len = slash ? (size_t)(slash - path) + 1 : 0;
	settings->options_file = file;
	rc = apply(file, settings, json, trfs_text_after_mark(trfs_buffer_bytes(&buf)),
		   err);
	json_decref(json);
	trfs_buffer_done(&buf);
	if (rc < 0)
		return trfs_error_prefix(err, rc, "%s", path);
	return 0;
}
