/* SPDX-License-Identifier: MIT */
/* What a manifest dialect has to provide; included by manifest.c and the dialects. */
#ifndef TRFS_MANIFEST_DIALECT_H
#define TRFS_MANIFEST_DIALECT_H

#include "manifest/manifest.h"
#include "manifest/row_builder.h"
#include "manifest/text.h"

/**
 * struct trfs_dialect - one syntax of manifests; a row of the table in manifest.c
 * @name: for messages: "CSV"; also what --dialect takes, case aside
 * @extensions: ".csv", ...; NULL-terminated
 * @recognise: whether these first bytes look like it: for files without a known
 *	extension, and where several dialects share one; may be NULL
 * @recognise_directory: whether the directory @path (beneath the root; "." the root)
 *	looks like it: 1 or 0; -errno where that cannot be told, so that nothing is taken
 *	for something else for want of memory.  NULL for dialects of files.  A dialect
 *	that has it is given directories
 * @role_columns: by enum trfs_role, the column that plays the role; NULL: by usual names
 * @role_column: the same for dialects whose file decides; borrowed from @reader; may be
 *	NULL, and its answer too
 * @open: make a reader of the open file @fd (taken on success; -1 for directories, which
 *	@request names: NULL for the source itself)
 * @next: fill the row builder, which is empty, with the next row: 1, 0 at the end, or a
 *	negative errno
 * @close: takes what @open made; NULL is fine
 * @nr_read: bytes read so far, for progress; may be NULL
 * @nr_ignored: files passed over; may be NULL
 *
 * Messages do not name the manifest's file, except those of class folders, which name
 * the entry, and those of other dialects of directories, which name the file and line.
 * @ret_place says where an error or the row is; it comes in as {0, 0}, and is set for
 * errors too.  A line that is not the manifest's own needs its file in the row builder.
 */
struct trfs_dialect {
	const char *name;
	const char *const *extensions;
	bool (*recognise)(struct trfs_bytes head);
	int (*recognise_directory)(const struct trfs_root *root, const char *path);
	const char *role_columns[TRFS_NR_ROLES];
	const char *(*role_column)(const void *reader, enum trfs_role role);
	int (*open)(const struct trfs_root *root,
		    const struct trfs_manifest_request *request, int fd,
		    struct trfs_inputs *inputs, struct trfs_row_builder *rows,
		    void **ret_reader, struct trfs_text_place *ret_place,
		    struct trfs_error *err);
	int (*next)(void *reader, struct trfs_row_builder *rows,
		    struct trfs_text_place *ret_place, struct trfs_error *err);
	void (*close)(void *reader);
	uint64_t (*nr_read)(const void *reader);
	uint64_t (*nr_ignored)(const void *reader);
};

/* For dialects that are not chosen by a file's extension. */
extern const char *const trfs_dialect_no_extensions[];

/* For dialects of directories that are only chosen by their name: always 0. */
int trfs_dialect_by_name_only(const struct trfs_root *root, const char *path);

/* The option that named the request's path, for messages: "--part". */
const char *trfs_dialect_path_option(const struct trfs_manifest_request *request);

/* Name the first @nr columns, which get the numbers from 0 on. */
TRFS_MUST_CHECK
int trfs_dialect_name_columns(struct trfs_row_builder *rows, const char *const *names,
			      size_t nr, struct trfs_error *err);

/*
 * Dialects of files, in the order in which they are asked for a file without a known
 * extension, and for one whose extension several have.
 */
/* clang-format off */
#define TRFS_FILE_DIALECTS(ROW) \
	ROW(list) \
	ROW(jsonl) \
	ROW(coco) \
	ROW(coco_classification) \
	ROW(coco_od) \
	ROW(json) \
	ROW(tsv) \
	ROW(detection_csv) \
	ROW(automl) \
	ROW(csv) \
	ROW(image2tfrecords) \
	ROW(pascal) \
	ROW(yolo)
/* clang-format on */

/* Of directories, in the order in which they are asked; the last takes any. */
/* clang-format off */
#define TRFS_DIRECTORY_DIALECTS(ROW) \
	ROW(roboflow) \
	ROW(roboflow_csv) \
	ROW(imagefolder) \
	ROW(yolo) \
	ROW(pet) \
	ROW(voc) \
	ROW(labelled_folders) \
	ROW(imagenet) \
	ROW(imagenet_gcs) \
	ROW(deeplab) \
	ROW(image_mask_folders) \
	ROW(folders)
/* clang-format on */

/* A row is a dialect: trfs_dialect_NAME, which a file of its own defines. */
#define TRFS_DECLARE_DIALECT(name) extern const struct trfs_dialect trfs_dialect_##name;
TRFS_FILE_DIALECTS(TRFS_DECLARE_DIALECT)
TRFS_DIRECTORY_DIALECTS(TRFS_DECLARE_DIALECT)

#endif
