/* SPDX-License-Identifier: MIT */
/* From the cells of the file column to images: paths relative to the root, each once. */
#ifndef TRFS_DATASET_FILES_H
#define TRFS_DATASET_FILES_H

#include "dataset/findings.h"
#include "dataset/rows.h"
#include "image/image.h"

#define TRFS_NO_IMAGE UINT32_MAX

/**
 * struct trfs_files - the images that a manifest names
 * @paths: relative to the root, in the order in which the manifest first names them
 * @image_of_cell: number within @paths for each cell of the file column; TRFS_NO_IMAGE
 *	where a finding tells why not
 * @findings: by cell
 */
struct trfs_files {
	struct trfs_string_table *paths;
	uint32_t *image_of_cell;
	struct trfs_findings findings;
};

/**
 * trfs_files_name() - name the images
 * @cells: of the file column
 * @listed: names may lack their extension (class folders name what is there)
 *
 * A name without a known extension stands for itself where there is such a file, else
 * for the one file that it is with an extension of @allowed.
 */
TRFS_MUST_CHECK
int trfs_files_name(struct trfs_files *files, const struct trfs_strings *cells,
		    bool listed, const struct trfs_root *root, trfs_image_formats allowed,
		    unsigned int nr_threads, const struct trfs_progress *progress,
		    struct trfs_error *err);
void trfs_files_done(struct trfs_files *files);

/* The text of a file cell, as the manifest has it, appended to @buf. */
void trfs_files_print_cell(struct trfs_bytes cell, struct trfs_buffer *buf);

#endif
