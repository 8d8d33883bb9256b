/* SPDX-License-Identifier: MIT */
/*
 * A finished catalog: what its columns say of an example.  Nothing here knows whether it
 * was built in memory or mapped from a saved index.
 */
#include "dataset/catalog.h"

#include "base/buffer.h"

#include <stdlib.h>

const struct trfs_example trfs_example_empty;

struct trfs_catalog *trfs_catalog_free(struct trfs_catalog *catalog)
{
	if (catalog) {
		free(catalog->root_path);
		free(catalog->columns);
		if (catalog->release)
			catalog->release(catalog->owner);
		free(catalog);
	}
	return NULL;
}

uint64_t trfs_catalog_nr_examples(const struct trfs_catalog *catalog)
{
	return catalog->nr_examples;
}

bool trfs_catalog_has_class(const struct trfs_catalog *catalog, uint64_t example,
			    uint32_t class)
{
	size_t nr;
	const uint8_t *labels = trfs_catalog_labels(catalog, example, &nr);

	for (size_t i = 0; i < nr; i++) {
		if (trfs_catalog_label(labels, i) == class)
			return true;
	}
	return false;
}

uint32_t trfs_catalog_find_column(const struct trfs_catalog *c, struct trfs_bytes name)
{
	for (uint32_t i = 0; i < c->column_names.nr; i++) {
		if (trfs_bytes_equal(trfs_strings_get(&c->column_names, i), name))
			return i;
	}
	return TRFS_NO_COLUMN;
}

/* Class names as the cell of a manifest that has them spelled out. */
static void put_class_names(const struct trfs_catalog *c, uint64_t example,
			    struct trfs_buffer *buf)
{
	size_t nr;
	const uint8_t *labels = trfs_catalog_labels(c, example, &nr);

	if (nr > 0)
		trfs_buffer_put_u8(buf, nr == 1 ? 'T' : 'L');
	for (size_t i = 0; i < nr; i++) {
		struct trfs_bytes name =
			trfs_strings_get(&c->class_names, trfs_catalog_label(labels, i));

		if (nr > 1)
			trfs_buffer_put_u32le(buf, (uint32_t)name.len);
		trfs_buffer_put(buf, name.data, name.len);
	}
}

struct trfs_bytes trfs_catalog_cell(const struct trfs_catalog *c, uint32_t column,
				    uint64_t example, struct trfs_buffer *scratch)
{
	const struct trfs_column *col = &c->columns[column];

	if (trfs_column_is_stored(col))
		return trfs_strings_get(&col->values, trfs_column_number(col, example));
	trfs_buffer_reset(scratch);
	if (column == c->label_column) {
		put_class_names(c, example, scratch);
	} else {
		struct trfs_name room;
		struct trfs_bytes name = trfs_catalog_name(c, example, &room);

		trfs_buffer_put_u8(scratch, 'T');
		trfs_buffer_put(scratch, name.data, name.len);
	}
	return trfs_buffer_bytes(scratch);
}
