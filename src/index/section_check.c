/* SPDX-License-Identifier: MIT */
/* Rules over the numbers in a section; each is a pass over memory at full speed. */
#include "index/section_check.h"

#include "dataset/catalog.h"

#define ORIENTATION_MAX 8 /* of EXIF */

static bool all_below(const uint8_t *data, size_t len, uint64_t limit)
{
	uint32_t highest = 0;

	for (size_t i = 0; i + 4 <= len; i += 4) {
		uint32_t number;

		memcpy(&number, data + i, 4);
		highest = number > highest ? number : highest;
	}
	return len == 0 || highest < limit;
}

static bool ascending(struct trfs_section_check *check, const uint8_t *data, size_t len,
		      uint64_t multiple)
{
	bool sound = true;

	for (size_t i = 0; i + 8 <= len; i += 8) {
		uint64_t number;

		memcpy(&number, data + i, 8);
		sound &= number >= check->previous && number % multiple == 0;
		check->previous = number;
	}
	return sound;
}

static bool sound_examples(const uint8_t *data, size_t len, uint64_t limit)
{
	bool sound = true;

	for (size_t i = 0; i + sizeof(struct trfs_example) <= len;
	     i += sizeof(struct trfs_example)) {
		struct trfs_example example;

		memcpy(&example, data + i, sizeof(example));
		sound &= example.labels < limit &&
			 example.format < TRFS_IMAGE_NR_FORMATS &&
			 example.orientation <= ORIENTATION_MAX;
	}
	return sound;
}

bool trfs_section_check_piece(struct trfs_section_check *check, const uint8_t *data,
			      size_t len)
{
	switch (check->rule) {
	case TRFS_RULE_ASCENDING:
		return ascending(check, data, len, 1);
	case TRFS_RULE_MULTIPLES:
		return ascending(check, data, len, 4);
	case TRFS_RULE_BELOW:
		return all_below(data, len, check->limit);
	case TRFS_RULE_EXAMPLES:
		return sound_examples(data, len, check->limit);
	case TRFS_RULE_ANY:
		break;
	}
	return true;
}

bool trfs_section_check_end(const struct trfs_section_check *check)
{
	bool ends =
		check->rule == TRFS_RULE_ASCENDING || check->rule == TRFS_RULE_MULTIPLES;

	return !ends || check->previous == check->limit;
}
