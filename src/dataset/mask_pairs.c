/* SPDX-License-Identifier: MIT */
/*
 * The directory of masks is walked once, and its files are known by their paths without
 * extensions; each distinct image then looks for its own, from its whole path down to its
 * name.
 */
#include "dataset/mask_pairs.h"

#include "base/error.h"
#include "dataset/catalog.h"
#include "dataset/cell.h"
#include "dataset/rows_made.h"
#include "manifest/image_walk.h"

#include <errno.h>
#include <stdlib.h>

#define COLUMN	      "mask"
#define PATH_SIZE_MAX (UINT32_C(1) << 20)

/**
 * struct masks - all files beneath the directory
 * @paths: relative to it
 * @stems: the same without extensions, each once
 * @path_of_stem: number within @paths
 * @prefix: what makes a path one of the rows': "masks/", or absolute
 */
struct masks {
	struct trfs_string_table *paths;
	struct trfs_string_table *stems;
	uint32_t *path_of_stem;
	struct trfs_buffer prefix;
};

static void masks_done(struct masks *m)
{
	trfs_string_table_free(m->paths);
	trfs_string_table_free(m->stems);
	free(m->path_of_stem);
	trfs_buffer_done(&m->prefix);
}

/* @path without the extension of its last name. */
static struct trfs_bytes stem_of(struct trfs_bytes path)
{
	const uint8_t *slash = path.len > 0 ? memrchr(path.data, '/', path.len) : NULL;
	size_t name = slash ? (size_t)(slash - path.data) + 1 : 0;
	struct trfs_bytes stem = trfs_beneath_stem(
		(struct trfs_bytes){ path.data + name, path.len - name });

	return (struct trfs_bytes){ path.data, name + stem.len };
}

static bool is_png(struct trfs_bytes path)
{
	return trfs_bytes_ends_with(path, ".png") || trfs_bytes_ends_with(path, ".PNG");
}

static int number_stems(struct masks *m)
{
	struct trfs_strings paths = trfs_string_table_view(m->paths);

	m->path_of_stem = calloc(paths.nr + 1, sizeof(*m->path_of_stem));
	if (!m->path_of_stem)
		return -ENOMEM;
	for (uint32_t i = 0; i < paths.nr; i++) {
		struct trfs_bytes path = trfs_strings_get(&paths, i);
		uint32_t stem;
		bool is_new;

		if (trfs_string_table_intern(m->stems, stem_of(path), &stem, &is_new) < 0)
			return -ENOMEM;
		if (is_new || (is_png(path) &&
			       !is_png(trfs_strings_get(&paths, m->path_of_stem[stem]))))
			m->path_of_stem[stem] = i;
	}
	return 0;
}

static int find_masks(struct masks *m, const struct trfs_root *root,
		      const struct trfs_options *options, struct trfs_inputs *inputs,
		      struct trfs_error *err)
{
	struct trfs_root directory;
	uint64_t nr_ignored = 0;
	int rc;

	rc = trfs_root_open(&directory, options->masks, options->follow, err);
	if (rc < 0)
		return trfs_error_prefix(err, rc, "--masks");
	m->paths = trfs_string_table_new();
	m->stems = trfs_string_table_new();
	trfs_buffer_init(&m->prefix, PATH_SIZE_MAX);
	if (!m->paths || !m->stems)
		rc = trfs_fail_memory(err, "the masks");
	if (rc == 0)
		rc = trfs_image_walk(&directory, ".", inputs, m->paths, &nr_ignored, err);
	if (rc == 0 && number_stems(m) < 0)
		rc = trfs_fail_memory(err, "the masks");
	if (rc == 0)
		rc = trfs_beneath_prefix(root, options->masks, "--masks", true,
					 &m->prefix, err);
	trfs_root_close(&directory);
	return rc;
}

/* The mask of the image @path: as many of its folders as possible count. */
static bool find_mask(const struct masks *m, struct trfs_bytes path, uint32_t *ret)
{
	struct trfs_bytes stem = stem_of(path);
	uint32_t number;

	for (;;) {
		const uint8_t *slash;

		if (trfs_string_table_find(m->stems, stem, &number)) {
			*ret = m->path_of_stem[number];
			return true;
		}
		slash = stem.len > 0 ? memchr(stem.data, '/', stem.len) : NULL;
		if (!slash)
			return false;
		stem.len -= (size_t)(slash + 1 - stem.data);
		stem.data = slash + 1;
	}
}

/* The mask of a cell of the file column, encoded; empty where it has none. */
static int put_mask(const struct masks *m, struct trfs_bytes cell,
		    struct trfs_buffer *encoded)
{
	struct trfs_strings paths = trfs_string_table_view(m->paths);
	struct trfs_cell_reader reader;
	struct trfs_value value;
	uint32_t number;

	trfs_buffer_reset(encoded);
	trfs_cell_reader_init(&reader, cell);
	if (!trfs_cell_reader_next(&reader, &value))
		return 0;
	if (value.kind != TRFS_VALUE_TEXT) {
		trfs_value_print(&value, encoded);
		value.text = trfs_buffer_bytes(encoded);
	}
	if (!find_mask(m, value.text, &number)) {
		trfs_buffer_reset(encoded);
		return 0;
	}
	trfs_buffer_reset(encoded);
	trfs_buffer_put_u8(encoded, 'T');
	trfs_buffer_put(encoded, m->prefix.data, m->prefix.len);
	trfs_buffer_put(encoded, trfs_strings_get(&paths, number).data,
			trfs_strings_get(&paths, number).len);
	return encoded->failed ? -ENOMEM : 0;
}

static int fill_column(const struct masks *m, struct trfs_rows *rows, uint32_t file,
		       uint32_t column)
{
	TRFS_CLEANUP(trfs_buffer_done) struct trfs_buffer encoded;
	struct trfs_strings cells = trfs_rows_cells(rows, file);
	uint32_t *mask_of_cell = calloc(cells.nr + 1, sizeof(*mask_of_cell));
	int rc = mask_of_cell ? 0 : -ENOMEM;

	trfs_buffer_init(&encoded, PATH_SIZE_MAX);
	for (uint64_t i = 1; rc == 0 && i < cells.nr; i++) {
		rc = put_mask(m, trfs_strings_get(&cells, i), &encoded);
		if (rc == 0)
			rc = trfs_string_table_intern(rows->columns[column].cells,
						      trfs_buffer_bytes(&encoded),
						      &mask_of_cell[i], NULL);
	}
	for (uint32_t row = 0; rc == 0 && row < rows->nr; row++)
		rows->columns[column].numbers[row] =
			mask_of_cell[trfs_rows_cell_number(rows, file, row)];
	free(mask_of_cell);
	return rc;
}

int trfs_mask_pairs_add(struct trfs_rows *rows, struct trfs_roles *roles,
			const struct trfs_root *root, const struct trfs_options *options,
			struct trfs_inputs *inputs, struct trfs_error *err)
{
	TRFS_CLEANUP(masks_done) struct masks m = { .paths = NULL };
	uint32_t column;
	int rc;

	if (!options->masks || roles->mask != TRFS_NO_COLUMN)
		return 0;
	rc = find_masks(&m, root, options, inputs, err);
	if (rc < 0)
		return rc;
	rc = trfs_rows_make_column(rows, trfs_bytes_of(COLUMN), &column);
	if (rc == 0)
		rc = fill_column(&m, rows, roles->file, column);
	if (rc < 0)
		return trfs_fail_memory(err, "the masks");
	trfs_string_table_finish(rows->columns[column].cells);
	roles->mask = column;
	return 0;
}
