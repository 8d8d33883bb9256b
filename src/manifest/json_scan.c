/* SPDX-License-Identifier: MIT */
/*
 * Finds where values begin and end without parsing them: only brackets and strings
 * matter for that, so a loop over a table of stop bytes does it at memory speed, and a
 * real parser is needed for one element at a time only.
 */
#include "manifest/json_scan.h"

#include "base/error.h"
#include <errno.h>
#include <inttypes.h>

int trfs_json_scan_init(struct trfs_json_scan *s, int fd, struct trfs_error *err)
{
	int rc;

	*s = (struct trfs_json_scan){ .line = 1 };
	rc = trfs_window_init(&s->window, fd, TRFS_JSON_VALUE_MAX + 1, err);
	if (rc == 0)
		rc = trfs_window_skip_mark(&s->window, err);
	if (rc < 0)
		trfs_json_scan_done(s);
	else
		s->line_start = trfs_window_offset(&s->window);
	return rc;
}

void trfs_json_scan_done(struct trfs_json_scan *s)
{
	trfs_window_done(&s->window);
}

struct trfs_text_place trfs_json_scan_place(const struct trfs_json_scan *s)
{
	return (struct trfs_text_place){
		.line = s->line,
		.column = trfs_window_offset(&s->window) - s->line_start + 1,
	};
}

struct trfs_bytes trfs_json_scan_kept(const struct trfs_json_scan *s)
{
	return (struct trfs_bytes){ s->window.data + s->window.start,
				    s->window.at - s->window.start };
}

/* Read on; what lies before the window's start is gone. */
static int read_more(struct trfs_json_scan *s, struct trfs_error *err)
{
	int rc = trfs_window_more(&s->window, err);

	if (rc == -E2BIG)
		return trfs_fail(err, -EBADMSG,
				 "the value that begins on line %" PRIu64
				 " is over %d MiB long",
				 s->value_line, TRFS_JSON_VALUE_MAX >> 20);
	return rc;
}

/* The byte at hand, or TRFS_JSON_END, or a negative errno; it stays to be read. */
static int peek(struct trfs_json_scan *s, struct trfs_error *err)
{
	struct trfs_window *w = &s->window;

	while (w->at == w->len) {
		int rc;

		if (w->at_end)
			return TRFS_JSON_END;
		rc = read_more(s, err);
		if (rc < 0)
			return rc;
	}
	return w->data[w->at];
}

void trfs_json_scan_step(struct trfs_json_scan *s)
{
	if (s->window.data[s->window.at++] == '\n') {
		s->line++;
		s->line_start = trfs_window_offset(&s->window);
	}
}

static bool is_blank(int byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

int trfs_json_scan_token(struct trfs_json_scan *s, struct trfs_error *err)
{
	int byte;

	do {
		s->window.start = s->window.at;
		byte = peek(s, err);
		if (!is_blank(byte))
			return byte;
		trfs_json_scan_step(s);
	} while (true);
}

int trfs_json_scan_fail(int byte, const char *expected, struct trfs_error *err)
{
	if (byte == TRFS_JSON_END)
		return trfs_fail(err, -EBADMSG,
				 "the file ends where %s was expected; is it cut off?",
				 expected);
	if (byte < ' ' || byte > '~')
		return trfs_fail(err, -EBADMSG,
				 "found the byte 0x%02x where %s was expected", byte,
				 expected);
	return trfs_fail(err, -EBADMSG, "found '%c' where %s was expected", byte,
			 expected);
}

/* Read on inside a value, whose bytes so far stay when @keep. */
static int more_of_value(struct trfs_json_scan *s, bool keep, struct trfs_error *err)
{
	if (s->window.at_end)
		return trfs_fail(
			err, -EBADMSG,
			"the file ends inside the value that begins on line %" PRIu64
			"; is it cut off?",
			s->value_line);
	if (!keep)
		s->window.start = s->window.at;
	return read_more(s, err);
}

/* From the opening quote to behind the closing one. */
static int walk_string(struct trfs_json_scan *s, bool keep, struct trfs_error *err)
{
	struct trfs_window *w = &s->window;
	int rc;

	w->at++;
	for (;;) {
		const uint8_t *p = w->data + w->at;

		while (*p >= ' ' && *p != '"' && *p != '\\')
			p++;
		w->at = (size_t)(p - w->data);
		if (w->at == w->len || (*p == '\\' && w->at + 1 == w->len)) {
			rc = more_of_value(s, keep, err);
			if (rc < 0)
				return rc;
		} else if (*p == '\\') {
			w->at += p[1] == '"' || p[1] == '\\' ? 2 : 1;
		} else if (*p == '"') {
			w->at++;
			return 0;
		} else {
			return trfs_fail(err, -EBADMSG, "%s inside a string",
					 *p == '\n' ? "a line ends"
						    : "a control character stands");
		}
	}
}

/* A number, or a word such as true; what it says is for the parser to check. */
static int walk_scalar(struct trfs_json_scan *s, struct trfs_error *err)
{
	bool is_empty = true;

	for (;;) {
		int byte = peek(s, err);
		bool is_letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
		bool is_digit = byte >= '0' && byte <= '9';

		if (byte < 0)
			return byte;
		if (!is_letter && !is_digit && byte != '-' && byte != '+' && byte != '.')
			return is_empty ? trfs_json_scan_fail(byte, "a value", err) : 0;
		is_empty = false;
		trfs_json_scan_step(s);
	}
}

/* The open brackets: bit i of @objects says that bracket i, from the innermost, is '{'.
 */
struct nesting {
	uint64_t objects;
	unsigned int depth;
};

/* Over a bracket or the end of a line. */
static int walk_structural(struct trfs_json_scan *s, struct nesting *n,
			   struct trfs_error *err)
{
	uint8_t byte = s->window.data[s->window.at];
	bool is_object = byte == '{' || byte == '}';

	if (byte == '{' || byte == '[') {
		if (n->depth == TRFS_JSON_NESTING_MAX)
			return trfs_fail(err, -EBADMSG,
					 "values are nested more than %d deep",
					 TRFS_JSON_NESTING_MAX);
		n->objects = n->objects << 1 | is_object;
		n->depth++;
	} else if (byte == '}' || byte == ']') {
		if ((n->objects & 1) != is_object)
			return trfs_json_scan_fail(byte, is_object ? "']'" : "'}'", err);
		n->objects >>= 1;
		n->depth--;
	}
	trfs_json_scan_step(s);
	return 0;
}

/* From an opening bracket to behind the one that closes it. */
static int walk_brackets(struct trfs_json_scan *s, bool keep, struct trfs_error *err)
{
	static const uint8_t stops[256] = {
		['"'] = 1, ['['] = 1, [']'] = 1, ['{'] = 1, ['}'] = 1, ['\n'] = 1
	};
	struct trfs_window *w = &s->window;
	struct nesting n = { 0 };
	int rc;

	do {
		const uint8_t *p = w->data + w->at;

		while (!stops[*p])
			p++;
		w->at = (size_t)(p - w->data);
		if (w->at == w->len)
			rc = more_of_value(s, keep, err);
		else if (*p == '"')
			rc = walk_string(s, keep, err);
		else
			rc = walk_structural(s, &n, err);
		if (rc < 0)
			return rc;
	} while (n.depth > 0);
	return 0;
}

int trfs_json_scan_value(struct trfs_json_scan *s, bool keep, struct trfs_error *err)
{
	int byte = trfs_json_scan_token(s, err);

	if (byte < 0)
		return byte;
	s->value_line = s->line;
	if (byte == '"')
		return walk_string(s, keep, err);
	if (byte == '[' || byte == '{')
		return walk_brackets(s, keep, err);
	return walk_scalar(s, err);
}
