/* SPDX-License-Identifier: MIT */
/* The parts of one index in the index directory: their names, and all of them together.
 */
#ifndef TRFS_INDEX_PARTS_H
#define TRFS_INDEX_PARTS_H

#include "index/fingerprint.h"
#include "index/part_file.h"

/**
 * struct trfs_parts - all parts of an index, read
 * @known: what they know, @nr of them
 * @oldest_ns: when the first of them began to look
 */
struct trfs_parts {
	char *directory;
	char *index_name;
	struct trfs_part_file *files;
	struct trfs_earlier_part *known;
	uint32_t nr;
	int64_t oldest_ns;
};

/* The name of a part of the index @index_name: "digits-3f6c….part-2-of-8". */
void trfs_part_name(const char *index_name, uint32_t number, uint32_t nr,
		    char ret[TRFS_INDEX_NAME_MAX]);

/**
 * trfs_parts_open() - all parts of the index @index_name, made for @fingerprint
 *
 * Where there are several complete sets, the one that was added to last.  -ENOENT where
 * some are missing, or all; -EBADMSG where one cannot be believed; else -errno: always
 * with a sentence that tells what to type.  To be closed even after a failure.
 */
TRFS_MUST_CHECK
int trfs_parts_open(struct trfs_parts *parts, const char *directory,
		    const char *index_name,
		    const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
		    struct trfs_error *err);
void trfs_parts_close(struct trfs_parts *parts);

/* Remove their files, but for those that were made anew since they were opened. */
void trfs_parts_remove(const struct trfs_parts *parts);

#endif
