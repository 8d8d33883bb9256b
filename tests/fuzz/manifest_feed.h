/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets of the manifest layer share: manifests fed from memory, through
 * a memfd that is filled anew for each input, behind a link with the extension that
 * chooses the dialect.  Beyond not crashing, rows must hold what row.h says: valid
 * UTF-8, one kind a cell, a line, a cell for each column; and a failure must come with a
 * message.  Build with -DTRFS_WINDOW_CAPACITY_FIRST=8 so that short inputs cross the
 * border of the window, which real files do.
 */
#ifndef TRFS_TESTS_FUZZ_MANIFEST_FEED_H
#define TRFS_TESTS_FUZZ_MANIFEST_FEED_H

#include "manifest/manifest.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static inline void insist(bool ok)
{
	if (!ok)
		abort();
}

/* A path, valid for ever, that has @data for content and ends in @name. */
static inline const char *feed_file(const char *name, const uint8_t *data, size_t len)
{
	static int file = -1;
	static char linked[128];
	char directory[] = "/tmp/trfs-fuzz-XXXXXX";
	char target[64];

	if (file < 0) {
		file = memfd_create("fuzz", MFD_CLOEXEC);
		insist(file >= 0 && mkdtemp(directory));
		snprintf(linked, sizeof(linked), "%s/%s", directory, name);
		snprintf(target, sizeof(target), "/proc/%d/fd/%d", (int)getpid(), file);
		insist(symlink(target, linked) == 0);
	}
	insist(ftruncate(file, 0) == 0);
	insist(pwrite(file, data, len, 0) == (ssize_t)len);
	return linked;
}

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
	rc = trfs_manifest_open(NULL, path, &inputs, &m, &err);
	while (rc == 0 && (rc = trfs_manifest_next(m, &row, &err)) == 1) {
		check_row(m, &row, last_line);
		last_line = row.line;
		rc = 0;
	}
	insist(rc == 0 || (err.code == rc && err.message[0]));
	trfs_inputs_done(&inputs);
}

#endif
