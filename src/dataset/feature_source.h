/* SPDX-License-Identifier: MIT */
/*
 * The table of what a feature's values can come from.  A new source is a row; one that
 * stands for bytes which are fetched only on read is a row that gives a content.
 */
#ifndef TRFS_DATASET_FEATURE_SOURCE_H
#define TRFS_DATASET_FEATURE_SOURCE_H

#include "dataset/content.h"
#include "dataset/feature_values.h"

/* What is asked of a source: its values for one example. */
struct trfs_source_request {
	const struct trfs_catalog *catalog;
	uint64_t example;
	uint32_t copy;		   /* 0: the example itself, else its augmented copy */
	bool has_copies;	   /* whether the plan has other records of it */
	uint32_t column;	   /* of column.NAME */
	enum trfs_content content; /* of contents */
};

enum trfs_source_trait {
	TRFS_SOURCE_CONTENT = 1 << 0, /* a hole: bytes only */
	TRFS_SOURCE_LABELS = 1 << 1,  /* needs labels; one value per class */
	TRFS_SOURCE_COLUMN = 1 << 2,  /* its name goes on with that of a column */
	TRFS_SOURCE_MASK = 1 << 3,    /* needs masks */
};

/* The traits of contents of one kind, which is kept in the upper bits. */
#define TRFS_SOURCE_OF(kind) (TRFS_SOURCE_CONTENT | (unsigned int)(kind) << 8)

/**
 * struct trfs_feature_source - one row
 * @name: as schemas write it; "column.NAME" stands for every column
 * @kind: what its values are unless the schema says otherwise
 * @traits: bits of enum trfs_source_trait, or TRFS_SOURCE_OF() a kind of contents
 * @description: a phrase for `schema --sources`
 * @give: the values of one example, none where it has none.  Texts live as long as
 *	the catalog or the values.  -EBADMSG for a catalog that contradicts itself,
 *-ENOMEM
 */
struct trfs_feature_source {
	const char *name;
	enum trfs_feature_kind kind;
	unsigned int traits;
	const char *description;
	int (*give)(const struct trfs_source_request *request,
		    struct trfs_feature_values *values);
};

/* The kind of contents that it gives; TRFS_CONTENT_NONE where it gives values. */
static inline enum trfs_content trfs_feature_source_content(
	const struct trfs_feature_source *source)
{
	return (enum trfs_content)(source->traits >> 8);
}

/* Whether it can give an example more than one value whatever the catalog; NULL: no. */
static inline bool trfs_feature_source_is_list(const struct trfs_feature_source *source)
{
	enum trfs_content content =
		source ? trfs_feature_source_content(source) : TRFS_CONTENT_NONE;

	return content != TRFS_CONTENT_NONE &&
	       trfs_content_kind(trfs_content_hole(content, 0))->several;
}

extern const struct trfs_feature_source trfs_feature_source_table[];
extern const size_t trfs_feature_source_table_len;

/*
 * The row of a name in a schema; NULL if there is none.  @ret_column is the column's name
 * in it, borrowed; empty for sources that take none.
 */
const struct trfs_feature_source *trfs_feature_source_find(const char *name,
							   const char **ret_column);

#endif
