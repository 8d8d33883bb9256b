/* SPDX-License-Identifier: MIT */
/* A list of remarks. */
#include "manifest/remarks.h"

#include <errno.h>
#include <stdlib.h>

#define NR_FIRST 16

int trfs_remarks_init(struct trfs_remarks *remarks)
{
	*remarks = (struct trfs_remarks){
		.names = trfs_string_table_new(),
		.reasons = trfs_string_table_new(),
	};
	if (remarks->names && remarks->reasons)
		return 0;
	trfs_remarks_done(remarks);
	return -ENOMEM;
}

void trfs_remarks_done(struct trfs_remarks *remarks)
{
	trfs_string_table_free(remarks->names);
	trfs_string_table_free(remarks->reasons);
	free(remarks->lines);
	*remarks = (struct trfs_remarks){ 0 };
}

int trfs_remarks_add(struct trfs_remarks *remarks, struct trfs_bytes name, uint64_t line,
		     struct trfs_bytes reason)
{
	uint64_t *lines;
	size_t capacity;
	int rc;

	if (!remarks)
		return 0;
	if (remarks->nr == remarks->capacity) {
		capacity = remarks->capacity ? 2 * remarks->capacity : NR_FIRST;
		lines = reallocarray(remarks->lines, capacity, sizeof(*lines));
		if (!lines)
			return -ENOMEM;
		remarks->lines = lines;
		remarks->capacity = capacity;
	}
	rc = trfs_string_table_add(remarks->names, name, NULL);
	if (rc == 0)
		rc = trfs_string_table_add(remarks->reasons, reason, NULL);
	if (rc < 0)
		return rc;
	remarks->lines[remarks->nr++] = line;
	return 0;
}
