/* SPDX-License-Identifier: MIT */
/* Ids, a line each. */
#include "manifest/id_list.h"

#include "base/error.h"
#include "manifest/text.h"
#include <errno.h>

int trfs_id_list_parse(struct trfs_bytes text, struct trfs_string_table *ids,
		       uint64_t *ret_line, struct trfs_error *err)
{
	struct trfs_bytes id;

	*ret_line = 0;
	text = trfs_text_after_mark(text);
	while (trfs_text_take_line(&text, &id)) {
		const uint8_t *blank = id.len > 0 ? memchr(id.data, ' ', id.len) : NULL;

		++*ret_line;
		if (blank)
			id.len = (size_t)(blank - id.data);
		if (!trfs_utf8_valid(id))
			return trfs_fail(err, -EBADMSG,
					 "the line is not UTF-8; save the file as UTF-8");
		if (trfs_string_table_add(ids, id, NULL) < 0)
			return trfs_fail_memory(err, "a list of images");
	}
	return 0;
}
