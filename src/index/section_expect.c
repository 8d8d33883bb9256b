/* SPDX-License-Identifier: MIT */
/* What each section of a saved index must hold, and which of them can wait. */
#include "index/saved_index_loader.h"

#include "dataset/catalog.h"

/* What a section's length must be, and the rule over its content. */
struct expectation {
	uint64_t len;
	struct trfs_section_check check;
};

#define ANY_LENGTH UINT64_MAX

static struct expectation expect_list(const struct trfs_index_loader *l,
				      const struct trfs_index_section *s, uint64_t nr,
				      enum trfs_section_rule rule)
{
	return (struct expectation){
		.len = nr == ANY_LENGTH ? ANY_LENGTH : nr * sizeof(uint64_t),
		.check = { .rule = rule,
			   .limit = trfs_index_length(l, s->id + 1, s->number) }
	};
}

static struct expectation expect_numbers(uint64_t nr, uint64_t limit, unsigned int width)
{
	return (struct expectation){
		.len = nr * width,
		.check = { .rule = TRFS_RULE_BELOW, .limit = limit, .width = width }
	};
}

/* Where the blocks of the names of all examples start, and where the last one ends. */
static struct expectation expect_names(const struct trfs_index_loader *l,
				       const struct trfs_index_section *s)
{
	return expect_list(l, s, trfs_names_nr_blocks(l->counts.nr_examples) + 1,
			   TRFS_RULE_ASCENDING);
}

static struct expectation expect_column(const struct trfs_index_loader *l,
					const struct trfs_index_section *s)
{
	uint64_t nr_values =
		trfs_index_length(l, TRFS_SECTION_COLUMN_VALUE_ENDS, s->number) /
		sizeof(uint64_t);

	return expect_numbers(l->counts.nr_examples, nr_values,
			      trfs_numbers_width(nr_values));
}

static struct expectation expect_array(uint64_t nr, size_t element)
{
	return (struct expectation){ .len = nr * element };
}

static struct expectation expect_examples(const struct trfs_index_loader *l)
{
	return (struct expectation){
		.len = l->counts.nr_examples * sizeof(struct trfs_example),
		.check = { .rule = TRFS_RULE_EXAMPLES,
			   .limit = trfs_index_length(l, TRFS_SECTION_APPEARANCES, 0) /
				    sizeof(struct trfs_appearance) }
	};
}

static struct expectation expect_appearances(const struct trfs_index_section *s)
{
	return (struct expectation){ .len = s->len -
					    s->len % sizeof(struct trfs_appearance),
				     .check = { .rule = TRFS_RULE_APPEARANCES } };
}

/* Of the plan and what is laid out of it. */
static struct expectation expect_plan(const struct trfs_index_loader *l,
				      const struct trfs_index_section *s)
{
	const struct trfs_index_counts *c = &l->counts;

	switch ((enum trfs_section)s->id) {
	case TRFS_SECTION_SPLITS:
		return expect_array(c->nr_splits, sizeof(struct trfs_plan_split));
	case TRFS_SECTION_SPLIT_NAME_ENDS:
		return expect_list(l, s, c->nr_splits, TRFS_RULE_ASCENDING);
	case TRFS_SECTION_ORDER:
		return expect_numbers(c->nr_records, c->nr_examples, sizeof(uint32_t));
	case TRFS_SECTION_COPIES:
		return expect_array(s->len > 0 ? c->nr_records : 0, sizeof(uint8_t));
	case TRFS_SECTION_SHARD_STARTS:
		return (struct expectation){
			.len = ((uint64_t)c->nr_shards + 1) * sizeof(uint64_t),
			.check = { .rule = TRFS_RULE_ASCENDING, .limit = c->nr_records }
		};
	case TRFS_SECTION_RECORD_SIZES:
		return expect_array(trfs_index_length(l, TRFS_SECTION_COPIES, 0) > 0
					    ? c->nr_records
					    : c->nr_examples,
				    sizeof(uint32_t));
	case TRFS_SECTION_MADE_ENDS:
		return expect_list(l, s, c->nr_examples, TRFS_RULE_ASCENDING);
	case TRFS_SECTION_LEFT_OUT_NAME_ENDS:
	case TRFS_SECTION_LEFT_OUT_REASON_ENDS:
		return expect_list(l, s,
				   trfs_index_length(l, TRFS_SECTION_LEFT_OUT_LINES, 0) /
					   sizeof(uint64_t),
				   TRFS_RULE_ASCENDING);
	case TRFS_SECTION_SHARD_SIZES:
		return expect_array(c->nr_shards, sizeof(uint64_t));
	default: /* bytes of lists, whose ends are checked; block offsets, see
		    make_layout() */
		return (struct expectation){ .len = ANY_LENGTH };
	}
}

static struct expectation expect(const struct trfs_index_loader *l,
				 const struct trfs_index_section *s)
{
	const struct trfs_index_counts *c = &l->counts;
	uint64_t nr;

	switch ((enum trfs_section)s->id) {
	case TRFS_SECTION_COUNTS:
		return expect_array(1, sizeof(*c));
	case TRFS_SECTION_EXAMPLES:
	case TRFS_SECTION_MASKS:
		return expect_examples(l);
	case TRFS_SECTION_LABELS:
		nr = trfs_index_length(l, TRFS_SECTION_LABEL_SET_ENDS, 0) /
		     sizeof(uint64_t);
		return expect_numbers(c->nr_examples, nr, trfs_numbers_width(nr));
	case TRFS_SECTION_APPEARANCES:
		return expect_appearances(s);
	case TRFS_SECTION_NAME_STARTS:
	case TRFS_SECTION_MASK_NAME_STARTS:
		return expect_names(l, s);
	case TRFS_SECTION_LABEL_SET_ENDS:
		return expect_list(l, s, ANY_LENGTH, TRFS_RULE_MULTIPLES);
	case TRFS_SECTION_LABEL_SET_BYTES:
		return expect_numbers(s->len / sizeof(uint32_t), c->nr_classes,
				      sizeof(uint32_t));
	case TRFS_SECTION_CLASS_IDS:
		return expect_array(c->nr_classes, sizeof(int64_t));
	case TRFS_SECTION_CLASS_NAME_ENDS:
		return expect_list(l, s, c->nr_classes, TRFS_RULE_ASCENDING);
	case TRFS_SECTION_COLUMN_NAME_ENDS:
		return expect_list(l, s, c->nr_columns, TRFS_RULE_ASCENDING);
	case TRFS_SECTION_COLUMN_NUMBERS:
		return expect_column(l, s);
	case TRFS_SECTION_COLUMN_VALUE_ENDS:
		return expect_list(l, s, ANY_LENGTH, TRFS_RULE_ASCENDING);
	case TRFS_SECTION_PROBLEMS:
		return expect_array(c->nr_problems, sizeof(struct trfs_problem));
	case TRFS_SECTION_PROBLEM_NAME_ENDS:
	case TRFS_SECTION_PROBLEM_REASON_ENDS:
		return expect_list(l, s, c->nr_problems, TRFS_RULE_ASCENDING);
	case TRFS_SECTION_INPUT_STAMPS:
		return expect_array(
			trfs_index_length(l, TRFS_SECTION_INPUT_PATH_ENDS, 0) /
				sizeof(uint64_t),
			sizeof(struct trfs_input_stamp));
	case TRFS_SECTION_INPUT_PATH_ENDS:
		return expect_list(l, s, ANY_LENGTH, TRFS_RULE_ASCENDING);
	default:
		return expect_plan(l, s);
	}
}

static bool is_lazy(uint32_t id)
{
	switch ((enum trfs_section)id) {
	case TRFS_SECTION_EXAMPLES:
	case TRFS_SECTION_LABELS:
	case TRFS_SECTION_NAME_STARTS:
	case TRFS_SECTION_NAME_BYTES:
	case TRFS_SECTION_MASKS:
	case TRFS_SECTION_MASK_NAME_STARTS:
	case TRFS_SECTION_MASK_NAME_BYTES:
	case TRFS_SECTION_COLUMN_NUMBERS:
	case TRFS_SECTION_COLUMN_VALUE_ENDS:
	case TRFS_SECTION_COLUMN_VALUE_BYTES:
	case TRFS_SECTION_ORDER:
	case TRFS_SECTION_RECORD_SIZES:
	case TRFS_SECTION_BLOCK_OFFSETS:
	case TRFS_SECTION_MADE_ENDS:
	case TRFS_SECTION_MADE_BYTES:
		return true;
	default:
		return false;
	}
}

int trfs_index_expect(struct trfs_index_loader *l, struct trfs_error *err)
{
	for (uint32_t i = 0; i < l->nr_sections; i++) {
		struct trfs_index_section *s = &l->sections[i];
		struct expectation expected = expect(l, s);

		if (expected.len != ANY_LENGTH && s->len != expected.len)
			return trfs_index_odd(err, "a section has the wrong length");
		s->check = expected.check;
		s->is_lazy = !l->whole && is_lazy(s->id);
	}
	return 0;
}
