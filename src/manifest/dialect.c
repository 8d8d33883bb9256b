/* SPDX-License-Identifier: MIT */
/* What several dialects have in common. */
#include "manifest/dialect.h"

const char *const trfs_dialect_no_extensions[] = { NULL };

int trfs_dialect_by_name_only(const struct trfs_root *root, const char *path)
{
	(void)root;
	(void)path;
	return 0;
}

const char *trfs_dialect_path_option(const struct trfs_manifest_request *request)
{
	return request->options && request->options->parts.nr > 0 ? "--part"
								  : "--manifest";
}

int trfs_dialect_name_columns(struct trfs_row_builder *rows, const char *const *names,
			      size_t nr, struct trfs_error *err)
{
	uint32_t column;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < nr; i++)
		rc = trfs_row_builder_column(rows, trfs_bytes_of(names[i]), &column, err);
	return rc;
}
