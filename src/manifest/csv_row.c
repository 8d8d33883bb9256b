/* SPDX-License-Identifier: MIT */
/*
 * RFC 4180 rows out of a window.  A row is scanned where it lies; when the window ends
 * inside it, more is read and the row is scanned again from its start, which keeps the
 * scanner free of saved state.  Tables of stop bytes make the inner loops one look-up a
 * byte, and the newline that always stands behind the window stops them at its end.
 */
#include "manifest/csv_row.h"

#include "base/error.h"
#include <errno.h>
#include <stdlib.h>

/* What scanning came to, beside negative errnos. */
enum { SCANNED_FIELD = 1, SCANNED_ROW = 2, NEEDS_MORE = 3 };

/**
 * struct scan - one attempt at a row
 * @at, @end: what is left of the window
 * @field: where the field at hand begins, blanks included
 * @line: at @at
 * @all_bits: of every byte seen, OR-ed: below 0x80 means ASCII
 * @field_has_doubled, @row_has_doubled: quotes that stand for one
 * @is_blank: nothing but blanks so far
 */
struct scan {
	uint8_t *at;
	uint8_t *end;
	uint8_t *field;
	bool at_end;
	bool is_blank;
	uint64_t line;
	uint8_t all_bits;
	bool field_has_doubled, row_has_doubled;
	struct trfs_text_place *place;
};

int trfs_csv_row_init(struct trfs_csv_row *row, uint8_t separator)
{
	*row = (struct trfs_csv_row){ .separator = separator, .line = 1 };
	row->fields = calloc(TRFS_CSV_FIELDS_STORED, sizeof(*row->fields));
	if (!row->fields)
		return -ENOMEM;
	row->plain_stops[separator] = row->plain_stops['\n'] = 1;
	row->plain_stops['\r'] = row->plain_stops['\0'] = 1;
	row->quoted_stops['"'] = row->quoted_stops['\n'] = 1;
	row->quoted_stops['\r'] = row->quoted_stops['\0'] = 1;
	return 0;
}

void trfs_csv_row_done(struct trfs_csv_row *row)
{
	free(row->fields);
	row->fields = NULL;
}

static bool is_blank_byte(const struct trfs_csv_row *row, uint8_t byte)
{
	return (byte == ' ' || byte == '\t') && byte != row->separator;
}

static int fail_nul(const struct scan *s, struct trfs_error *err)
{
	s->place->line = s->line;
	return trfs_fail(err, -EBADMSG, "holds a NUL byte: this is not text%s",
			 s->line == 1 ? ", or it is UTF-16; save it as UTF-8" : "");
}

static int fail_field_too_long(const struct scan *s, uint64_t line,
			       struct trfs_error *err)
{
	s->place->line = line;
	return trfs_fail(err, -EBADMSG,
			 "a field that begins here is over %d MiB long; is it a quote "
			 "that never closes?",
			 TRFS_CSV_FIELD_MAX >> 20);
}

/*
 * Walk to the closing quote, which @at is left at; SCANNED_FIELD or NEEDS_MORE.  One that
 * is the window's last byte may yet be the first of two: scan_after_field() sees to that.
 */
static int find_closing_quote(const struct trfs_csv_row *row, struct scan *s,
			      struct trfs_error *err)
{
	uint64_t opened_on = s->line;
	uint8_t *at = s->at;

	for (;;) {
		while (!row->quoted_stops[*at])
			s->all_bits |= *at++;
		if (at == s->end && s->end - s->at > TRFS_CSV_FIELD_MAX)
			return fail_field_too_long(s, opened_on, err);
		if (at == s->end && !s->at_end)
			return NEEDS_MORE;
		if (at == s->end) {
			s->place->line = opened_on;
			return trfs_fail(err, -EBADMSG,
					 "a quote opens here and never closes");
		}
		if (*at == '\0')
			return fail_nul(s, err);
		if (*at == '"' && (at + 1 == s->end || at[1] != '"'))
			break;
		if (*at == '"') {
			s->field_has_doubled = true;
			at++;
		} else if (*at == '\n' || at[1] != '\n') {
			s->line++;
		}
		at++;
	}
	s->at = at;
	return SCANNED_FIELD;
}

static int scan_quoted(const struct trfs_csv_row *row, struct scan *s,
		       struct trfs_csv_field *ret_field, struct trfs_error *err)
{
	uint64_t opened_on = s->line;
	uint8_t *start = ++s->at;
	size_t len;
	int rc;

	s->field_has_doubled = false;
	s->is_blank = false;
	rc = find_closing_quote(row, s, err);
	if (rc != SCANNED_FIELD)
		return rc;
	len = (size_t)(s->at - start);
	if (len > TRFS_CSV_FIELD_MAX)
		return fail_field_too_long(s, opened_on, err);
	*ret_field = (struct trfs_csv_field){ { start, len }, !s->field_has_doubled };
	s->row_has_doubled |= s->field_has_doubled;
	s->at++;
	while (s->at < s->end && is_blank_byte(row, *s->at))
		s->at++;
	if (s->at == s->end || row->plain_stops[*s->at])
		return SCANNED_FIELD;
	s->place->line = s->line;
	return trfs_fail(err, -EBADMSG,
			 "text follows a closing quote; a quote inside a quoted field is "
			 "written twice");
}

static int scan_plain(const struct trfs_csv_row *row, struct scan *s,
		      struct trfs_csv_field *ret_field, struct trfs_error *err)
{
	uint8_t *start = s->at;
	uint8_t *at = s->at;
	uint8_t *last;
	uint8_t all_bits = s->all_bits;

	while (!row->plain_stops[*at])
		all_bits |= *at++;
	s->all_bits = all_bits;
	s->at = at;
	if (at - start > TRFS_CSV_FIELD_MAX)
		return fail_field_too_long(s, s->line, err);
	for (last = at; last > start && is_blank_byte(row, last[-1]);)
		last--;
	if (last > start)
		s->is_blank = false;
	if (row->keeps_blanks) {
		start = s->field;
		last = at;
	}
	*ret_field = (struct trfs_csv_field){ { start, (size_t)(last - start) }, true };
	return SCANNED_FIELD;
}

/* What comes after a field: a separator, the end of the row, or nothing yet. */
static int scan_after_field(const struct trfs_csv_row *row, struct scan *s,
			    struct trfs_error *err)
{
	if (s->at == s->end)
		return s->at_end ? SCANNED_ROW : NEEDS_MORE;
	if (*s->at == '\0')
		return fail_nul(s, err);
	if (*s->at == row->separator) {
		s->at++;
		s->is_blank = false;
		return SCANNED_FIELD;
	}
	if (*s->at == '\r' && s->at + 1 == s->end && !s->at_end)
		return NEEDS_MORE;
	s->at += *s->at == '\r' && s->at + 1 < s->end && s->at[1] == '\n' ? 2 : 1;
	s->line++;
	return SCANNED_ROW;
}

/* One attempt at a row: SCANNED_ROW or NEEDS_MORE. */
static int scan_row(struct trfs_csv_row *row, struct scan *s, struct trfs_error *err)
{
	int rc;

	row->nr_fields = 0;
	do {
		struct trfs_csv_field field;

		s->field = s->at;
		while (s->at < s->end && is_blank_byte(row, *s->at))
			s->at++;
		if (s->at < s->end && *s->at == '"')
			rc = scan_quoted(row, s, &field, err);
		else
			rc = scan_plain(row, s, &field, err);
		if (rc != SCANNED_FIELD)
			return rc;
		if (row->nr_fields < TRFS_CSV_FIELDS_STORED)
			row->fields[row->nr_fields] = field;
		row->nr_fields++;
		rc = scan_after_field(row, s, err);
	} while (rc == SCANNED_FIELD);
	return rc;
}

/* This writes into the window, so it has to wait until no scan can start over. */
static void fold_doubled_quotes(struct trfs_csv_row *row, struct trfs_window *window)
{
	for (size_t i = 0; i < row->nr_fields && i < TRFS_CSV_FIELDS_STORED; i++) {
		struct trfs_csv_field *field = &row->fields[i];
		uint8_t *text = window->data + (field->text.data - window->data);
		size_t folded = 0;

		if (field->is_folded)
			continue;
		for (size_t from = 0; from < field->text.len; from++) {
			text[folded++] = text[from];
			if (text[from] == '"')
				from++;
		}
		field->text.len = folded;
		field->is_folded = true;
	}
}

/* The row's bytes are well-formed UTF-8 exactly if all its fields are. */
static int check_utf8(struct trfs_bytes row, uint64_t line, struct trfs_text_place *place,
		      struct trfs_error *err)
{
	size_t line_start = 0;
	size_t bad;

	if (trfs_utf8_valid(row))
		return 0;
	bad = trfs_text_first_invalid(row);
	for (size_t i = 0; i < bad; i++) {
		if (row.data[i] == '\n' ||
		    (row.data[i] == '\r' && row.data[i + 1] != '\n')) {
			line_start = i + 1;
			line++;
		}
	}
	*place = (struct trfs_text_place){ .line = line };
	row.data += line_start;
	row.len -= line_start;
	return trfs_text_check_utf8(row, err);
}

/* SCANNED_ROW, 0 at the end of the file, or a negative errno. */
static int scan_whole_row(struct trfs_csv_row *row, struct trfs_window *window,
			  struct scan *s, struct trfs_error *err)
{
	struct trfs_text_place *place = s->place;
	int rc;

	for (;;) {
		*s = (struct scan){ .at = window->data + window->start,
				    .end = window->data + window->len,
				    .at_end = window->at_end,
				    .is_blank = true,
				    .line = row->line,
				    .place = place };
		if (s->at == s->end && s->at_end) {
			*place = (struct trfs_text_place){ .line = 0 };
			return 0;
		}
		rc = scan_row(row, s, err);
		if (rc != NEEDS_MORE)
			return rc;
		place->line = row->line;
		rc = trfs_window_more(window, err);
		if (rc == -E2BIG)
			return trfs_fail(err, -EBADMSG,
					 "the row that begins here is over %d MiB long",
					 TRFS_CSV_ROW_MAX >> 20);
		if (rc < 0)
			return rc;
	}
}

int trfs_csv_row_read(struct trfs_csv_row *row, struct trfs_window *window,
		      struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct scan s = { .place = ret_place };
	struct trfs_bytes bytes;
	int rc;

	do {
		rc = scan_whole_row(row, window, &s, err);
		if (rc <= 0)
			return rc;
		bytes.data = window->data + window->start;
		bytes.len = (size_t)(s.at - bytes.data);
		if (s.all_bits >= 0x80) {
			rc = check_utf8(bytes, row->line, ret_place, err);
			if (rc < 0)
				return rc;
		}
		*ret_place = (struct trfs_text_place){ .line = row->line };
		row->line = s.line;
		window->start = window->at = (size_t)(s.at - window->data);
	} while (s.is_blank);
	if (s.row_has_doubled)
		fold_doubled_quotes(row, window);
	return 1;
}
