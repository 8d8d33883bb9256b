/* SPDX-License-Identifier: MIT */
/* A labels file whose line numbers are the ids. */
#include "manifest/label_lines.h"

#include "base/error.h"
#include "manifest/lines.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static int add_class(struct trfs_labels *labels, size_t *capacity,
		     const struct trfs_lines *lines, struct trfs_bytes name,
		     struct trfs_error *err)
{
	size_t larger = *capacity ? *capacity * 2 : 64;
	char shown[TRFS_PRINTABLE_SIZE];
	uint32_t number;
	bool is_new;
	int64_t *ids;

	if (trfs_string_table_intern(labels->names, name, &number, &is_new) < 0)
		return trfs_fail_memory(err, "the labels");
	if (!is_new)
		return trfs_fail(err, -EBADMSG,
				 "class \"%s\" is there already, on line %" PRId64,
				 trfs_text_printable(name, shown, sizeof(shown)),
				 labels->ids[number] + 1);
	if (labels->nr == *capacity) {
		ids = reallocarray(labels->ids, larger, sizeof(*ids));
		if (!ids)
			return trfs_fail_memory(err, "the labels");
		labels->ids = ids;
		*capacity = larger;
	}
	labels->ids[labels->nr++] = (int64_t)lines->number - 1;
	return 0;
}

static int load(struct trfs_labels *labels, const char *path, struct trfs_inputs *inputs,
		struct trfs_error *err)
{
	TRFS_CLEANUP(trfs_lines_done) struct trfs_lines lines = { .fd = -1 };
	struct trfs_bytes line;
	size_t capacity = 0;
	int rc;

	labels->names = trfs_string_table_new();
	if (!labels->names)
		return trfs_fail_memory(err, "the labels");
	rc = trfs_lines_open(&lines, path, "the labels", inputs, err);
	if (rc < 0)
		return rc;
	while ((rc = trfs_lines_next(&lines, &line, err)) > 0) {
		line = trfs_bytes_trim(line);
		if (line.len == 0)
			continue;
		rc = add_class(labels, &capacity, &lines, line, err);
		if (rc < 0)
			return trfs_lines_prefix(&lines, rc, err);
	}
	if (rc == 0 && labels->nr == 0)
		return trfs_fail(
			err, -EBADMSG,
			"%s: is empty; the name of a class was expected on each line",
			lines.shown);
	return rc;
}

int trfs_label_lines_load(const char *path, struct trfs_inputs *inputs,
			  struct trfs_labels *ret, struct trfs_error *err)
{
	struct trfs_labels labels = { .names = NULL };
	int rc = load(&labels, path, inputs, err);

	if (rc < 0)
		trfs_labels_done(&labels);
	else
		*ret = labels;
	return rc;
}
