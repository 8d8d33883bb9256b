/* SPDX-License-Identifier: MIT */
/* The first feature in which two tf.train.Examples differ, and its values in both. */
#ifndef TRFS_CLI_EXAMPLE_DIFFERENCE_H
#define TRFS_CLI_EXAMPLE_DIFFERENCE_H

#include "base/buffer.h"
#include "base/bytes.h"

/**
 * struct trfs_example_difference - by key in ascending order, the first
 * @key: borrowed from one of the examples
 * @values: as a person reads them: "3", "2 values: 0.5, 0.25", "absent"; end with _done
 * @where: which value of a list, or which byte of a value, where the texts do not tell
 * @nr_more: further keys in which they differ
 */
struct trfs_example_difference {
	struct trfs_bytes key;
	struct trfs_buffer values[2];
	struct trfs_buffer where;
	uint64_t nr_more;
};

/*
 * 1 and the difference, 0 where there is none, -EBADMSG where one is no Example,
 * -ENOMEM.  @ret is to be ended in any case.
 */
TRFS_MUST_CHECK
int trfs_example_difference_find(struct trfs_bytes first, struct trfs_bytes second,
				 struct trfs_example_difference *ret);
void trfs_example_difference_done(struct trfs_example_difference *difference);

#endif
