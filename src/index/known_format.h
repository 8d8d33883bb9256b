/* SPDX-License-Identifier: MIT */
/*
 * Known sums: a column beside the saved index
 * ===========================================
 *
 * NAME.index has NAME.crc32c and NAME.sha256 beside it, of one format: what was once
 * computed of each image and mask.  A file appears with the first value that is set.
 *
 *   offset  size  what
 *        0     8  magic "TRFSSUM\n"
 *        8     4  version of the format
 *       12     4  size of a value, V: 4 (CRC-32C) or 32 (SHA-256)
 *       16    32  fingerprint of the index (fingerprint.h)
 *       48    16  zeroes
 *       64     …  entries of V + 8 bytes, one a file, in the order of the catalog: images
 *                 first, then masks (dataset/source_file.h)
 *
 *   an entry
 *        0     V  the value; a CRC-32C little-endian
 *        V     8  check, never 0: keyed hash of the file's name, inode, modification time
 *                 and size as the index has them, and of the value; little-endian
 *
 * Why an entry is never wrong: its check says both that it is whole and of which file it
 * is.  A reader works the check out from its own catalog, and believes the entry if both
 * are equal; zeroes, bytes that are missing, torn, mixed from two writes, of another
 * image, of another time or by another program are all the same to it: unknown, which
 * costs reading the image once more.  Of 2^64 wrong entries one would be believed.
 *
 * So nothing else has to be right.  The file's size means nothing: it may be sparse, cut
 * or too long.  Entries are written with one pwrite each, in any order, by any number of
 * threads, processes and hosts, and neither locked nor synced: after a kill all are
 * there, after a loss of power those that had reached the disk.  An index that is built
 * anew under the same name leaves the file alone: what changed is not believed, the rest
 * is.  A header that is not as drawn is no file of ours, and is replaced.
 *
 * It is read and written, not mapped: a mapping that somebody truncates, or whose disk is
 * full or fails, would end the process (SIGBUS).  Its pages are the kernel's to evict
 * either way.
 */
#ifndef TRFS_INDEX_KNOWN_FORMAT_H
#define TRFS_INDEX_KNOWN_FORMAT_H

#include "dataset/source_file.h"
#include "index/fingerprint.h"

#define TRFS_KNOWN_MAGIC       "TRFSSUM\n"
#define TRFS_KNOWN_VERSION     1u
#define TRFS_KNOWN_HEADER_SIZE 64u
#define TRFS_KNOWN_CHECK_SIZE  8u
#define TRFS_KNOWN_VALUE_MAX   32u
#define TRFS_KNOWN_ENTRY_MAX   (TRFS_KNOWN_VALUE_MAX + TRFS_KNOWN_CHECK_SIZE)

enum trfs_known_kind {
	TRFS_KNOWN_CRC32C, /* of images and masks */
	TRFS_KNOWN_SHA256, /* of images */
	TRFS_NR_KNOWN_KINDS
};

uint32_t trfs_known_value_size(enum trfs_known_kind kind);

/* How many entries there are at most. */
uint64_t trfs_known_nr(enum trfs_known_kind kind, const struct trfs_catalog *catalog);

/* The name of the file that is beside an index of that name. */
void trfs_known_name(enum trfs_known_kind kind, const char *index_name,
		     char ret[TRFS_INDEX_NAME_MAX]);

void trfs_known_header(uint32_t value_size,
		       const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
		       uint8_t ret[TRFS_KNOWN_HEADER_SIZE]);

/* The entry of a file, from its value. */
void trfs_known_entry_make(const struct trfs_source_file *file, const void *value,
			   uint32_t value_size, uint8_t ret[TRFS_KNOWN_ENTRY_MAX]);

/* Whether there is anything in an entry; what is in it may still be wrong. */
bool trfs_known_entry_is_set(const uint8_t *entry, uint32_t value_size);

/* Whether an entry is the one of this file, and whole. */
bool trfs_known_entry_is_of(const uint8_t *entry, const struct trfs_source_file *file,
			    uint32_t value_size);

#endif
