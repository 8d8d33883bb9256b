/* SPDX-License-Identifier: MIT */
/*
 * Folders of classes as the Inception family of converters reads them: DIRECTORY/LABEL/x
 * for each line of a labels file, or for each folder there is.
 */
#ifndef TRFS_MANIFEST_LABEL_WALK_H
#define TRFS_MANIFEST_LABEL_WALK_H

#include "base/buffer.h"
#include "manifest/inputs.h"
#include "manifest/listing.h"
#include "manifest/remarks.h"

/**
 * struct trfs_label_walk_request - what to walk
 * @directory: as the user typed it, see trfs_beneath_find(); NULL: the root
 * @option: that named it, for messages
 * @labels: file with a label a line; NULL: the names of the folders, sorted
 * @tail: how the names of files end that count: ".JPEG"; NULL: all entries count
 * @refuse_empty: without @labels: a folder without entries is an error, since it would
 *	have a number of its own in the converter, and no image to show that
 * @inputs: receives every file and directory that was looked into
 * @remarks: receives labels without a folder, and folders without a label; NULL: nobody
 */
struct trfs_label_walk_request {
	const struct trfs_root *root;
	const char *directory;
	const char *option;
	const char *labels;
	const char *tail;
	bool refuse_empty;
	struct trfs_inputs *inputs;
	struct trfs_remarks *remarks;
};

/**
 * struct trfs_label_walk - where the walk is
 * @base: the directory, relative to the root
 * @labels: one a line, blanks at both ends taken off, repeated ones as often as they are
 * @label: the one whose folder is listed, from 1; 0 before the first
 * @entry: the next one of @listing
 * @path: of the folder, empty for the root, and behind that of the entry at hand
 */
struct trfs_label_walk {
	struct trfs_label_walk_request request;
	struct trfs_buffer base;
	struct trfs_string_table *labels;
	uint32_t label;
	struct trfs_listing listing;
	size_t entry;
	struct trfs_buffer path;
	size_t folder_len;
};

/**
 * struct trfs_labelled_file - an entry of a label's folder; borrowed from the walk
 * @path: relative to the root
 * @name: the last component of that
 * @label: never empty: of a blank line TensorFlow's glob finds nothing, nor do we
 * @number: of the label, from 1: its line
 */
struct trfs_labelled_file {
	struct trfs_bytes path;
	struct trfs_bytes name;
	struct trfs_bytes label;
	uint32_t number;
};

/* All that @request points to must outlive the walk, but @directory and @option. */
TRFS_MUST_CHECK
int trfs_label_walk_start(struct trfs_label_walk *walk,
			  const struct trfs_label_walk_request *request,
			  struct trfs_error *err);
/* Harmless on a zeroed struct. */
void trfs_label_walk_done(struct trfs_label_walk *walk);

/*
 * Label after label, and the entries of its folder by name, hidden ones and directories
 * as well, but not what is in these: 1, 0 at the end, or a negative errno with a
 * sentence. A label whose folder does not exist has no entries, and is a remark.
 */
TRFS_MUST_CHECK
int trfs_label_walk_next(struct trfs_label_walk *walk, struct trfs_labelled_file *ret,
			 struct trfs_error *err);

#endif
