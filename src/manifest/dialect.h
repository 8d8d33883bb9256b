/* SPDX-License-Identifier: MIT */
/* What a manifest dialect has to provide; included by manifest.c and the dialects. */
#ifndef TRFS_MANIFEST_DIALECT_H
#define TRFS_MANIFEST_DIALECT_H

#include "manifest/manifest.h"
#include "manifest/row_builder.h"

/**
 * struct trfs_dialect - one syntax of manifests; a row of the table in manifest.c
 * @name: for messages: "CSV"
 * @extensions: ".csv", ...; NULL-terminated
 * @recognise: whether these first bytes look like it, for files without a known
 *	extension; may be NULL
 * @open: make a reader of the open file @fd (taken on success; -1 for class folders)
 * @next: fill the row builder with the next row: 1, 0 at the end, or a negative errno
 *	whose message does not name the file; @ret_line is set for errors too
 * @close: takes what @open made; NULL is fine
 * @nr_read: bytes read so far, for progress
 */
struct trfs_dialect {
	const char *name;
	const char *const *extensions;
	bool (*recognise)(struct trfs_bytes head);
	int (*open)(const struct trfs_root *root, int fd, struct trfs_inputs *inputs,
		    struct trfs_row_builder *rows, void **ret_reader,
		    struct trfs_error *err);
	int (*next)(void *reader, struct trfs_row_builder *rows, uint64_t *ret_line,
		    struct trfs_error *err);
	void (*close)(void *reader);
	uint64_t (*nr_read)(const void *reader);
	uint64_t (*nr_ignored)(const void *reader); /* may be NULL */
};

extern const struct trfs_dialect trfs_dialect_folders;
extern const struct trfs_dialect trfs_dialect_csv;
extern const struct trfs_dialect trfs_dialect_tsv;
extern const struct trfs_dialect trfs_dialect_json;
extern const struct trfs_dialect trfs_dialect_jsonl;

#endif
