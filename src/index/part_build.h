/* SPDX-License-Identifier: MIT */
/* One machine's part of an index: its share of the images looked at, and written down. */
#ifndef TRFS_INDEX_PART_BUILD_H
#define TRFS_INDEX_PART_BUILD_H

#include "base/compiler.h"
#include <tfrecordfs/options.h>
#include <tfrecordfs/progress.h>

/**
 * struct trfs_part_summary - what became of it
 * @path: of the part's file; free it
 * @nr_images: good ones of the share, and @nr_masks
 * @nr_problems: rows of the share that are no examples
 * @nr_rows: of the whole source
 * @doubt: where options say that there must be none, the sentence that says so, see
 *	trfs_problems_fail(); code 0 else
 */
struct trfs_part_summary {
	char *path;
	uint64_t nr_images;
	uint64_t nr_masks;
	uint64_t nr_problems;
	uint64_t nr_rows;
	struct trfs_error doubt;
};

/**
 * trfs_part_build() - make part @number of @nr of the index of a data set
 * @rebuild: open each image, also where the part that is there saw it and it did not
 * change
 * @ret: on success; its path is to be freed
 *
 * Images that are bad do not keep the part from being made: what was seen of the others
 * need not be looked at again once those are mended.
 *
 * Return: 0; -EINVAL where there is no such part; what trfs_generation_open() fails with,
 *         or writing the file.
 */
TRFS_MUST_CHECK
int trfs_part_build(const struct trfs_options *options, const char *index_directory,
		    uint32_t number, uint32_t nr, bool rebuild,
		    const struct trfs_progress *progress, struct trfs_part_summary *ret,
		    struct trfs_error *err);

#endif
