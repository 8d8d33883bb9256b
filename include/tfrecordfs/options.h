/* SPDX-License-Identifier: MIT */
/*
 * What a user may choose.  One struct serves every command, the saved index's
 * fingerprint and dataset.json; the table of names is in dataset/options.c.
 */
#ifndef TFRECORDFS_OPTIONS_H
#define TFRECORDFS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum trfs_order - in which order the records of a split stand */
enum trfs_order {
	TRFS_ORDER_SHUFFLED, /* train in one seeded permutation, others as listed */
	TRFS_ORDER_MANIFEST, /* every split as the manifest lists it */
	TRFS_ORDER_LOCAL,    /* every split by path, kind to slow disks */
};

/** enum trfs_on_bad - what becomes of missing, broken or doubtful images */
enum trfs_on_bad {
	TRFS_ON_BAD_FAIL, /* refuse the whole source, naming the first five */
	TRFS_ON_BAD_SKIP, /* leave them out and list every one as a problem */
	TRFS_ON_BAD_LIST, /* as skip, even where nothing is left: for reports */
};

/** enum trfs_check - how closely each image is looked at while indexing */
enum trfs_check {
	TRFS_CHECK_HEADER, /* format, size, and whether its end is there */
	TRFS_CHECK_FULL,   /* decode every pixel of each JPEG and PNG */
};

/** enum trfs_map_order - order of the keys of an Example (SCHEMAS 11 and 14) */
enum trfs_map_order {
	TRFS_MAP_ORDER_UPB, /* TensorFlow's: a key comes after those it begins */
	TRFS_MAP_ORDER_CPP, /* plain ascending bytes */
};

/**
 * struct trfs_options - one data set, as the user described it
 *
 * All strings are borrowed: they must outlive the calls they are passed to, not
 * the objects these return.  NULL means the default.  Initialise with
 * trfs_options_init().
 *
 * @source: directory of the images
 * @manifest: CSV, TSV, JSON or JSON Lines file; NULL: class folders
 * @labels: file with the class names, one a line, the first being class 0, or
 *          "id:name" lines, or a CSV of class,id
 * @schema: built-in schema ("slim", "simple") or path of a schema file; "slim"
 * @split: "train=0.8,validation=0.1,test=0.1"; the manifest's or "train"
 * @file_column, @label_column, @split_column, @group_column: names of manifest
 *          columns; NULL: by their usual names; a group is used only when named
 * @label_separator: what separates several labels in a cell; NULL: one label a cell
 * @shards: "16" or "train=16,validation=4"; near 128 MB each and at least 16
 * @formats: further image formats to let in: "webp,jxl"; NULL: JPEG, PNG, GIF, BMP
 * @seed: for shuffling and splitting; 42
 * @stratify: keep class shares equal in all splits; true
 * @follow: allow symbolic links that leave the source; false
 * @threads: for indexing; 0: chosen from the machine
 */
struct trfs_options {
	const char *source;
	const char *manifest;
	const char *labels;
	const char *schema;
	const char *split;
	const char *file_column;
	const char *label_column;
	const char *split_column;
	const char *group_column;
	const char *label_separator;
	const char *shards;
	const char *formats;
	uint64_t seed;
	enum trfs_order order;
	enum trfs_on_bad on_bad;
	enum trfs_check check;
	enum trfs_map_order map_order;
	bool stratify;
	bool follow;
	unsigned int threads;
};

/** trfs_options_init() - the defaults; @source still has to be set */
void trfs_options_init(struct trfs_options *options);

#ifdef __cplusplus
}
#endif

#endif
