/* SPDX-License-Identifier: MIT */
/*
 * Manifest cells as bytes and back.  Equal cells have equal bytes, so a column needs each
 * of them once; the reader takes any bytes at all, since a saved index may be damaged.
 */
#include "dataset/cell.h"

#include "base/number.h"

#include <inttypes.h>
#include <stdio.h>

#define REAL_TEXT_MAX 40

static void put_texts(const struct trfs_cell *cell, struct trfs_buffer *buf)
{
	if (cell->nr_values == 1) {
		trfs_buffer_put_u8(buf, 'T');
		trfs_buffer_put(buf, cell->values[0].text.data, cell->values[0].text.len);
		return;
	}
	trfs_buffer_put_u8(buf, 'L');
	for (size_t i = 0; i < cell->nr_values; i++) {
		struct trfs_bytes text = cell->values[i].text;

		if (text.len > UINT32_MAX) {
			buf->failed = true;
			return;
		}
		trfs_buffer_put_u32le(buf, (uint32_t)text.len);
		trfs_buffer_put(buf, text.data, text.len);
	}
}

static void put_numbers(const struct trfs_cell *cell, struct trfs_buffer *buf)
{
	bool real = cell->values[0].kind == TRFS_VALUE_REAL;

	trfs_buffer_put_u8(buf, real ? 'R' : 'I');
	for (size_t i = 0; i < cell->nr_values; i++) {
		const struct trfs_value *value = &cell->values[i];
		uint64_t bits = 0;

		if (real)
			memcpy(&bits, &value->real, sizeof(bits));
		else
			bits = (uint64_t)value->integer;
		trfs_buffer_put_u64le(buf, bits);
	}
}

void trfs_cell_encode(const struct trfs_cell *cell, struct trfs_buffer *buf)
{
	if (cell->nr_values == 0)
		return;
	if (cell->values[0].kind == TRFS_VALUE_TEXT)
		put_texts(cell, buf);
	else
		put_numbers(cell, buf);
}

void trfs_cell_reader_init(struct trfs_cell_reader *r, struct trfs_bytes encoded)
{
	r->left = trfs_reader_of(encoded.data, encoded.len);
	r->kind = encoded.len > 0 ? trfs_reader_u8(&r->left) : 0;
}

size_t trfs_cell_nr_values(struct trfs_bytes encoded)
{
	struct trfs_cell_reader r;
	struct trfs_value value;
	size_t nr = 0;

	trfs_cell_reader_init(&r, encoded);
	while (trfs_cell_reader_next(&r, &value))
		nr++;
	return nr;
}

static bool next_text(struct trfs_cell_reader *r, struct trfs_value *ret)
{
	struct trfs_bytes text;

	if (r->kind == 'T') {
		text = r->left.left;
		/* A text may be empty, so what is left does not tell that it was read. */
		r->kind = 0;
	} else {
		if (r->left.left.len == 0)
			return false;
		text = trfs_reader_bytes(&r->left, trfs_reader_u32le(&r->left));
		if (r->left.failed)
			return false;
	}
	*ret = (struct trfs_value){ .kind = TRFS_VALUE_TEXT, .text = text };
	return true;
}

static bool next_number(struct trfs_cell_reader *r, struct trfs_value *ret)
{
	uint64_t bits;

	if (r->left.left.len == 0)
		return false;
	bits = trfs_reader_u64le(&r->left);
	if (r->left.failed)
		return false;
	if (r->kind == 'R') {
		ret->kind = TRFS_VALUE_REAL;
		memcpy(&ret->real, &bits, sizeof(bits));
	} else {
		ret->kind = TRFS_VALUE_INTEGER;
		ret->integer = (int64_t)bits;
	}
	return true;
}

bool trfs_cell_reader_next(struct trfs_cell_reader *r, struct trfs_value *ret)
{
	switch (r->kind) {
	case 'T':
	case 'L':
		return next_text(r, ret);
	case 'I':
	case 'R':
		return next_number(r, ret);
	default:
		return false;
	}
}

/* 1.0 keeps its ".0", so that a real never looks like an integer. */
static void print_real(double real, struct trfs_buffer *buf)
{
	char text[REAL_TEXT_MAX];
	bool plain = true;

	/* The fewest digits that give the same number again: 0.1, not
	 * 0.1000000000000000055. */
	for (int digits = 15; digits <= 17; digits++) {
		double again = 0;

		snprintf(text, sizeof(text), "%.*g", digits, real);
		for (char *p = text; *p; p++)
			if (*p == ',') /* the locale's decimal point */
				*p = '.';
		if (trfs_number_parse(trfs_bytes_of(text), &again) && again >= real &&
		    again <= real)
			break;
	}
	for (char *p = text; *p; p++)
		if (*p != '-' && (*p < '0' || *p > '9'))
			plain = false;
	trfs_buffer_printf(buf, "%s%s", text, plain ? ".0" : "");
}

void trfs_value_print(const struct trfs_value *value, struct trfs_buffer *buf)
{
	switch (value->kind) {
	case TRFS_VALUE_TEXT:
		trfs_buffer_put(buf, value->text.data, value->text.len);
		break;
	case TRFS_VALUE_INTEGER:
		trfs_buffer_printf(buf, "%" PRId64, value->integer);
		break;
	case TRFS_VALUE_REAL:
		print_real(value->real, buf);
		break;
	}
}
