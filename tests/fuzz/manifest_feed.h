/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets of the manifest layer share: manifests fed from memory under a
 * name whose extension chooses the dialect.  Beyond not crashing, rows must hold what
 * row.h says: valid UTF-8, one kind a cell, a line, a cell for each column; and a failure
 * must come with a message.  The Makefile gives them a window of eight bytes, so that
 * short inputs cross its border, as real files do.
 */
#ifndef TRFS_TESTS_FUZZ_MANIFEST_FEED_H
#define TRFS_TESTS_FUZZ_MANIFEST_FEED_H

#include "feed_file.h"

#include "manifest/manifest.h"

static inline void check_row(const struct trfs_manifest *m, const struct trfs_row *row,
			     uint64_t last_line)
{
	insist(row->nr_cells == trfs_manifest_columns(m).nr);
	insist(row->line > 0 && row->line >= last_line);
	for (size_t i = 0; i < row->nr_cells; i++) {
		const struct trfs_cell *cell = &row->cells[i];

		for (size_t v = 0; v < cell->nr_values; v++) {
			const struct trfs_value *value = &cell->values[v];

			insist(value->kind == cell->values[0].kind);
			insist(value->kind != TRFS_VALUE_TEXT ||
			       trfs_utf8_valid(value->text));
		}
	}
}

/* Read @data to the end as the manifest @name. */
static inline void feed_manifest(const char *name, const uint8_t *data, size_t len)
{
	TRFS_CLEANUP(trfs_manifest_freep) struct trfs_manifest *m = NULL;
	const char *path = feed_file(name, data, len);
	struct trfs_error err = { 0 };
	struct trfs_inputs inputs;
	uint64_t last_line = 0;
	struct trfs_row row;
	int rc;

	insist(trfs_inputs_init(&inputs) == 0);
	rc = trfs_manifest_open(NULL, &(struct trfs_manifest_request){ .path = path },
				&inputs, &m, &err);
	while (rc == 0 && (rc = trfs_manifest_next(m, &row, &err)) == 1) {
		check_row(m, &row, last_line);
		last_line = row.line;
		rc = 0;
	}
	insist(rc == 0 || (err.code == rc && err.message[0]));
	trfs_inputs_done(&inputs);
}

#endif
