/* SPDX-License-Identifier: MIT */
/*
 * A catalog of four examples, built by hand: tests/data/golden/generate_schema.py
 * states the same data once more.
 *
 *	0  cat/1.jpg       cat         1  dog/a.b.png      dog
 *	2  2.gif           cat, dog    3  dog/x/größe.jpg  dog
 *
 * Columns: file and label (virtual), age (text, one is "n/a", one missing), score
 * (reals), tags (lists of texts), count (integers), note (text), patient (text).
 */
#ifndef TESTS_UNIT_SMALL_CATALOG_H
#define TESTS_UNIT_SMALL_CATALOG_H

#include "dataset/catalog.h"
#include "manifest/row.h"

#define SMALL_NR_EXAMPLES 4

enum small_column {
	SMALL_FILE,
	SMALL_LABEL,
	SMALL_AGE,
	SMALL_SCORE,
	SMALL_TAGS,
	SMALL_COUNT,
	SMALL_NOTE,
	SMALL_PATIENT,
	SMALL_NR_COLUMNS
};

struct small_catalog {
	struct trfs_catalog catalog;
	struct trfs_example examples[SMALL_NR_EXAMPLES];
	uint32_t labels[SMALL_NR_EXAMPLES];
	struct trfs_appearance appearances[SMALL_NR_EXAMPLES];
	struct trfs_name_list names;
	struct trfs_column columns[SMALL_NR_COLUMNS];
	uint32_t numbers[SMALL_NR_COLUMNS][SMALL_NR_EXAMPLES];
	struct trfs_string_table *tables[SMALL_NR_COLUMNS + 8];
	size_t nr_tables;
	struct trfs_input_stamp stamp;
};

/* NULL without memory. */
struct small_catalog *small_catalog_new(void);
void small_catalog_free(struct small_catalog *c);

/* Put @cell in place of an example's cell in a column that is stored. */
void small_catalog_set(struct small_catalog *c, enum small_column column,
		       uint64_t example, const struct trfs_value *values,
		       size_t nr_values);

/* Byte @i of an example's image file. */
static inline uint8_t small_image_byte(uint64_t example, uint64_t i)
{
	return (uint8_t)(31 * example + 7 * i);
}

#endif
