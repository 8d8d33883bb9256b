/* SPDX-License-Identifier: MIT */
/*
 * What is known of files from an index that is out of date.  A file that has the same
 * name, size, modification time and inode, and whose inode was last touched before that
 * index's scan began, is as it was then: what was seen of it holds, and it need not be
 * opened.  The catalog must have been made for the same options, by the same version of
 * the format and with the same codecs (see index/fingerprint.h): all that a look at a
 * file depends on beside its content.
 */
#ifndef TRFS_DATASET_EARLIER_H
#define TRFS_DATASET_EARLIER_H

#include "dataset/content.h"

/**
 * struct trfs_seen - what a look at a file tells
 */
struct trfs_seen {
	struct trfs_file_identity identity;
	struct trfs_appearance appearance;
};

#define TRFS_NOT_EARLIER UINT32_MAX

/**
 * struct trfs_earlier_files - images, or masks, by name
 * @before: whose they are
 * @looked_ns: when the scan for them began
 * @slots: 2^@slot_bits of: half of the name's hash << 32 | number + 1; 0 where empty
 * @confirmed: of each number whether the file was found to be as it was; a byte is
 *	written by one thread only, that which looks at the name
 */
struct trfs_earlier_files {
	const struct trfs_catalog *before;
	bool are_masks;
	struct trfs_names names;
	int64_t looked_ns;
	uint64_t *slots;
	unsigned int slot_bits;
	uint64_t seed;
	uint8_t *confirmed;
};

/**
 * struct trfs_earlier - all of a catalog
 * @before: borrowed
 */
struct trfs_earlier {
	const struct trfs_catalog *before;
	struct trfs_earlier_files images;
	struct trfs_earlier_files masks;
};

/* @looked_ns: when the scan for @before began.  -ENOMEM.  To be done() even after a
 * failure. */
TRFS_MUST_CHECK
int trfs_earlier_init(struct trfs_earlier *known, const struct trfs_catalog *before,
		      int64_t looked_ns);
void trfs_earlier_done(struct trfs_earlier *known);

/* The number of the file @name, or TRFS_NOT_EARLIER. */
uint32_t trfs_earlier_find(const struct trfs_earlier_files *files,
			   struct trfs_bytes name);

/*
 * A content of example @ref.example of @catalog as it was made for @known, where it would
 * be made the same again: of a kind that depends on the image alone, whose file was
 * confirmed by the scan of @catalog; of a copy, only where the classes are the same too.
 */
bool trfs_earlier_made(const struct trfs_earlier *known,
		       const struct trfs_catalog *catalog, struct trfs_content_ref ref,
		       struct trfs_made *ret);

#endif
