/* SPDX-License-Identifier: MIT */
/*
 * What is known of files before they are looked at: from an index that is out of date, or
 * from the parts of an index that machines have made of their shares.  A file that has
 * the same name, size, modification time and inode, and whose inode was last touched
 * before it was looked at, is as it was then: what was seen of it holds, and it need not
 * be opened. What is known must have been found for the same options, by the same version
 * of the format and with the same codecs (see index/fingerprint.h): all that a look at a
 * file depends on beside its content.
 *
 * Parts can be believed as they are, without a look at each file: as a saved index is
 * that is current.  Then a file that was changed since is shown as it was, and each read
 * of it fails, until it is looked at again.
 */
#ifndef TRFS_DATASET_EARLIER_H
#define TRFS_DATASET_EARLIER_H

#include "dataset/content.h"
#include "dataset/seen.h"

#define TRFS_NOT_EARLIER UINT32_MAX
#define TRFS_NO_ROW	 UINT32_MAX

/**
 * struct trfs_earlier_part - what one part of an index knows; all of it is borrowed
 * @images, @masks: names of files
 * @images_seen, @masks_seen: what was seen of each; all of them are good
 * @made: of each image the contents that were made of it, see struct trfs_made; no
 *	strings at all where none had to be
 * @rows: of each image the row whose contents these are, all of which could be made;
 *	TRFS_NO_ROW: none was; NULL where there is no @made
 * @inputs: see trfs_earlier_inputs()
 * @looked_ns: when the looking began
 */
struct trfs_earlier_part {
	struct trfs_names images;
	struct trfs_names masks;
	const struct trfs_seen *images_seen;
	const struct trfs_seen *masks_seen;
	struct trfs_strings made;
	const uint32_t *rows;
	uint64_t inputs;
	int64_t looked_ns;
};

/**
 * struct trfs_earlier_list - names that stand in one place; files are counted through all
 * @first: the number of its first file
 * @seen: a part's; NULL: it is an index's
 * @looked_ns: when the looking began
 */
struct trfs_earlier_list {
	struct trfs_names names;
	uint32_t first;
	const struct trfs_seen *seen;
	int64_t looked_ns;
};

/**
 * struct trfs_earlier_files - images, or masks, by name
 * @before: the index whose they are; NULL: they are of parts
 * @is_believed: without a look at each
 * @slots: 2^@slot_bits of: half of the name's hash << 32 | number + 1; 0 where empty
 * @confirmed: of each number whether the file was found to be as it was, or believed to
 *	be; a byte is written by one thread only, that which looks at the name
 * @doubted: of each number that is found whether another part saw the file otherwise, so
 *	that it is not believed without a look
 */
struct trfs_earlier_files {
	const struct trfs_catalog *before;
	bool are_masks;
	bool is_believed;
	struct trfs_earlier_list *lists;
	size_t nr_lists;
	uint32_t nr;
	uint64_t *slots;
	unsigned int slot_bits;
	uint64_t seed;
	uint8_t *confirmed;
	uint8_t *doubted;
};

/**
 * struct trfs_earlier - all that is known
 * @before: an index's catalog, borrowed; NULL: it is parts that are known
 * @parts: as many as lists of images; borrowed
 * @inputs: of the catalog that is being made, see trfs_earlier_meet()
 */
struct trfs_earlier {
	const struct trfs_catalog *before;
	const struct trfs_earlier_part *parts;
	struct trfs_earlier_files images;
	struct trfs_earlier_files masks;
	uint64_t inputs;
};

/*
 * What the index of @before knows.  @looked_ns: when the scan for it began.  -ENOMEM.  To
 * be done() even after a failure, as below.
 */
TRFS_MUST_CHECK
int trfs_earlier_init(struct trfs_earlier *known, const struct trfs_catalog *before,
		      int64_t looked_ns);

/* What parts know; @is_believed: without a look at each file.  -ENOMEM or -EOVERFLOW. */
TRFS_MUST_CHECK
int trfs_earlier_init_parts(struct trfs_earlier *known,
			    const struct trfs_earlier_part *parts, size_t nr_parts,
			    bool is_believed);
void trfs_earlier_done(struct trfs_earlier *known);

/* The number of the file @name, or TRFS_NOT_EARLIER. */
uint32_t trfs_earlier_find(const struct trfs_earlier_files *files,
			   struct trfs_bytes name);

/*
 * Of the file of that number: what was seen of it, but for its identity and access where
 * an index knows it; and when.
 */
struct trfs_seen trfs_earlier_seen(const struct trfs_earlier_files *files,
				   uint32_t number, int64_t *ret_looked_ns);

/* Whether it is, as far as that is known, the file of that number. */
bool trfs_earlier_is(const struct trfs_earlier_files *files, uint32_t number,
		     const struct trfs_file_identity *now);

/* What decides which rows there are, as a number: the paths and stamps of the inputs. */
uint64_t trfs_earlier_inputs(const struct trfs_catalog *catalog);

/* The scan is over, and has made @catalog, which contents will be asked for of. */
void trfs_earlier_meet(struct trfs_earlier *known, const struct trfs_catalog *catalog);

/*
 * A content of example @ref.example of @catalog as it was made before, where it would be
 * made the same again.  From an index: of a kind that depends on the image alone, whose
 * file was confirmed by the scan of @catalog; of a copy, only where the classes are the
 * same too.  From a part: that, but of a copy, or of a kind that depends on more, only
 * where all inputs are the same.  @ret may be NULL: then the question is whether all
 * contents of the example could be made, as they were by a full check.
 */
bool trfs_earlier_made(const struct trfs_earlier *known,
		       const struct trfs_catalog *catalog, struct trfs_content_ref ref,
		       struct trfs_made *ret);

#endif
