/* SPDX-License-Identifier: MIT */
/* Class names that are numbered by their line, whatever the lines look like. */
#ifndef TRFS_MANIFEST_LABEL_LINES_H
#define TRFS_MANIFEST_LABEL_LINES_H

#include "manifest/labels.h"

/**
 * trfs_label_lines_load() - read a labels file as the Inception family of converters does
 *
 * The first line is id 0.  Blanks at both ends are taken off.  A blank line is no class
 * but has its number; "5:cat" is a name like any other.  -EBADMSG for a name that comes
 * twice, which would give its images two classes.  Messages name file and line.
 */
TRFS_MUST_CHECK
int trfs_label_lines_load(const char *path, struct trfs_inputs *inputs,
			  struct trfs_labels *ret, struct trfs_error *err);

#endif
