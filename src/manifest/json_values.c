/* SPDX-License-Identifier: MIT */
/*
 * A JSON object as cells.  The path of keys to a value is its column's name, so one
 * walk with the path as its only state does objects, lists and lists of objects alike.
 */
#include "manifest/json_values.h"

#include "base/error.h"
#include "manifest/json_load.h"
#include <errno.h>
#include <stdio.h>

enum {
	DEPTH_MAX = 32,
	PATH_SIZE = 1024,
};

/**
 * struct walk - where in the object we are
 * @path, @path_len: keys from the outermost in, joined by dots
 * @depth: arrays and objects around the value
 */
struct walk {
	struct trfs_row_builder *rows;
	struct trfs_error *err;
	char path[PATH_SIZE];
	size_t path_len;
	unsigned int depth;
};

static struct trfs_bytes path_of(const struct walk *w)
{
	return (struct trfs_bytes){ (const uint8_t *)w->path, w->path_len };
}

TRFS_COLD
static int fail_here(const struct walk *w, const char *what)
{
	char shown[TRFS_PRINTABLE_SIZE];

	return trfs_fail(w->err, -EBADMSG, "\"%s\" %s",
			 trfs_text_printable(path_of(w), shown, sizeof(shown)), what);
}

static int add_value(struct walk *w, const struct trfs_value *value)
{
	uint32_t column;
	int rc;

	rc = trfs_row_builder_column(w->rows, path_of(w), &column, w->err);
	if (rc < 0 || !value)
		return rc;
	return trfs_row_builder_add(w->rows, column, value, w->err);
}

static struct trfs_value scalar_of(const json_t *json)
{
	if (json_is_string(json))
		return (struct trfs_value){
			.kind = TRFS_VALUE_TEXT,
			.text = { (const uint8_t *)json_string_value(json),
				  json_string_length(json) },
		};
	if (json_is_real(json))
		return (struct trfs_value){ .kind = TRFS_VALUE_REAL,
					    .real = json_real_value(json) };
	return (struct trfs_value){
		.kind = TRFS_VALUE_INTEGER,
		.integer = json_is_integer(json) ? json_integer_value(json)
						 : json_is_true(json),
	};
}

/* What has to agree between the objects of one list. */
enum shape { SHAPE_MISSING, SHAPE_SCALAR, SHAPE_ARRAY, SHAPE_OBJECT };

static enum shape shape_of(const json_t *json)
{
	if (json_is_object(json))
		return SHAPE_OBJECT;
	if (json_is_array(json))
		return SHAPE_ARRAY;
	return !json || json_is_null(json) ? SHAPE_MISSING : SHAPE_SCALAR;
}

/* Append a key to the path; returns the length to go back to, or a negative errno. */
static ssize_t enter_key(struct walk *w, const char *key, size_t len)
{
	size_t before = w->path_len;
	size_t dot = before > 0 ? 1 : 0;

	if (len == 0)
		return trfs_fail(w->err, -EBADMSG, "a key is empty");
	if (len + dot > sizeof(w->path) - before)
		return trfs_fail(w->err, -EBADMSG,
				 "keys are over %d bytes long, taken "
				 "together",
				 PATH_SIZE);
	if (dot)
		w->path[before] = '.';
	memcpy(w->path + before + dot, key, len);
	w->path_len = before + dot + len;
	return (ssize_t)before;
}

/*
 * Whether {"a.b": 1} stands beside {"a": {"b": 2}}: two members, one column.  Where a
 * key has a dot, every part of it before a dot must not be a key with members.
 */
static bool is_ambiguous(json_t *object, const char *key, size_t len)
{
	for (size_t i = 1; i < len; i++) {
		enum shape shape;

		if (key[i] != '.')
			continue;
		shape = shape_of(json_object_getn(object, key, i));
		if (shape == SHAPE_OBJECT || shape == SHAPE_ARRAY)
			return true;
	}
	return false;
}

static int add_any(struct walk *w, json_t *json, bool in_list);

static int add_object(struct walk *w, json_t *object, bool in_list)
{
	const char *key;
	size_t len;
	json_t *member;

	json_object_keylen_foreach(object, key, len, member)
	{
		ssize_t before = enter_key(w, key, len);
		int rc;

		if (before < 0)
			return (int)before;
		if (is_ambiguous(object, key, len))
			return fail_here(w, "can be two columns: one of this name, and a "
					    "key of an object");
		rc = add_any(w, member, in_list);
		if (rc < 0)
			return rc;
		w->path_len = (size_t)before;
	}
	return 0;
}

/* Whether @other has what @first has, so that their values go to the same lists. */
static int check_alike(struct walk *w, json_t *first, json_t *other)
{
	const char *key;
	size_t len;
	json_t *member;

	json_object_keylen_foreach(first, key, len, member)
	{
		json_t *counterpart = json_object_getn(other, key, len);
		ssize_t before;
		int rc = 0;

		if (shape_of(member) == shape_of(counterpart) && !json_is_object(member))
			continue;
		before = enter_key(w, key, len);
		if (before < 0)
			return (int)before;
		if (shape_of(member) != shape_of(counterpart))
			return fail_here(w,
					 "is missing, null or of another shape in some "
					 "objects of a list, so its values would not "
					 "belong to those of the other keys");
		rc = check_alike(w, member, counterpart);
		if (rc < 0)
			return rc;
		w->path_len = (size_t)before;
	}
	return 0;
}

/* Both ways, since either may have a key that the other lacks. */
static int check_objects_alike(struct walk *w, json_t *array)
{
	json_t *first = json_array_get(array, 0);
	json_t *other;
	size_t i;
	int rc;

	json_array_foreach(array, i, other)
	{
		if (!json_is_object(other))
			return fail_here(w, "mixes objects with other values");
		rc = check_alike(w, first, other);
		if (rc == 0)
			rc = check_alike(w, other, first);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int add_array(struct walk *w, json_t *array)
{
	bool of_objects = json_is_object(json_array_get(array, 0));
	json_t *item;
	size_t i;
	int rc;

	if (of_objects) {
		rc = check_objects_alike(w, array);
		if (rc < 0)
			return rc;
	} else {
		rc = add_value(w, NULL);
		if (rc < 0)
			return rc;
	}
	json_array_foreach(array, i, item)
	{
		if (json_is_null(item))
			return fail_here(w,
					 "has null in a list; leave it out or give it a "
					 "value");
		if (json_is_object(item) && !of_objects)
			return fail_here(w, "mixes objects with other values");
		rc = add_any(w, item, true);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* @in_list: an empty text counts, since it has a place among others. */
static int add_any(struct walk *w, json_t *json, bool in_list)
{
	struct trfs_value value;
	int rc;

	if (shape_of(json) == SHAPE_ARRAY || shape_of(json) == SHAPE_OBJECT) {
		if (w->depth == DEPTH_MAX)
			return fail_here(w, "is nested too deep");
		w->depth++;
		rc = json_is_array(json) ? add_array(w, json)
					 : add_object(w, json, in_list);
		w->depth--;
		return rc;
	}
	if (json_is_null(json))
		return add_value(w, NULL);
	value = scalar_of(json);
	if (value.kind == TRFS_VALUE_TEXT && value.text.len == 0 && !in_list)
		return add_value(w, NULL);
	return add_value(w, &value);
}

static const char *kind_name(const json_t *json)
{
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
	case JSON_REAL:
		return "a number";
	case JSON_NULL:
		return "null";
	default:
		return "true or false";
	}
}

int trfs_json_values_add(json_t *value, struct trfs_row_builder *rows,
			 struct trfs_error *err)
{
	struct walk w = { .rows = rows, .err = err };

	if (!json_is_object(value))
		return trfs_fail(err, -EBADMSG,
				 "expected an object {\"key\": value, ...}, found %s",
				 kind_name(value));
	return add_object(&w, value, false);
}

/* Where byte @offset of a text is that begins at @begins. */
static struct trfs_text_place place_in(struct trfs_bytes text,
				       struct trfs_text_place begins, size_t offset)
{
	struct trfs_text_place place = begins;

	for (size_t i = 0; i < offset && i < text.len; i++) {
		place.column++;
		if (text.data[i] == '\n')
			place = (struct trfs_text_place){ place.line + 1, 1 };
	}
	return place;
}

/* The token that jansson stumbled over ends at its position, or the text does. */
static size_t offset_of_error(const json_error_t *error)
{
	bool is_at_end = json_error_code(error) == json_error_premature_end_of_input;

	return (size_t)error->position - (error->position > 0 && !is_at_end);
}

/* jansson's reason in our words where it has a code of its own. */
static int fail_parse(const json_error_t *error, struct trfs_error *err)
{
	const char *near = strstr(error->text, " near ");

	if (!near)
		near = "";
	switch (json_error_code(error)) {
	case json_error_premature_end_of_input:
		return trfs_fail(err, -EBADMSG, "%.*s at the end of the line",
				 (int)(strlen(error->text) - strlen(near)), error->text);
	case json_error_end_of_input_expected:
		return trfs_fail(err, -EBADMSG, "more than one value%s", near);
	case json_error_invalid_utf8:
		return trfs_fail(err, -EBADMSG, "not UTF-8; save the file as UTF-8");
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return trfs_fail(err, -EBADMSG,
				 "a string holds a NUL character (\\u0000)");
	case json_error_numeric_overflow:
		return trfs_fail(err, -EBADMSG, "%s; 64 bits are the limit", error->text);
	case json_error_duplicate_key:
		return trfs_fail(err, -EBADMSG, "the key is there twice%s", near);
	default:
		return trfs_fail(err, -EBADMSG, "%s", error->text);
	}
}

int trfs_json_parse(struct trfs_bytes text, struct trfs_text_place begins, json_t **ret,
		    struct trfs_text_place *ret_place, struct trfs_error *err)
{
	json_error_t error;
	bool lacked_memory;
	json_t *json = trfs_json_load(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
				      &error, &lacked_memory);

	if (lacked_memory)
		return trfs_fail_memory(err, "a JSON value");
	if (!json) {
		*ret_place = place_in(text, begins, offset_of_error(&error));
		return fail_parse(&error, err);
	}
	*ret = json;
	return 0;
}
