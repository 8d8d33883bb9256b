/* SPDX-License-Identifier: MIT */
/* labels.txt as slim's converters write and read it: "0:cat", a line each, by id. */
#include "stream/side_file.h"

#include <inttypes.h>

static int make_slim_labels(const struct trfs_side_request *request,
			    struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_view *view = request->view;
	const struct trfs_strings *names = &view->catalog->class_names;

	(void)err;
	for (uint64_t i = 0; i < names->nr; i++) {
		struct trfs_bytes name = trfs_strings_get(names, i);

		trfs_buffer_printf(out, "%" PRId64 ":", trfs_side_class_id(view, i));
		trfs_buffer_put(out, name.data, name.len);
		trfs_buffer_put_u8(out, '\n');
	}
	return 0;
}

const struct trfs_side_kind trfs_side_slim_labels = {
	.set = "slim-labels",
	.path = "labels.txt",
	.make = make_slim_labels,
};
