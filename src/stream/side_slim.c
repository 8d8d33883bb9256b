/* SPDX-License-Identifier: MIT */
/* labels.txt as slim's converters write and read it: "0:cat", a line each, by id. */
#include "stream/side_file.h"

#include <inttypes.h>

int trfs_side_slim_labels(const struct trfs_generation *generation,
			  struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_strings *names = &generation->catalog->class_names;

	(void)err;
	for (uint64_t i = 0; i < names->nr; i++) {
		struct trfs_bytes name = trfs_strings_get(names, i);

		trfs_buffer_printf(out, "%" PRId64 ":",
				   trfs_side_class_id(generation, i));
		trfs_buffer_put(out, name.data, name.len);
		trfs_buffer_put_u8(out, '\n');
	}
	return 0;
}
