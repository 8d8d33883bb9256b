/* SPDX-License-Identifier: MIT */
/*
 * A manifest cell as bytes, so that equal cells are stored once and a saved index can
 * be mapped:
 *
 *	(nothing)                  a missing cell
 *	'T' bytes                  one text
 *	'L' (u32 length, bytes)*   a list of texts
 *	'I' (i64)+                 integers
 *	'R' (f64)+                 reals
 *
 * Little-endian.
 */
#ifndef TRFS_DATASET_CELL_H
#define TRFS_DATASET_CELL_H

#include "base/buffer.h"
#include "manifest/row.h"

/* Append the encoding of @cell. */
void trfs_cell_encode(const struct trfs_cell *cell, struct trfs_buffer *buf);

/* Walks the values of an encoded cell. */
struct trfs_cell_reader {
	struct trfs_reader left;
	uint8_t kind;
};

void trfs_cell_reader_init(struct trfs_cell_reader *r, struct trfs_bytes encoded);

/* How many values the cell has; 0 for a missing one. */
size_t trfs_cell_nr_values(struct trfs_bytes encoded);

/* false at the end (and for bytes that are no cell).  Text is borrowed. */
bool trfs_cell_reader_next(struct trfs_cell_reader *r, struct trfs_value *ret);

/* One value as text: texts as they are, numbers in decimal; appended to @buf. */
void trfs_value_print(const struct trfs_value *value, struct trfs_buffer *buf);

#endif
