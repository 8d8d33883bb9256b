/* SPDX-License-Identifier: MIT */
/*
 * A part of an index: what one machine of several saw of its share
 * ================================================================
 *
 *   offset  size  what
 *        0     8  magic "TRFSPRT\n"
 *        8     4  version of the format
 *       12     4  which part it is, from 1
 *       16     4  of how many
 *       20     4  zero
 *       24    32  fingerprint (fingerprint.h)
 *       56     8  when the looking began, in ns since 1970
 *       64     8  digest of the inputs (dataset/earlier.h)
 *       72     8  number of images, I
 *       80     8  bytes of their names
 *       88     8  number of masks, M
 *       96     8  bytes of their names
 *      104     8  1 where contents were made, else 0
 *      112     8  bytes of what is known of them
 *      120     8  size of the whole file
 *      128        the sections, each at a multiple of 8, zeroes between them
 *
 *        40*I     struct trfs_seen of each image
 *         8*…     names of images: starts of blocks; none without images
 *           …     their bytes
 *        40*M     the same three of masks
 *   and where contents were made
 *         4*I     row of each image, see struct trfs_earlier_part
 *         8*I     where what was made of it ends
 *           …     struct trfs_made
 *   last    4     CRC-32C of all before
 *
 * Little-endian.  A reader reads the whole file, holds it to its checksum, and looks at
 * every number that others rely on.  Anything odd and it is not believed.
 */
#ifndef TRFS_INDEX_PART_FILE_H
#define TRFS_INDEX_PART_FILE_H

#include "dataset/part.h"
#include "index/format.h"

#define TRFS_PART_MAGIC	      "TRFSPRT\n"
#define TRFS_PART_VERSION     1u
#define TRFS_PART_HEADER_SIZE 128u

/**
 * struct trfs_part_file - one that was read
 * @known: what it knows; lives as long as this is open
 * @identity: of the file
 */
struct trfs_part_file {
	struct trfs_earlier_part known;
	struct trfs_file_identity identity;
	uint8_t *data; /* all of it, owned */
};

/*
 * Write what @part saw under @directory, atomically; @looked_ns: when the looking began.
 * -errno with a sentence that names the place.
 */
TRFS_MUST_CHECK
int trfs_part_file_write(const char *directory, const char *name,
			 const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
			 const struct trfs_part *part, int64_t looked_ns,
			 struct trfs_error *err);

/*
 * Read one that was made for @fingerprint, being part @number of @nr.  -ENOENT where
 * there is none; -EBADMSG with what is wrong with it, of which the sentence is "it ...";
 * else -errno.  To be closed only after a success.
 */
TRFS_MUST_CHECK
int trfs_part_file_open(struct trfs_part_file *file, const char *path,
			const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE], uint32_t number,
			uint32_t nr, struct trfs_error *err);
void trfs_part_file_close(struct trfs_part_file *file);

#endif
