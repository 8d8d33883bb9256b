/* SPDX-License-Identifier: MIT */
/*
 * Problems as a list, and as one sentence.  The sentence names the first five, but never
 * lets a long name push out how many there are or what to type.
 */
#include "dataset/problems.h"

#include "base/buffer.h"
#include "base/error.h"
#include "base/count_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define NR_FIRST	 16
#define NR_NAMED	 5
#define NAME_SHOWN_MAX	 60 /* bytes of a name; its end tells more than its start */
#define REASON_SHOWN_MAX 200
#define NAMED_SIZE_MAX	 640 /* of a message's 1024 bytes */
#define TEXT_SIZE_MAX	 (UINT32_C(1) << 30)

/* How a message speaks of problems that are all of one kind. */
struct kind_words {
	const char *name;
	const char *noun;	/* what there are so many of */
	const char *one, *many; /* what they are */
};

static const struct kind_words words[TRFS_NR_PROBLEM_KINDS] = {
	[TRFS_PROBLEM_MISSING] = { "missing", "images", "is missing", "are missing" },
	[TRFS_PROBLEM_UNREADABLE] = { "unreadable", "images", "cannot be read",
				      "cannot be read" },
	[TRFS_PROBLEM_OUTSIDE] = { "outside", "images", "leaves the source",
				   "leave the source" },
	[TRFS_PROBLEM_BAD_IMAGE] = { "bad image", "images", "is bad", "are bad" },
	[TRFS_PROBLEM_REPEATED] = { "repeated", "rows", "repeats another",
				    "repeat others" },
	[TRFS_PROBLEM_CONTRADICTED] = { "contradicted", "rows", "contradicts another",
					"contradict each other" },
	[TRFS_PROBLEM_UNLABELLED] = { "unlabelled", "rows", "lacks a label",
				      "lack a label" },
	[TRFS_PROBLEM_AMBIGUOUS] = { "ambiguous", "images", "is ambiguous",
				     "are ambiguous" },
	[TRFS_PROBLEM_MASK] = { "mask", "images", "lacks a mask that fits",
				"lack masks that fit" },
	[TRFS_PROBLEM_BAD_ROW] = { "bad row", "images", "is badly described",
				   "are badly described" },
	[TRFS_PROBLEM_FORMAT] = { "other format", "images", "is of a format not let in",
				  "are of formats not let in" },
};

static const struct kind_words mixed_words = { "in doubt", "images", "is in doubt",
					       "are in doubt" };

const char *trfs_problem_kind_name(enum trfs_problem_kind kind)
{
	return (unsigned int)kind < TRFS_NR_PROBLEM_KINDS ? words[kind].name : "unknown";
}

int trfs_problem_list_init(struct trfs_problem_list *list)
{
	*list = (struct trfs_problem_list){
		.names = trfs_string_table_new(),
		.reasons = trfs_string_table_new(),
	};
	if (list->names && list->reasons)
		return 0;
	trfs_problem_list_done(list);
	return -ENOMEM;
}

void trfs_problem_list_done(struct trfs_problem_list *list)
{
	free(list->items);
	trfs_string_table_free(list->names);
	trfs_string_table_free(list->reasons);
	*list = (struct trfs_problem_list){ 0 };
}

int trfs_problem_list_add(struct trfs_problem_list *list,
			  const struct trfs_problem *problem, struct trfs_bytes name,
			  struct trfs_bytes reason)
{
	size_t capacity = list->capacity ? list->capacity * 2 : NR_FIRST;
	struct trfs_problem *items;
	int rc;

	if (list->nr == list->capacity) {
		items = reallocarray(list->items, capacity, sizeof(*items));
		if (!items)
			return -ENOMEM;
		list->items = items;
		list->capacity = capacity;
	}
	rc = trfs_string_table_add(list->names, name, NULL);
	if (rc == 0)
		rc = trfs_string_table_add(list->reasons, reason, NULL);
	if (rc == 0)
		list->items[list->nr++] = *problem;
	return rc;
}

struct trfs_problems trfs_problem_list_view(const struct trfs_problem_list *list)
{
	return (struct trfs_problems){
		.nr = list->nr,
		.items = list->items,
		.names = trfs_string_table_view(list->names),
		.reasons = trfs_string_table_view(list->reasons),
	};
}

static bool all_of_one_kind(const struct trfs_problems *problems)
{
	for (uint64_t i = 1; i < problems->nr; i++) {
		if (problems->items[i].kind != problems->items[0].kind)
			return false;
	}
	return true;
}

/* The name, or "..." and its end, cut between characters. */
static void put_name(struct trfs_buffer *text, struct trfs_bytes name)
{
	if (name.len > NAME_SHOWN_MAX) {
		name.data += name.len - NAME_SHOWN_MAX;
		name.len = NAME_SHOWN_MAX;
		while (name.len > 0 && (name.data[0] & 0xc0) == 0x80) {
			name.data++;
			name.len--;
		}
		trfs_buffer_printf(text, "...");
	}
	trfs_buffer_put(text, name.data, name.len);
}

/* The reason, or its start and "...", cut between characters. */
static void put_start(struct trfs_buffer *text, struct trfs_bytes reason)
{
	size_t len = reason.len;

	if (len > REASON_SHOWN_MAX) {
		len = REASON_SHOWN_MAX;
		while (len > 0 && (reason.data[len] & 0xc0) == 0x80)
			len--;
	}
	trfs_buffer_put(text, reason.data, len);
	if (len < reason.len)
		trfs_buffer_printf(text, "...");
}

/* "a.jpg (line 12) is empty", "line 12 names no file", "cat/a.jpg is empty" */
static void put_problem(struct trfs_buffer *text, const struct trfs_problems *problems,
			uint64_t i)
{
	struct trfs_bytes name = trfs_strings_get(&problems->names, i);
	struct trfs_bytes reason = trfs_strings_get(&problems->reasons, i);
	uint64_t line = problems->items[i].line;

	put_name(text, name);
	if (line > 0)
		trfs_buffer_printf(
			text, name.len ? " (line %" PRIu64 ")" : "line %" PRIu64, line);
	trfs_buffer_put(text, " ", 1);
	put_start(text, reason);
}

/* The first five, or fewer where they are long; returns how many. */
static uint64_t put_first(struct trfs_buffer *text, const struct trfs_problems *problems)
{
	uint64_t i = 0;

	for (; i < problems->nr && i < NR_NAMED; i++) {
		size_t before = text->len;

		if (i > 0)
			trfs_buffer_put(text, "; ", 2);
		put_problem(text, problems, i);
		if (i > 0 && text->len > NAMED_SIZE_MAX) {
			text->len = before;
			break;
		}
	}
	return i;
}

int trfs_problems_fail(const struct trfs_problems *problems, const char *place,
		       uint64_t nr_rows, bool skipping, struct trfs_error *err)
{
	const struct kind_words *w = &mixed_words;
	char count[TRFS_COUNT_SIZE], total[TRFS_COUNT_SIZE];
	struct trfs_buffer named;
	uint64_t nr_named, nr_left;
	int rc;

	if (all_of_one_kind(problems) && problems->items[0].kind < TRFS_NR_PROBLEM_KINDS)
		w = &words[problems->items[0].kind];
	trfs_buffer_init(&named, TEXT_SIZE_MAX);
	nr_named = put_first(&named, problems);
	nr_left = problems->nr - nr_named;
	if (nr_left > 0)
		trfs_buffer_printf(&named, "; and %s more",
				   trfs_count_text(nr_left, count));
	if (named.failed) {
		trfs_buffer_done(&named);
		return trfs_fail_memory(err, "the list of problems");
	}
	rc = trfs_fail(
		err, -EBADMSG, "%s: %s of %s %s %s: %.*s; %s", place,
		trfs_count_text(problems->nr, count), trfs_count_text(nr_rows, total),
		w->noun, problems->nr == 1 ? w->one : w->many, (int)named.len,
		(const char *)named.data,
		skipping ? "none is left, so mend them (tfrecordfs check lists all)"
			 : "mend them, or leave them out with --on-bad=skip "
			   "(tfrecordfs check lists all)");
	trfs_buffer_done(&named);
	return rc;
}
