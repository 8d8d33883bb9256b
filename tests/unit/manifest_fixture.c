/* SPDX-License-Identifier: MIT */
/*
 * Rows as text, so that a test is one comparison.  Failures of the fixture itself abort
 * the test program: they say nothing of what is tested.
 */
#include "manifest_fixture.h"

#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct manifest_fixture source;

static void insist(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

int manifest_fixture_enter(void **state)
{
	(void)state;
	source = (struct manifest_fixture){ .text = NULL };
	snprintf(source.directory, sizeof(source.directory), "/tmp/trfs-manifest-XXXXXX");
	insist(mkdtemp(source.directory), "mkdtemp");
	insist(trfs_root_open(&source.root, source.directory, false, NULL) == 0, "root");
	insist(trfs_inputs_init(&source.inputs) == 0, "inputs");
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int manifest_fixture_leave(void **state)
{
	(void)state;
	trfs_inputs_done(&source.inputs);
	trfs_root_close(&source.root);
	nftw(source.directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(source.text);
	return 0;
}

const char *manifest_path(const char *name)
{
	static char path[8192];

	snprintf(path, sizeof(path), "%s/%s", source.directory, name);
	return path;
}

void manifest_mkdir(const char *name)
{
	char path[8192];

	snprintf(path, sizeof(path), "%s/%s", source.directory, name);
	for (char *slash = path + strlen(source.directory) + 1;
	     (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		insist(mkdir(path, 0777) == 0 || errno == EEXIST, path);
		*slash = '/';
	}
	insist(mkdir(path, 0777) == 0 || errno == EEXIST, path);
}

void manifest_write(const char *name, const void *data, size_t len)
{
	const char *slash = strrchr(name, '/');
	char folder[4096];
	FILE *file;

	if (slash) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - name), name);
		manifest_mkdir(folder);
	}
	file = fopen(manifest_path(name), "w");
	insist(file, name);
	insist(fwrite(data, 1, len, file) == len, name);
	insist(fclose(file) == 0, name);
}

void manifest_put(const char *name, const char *text)
{
	manifest_write(name, text, strlen(text));
}

void manifest_touch(const char *name)
{
	manifest_put(name, "x");
}

static void print_value(FILE *out, const struct trfs_value *value)
{
	if (value->kind == TRFS_VALUE_TEXT)
		fprintf(out, "'%.*s'", TRFS_BYTES_ARG(value->text));
	else if (value->kind == TRFS_VALUE_INTEGER)
		fprintf(out, "%" PRId64, value->integer);
	else
		fprintf(out, "%.17g%s", value->real,
			value->real == (double)(int64_t)value->real ? ".0" : "");
}

static void print_row(FILE *out, const struct trfs_manifest *m,
		      const struct trfs_row *row)
{
	struct trfs_strings columns = trfs_manifest_columns(m);

	insist(row->nr_cells == columns.nr, "cells");
	fprintf(out, "%" PRIu64, row->line);
	for (size_t i = 0; i < row->nr_cells; i++) {
		const struct trfs_cell *cell = &row->cells[i];

		if (cell->nr_values == 0)
			continue;
		fprintf(out, " %.*s=%s", TRFS_BYTES_ARG(trfs_strings_get(&columns, i)),
			cell->nr_values > 1 ? "[" : "");
		for (size_t v = 0; v < cell->nr_values; v++) {
			fprintf(out, "%s", v ? "," : "");
			print_value(out, &cell->values[v]);
		}
		fprintf(out, "%s", cell->nr_values > 1 ? "]" : "");
	}
	if (row->problem)
		fprintf(out, " problem: %s", row->problem);
	fprintf(out, "\n");
}

/* A text with "$" for the scratch directory. */
static void print_shortened(FILE *out, const char *text)
{
	const char *found;

	while ((found = strstr(text, source.directory))) {
		fprintf(out, "%.*s$", (int)(found - text), text);
		text = found + strlen(source.directory);
	}
	fprintf(out, "%s", text);
}

static void print_error(FILE *out, int rc)
{
	insist(rc == source.err.code, "error code");
	fprintf(out, "%s: ", strerrorname_np(-rc));
	print_shortened(out, source.err.message);
	fprintf(out, "\n");
}

static void print_remarks(FILE *out, const struct trfs_remarks *remarks)
{
	struct trfs_strings names = trfs_string_table_view(remarks->names);
	struct trfs_strings reasons = trfs_string_table_view(remarks->reasons);

	for (size_t i = 0; i < remarks->nr; i++) {
		struct trfs_bytes reason = trfs_strings_get(&reasons, i);
		char *text;

		insist(asprintf(&text, "%.*s", TRFS_BYTES_ARG(reason)) >= 0, "asprintf");
		fprintf(out, "remark: '%.*s' ",
			TRFS_BYTES_ARG(trfs_strings_get(&names, i)));
		print_shortened(out, text);
		fprintf(out, "\n");
		free(text);
	}
}

static const char *read_request(const struct trfs_manifest_request *request)
{
	TRFS_CLEANUP(trfs_manifest_freep) struct trfs_manifest *m = NULL;
	struct trfs_row row;
	size_t len;
	FILE *out;
	int rc;

	free(source.text);
	out = open_memstream(&source.text, &len);
	insist(out, "open_memstream");
	source.err = (struct trfs_error){ 0 };
	rc = trfs_manifest_open(&source.root, request, &source.inputs, &m, &source.err);
	while (rc == 0 && (rc = trfs_manifest_next(m, &row, &source.err)) == 1) {
		if (row.file) {
			print_shortened(out, row.file);
			fprintf(out, ":");
		}
		print_row(out, m, &row);
		rc = 0;
	}
	if (rc < 0)
		print_error(out, rc);
	if (request->remarks)
		print_remarks(out, request->remarks);
	source.nr_ignored = m ? trfs_manifest_nr_ignored(m) : 0;
	insist(fclose(out) == 0, "fclose");
	return source.text;
}

const char *manifest_read(const char *name)
{
	return read_request(&(struct trfs_manifest_request){
		.path = name ? manifest_path(name) : NULL });
}

/* A path of the options with the scratch directory for "$". */
static const char *lengthened(const char *path, char buf[PATH_MAX])
{
	if (!path || path[0] != '$')
		return path;
	snprintf(buf, PATH_MAX, "%s%s", source.directory, path + 1);
	return buf;
}

const char *manifest_read_as(const char *dialect, const char *name)
{
	static char paths[5][PATH_MAX];
	struct trfs_options options = source.options;
	struct trfs_remarks remarks;

	insist(trfs_remarks_init(&remarks) == 0, "remarks");
	options.labels = lengthened(options.labels, paths[0]);
	options.masks = lengthened(options.masks, paths[1]);
	options.metadata = lengthened(options.metadata, paths[2]);
	options.boxes = lengthened(options.boxes, paths[3]);
	if (options.image_directories.nr > 0)
		options.image_directories.items[0] =
			lengthened(options.image_directories.items[0], paths[4]);
	read_request(&(struct trfs_manifest_request){
		.path = name ? manifest_path(name) : NULL,
		.dialect = dialect,
		.options = &options,
		.remarks = &remarks,
	});
	trfs_remarks_done(&remarks);
	return source.text;
}

const char *manifest_read_text(const char *name, const char *text)
{
	manifest_put(name, text);
	return manifest_read(name);
}
