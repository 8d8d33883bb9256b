/* SPDX-License-Identifier: MIT */
/* Class names and their ids from a labels file. */
#ifndef TRFS_MANIFEST_LABELS_H
#define TRFS_MANIFEST_LABELS_H

#include "manifest/inputs.h"

/**
 * struct trfs_labels - classes in the order of their file
 * @names: interned, so trfs_string_table_find() gives a class's number
 * @ids: the id of class number i; owned
 */
struct trfs_labels {
	struct trfs_string_table *names;
	int64_t *ids;
	uint32_t nr;
};

/**
 * trfs_labels_load() - read a labels file
 *
 * One name a line, the first being id 0; or "id:name" on every line; or, for .csv, a
 * header and name,id in either order of the usual names (class, name, label; id,
 * class_id, label_id); or, for .pbtxt, the Object Detection API's label map.  BOM, CRLF
 * and blanks at both ends are taken off; blank lines at the end are no classes, one
 * inside is an error, as is a name or id that comes twice.
 */
TRFS_MUST_CHECK
int trfs_labels_load(const char *path, struct trfs_inputs *inputs,
		     struct trfs_labels *ret, struct trfs_error *err);
void trfs_labels_done(struct trfs_labels *labels);

#endif
