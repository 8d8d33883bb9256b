/* SPDX-License-Identifier: MIT */
/*
 * What a section of a saved index must hold for later code to be memory-safe: checked
 * piece by piece while the file is read once.
 */
#ifndef TRFS_INDEX_SECTION_CHECK_H
#define TRFS_INDEX_SECTION_CHECK_H

#include "base/bytes.h"
#include "base/compiler.h"

enum trfs_section_rule {
	TRFS_RULE_ANY,	     /* bytes that are only ever shown or opened */
	TRFS_RULE_ASCENDING, /* u64, none less than the one before, last equal to limit */
	TRFS_RULE_BELOW,     /* numbers of width bytes less than limit */
	TRFS_RULE_EXAMPLES,  /* struct trfs_example with an appearance less than limit */
	TRFS_RULE_MULTIPLES, /* ASCENDING, and each a multiple of four */
	TRFS_RULE_APPEARANCES,
};

/**
 * struct trfs_section_check - one section while it is read
 * @previous: of an ascending section: the last number of the piece before
 */
struct trfs_section_check {
	enum trfs_section_rule rule;
	uint64_t limit;
	unsigned int width;
	uint64_t previous;
};

/* Look at the next @len bytes, a multiple of 16 but in the last piece. */
bool trfs_section_check_piece(struct trfs_section_check *check, const uint8_t *data,
			      size_t len);

/*
 * Look at some bytes without those before: what is left unsaid of an ascending section is
 * whether it ascends, so that its readers have to see to that.
 */
bool trfs_section_check_alone(const struct trfs_section_check *check, const uint8_t *data,
			      size_t len);

/* After the last piece. */
bool trfs_section_check_end(const struct trfs_section_check *check);

#endif
