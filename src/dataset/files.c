/* SPDX-License-Identifier: MIT */
/*
 * Paths of images.  Folding a path needs no disk and is done in order; only names
 * without an extension are looked for, in parallel, before that.
 */
#include "dataset/files.h"

#include "base/buffer.h"
#include "base/error.h"
#include "base/workers.h"
#include "dataset/catalog.h"
#include "dataset/cell.h"
#include "dataset/extensions.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define PATH_SIZE_MAX  (UINT32_C(1) << 30)
#define CELLS_PER_WORK 64
#define NUMBER_MAX     64
/* Two names of files that exist, so none is longer than NAME_MAX. */
#define REASON_MAX (2 * NAME_MAX + 64)

/* What a cell's name lacks: nothing, or extension number n - 1. */
enum { COMPLETE = 0, AMBIGUOUS = UINT8_MAX };

/**
 * struct name_search - names without extension, being looked for
 * @lacks: for each cell what has to be put behind its name
 * @findings, @scratch: one a worker; two scratches, for the path and for its forms
 */
struct name_search {
	const struct trfs_strings *cells;
	const struct trfs_root *root;
	trfs_image_formats allowed;
	uint8_t *lacks;
	struct trfs_findings *findings;
	struct trfs_buffer (*scratch)[2];
};

void trfs_files_done(struct trfs_files *files)
{
	trfs_string_table_free(files->paths);
	free(files->image_of_cell);
	trfs_findings_done(&files->findings);
	*files = (struct trfs_files){ 0 };
}

void trfs_files_print_cell(struct trfs_bytes cell, struct trfs_buffer *buf)
{
	struct trfs_cell_reader reader;
	struct trfs_value value;
	size_t nr = 0;

	trfs_cell_reader_init(&reader, cell);
	while (trfs_cell_reader_next(&reader, &value)) {
		if (nr++ > 0)
			trfs_buffer_put(buf, ", ", 2);
		trfs_value_print(&value, buf);
	}
}

/* The relative path of a cell's file into @path; what trfs_root_relative() says. */
static int path_of_cell(const struct trfs_root *root, struct trfs_bytes cell,
			struct trfs_buffer *path)
{
	struct trfs_cell_reader reader;
	struct trfs_value value;
	struct trfs_buffer number;
	int rc;

	trfs_buffer_reset(path);
	trfs_cell_reader_init(&reader, cell);
	if (!trfs_cell_reader_next(&reader, &value))
		return -EINVAL;
	if (value.kind == TRFS_VALUE_TEXT)
		return trfs_root_relative(root, value.text, path);
	trfs_buffer_init(&number, NUMBER_MAX);
	trfs_value_print(&value, &number);
	rc = trfs_root_relative(root, trfs_buffer_bytes(&number), path);
	trfs_buffer_done(&number);
	return rc;
}

static bool is_there(const struct trfs_root *root, const char *path)
{
	int fd = trfs_root_open_file(root, path);

	trfs_file_close(fd);
	return fd != -ENOENT && fd != -ENOTDIR && fd != -EISDIR;
}

static int note_ambiguous(struct trfs_findings *findings, uint32_t cell,
			  struct trfs_bytes path, const struct trfs_extension_hits *hits)
{
	const uint8_t *slash = memrchr(path.data, '/', path.len);
	const uint8_t *name = slash ? slash + 1 : path.data;
	int len = (int)(path.data + path.len - name);
	char reason[REASON_MAX];

	snprintf(reason, sizeof(reason), "is ambiguous: %.*s%s and %.*s%s exist", len,
		 (const char *)name, trfs_extension_get(hits->first), len,
		 (const char *)name, trfs_extension_get(hits->second));
	return trfs_findings_add(findings, cell, TRFS_PROBLEM_AMBIGUOUS, reason);
}

static int search_cell(struct name_search *search, unsigned int worker, uint32_t cell)
{
	struct trfs_buffer *path = &search->scratch[worker][0];
	struct trfs_extension_hits hits;
	struct trfs_bytes text = trfs_strings_get(search->cells, cell);
	int rc;

	/* What is wrong with a path is found when all paths are folded in order. */
	if (trfs_cell_nr_values(text) != 1 || path_of_cell(search->root, text, path) < 0)
		return 0;
	if (trfs_extension_format(trfs_buffer_bytes(path)) != TRFS_IMAGE_UNKNOWN ||
	    is_there(search->root, trfs_buffer_text(path)))
		return 0;
	rc = trfs_extension_look(search->root, trfs_buffer_bytes(path), search->allowed,
				 &search->scratch[worker][1], &hits);
	if (rc < 0 || hits.nr == 0)
		return rc;
	if (hits.nr == 1) {
		search->lacks[cell] = (uint8_t)(hits.first + 1);
		return 0;
	}
	search->lacks[cell] = AMBIGUOUS;
	return note_ambiguous(&search->findings[worker], cell, trfs_buffer_bytes(path),
			      &hits);
}

static int search_range(void *user, unsigned int worker, uint64_t first, uint64_t end,
			struct trfs_error *err)
{
	struct name_search *search = user;

	for (uint64_t cell = first; cell < end; cell++) {
		int rc = search_cell(search, worker, (uint32_t)cell);

		if (rc < 0)
			return trfs_fail_errno(
				err, rc, "cannot look for images without extension");
	}
	return 0;
}

static int run_search(struct name_search *search, unsigned int nr_threads,
		      struct trfs_findings *findings,
		      const struct trfs_progress *progress, struct trfs_error *err)
{
	int rc;

	search->findings = calloc(nr_threads, sizeof(*search->findings));
	search->scratch = calloc(nr_threads, sizeof(*search->scratch));
	if (!search->findings || !search->scratch) {
		rc = trfs_fail_memory(err, "the search for images");
		goto out;
	}
	for (unsigned int i = 0; i < nr_threads; i++) {
		trfs_buffer_init(&search->scratch[i][0], PATH_SIZE_MAX);
		trfs_buffer_init(&search->scratch[i][1], PATH_SIZE_MAX);
	}
	rc = trfs_workers_run(nr_threads, search->cells->nr, CELLS_PER_WORK, search_range,
			      search, "Finding images", progress, err);
	for (unsigned int i = 0; i < nr_threads; i++) {
		if (rc == 0 && trfs_findings_merge(findings, &search->findings[i]) < 0)
			rc = trfs_fail_memory(err, "the search for images");
		trfs_findings_done(&search->findings[i]);
		trfs_buffer_done(&search->scratch[i][0]);
		trfs_buffer_done(&search->scratch[i][1]);
	}
out:
	free(search->findings);
	free(search->scratch);
	return rc;
}

static bool any_lacks_extension(const struct trfs_strings *cells)
{
	for (uint64_t i = 1; i < cells->nr; i++) {
		struct trfs_bytes cell = trfs_strings_get(cells, i);

		/* Numbers have no extension, whatever their bytes look like. */
		if (cell.data[0] != 'T' ||
		    trfs_extension_format(cell) == TRFS_IMAGE_UNKNOWN)
			return true;
	}
	return false;
}

static int note(struct trfs_files *files, uint32_t cell, enum trfs_problem_kind kind,
		const char *reason)
{
	files->image_of_cell[cell] = TRFS_NO_IMAGE;
	return trfs_findings_add(&files->findings, cell, kind, reason);
}

/* Fold the path, complete it, and give it a number; or note why that is impossible. */
static int name_cell(struct trfs_files *files, const struct trfs_root *root,
		     struct trfs_bytes text, uint32_t cell, uint8_t lacks,
		     struct trfs_buffer *path)
{
	size_t nr_values = trfs_cell_nr_values(text);
	int rc;

	if (lacks == AMBIGUOUS) {
		files->image_of_cell[cell] = TRFS_NO_IMAGE;
		return 0; /* the search has noted it */
	}
	if (nr_values > 1)
		return note(files, cell, TRFS_PROBLEM_AMBIGUOUS,
			    "is a list where one file is wanted");
	rc = path_of_cell(root, text, path);
	if (rc == -EINVAL)
		return note(files, cell, TRFS_PROBLEM_MISSING, "names no file");
	if (rc == -EXDEV)
		return note(files, cell, TRFS_PROBLEM_OUTSIDE, "lies outside the source");
	if (rc < 0)
		return rc;
	if (lacks != COMPLETE)
		trfs_buffer_printf(path, "%s", trfs_extension_get(lacks - 1u));
	if (path->failed)
		return -ENOMEM;
	return trfs_string_table_intern(files->paths, trfs_buffer_bytes(path),
					&files->image_of_cell[cell], NULL);
}

static int name_all(struct trfs_files *files, const struct trfs_strings *cells,
		    const struct trfs_root *root, const uint8_t *lacks)
{
	struct trfs_buffer path;
	int rc = 0;

	trfs_buffer_init(&path, PATH_SIZE_MAX);
	for (uint32_t cell = 0; rc == 0 && cell < cells->nr; cell++)
		rc = name_cell(files, root, trfs_strings_get(cells, cell), cell,
			       lacks ? lacks[cell] : COMPLETE, &path);
	trfs_buffer_done(&path);
	return rc;
}

int trfs_files_name(struct trfs_files *files, const struct trfs_strings *cells,
		    bool listed, const struct trfs_root *root, trfs_image_formats allowed,
		    unsigned int nr_threads, const struct trfs_progress *progress,
		    struct trfs_error *err)
{
	struct name_search search = { .cells = cells, .root = root, .allowed = allowed };
	int rc = 0;

	files->paths = trfs_string_table_new();
	files->image_of_cell = calloc(cells->nr, sizeof(*files->image_of_cell));
	if (!files->paths || !files->image_of_cell)
		return trfs_fail_memory(err, "the images' names");

	if (listed && any_lacks_extension(cells)) {
		search.lacks = calloc(cells->nr, 1);
		if (!search.lacks)
			return trfs_fail_memory(err, "the images' names");
		rc = run_search(&search, nr_threads, &files->findings, progress, err);
	}
	if (rc == 0 && name_all(files, cells, root, search.lacks) < 0)
		rc = trfs_fail_memory(err, "the images' names");
	free(search.lacks);
	trfs_findings_sort(&files->findings);
	trfs_string_table_finish(files->paths);
	return rc;
}
