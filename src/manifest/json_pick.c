/* SPDX-License-Identifier: MIT */
/* One walk over the outermost level; values are skipped by their brackets. */
#include "manifest/json_pick.h"

#include "base/error.h"
#include "manifest/json_cursor.h"
#include "manifest/json_load.h"
#include "manifest/json_values.h"
#include <errno.h>

enum {
	SHOWN_SIZE = 64,
	KEY_SIZE = 64, /* no wanted key is near as long, even with escapes */
};

/* Which of the keys the text with its quotes is; @nr_keys for none.  -ENOMEM. */
static int match(struct trfs_bytes quoted, const char *const *keys, size_t nr_keys,
		 size_t *ret)
{
	TRFS_CLEANUP(json_decrefp) json_t *decoded = NULL;
	struct trfs_bytes key = { quoted.data + 1, quoted.len - 2 };
	bool lacked_memory;
	json_error_t error;
	size_t i = 0;

	if (memchr(key.data, '\\', key.len) && key.len < KEY_SIZE) {
		decoded = trfs_json_load(quoted, JSON_DECODE_ANY, &error, &lacked_memory);
		if (lacked_memory)
			return -ENOMEM;
		if (decoded)
			key = trfs_bytes_of(json_string_value(decoded));
	}
	while (i < nr_keys && !trfs_bytes_equal(key, trfs_bytes_of(keys[i])))
		i++;
	*ret = i;
	return 0;
}

/* What is wrong is said best by the parser. */
static int fail_syntax(struct trfs_bytes object, struct trfs_error *err)
{
	TRFS_CLEANUP(json_decrefp) json_t *json = NULL;
	struct trfs_text_place place = { .line = 1, .column = 1 };
	int rc = trfs_json_parse(object, place, &json, &place, err);

	if (rc < 0)
		return rc;
	return trfs_json_pick_fail(NULL, object, "an object {\"key\": value, ...}", err);
}

int trfs_json_pick(struct trfs_bytes object, const char *const *keys, size_t nr_keys,
		   struct trfs_bytes *ret, struct trfs_error *err)
{
	struct trfs_json_cursor c = trfs_json_cursor_of(object);
	struct trfs_bytes key;

	memset(ret, 0, nr_keys * sizeof(*ret));
	if (!trfs_json_cursor_take(&c, '{'))
		return fail_syntax(object, err);
	if (trfs_json_cursor_take(&c, '}'))
		return trfs_json_cursor_peek(&c) ? fail_syntax(object, err) : 0;
	do {
		const uint8_t *start;
		size_t i;

		if (!trfs_json_cursor_key(&c, &key))
			return fail_syntax(object, err);
		trfs_json_cursor_peek(&c);
		start = c.at;
		if (!trfs_json_cursor_skip(&c))
			return fail_syntax(object, err);
		if (match(key, keys, nr_keys, &i) < 0)
			return trfs_fail_memory(err, "a JSON value");
		if (i == nr_keys)
			continue;
		if (ret[i].len > 0)
			return trfs_fail(err, -EBADMSG, "\"%s\" is there twice", keys[i]);
		ret[i] = (struct trfs_bytes){ start, (size_t)(c.at - start) };
	} while (trfs_json_cursor_take(&c, ','));
	if (!trfs_json_cursor_take(&c, '}') || trfs_json_cursor_peek(&c))
		return fail_syntax(object, err);
	return 0;
}

int trfs_json_pick_fail(const char *key, struct trfs_bytes text, const char *what,
			struct trfs_error *err)
{
	char shown[SHOWN_SIZE];

	trfs_text_printable(text, shown, sizeof(shown));
	if (!key)
		return trfs_fail(err, -EBADMSG, "expected %s, found %s", what, shown);
	if (text.len == 0)
		return trfs_fail(err, -EBADMSG, "\"%s\" is missing; it must be %s", key,
				 what);
	return trfs_fail(err, -EBADMSG, "\"%s\" must be %s, found %s", key, what, shown);
}

int trfs_json_pick_value(const char *key, struct trfs_bytes text, const char *what,
			 json_t **ret, struct trfs_error *err)
{
	struct trfs_text_place place = { .line = 1, .column = 1 };
	int rc;

	if (text.len == 0)
		return trfs_json_pick_fail(key, text, what, err);
	rc = trfs_json_parse(text, place, ret, &place, err);
	return rc < 0 ? trfs_error_prefix(err, rc, "\"%s\"", key) : 0;
}

static bool is_whole(double real)
{
	return real >= -9007199254740992.0 && real <= 9007199254740992.0 &&
	       real == (double)(int64_t)real;
}

/* Nearly all integers are short and plain; those need no parser. */
static bool read_plain(struct trfs_bytes text, int64_t *ret)
{
	int64_t number = 0;

	if (text.len == 0 || text.len > 18 || (text.len > 1 && text.data[0] == '0'))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (text.data[i] - '0');
	}
	*ret = number;
	return true;
}

int trfs_json_pick_integer(const char *key, struct trfs_bytes text, int64_t *ret,
			   struct trfs_error *err)
{
	TRFS_CLEANUP(json_decrefp) json_t *json = NULL;
	int rc;

	if (read_plain(text, ret))
		return 0;
	rc = trfs_json_pick_value(key, text, "an integer", &json, err);
	if (rc < 0)
		return rc;
	if (json_is_integer(json))
		*ret = json_integer_value(json);
	else if (json_is_real(json) && is_whole(json_real_value(json)))
		*ret = (int64_t)json_real_value(json);
	else
		return trfs_json_pick_fail(key, text, "an integer", err);
	return 0;
}

int trfs_json_pick_flag(const char *key, struct trfs_bytes text, int64_t *ret,
			struct trfs_error *err)
{
	if (text.len > 0 && (text.data[0] == 't' || text.data[0] == 'f')) {
		*ret = trfs_bytes_equal(text, trfs_bytes_of("true"));
		if (*ret || trfs_bytes_equal(text, trfs_bytes_of("false")))
			return 0;
	}
	return trfs_json_pick_integer(key, text, ret, err);
}

int trfs_json_pick_number(const char *key, struct trfs_bytes text, double *ret,
			  struct trfs_error *err)
{
	TRFS_CLEANUP(json_decrefp) json_t *json = NULL;
	int rc = trfs_json_pick_value(key, text, "a number", &json, err);

	if (rc < 0)
		return rc;
	if (!json_is_number(json))
		return trfs_json_pick_fail(key, text, "a number", err);
	*ret = json_number_value(json);
	return 0;
}

int trfs_json_pick_numbers(const char *key, struct trfs_bytes text, const char *what,
			   double *ret, size_t nr, struct trfs_error *err)
{
	TRFS_CLEANUP(json_decrefp) json_t *json = NULL;
	int rc = trfs_json_pick_value(key, text, what, &json, err);
	json_t *item;
	size_t i;

	if (rc < 0)
		return rc;
	if (!json_is_array(json) || json_array_size(json) != nr)
		return trfs_json_pick_fail(key, text, what, err);
	json_array_foreach(json, i, item)
	{
		if (!json_is_number(item))
			return trfs_json_pick_fail(key, text, what, err);
		ret[i] = json_number_value(item);
	}
	return 0;
}

int trfs_json_pick_string(const char *key, struct trfs_bytes text, json_t **ret_json,
			  struct trfs_bytes *ret, struct trfs_error *err)
{
	int rc = trfs_json_pick_value(key, text, "a text", ret_json, err);

	if (rc < 0)
		return rc;
	if (!json_is_string(*ret_json))
		return trfs_json_pick_fail(key, text, "a text", err);
	*ret = (struct trfs_bytes){ (const uint8_t *)json_string_value(*ret_json),
				    json_string_length(*ret_json) };
	return 0;
}
