/* SPDX-License-Identifier: MIT */
/*
 * Damaged indexes that still look right: an input is a list of edits of the seed, after
 * which lengths, offsets and checksums are made to fit again, so that the fuzzer gets
 * behind them.  It needs no knowledge of the format's numbers, and a change of the
 * format leaves the corpus of use.
 *
 *	u8 flags (enum forge_flag), then edits of twelve bytes:
 *	u8 what (enum forge_edit), u8 section, u16 place, u64 value
 */
#ifndef TRFS_TESTS_FUZZ_INDEX_FORGE_H
#define TRFS_TESTS_FUZZ_INDEX_FORGE_H

#include "base/buffer.h"

enum forge_flag {
	FORGE_KEEP_CHECKSUMS = 1 << 0, /* those from before the edits of the file */
	FORGE_KEEP_SIZE = 1 << 1,      /* so too the size in the header */
};

/* Which section an edit is about is taken modulo how many there are. */
enum forge_edit {
	/* Of sections, before they are laid out; @place counts elements. */
	FORGE_STORE_U8,
	FORGE_STORE_U32,
	FORGE_STORE_U64,
	FORGE_ADD_U64,
	FORGE_RESIZE, /* to @value bytes, modulo FORGE_SECTION_MAX */
	FORGE_DROP,
	FORGE_REPEAT, /* once more at the end, with the number @place */
	FORGE_RENAME, /* to the id @place and the number @value */
	/* Of the file as laid out; @place is an offset in it. */
	FORGE_FILE_U8,
	FORGE_FILE_U64,
	FORGE_FILE_CUT,	    /* to @place bytes */
	FORGE_ENTRY_OFFSET, /* of @section to @value */
	FORGE_ENTRY_LENGTH,
	FORGE_NR_EDITS
};

#define FORGE_SECTION_MAX 8192u

/* Append to @ret what @edits make of the index @seed. */
void forge_index(struct trfs_bytes seed, struct trfs_bytes edits,
		 struct trfs_buffer *ret);

#endif
