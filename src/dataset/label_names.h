/* SPDX-License-Identifier: MIT */
/* Label cells taken apart into the names in them. */
#ifndef TRFS_DATASET_LABEL_NAMES_H
#define TRFS_DATASET_LABEL_NAMES_H

#include "base/strings.h"

/**
 * struct trfs_label_names - what the cells of the label column say
 * @names: distinct names, in the order in which the manifest first has them
 * @members: numbers within @names, cell after cell
 * @ends: where each cell's members end
 */
struct trfs_label_names {
	struct trfs_string_table *names;
	uint32_t *members;
	size_t nr_members;
	size_t capacity;
	size_t *ends;
};

/*
 * Take @cells apart: lists into their values, texts at @separator (NULL: not at all),
 * blanks at both ends off, what is empty then left out.  -ENOMEM or -EOVERFLOW.
 */
TRFS_MUST_CHECK
int trfs_label_names_read(struct trfs_label_names *labels,
			  const struct trfs_strings *cells, const char *separator);
void trfs_label_names_done(struct trfs_label_names *labels);

/* Whether a name is an integer as a program writes it: no sign but '-', no leading 0. */
bool trfs_label_integer(struct trfs_bytes name, int64_t *ret);

#endif
