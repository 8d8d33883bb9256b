/* SPDX-License-Identifier: MIT */
/*
 * As much of protobuf's text format as label maps are written in: messages in {} or <>,
 * texts in either quotes with escapes, numbers and words, # comments.
 */
#include "manifest/labels_pbtxt.h"

#include "base/buffer.h"
#include "base/error.h"
#include "manifest/text.h"
#include <errno.h>
#include <inttypes.h>

enum {
	NESTING_MAX = 64,
	TEXT_MAX = 1 << 20,
};

/**
 * struct scan - where in the text we are
 * @at: the byte looked at
 * @value: of the text or word read last; a text's escapes are resolved
 */
struct scan {
	struct trfs_labels_building *l;
	struct trfs_bytes text;
	size_t at;
	struct trfs_buffer value;
};

/* One item; its name is empty where it has none. */
struct item {
	uint64_t line;
	int64_t id;
	bool has_id;
	struct trfs_buffer name;
	bool is_background; /* by its display_name */
};

static void item_done(struct item *item)
{
	trfs_buffer_done(&item->name);
}

static int fail(struct scan *s, const char *what)
{
	return trfs_fail(s->l->err, -EBADMSG, "%s", what);
}

static int peek(const struct scan *s)
{
	return s->at < s->text.len ? s->text.data[s->at] : -1;
}

/* Over blanks and comments, to what comes next. */
static int next(struct scan *s)
{
	bool comment = false;

	for (; s->at < s->text.len; s->at++) {
		uint8_t c = s->text.data[s->at];

		if (c == '\n') {
			s->l->line++;
			comment = false;
		} else if (c == '#') {
			comment = true;
		} else if (!comment && c != ' ' && c != '\t' && c != '\r') {
			return c;
		}
	}
	return -1;
}

static bool is_word_byte(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' || c == '+';
}

static int read_word(struct scan *s)
{
	size_t start = s->at;

	while (is_word_byte(peek(s)))
		s->at++;
	if (s->at == start)
		return fail(s,
			    "is no label map: item { id: 1 name: 'cat' } was expected");
	trfs_buffer_reset(&s->value);
	trfs_buffer_put(&s->value, s->text.data + start, s->at - start);
	if (s->value.lacks_memory)
		return trfs_fail_memory(s->l->err, "a label map");
	return s->value.failed ? fail(s, "a word is over a MiB long") : 0;
}

/* Up to @max digits of that base. */
static unsigned int read_digits(struct scan *s, unsigned int base, int max)
{
	unsigned int value = 0;

	for (; max > 0; max--, s->at++) {
		int c = peek(s);
		unsigned int digit = c >= '0' && c <= '9'   ? (unsigned int)(c - '0')
				     : c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a' + 10)
				     : c >= 'A' && c <= 'F' ? (unsigned int)(c - 'A' + 10)
							    : base;

		if (digit >= base)
			break;
		value = value * base + digit;
	}
	return value;
}

/* Behind a backslash. */
static int read_escape(struct scan *s)
{
	static const char names[] = "abfnrtv\\'\"?";
	static const char bytes[] = "\a\b\f\n\r\t\v\\'\"?";
	int c = peek(s);
	const char *name = c > 0 ? strchr(names, c) : NULL;

	if (name) {
		s->at++;
		trfs_buffer_put_u8(&s->value, (uint8_t)bytes[name - names]);
	} else if (c == 'x' || c == 'X') {
		s->at++;
		trfs_buffer_put_u8(&s->value, (uint8_t)read_digits(s, 16, 2));
	} else if (c >= '0' && c <= '7') {
		trfs_buffer_put_u8(&s->value, (uint8_t)read_digits(s, 8, 3));
	} else {
		return fail(s, "a text has an escape sequence that is not known here");
	}
	return 0;
}

/* Texts that follow each other are one. */
static int read_text(struct scan *s)
{
	int rc = 0;

	trfs_buffer_reset(&s->value);
	for (int quote = next(s); rc == 0 && (quote == '\'' || quote == '"');
	     quote = next(s)) {
		s->at++;
		while (rc == 0 && peek(s) != quote) {
			int c = peek(s);

			if (c < 0 || c == '\n')
				return fail(s, "a quote opens and never closes");
			s->at++;
			if (c == '\\')
				rc = read_escape(s);
			else
				trfs_buffer_put_u8(&s->value, (uint8_t)c);
		}
		s->at += rc == 0;
	}
	if (s->value.lacks_memory)
		return trfs_fail_memory(s->l->err, "a label map");
	return s->value.failed ? fail(s, "a text is over a MiB long") : rc;
}

/* The name of a field, and the colon that may follow it. */
static int read_field(struct scan *s)
{
	int rc = read_word(s);

	if (rc == 0 && next(s) == ':')
		s->at++;
	return rc;
}

static bool is_value(const struct scan *s, const char *text)
{
	return trfs_bytes_equal(trfs_buffer_bytes(&s->value), trfs_bytes_of(text));
}

/* Over a value of whatever kind: a scalar, or all of a message or list. */
static int skip_value(struct scan *s)
{
	char closing[NESTING_MAX];
	size_t depth = 0;
	int rc = 0;

	do {
		int c = next(s);

		if (c == '{' || c == '<' || c == '[') {
			if (depth == NESTING_MAX)
				return fail(s, "is nested too deep");
			closing[depth++] = c == '{' ? '}' : c == '<' ? '>' : ']';
			s->at++;
		} else if (depth > 0 && c == closing[depth - 1]) {
			depth--;
			s->at++;
		} else if (c == '\'' || c == '"') {
			rc = read_text(s);
		} else if (depth > 0 && (c == ':' || c == ',' || c == ';')) {
			s->at++;
		} else {
			rc = read_word(s);
		}
	} while (rc == 0 && depth > 0);
	return rc;
}

static int read_name(struct scan *s, struct item *item)
{
	struct trfs_bytes name;
	int c = next(s);
	int rc;

	if (c != '\'' && c != '"')
		return fail(s, "a name is not in quotes");
	rc = read_text(s);
	if (rc < 0)
		return rc;
	name = trfs_buffer_bytes(&s->value);
	if (!trfs_utf8_valid(name))
		return fail(s, "a name is not UTF-8");
	trfs_buffer_reset(&item->name);
	trfs_buffer_put(&item->name, name.data, name.len);
	return item->name.failed ? trfs_fail_memory(s->l->err, "the labels") : 0;
}

static int read_id(struct scan *s, struct item *item)
{
	char shown[64];
	int rc;

	next(s);
	rc = read_word(s);
	if (rc < 0)
		return rc;
	if (!trfs_text_integer(trfs_buffer_bytes(&s->value), &item->id) ||
	    item->id > INT32_MAX || item->id < INT32_MIN)
		return trfs_fail(s->l->err, -EBADMSG,
				 "the id \"%s\" is no integer of 32 bits",
				 trfs_text_printable(trfs_buffer_bytes(&s->value), shown,
						     sizeof(shown)));
	if (item->id < 0)
		return trfs_fail(s->l->err, -EBADMSG, "the id %" PRId64 " is negative",
				 item->id);
	item->has_id = true;
	return 0;
}

static int read_display_name(struct scan *s, struct item *item)
{
	int rc = skip_value(s);

	item->is_background = rc == 0 && is_value(s, "background");
	return rc;
}

/* The fields of one item, up to what closes it. */
static int read_fields(struct scan *s, struct item *item, int closing)
{
	int rc = 0;

	while (rc == 0) {
		int c = next(s);

		if (c == closing) {
			s->at++;
			return 0;
		}
		if (c == ',' || c == ';') {
			s->at++;
			continue;
		}
		if (c < 0)
			return fail(s, "ends within an item");
		rc = read_field(s);
		if (rc < 0)
			return rc;
		if (is_value(s, "name"))
			rc = read_name(s, item);
		else if (is_value(s, "id"))
			rc = read_id(s, item);
		else if (is_value(s, "display_name"))
			rc = read_display_name(s, item);
		else
			rc = skip_value(s);
	}
	return rc;
}

static int add_item(struct scan *s, const struct item *item)
{
	struct trfs_bytes name = trfs_buffer_bytes(&item->name);

	s->l->line = item->line;
	if (name.len == 0)
		return fail(s, "the item has no name");
	if (item->id == 0 && !item->is_background &&
	    !trfs_bytes_equal(name, trfs_bytes_of("background")))
		return fail(s, item->has_id ? "id 0 is reserved for \"background\""
					    : "the item has no id");
	return trfs_labels_add(s->l, name, item->id);
}

static int read_item(struct scan *s)
{
	TRFS_CLEANUP(item_done) struct item item = { .line = s->l->line };
	uint64_t line;
	int opening;
	int rc;

	trfs_buffer_init(&item.name, TEXT_MAX);
	rc = read_field(s);
	if (rc < 0)
		return rc;
	if (!is_value(s, "item"))
		return skip_value(s);
	opening = next(s);
	if (opening != '{' && opening != '<')
		return fail(s, "an item has no { behind it");
	s->at++;
	rc = read_fields(s, &item, opening == '{' ? '}' : '>');
	line = s->l->line;
	if (rc == 0)
		rc = add_item(s, &item);
	if (rc == 0)
		s->l->line = line;
	return rc;
}

bool trfs_labels_pbtxt_named(const char *path)
{
	return trfs_bytes_ends_with(trfs_bytes_of(path), ".pbtxt");
}

int trfs_labels_pbtxt_parse(struct trfs_labels_building *l, struct trfs_bytes text)
{
	struct scan s = { .l = l, .text = trfs_text_after_mark(text) };
	int rc = 0;

	trfs_buffer_init(&s.value, TEXT_MAX);
	l->line = 1;
	while (rc == 0 && next(&s) >= 0) {
		if (peek(&s) == ',' || peek(&s) == ';')
			s.at++;
		else
			rc = read_item(&s);
	}
	trfs_buffer_done(&s.value);
	if (rc == 0 && l->labels.nr == 0) {
		l->line = 0;
		rc = trfs_fail(l->err, -EBADMSG, "has no items; that is no label map");
	}
	return rc;
}
