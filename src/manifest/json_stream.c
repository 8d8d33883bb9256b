/* SPDX-License-Identifier: MIT */
/*
 * The grammar of the outermost level, as a state between two tokens, so that each call
 * can stop at an element and the next one go on behind it.
 */
#include "manifest/json_stream.h"

#include "base/error.h"
#include "manifest/json_scan.h"
#include "manifest/json_values.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* What the next token is expected to be. */
enum state {
	AT_TOP,		  /* the value that is the file */
	AT_FIRST_ELEMENT, /* an element or ']' */
	AFTER_ELEMENT,	  /* ',' or ']' */
	AT_FIRST_KEY,	  /* a key or '}' */
	AFTER_MEMBER,	  /* ',' or '}' */
	AFTER_TOP,	  /* the end of the file */
};

/**
 * struct trfs_json_stream - a walk over one file
 * @key: the array being read; NULL for a top-level array
 * @has_key: which of the wanted keys were met
 */
struct trfs_json_stream {
	struct trfs_json_scan scan;
	const char *const *keys;
	bool takes_array;
	bool is_array;
	enum state state;
	const char *key;
	bool has_key[TRFS_JSON_KEYS_MAX];
	size_t nr_skipped;
	char skipped[160];
};

int trfs_json_stream_open(int fd, const char *const *keys, bool takes_array,
			  struct trfs_json_stream **ret, struct trfs_error *err)
{
	struct trfs_json_stream *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return trfs_fail_memory(err, "reading");
	s->keys = keys;
	s->takes_array = takes_array;
	rc = trfs_json_scan_init(&s->scan, fd, err);
	if (rc < 0) {
		free(s);
		return rc;
	}
	*ret = s;
	return 0;
}

void trfs_json_stream_close(struct trfs_json_stream *s)
{
	if (s)
		trfs_json_scan_done(&s->scan);
	free(s);
}

bool trfs_json_stream_has(const struct trfs_json_stream *s, size_t key)
{
	return s->has_key[key];
}

const char *trfs_json_stream_skipped(const struct trfs_json_stream *s)
{
	return s->skipped;
}

bool trfs_json_stream_is_array(const struct trfs_json_stream *s)
{
	return s->is_array;
}

uint64_t trfs_json_stream_nr_read(const struct trfs_json_stream *s)
{
	return trfs_window_offset(&s->scan.window);
}

static const char *name_of(int byte)
{
	switch (byte) {
	case '{':
		return "an object";
	case '[':
		return "an array";
	case '"':
		return "a string";
	case 't':
	case 'f':
		return "true or false";
	case 'n':
		return "null";
	default:
		if (byte == '-' || (byte >= '0' && byte <= '9'))
			return "a number";
		return "something that is not JSON";
	}
}

static int enter_top(struct trfs_json_stream *s, struct trfs_error *err)
{
	int byte = trfs_json_scan_token(&s->scan, err);

	if (byte < 0)
		return byte;
	if (byte == TRFS_JSON_END)
		return trfs_fail(err, -EBADMSG, "the file is empty; %s was expected",
				 s->takes_array ? "an array or an object" : "an object");
	s->is_array = byte == '[';
	if (byte != '{' && !(s->is_array && s->takes_array))
		return trfs_fail(err, -EBADMSG, "expected %s, found %s",
				 s->takes_array ? "an array of objects or an object"
						: "an object",
				 name_of(byte));
	trfs_json_scan_step(&s->scan);
	s->state = s->is_array ? AT_FIRST_ELEMENT : AT_FIRST_KEY;
	return 0;
}

/* 1 and an element, or 0 where the array ends. */
static int next_element(struct trfs_json_stream *s, struct trfs_json_element *ret,
			struct trfs_error *err)
{
	int byte = trfs_json_scan_token(&s->scan, err);
	int rc;

	if (byte < 0)
		return byte;
	if (byte == ']') {
		trfs_json_scan_step(&s->scan);
		s->state = s->is_array ? AFTER_TOP : AFTER_MEMBER;
		return 0;
	}
	if (s->state == AFTER_ELEMENT) {
		if (byte != ',')
			return trfs_json_scan_fail(byte, "',' or ']'", err);
		trfs_json_scan_step(&s->scan);
		byte = trfs_json_scan_token(&s->scan, err);
		if (byte < 0)
			return byte;
	}
	ret->key = s->key;
	ret->place = trfs_json_scan_place(&s->scan);
	ret->offset = trfs_window_offset(&s->scan.window);
	rc = trfs_json_scan_value(&s->scan, true, err);
	if (rc < 0)
		return rc;
	ret->text = trfs_json_scan_kept(&s->scan);
	s->state = AFTER_ELEMENT;
	return 1;
}

static void remember_skipped(struct trfs_json_stream *s, struct trfs_bytes key)
{
	size_t used = strlen(s->skipped);
	char shown[32];

	if (s->nr_skipped++ < 4)
		snprintf(s->skipped + used, sizeof(s->skipped) - used, "%s\"%s\"",
			 used ? ", " : "",
			 trfs_text_printable(key, shown, sizeof(shown)));
	else if (s->nr_skipped == 5)
		snprintf(s->skipped + used, sizeof(s->skipped) - used, ", ...");
}

/* Compare the key, which the window holds, with those wanted; none gives NULL. */
static int match_key(struct trfs_json_stream *s, struct trfs_text_place place,
		     const char **ret_wanted, struct trfs_text_place *ret_place,
		     struct trfs_error *err)
{
	TRFS_CLEANUP(json_decrefp) json_t *decoded = NULL;
	struct trfs_bytes key;
	int rc;

	rc = trfs_json_parse(trfs_json_scan_kept(&s->scan), place, &decoded, ret_place,
			     err);
	if (rc < 0)
		return rc;
	key = (struct trfs_bytes){ (const uint8_t *)json_string_value(decoded),
				   json_string_length(decoded) };
	*ret_wanted = NULL;
	for (size_t i = 0; i < TRFS_JSON_KEYS_MAX && s->keys[i]; i++) {
		if (!trfs_bytes_equal(key, trfs_bytes_of(s->keys[i])))
			continue;
		if (s->has_key[i])
			return trfs_fail(err, -EBADMSG, "\"%s\" is there twice",
					 s->keys[i]);
		s->has_key[i] = true;
		*ret_wanted = s->keys[i];
	}
	if (!*ret_wanted)
		remember_skipped(s, key);
	return 0;
}

/* The key, and the ':' behind it; @ret_wanted is set if its value is wanted. */
static int read_key(struct trfs_json_stream *s, const char **ret_wanted,
		    struct trfs_text_place *ret_place, struct trfs_error *err)
{
	int byte = trfs_json_scan_token(&s->scan, err);
	struct trfs_text_place place;
	int rc;

	if (byte < 0)
		return byte;
	if (byte != '"')
		return trfs_json_scan_fail(byte, "a key in quotes", err);
	place = trfs_json_scan_place(&s->scan);
	rc = trfs_json_scan_value(&s->scan, true, err);
	if (rc < 0)
		return rc;
	rc = match_key(s, place, ret_wanted, ret_place, err);
	if (rc < 0)
		return rc;
	byte = trfs_json_scan_token(&s->scan, err);
	if (byte < 0)
		return byte;
	if (byte != ':')
		return trfs_json_scan_fail(byte, "':'", err);
	trfs_json_scan_step(&s->scan);
	return 0;
}

/* Into a wanted array, or over anything else. */
static int enter_member(struct trfs_json_stream *s, struct trfs_text_place *ret_place,
			struct trfs_error *err)
{
	const char *wanted = NULL;
	int byte;
	int rc;

	rc = read_key(s, &wanted, ret_place, err);
	if (rc < 0)
		return rc;
	s->state = AFTER_MEMBER;
	if (!wanted)
		return trfs_json_scan_value(&s->scan, false, err);
	byte = trfs_json_scan_token(&s->scan, err);
	if (byte < 0)
		return byte;
	if (byte != '[')
		return trfs_fail(err, -EBADMSG, "\"%s\" must be an array, but is %s",
				 wanted, name_of(byte));
	trfs_json_scan_step(&s->scan);
	s->key = wanted;
	s->state = AT_FIRST_ELEMENT;
	return 0;
}

static int next_member(struct trfs_json_stream *s, struct trfs_text_place *ret_place,
		       struct trfs_error *err)
{
	int byte = trfs_json_scan_token(&s->scan, err);

	if (byte < 0)
		return byte;
	if (byte == '}') {
		trfs_json_scan_step(&s->scan);
		s->state = AFTER_TOP;
		return 0;
	}
	if (s->state == AFTER_MEMBER) {
		if (byte != ',')
			return trfs_json_scan_fail(byte, "',' or '}'", err);
		trfs_json_scan_step(&s->scan);
	}
	return enter_member(s, ret_place, err);
}

static int check_nothing_follows(struct trfs_json_stream *s, struct trfs_error *err)
{
	int byte = trfs_json_scan_token(&s->scan, err);

	if (byte < 0 || byte == TRFS_JSON_END)
		return byte < 0 ? byte : 0;
	return trfs_fail(err, -EBADMSG, "%s follows after the end of the %s%s",
			 byte == '{' ? "another object" : "something",
			 s->is_array ? "array" : "object",
			 byte == '{' ? "; is this JSON Lines, which is named .jsonl?"
				     : "");
}

int trfs_json_stream_next(struct trfs_json_stream *s, struct trfs_json_element *ret,
			  struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct trfs_text_place place = { 0 };
	int rc = 0;

	while (rc == 0 && s->state != AFTER_TOP) {
		if (s->state == AT_TOP)
			rc = enter_top(s, err);
		else if (s->state == AT_FIRST_ELEMENT || s->state == AFTER_ELEMENT)
			rc = next_element(s, ret, err);
		else
			rc = next_member(s, &place, err);
	}
	if (rc == 0)
		rc = check_nothing_follows(s, err);
	if (rc < 0)
		*ret_place = place.line ? place : trfs_json_scan_place(&s->scan);
	return rc;
}
