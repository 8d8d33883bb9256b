/* SPDX-License-Identifier: MIT */
/*
 * The saved index
 * ===============
 *
 *   offset  size  what
 *        0     8  magic "TRFSIDX\n"
 *        8     4  version of the format
 *       12     4  number of sections, S
 *       16    32  fingerprint (fingerprint.h)
 *       48     8  size of the whole file
 *       56     4  number of blocks, B
 *       60     4  CRC-32C of bytes 0 .. 59, of the section table and of the checksums
 *       64  32*S  section table, in the order of the file
 *        …   4*B  checksums: CRC-32C of each block
 *        …        the blocks, from the next multiple of 64 on, each of 64 KiB but for the
 *                 last: the sections, each at a multiple of 64, zeroes between them
 *
 *   an entry of the section table
 *        0     4  what it holds (enum trfs_section)
 *        4     4  which one, where there are several: the column's number; else 0
 *        8     8  offset in the file
 *       16     8  length in bytes
 *       24     8  zero
 *
 * Little-endian.  A list of strings is two sections: u64 ends, then the bytes; one of
 * names is u64 starts of blocks, then the bytes.  A column's numbers have as many bytes
 * as its values need: 1 up to 256 of them, 2 up to 65,536, else 4.  Images that were seen
 * by another version of the program may have been judged otherwise: whoever changes that
 * counts the version up, as for a change of what is stored.
 *
 * A reader maps the file and uses the sections where they stand, after it has found every
 * checksum, order and number within bounds.  Anything odd and the file is not believed:
 * the index is built anew, never repaired.  Of a file of more than 64 MiB it reads only
 * what does not grow with the records, and every other block when it is first used
 * (base/guard.h).  Numbers have 1, 2, 4 or 8 bytes and structs 16, so that none of these
 * stands in two blocks.
 */
#ifndef TRFS_INDEX_FORMAT_H
#define TRFS_INDEX_FORMAT_H

#include <stdint.h>

#define TRFS_INDEX_MAGIC	"TRFSIDX\n"
#define TRFS_INDEX_VERSION	6u
#define TRFS_INDEX_HEADER_SIZE	64u
#define TRFS_INDEX_ENTRY_SIZE	32u
#define TRFS_INDEX_ALIGNMENT	64u
#define TRFS_INDEX_CRC_SIZE	4u
#define TRFS_INDEX_SECTIONS_MAX 16384u
#define TRFS_FINGERPRINT_SIZE	32u

enum trfs_section {
	TRFS_SECTION_COUNTS = 1,  /* struct trfs_index_counts */
	TRFS_SECTION_ROOT_PATH,	  /* text without NUL */
	TRFS_SECTION_EXAMPLES,	  /* struct trfs_example */
	TRFS_SECTION_NAME_STARTS, /* names: see base/names.h */
	TRFS_SECTION_NAME_BYTES,
	TRFS_SECTION_LABEL_SET_ENDS,
	TRFS_SECTION_LABEL_SET_BYTES, /* u32 class numbers */
	TRFS_SECTION_CLASS_IDS,	      /* i64 */
	TRFS_SECTION_CLASS_NAME_ENDS,
	TRFS_SECTION_CLASS_NAME_BYTES,
	TRFS_SECTION_COLUMN_NAME_ENDS,
	TRFS_SECTION_COLUMN_NAME_BYTES,
	TRFS_SECTION_COLUMN_NUMBERS, /* an example, see below; absent for virtual columns
				      */
	TRFS_SECTION_COLUMN_VALUE_ENDS,
	TRFS_SECTION_COLUMN_VALUE_BYTES,
	TRFS_SECTION_PROBLEMS, /* struct trfs_problem */
	TRFS_SECTION_PROBLEM_NAME_ENDS,
	TRFS_SECTION_PROBLEM_NAME_BYTES,
	TRFS_SECTION_PROBLEM_REASON_ENDS,
	TRFS_SECTION_PROBLEM_REASON_BYTES,
	TRFS_SECTION_INPUT_STAMPS, /* struct trfs_input_stamp */
	TRFS_SECTION_INPUT_PATH_ENDS,
	TRFS_SECTION_INPUT_PATH_BYTES,
	TRFS_SECTION_SPLITS, /* struct trfs_plan_split */
	TRFS_SECTION_SPLIT_NAME_ENDS,
	TRFS_SECTION_SPLIT_NAME_BYTES,
	TRFS_SECTION_ORDER,	    /* u32 example of each record */
	TRFS_SECTION_COPIES,	    /* u8 copy of each record; empty without copies */
	TRFS_SECTION_SHARD_STARTS,  /* u64 first record of each shard, and their number */
	TRFS_SECTION_NAME_TEMPLATE, /* text with its NUL */
	TRFS_SECTION_RECORD_SIZES,  /* u32 an example; a record where there are copies */
	TRFS_SECTION_BLOCK_OFFSETS, /* u64 */
	TRFS_SECTION_SHARD_SIZES,   /* u64 */
	TRFS_SECTION_APPEARANCES,   /* struct trfs_appearance */
	TRFS_SECTION_LABELS, /* of each example, in as many bytes as its set needs */

	/* Not in every index. */
	TRFS_SECTION_MASKS, /* struct trfs_example */
	TRFS_SECTION_MASK_NAME_STARTS,
	TRFS_SECTION_MASK_NAME_BYTES,
	TRFS_SECTION_MADE_ENDS,
	TRFS_SECTION_MADE_BYTES,     /* struct trfs_made */
	TRFS_SECTION_DIALECT,	     /* text without NUL */
	TRFS_SECTION_LEFT_OUT_LINES, /* u64 */
	TRFS_SECTION_LEFT_OUT_NAME_ENDS,
	TRFS_SECTION_LEFT_OUT_NAME_BYTES,
	TRFS_SECTION_LEFT_OUT_REASON_ENDS,
	TRFS_SECTION_LEFT_OUT_REASON_BYTES,
};

/**
 * struct trfs_index_counts - what else a catalog and a plan are made of
 */
struct trfs_index_counts {
	uint64_t nr_examples;
	uint64_t nr_rows;
	uint64_t nr_records;
	uint64_t nr_problems;
	uint64_t nr_ignored;
	int64_t newest_mtime_ns;
	uint32_t nr_shards;
	uint32_t nr_splits;
	uint32_t nr_columns;
	uint32_t label_column;
	uint32_t split_column;
	uint32_t group_column;
	uint32_t target_column;
	uint32_t nr_classes;
	uint32_t follow;
	uint32_t access_mode; /* struct trfs_access */
	uint32_t access_uid;
	uint32_t access_gid;
};

_Static_assert(sizeof(struct trfs_index_counts) == 96, "stored as it is");

#endif
