/* SPDX-License-Identifier: MIT */
/*
 * The catalog from the inside: plain columns, so that it can be built in memory or be
 * mapped from a saved index, and the layers above cannot tell.
 */
#ifndef TRFS_DATASET_CATALOG_H
#define TRFS_DATASET_CATALOG_H

#include "base/file.h"
#include "base/names.h"
#include "base/numbers.h"
#include "base/random.h"
#include "base/strings.h"
#include "dataset/presentation.h"
#include "image/image.h"
#include "manifest/inputs.h"
#include <tfrecordfs/catalog.h>

/**
 * struct trfs_appearance - what a file's header said; stored in the index as it is
 * @oddities: bits of enum trfs_image_oddity, and TRFS_EXAMPLE_MISNAMED
 * @format: enum trfs_image_format
 *
 * Many images have the same one, so that each is kept once.
 */
struct trfs_appearance {
	uint32_t height;
	uint32_t width;
	uint32_t oddities;
	uint8_t format;
	uint8_t channels;
	uint8_t depth;
	uint8_t orientation;
};

_Static_assert(sizeof(struct trfs_appearance) == 16, "stored in the index as it is");

/**
 * struct trfs_example - what is known of one image; stored in the index as it is
 * @who: trfs_example_who() of the file when it was looked at
 * @size: of the file; one of 4 GiB or more cannot be a record and is bad
 * @appearance: number of its appearance, see struct trfs_catalog
 */
struct trfs_example {
	uint64_t who;
	uint32_t size;
	uint32_t appearance;
};

_Static_assert(sizeof(struct trfs_example) == 16, "stored in the index as it is");

/*
 * A file's inode and modification time in 64 bits.  Of one inode no two times give the
 * same; of another inode one of 2^64 does.
 */
static inline uint64_t trfs_example_who(const struct trfs_file_identity *identity)
{
	uint64_t state = identity->inode;

	state = trfs_random_next(&state) + (uint64_t)identity->mtime_ns;
	return trfs_random_next(&state);
}

/* Whether the file still is the one that was looked at; a read that finds another is
 * refused. */
static inline bool trfs_example_is(const struct trfs_example *example,
				   const struct trfs_file_identity *now)
{
	return now->size == example->size && trfs_example_who(now) == example->who;
}

extern const struct trfs_example trfs_example_empty;

/* The extension belongs to another format than the content. */
#define TRFS_EXAMPLE_MISNAMED (1u << 16)

#define TRFS_NO_COLUMN UINT32_MAX

/**
 * struct trfs_column - one column of the manifest
 * @name: as in the manifest
 * @numbers: which of @values each example has; none where the column is virtual
 * @values: distinct cells, encoded as in dataset/cell.h; number 0 is a missing cell
 *
 * Two columns are not stored again: the label column (virtual: it is in the label sets)
 * and the file column where every cell equals the image's path (virtual: the names).
 * A column that also is the split's or the group's is stored all the same.
 */
struct trfs_column {
	struct trfs_bytes name;
	struct trfs_numbers numbers;
	struct trfs_strings values;
};

/* Whether it is stored; one that is not is virtual. */
static inline bool trfs_column_is_stored(const struct trfs_column *column)
{
	return column->numbers.data != NULL;
}

/* Which of the values an example has. */
static inline uint32_t trfs_column_number(const struct trfs_column *column,
					  uint64_t example)
{
	return trfs_numbers_get(&column->numbers, example);
}

enum trfs_problem_kind {
	TRFS_PROBLEM_MISSING,
	TRFS_PROBLEM_UNREADABLE,
	TRFS_PROBLEM_OUTSIDE, /* the path leaves the source */
	TRFS_PROBLEM_BAD_IMAGE,
	TRFS_PROBLEM_REPEATED,
	TRFS_PROBLEM_CONTRADICTED, /* two rows, different labels */
	TRFS_PROBLEM_UNLABELLED,
	TRFS_PROBLEM_AMBIGUOUS, /* several files could be meant */
	TRFS_PROBLEM_MASK,	/* it has no mask, or none that fits */
	TRFS_PROBLEM_BAD_ROW,	/* by what the manifest itself says: a box outside */
	TRFS_PROBLEM_FORMAT,	/* of a format that is not let in */
	TRFS_NR_PROBLEM_KINDS
};

/**
 * struct trfs_problem - a row that is not an example; stored in the index as it is
 * @line: of the manifest, 0 for class folders; also where rows stand in several files, of
 *	which the reason then names one, and the line
 * @row: its place among all rows of the manifest, from 0
 * @split_cell: its cell's number in the split column, see struct trfs_column; 0 without
 */
struct trfs_problem {
	uint64_t line;
	uint32_t kind;
	uint32_t row;
	uint32_t split_cell;
	uint32_t reserved;
};

/**
 * struct trfs_problems - every row that was left out, in manifest order
 * @names: the file as the manifest has it
 * @reasons: a sentence's rest: "is empty", "repeats line 12"
 */
struct trfs_problems {
	uint64_t nr;
	const struct trfs_problem *items;
	struct trfs_strings names;
	struct trfs_strings reasons;
};

/**
 * struct trfs_left_out - what was left out of rows that are examples all the same
 * @names: the image as the manifest has it
 * @reasons: a sentence's rest: "box 3 (id 17) is dropped: it leaves the image"
 * @lines: of the manifest, 0 where unknown
 */
struct trfs_left_out {
	struct trfs_strings names;
	struct trfs_strings reasons;
	const uint64_t *lines;
};

/**
 * struct trfs_catalog - all examples of a source, in manifest order
 * @dialect: how the manifest was read: "CSV"; of a mapped catalog not ended by NUL
 * @nr_rows: of the manifest: those that became examples and those that are problems
 * @names: path of each image relative to the root
 * @labels: number of each example's label set
 * @appearances: of images and masks, each once
 * @access: who may read all images and masks, as far as their own modes tell
 * @guard: of a mapped catalog that was not read yet: see base/guard.h; NULL: all is sound
 * @masks: what is known of the mask of each example; NULL where nobody needs masks
 * @mask_names: their paths, as @names
 * @made: of each example the contents that were made, see struct trfs_made; no strings
 *	at all where none had to be
 * @presentation: how images are shown; of the options, not of the source
 * @label_sets: distinct sets of classes an example can have: class numbers, each a u32,
 *	in the order of the cell; with one label an example, a set is one class
 * @class_names, @class_ids: by class number, ids ascending
 * @column_names: of all columns
 * @label_column, @split_column, @group_column, @target_column: numbers, or
 *	TRFS_NO_COLUMN; the group only when asked for; where labels are no classes but
 *	numbers to regress to, theirs is the target's
 * @input_paths, @input_stamps: of the files and directories it was made from
 * @nr_ignored: hidden files and litter that were passed over
 * @newest_mtime_ns: the latest modification of any image, shown as the shards' own
 * @release, @owner: frees the memory behind the columns: a builder's or a mapping
 */
struct trfs_catalog {
	char *root_path; /* real path, never empty */
	struct trfs_bytes dialect;
	bool follow;
	uint64_t nr_examples;
	uint64_t nr_rows;
	const struct trfs_example *examples;
	struct trfs_numbers labels;
	struct trfs_names names;
	const struct trfs_appearance *appearances;
	uint64_t nr_appearances;
	const struct trfs_example *masks;
	struct trfs_names mask_names;
	struct trfs_strings made;
	struct trfs_presentation presentation;
	struct trfs_strings label_sets;
	struct trfs_strings class_names;
	const int64_t *class_ids;
	struct trfs_strings column_names;
	struct trfs_column *columns; /* owned array */
	uint32_t label_column;
	uint32_t split_column;
	uint32_t group_column;
	uint32_t target_column;
	struct trfs_problems problems;
	struct trfs_left_out left_out;
	struct trfs_strings input_paths;
	const struct trfs_input_stamp *input_stamps;
	uint64_t nr_ignored;
	int64_t newest_mtime_ns;
	struct trfs_access access;
	struct trfs_guard *guard;
	void (*release)(void *owner);
	void *owner;
};

TRFS_DEFINE_FREEP(trfs_catalog)

/*
 * What is known of an example's image, or of its mask; there must be masks.  Where the
 * index turns out to be damaged, an empty file.
 */
static inline const struct trfs_example *trfs_catalog_example(
	const struct trfs_catalog *c, uint64_t example)
{
	return trfs_guard_sound(c->guard, &c->examples[example], sizeof(*c->examples))
		       ? &c->examples[example]
		       : &trfs_example_empty;
}

static inline const struct trfs_example *trfs_catalog_mask(const struct trfs_catalog *c,
							   uint64_t example)
{
	return trfs_guard_sound(c->guard, &c->masks[example], sizeof(*c->masks))
		       ? &c->masks[example]
		       : &trfs_example_empty;
}

/* The number of an example's label set. */
static inline uint32_t trfs_catalog_label_set(const struct trfs_catalog *c,
					      uint64_t example)
{
	return trfs_numbers_get(&c->labels, example);
}

/* The path of an example's image; in @room, see trfs_names_get(). */
static inline struct trfs_bytes trfs_catalog_name(const struct trfs_catalog *c,
						  uint64_t example,
						  struct trfs_name *room)
{
	return trfs_names_get(&c->names, example, room);
}

static inline const struct trfs_appearance *trfs_catalog_appearance(
	const struct trfs_catalog *c, const struct trfs_example *image_or_mask)
{
	return &c->appearances[image_or_mask->appearance];
}

/* The class numbers of an example: @ret_nr of them, unaligned, 4 bytes each. */
static inline const uint8_t *trfs_catalog_labels(const struct trfs_catalog *c,
						 uint64_t example, size_t *ret_nr)
{
	struct trfs_bytes set =
		trfs_strings_get(&c->label_sets, trfs_catalog_label_set(c, example));

	*ret_nr = set.len / 4;
	return set.data;
}

static inline uint32_t trfs_catalog_label(const uint8_t *labels, size_t i)
{
	uint32_t number;

	memcpy(&number, labels + 4 * i, sizeof(number));
	return number;
}

/* Whether @class, a class number, is among an example's. */
bool trfs_catalog_has_class(const struct trfs_catalog *catalog, uint64_t example,
			    uint32_t class);

/* Column by exact name, or TRFS_NO_COLUMN. */
uint32_t trfs_catalog_find_column(const struct trfs_catalog *c, struct trfs_bytes name);

/*
 * An example's cell in a stored or virtual column, encoded as in dataset/cell.h.
 * Borrowed from the catalog, or from @scratch for virtual columns.
 */
struct trfs_bytes trfs_catalog_cell(const struct trfs_catalog *c, uint32_t column,
				    uint64_t example, struct trfs_buffer *scratch);

/* "missing", "bad image", ...: for problems.csv and check. */
const char *trfs_problem_kind_name(enum trfs_problem_kind kind);

#endif
