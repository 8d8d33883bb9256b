/* SPDX-License-Identifier: MIT */
/* Rules over the numbers in a section; each is a pass over memory at full speed. */
#include "index/section_check.h"

#include "dataset/catalog.h"

#define ORIENTATION_MAX 8 /* of EXIF */

static uint32_t highest_of(const struct trfs_numbers *numbers, uint64_t nr)
{
	uint32_t highest = 0;

	for (uint64_t i = 0; i < nr; i++) {
		uint32_t number = trfs_numbers_get(numbers, i);

		highest = number > highest ? number : highest;
	}
	return highest;
}

/* A loop of each width, so that it runs at the speed of memory. */
static bool all_below(const struct trfs_section_check *check, const uint8_t *data,
		      size_t len)
{
	uint64_t nr = len / check->width;
	uint32_t highest;

	if (check->width == 1)
		highest = highest_of(&(struct trfs_numbers){ .data = data, .width = 1 },
				     nr);
	else if (check->width == 2)
		highest = highest_of(&(struct trfs_numbers){ .data = data, .width = 2 },
				     nr);
	else
		highest = highest_of(&(struct trfs_numbers){ .data = data, .width = 4 },
				     nr);
	return nr == 0 || highest < check->limit;
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

static bool sound_examples(const struct trfs_section_check *check, const uint8_t *data,
			   size_t len)
{
	uint32_t highest = 0;
	size_t nr = len / sizeof(struct trfs_example);

	for (size_t i = 0; i < nr; i++) {
		struct trfs_example example;

		memcpy(&example, data + i * sizeof(example), sizeof(example));
		highest = example.appearance > highest ? example.appearance : highest;
	}
	return nr == 0 || highest < check->limit;
}

/* Numbers of an ascending section, each for itself. */
static bool none_above(const uint8_t *data, size_t len, uint64_t limit, uint64_t multiple)
{
	bool sound = true;

	for (size_t i = 0; i + 8 <= len; i += 8) {
		uint64_t number;

		memcpy(&number, data + i, 8);
		sound &= number <= limit && number % multiple == 0;
	}
	return sound;
}

static bool sound_appearances(const uint8_t *data, size_t len)
{
	bool sound = true;

	for (size_t i = 0; i + sizeof(struct trfs_appearance) <= len;
	     i += sizeof(struct trfs_appearance)) {
		struct trfs_appearance appearance;

		memcpy(&appearance, data + i, sizeof(appearance));
		sound &= appearance.format < TRFS_IMAGE_NR_FORMATS &&
			 appearance.orientation <= ORIENTATION_MAX;
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
		return all_below(check, data, len);
	case TRFS_RULE_EXAMPLES:
		return sound_examples(check, data, len);
	case TRFS_RULE_APPEARANCES:
		return sound_appearances(data, len);
	case TRFS_RULE_ANY:
		break;
	}
	return true;
}

bool trfs_section_check_alone(const struct trfs_section_check *check, const uint8_t *data,
			      size_t len)
{
	struct trfs_section_check copy = *check;

	if (check->rule == TRFS_RULE_ASCENDING)
		return none_above(data, len, check->limit, 1);
	if (check->rule == TRFS_RULE_MULTIPLES)
		return none_above(data, len, check->limit, 4);
	return trfs_section_check_piece(&copy, data, len);
}

bool trfs_section_check_end(const struct trfs_section_check *check)
{
	bool ends =
		check->rule == TRFS_RULE_ASCENDING || check->rule == TRFS_RULE_MULTIPLES;

	return !ends || check->previous == check->limit;
}
