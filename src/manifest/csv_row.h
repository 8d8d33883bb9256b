/* SPDX-License-Identifier: MIT */
/* Fields of one row of separated text; what they mean is csv.c's business. */
#ifndef TRFS_MANIFEST_CSV_ROW_H
#define TRFS_MANIFEST_CSV_ROW_H

#include "manifest/text.h"
#include "manifest/window.h"

enum {
	TRFS_CSV_FIELD_MAX = 16 << 20,
	TRFS_CSV_ROW_MAX = 64 << 20,
	TRFS_CSV_FIELDS_STORED = 4096, /* more are counted, not kept */
};

/* @is_folded: doubled quotes in it are single ones already. */
struct trfs_csv_field {
	struct trfs_bytes text;
	bool is_folded;
};

/**
 * struct trfs_csv_row - the fields of the row read last, and where the next one begins
 * @separator: between fields
 * @keeps_blanks: those around fields without quotes belong to them
 * @line: of the next row, from 1
 * @nr_fields: all there are, even beyond those in @fields
 * @fields: point into the window, valid until the next read; owned
 */
struct trfs_csv_row {
	uint8_t separator;
	bool keeps_blanks;
	uint64_t line;
	size_t nr_fields;
	struct trfs_csv_field *fields;
	uint8_t plain_stops[256];
	uint8_t quoted_stops[256];
};

TRFS_MUST_CHECK
int trfs_csv_row_init(struct trfs_csv_row *row, uint8_t separator);
void trfs_csv_row_done(struct trfs_csv_row *row);

/*
 * Read the next row that is not blank from @window: 1, 0 at the end, -EBADMSG for bad
 * syntax, or as trfs_window_more().  Quotes are taken off and doubled ones made single.
 */
TRFS_MUST_CHECK
int trfs_csv_row_read(struct trfs_csv_row *row, struct trfs_window *window,
		      struct trfs_text_place *ret_place, struct trfs_error *err);

#endif
