/* SPDX-License-Identifier: MIT */
/*
 * Loading the index: the table is read through a bounds-checked reader, every section is
 * read once against its checksum and rule, and only then is the file mapped and used.
 */
#include "index/saved_index_loader.h"

#include "base/crc32c.h"
#include "base/file.h"
#include "index/section_check.h"
#include <fcntl.h>
#include <stdlib.h>

/* A multiple of the size of every kind of element, so that no piece cuts one. */
#define PIECE_SIZE (40u * 8u * 1024u)

static int read_table(struct trfs_index_loader *l, const uint8_t *table, size_t len,
		      struct trfs_error *err)
{
	struct trfs_reader r = trfs_reader_of(table, len);
	uint64_t end = TRFS_INDEX_HEADER_SIZE + len;

	l->sections = calloc((size_t)l->nr_sections + 1, sizeof(*l->sections));
	if (!l->sections)
		return trfs_fail_memory(err, "the index");
	for (uint32_t i = 0; i < l->nr_sections; i++) {
		struct trfs_index_section *s = &l->sections[i];

		s->id = trfs_reader_u32le(&r);
		s->number = trfs_reader_u32le(&r);
		s->offset = trfs_reader_u64le(&r);
		s->len = trfs_reader_u64le(&r);
		s->crc = trfs_reader_u32le(&r);
		trfs_reader_u32le(&r);
		if (s->offset > l->size || s->len > l->size - s->offset ||
		    s->offset % TRFS_INDEX_ALIGNMENT != 0)
			return trfs_index_odd(err, "a section lies outside it");
		/* Else a small file could keep its reader busy for hours. */
		if (s->offset < end)
			return trfs_index_odd(err, "its sections overlap");
		end = s->offset + s->len;
	}
	return r.failed ? trfs_index_odd(err, "its table is cut") : 0;
}

static int read_header(struct trfs_index_loader *l, const uint8_t *fingerprint,
		       struct trfs_error *err)
{
	uint8_t header[TRFS_INDEX_HEADER_SIZE] = { 0 };
	struct trfs_reader r = trfs_reader_of(header, sizeof(header));
	struct trfs_bytes magic, made_for;
	uint32_t version, crc;
	uint64_t size;
	uint8_t *table;
	size_t len;
	int rc;

	if (l->size < sizeof(header) ||
	    trfs_file_read(l->fd, 0, header, sizeof(header)) < 0)
		return trfs_index_odd(err, "it is too short");
	magic = trfs_reader_bytes(&r, 8);
	version = trfs_reader_u32le(&r);
	l->nr_sections = trfs_reader_u32le(&r);
	made_for = trfs_reader_bytes(&r, TRFS_FINGERPRINT_SIZE);
	size = trfs_reader_u64le(&r);
	trfs_reader_u32le(&r);
	crc = trfs_reader_u32le(&r);

	if (memcmp(magic.data, TRFS_INDEX_MAGIC, 8) != 0)
		return trfs_fail(err, -EBADMSG, "it is no index file");
	if (version != TRFS_INDEX_VERSION)
		return trfs_fail(err, -EBADMSG, "another version of tfrecordfs wrote it");
	if (size != l->size || l->nr_sections > TRFS_INDEX_SECTIONS_MAX)
		return trfs_index_odd(err, "its size is not what its header says");

	len = (size_t)l->nr_sections * TRFS_INDEX_ENTRY_SIZE;
	if (len > l->size - sizeof(header))
		return trfs_index_odd(err, "its table is cut");
	table = malloc(len + 1);
	if (!table)
		return trfs_fail_memory(err, "the index");
	rc = trfs_file_read(l->fd, sizeof(header), table, len);
	if (rc < 0)
		trfs_fail_errno(err, rc, "reading it");
	else if (trfs_crc32c(trfs_crc32c(0, header, 60), table, len) != crc)
		rc = trfs_index_odd(err, "the checksum of its header");
	else if (memcmp(made_for.data, fingerprint, TRFS_FINGERPRINT_SIZE) != 0)
		rc = trfs_fail(err, -EBADMSG, "it was made for other options");
	else
		rc = read_table(l, table, len, err);
	free(table);
	return rc;
}

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

static struct expectation expect_examples(const struct trfs_index_loader *l,
					  uint64_t nr_label_sets)
{
	return (struct expectation){
		.len = l->counts.nr_examples * sizeof(struct trfs_example),
		.check = { .rule = TRFS_RULE_EXAMPLES,
			   .limit = nr_label_sets,
			   .limit_of_appearances =
				   trfs_index_length(l, TRFS_SECTION_APPEARANCES, 0) /
				   sizeof(struct trfs_appearance) }
	};
}

static struct expectation expect_appearances(const struct trfs_index_section *s)
{
	return (struct expectation){ .len = s->len -
					    s->len % sizeof(struct trfs_appearance),
				     .check = { .rule = TRFS_RULE_APPEARANCES } };
}

static struct expectation expect(const struct trfs_index_loader *l,
				 const struct trfs_index_section *s)
{
	const struct trfs_index_counts *c = &l->counts;

	switch ((enum trfs_section)s->id) {
	case TRFS_SECTION_COUNTS:
		return expect_array(1, sizeof(*c));
	case TRFS_SECTION_EXAMPLES:
		return expect_examples(
			l, trfs_index_length(l, TRFS_SECTION_LABEL_SET_ENDS, 0) /
				   sizeof(uint64_t));
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
	case TRFS_SECTION_MASKS:
		return expect_examples(l, 1);
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

static int check_section(const struct trfs_index_loader *l,
			 const struct trfs_index_section *s, uint8_t *piece,
			 struct trfs_error *err)
{
	struct expectation expected = expect(l, s);
	uint32_t crc = 0;

	if (expected.len != ANY_LENGTH && s->len != expected.len)
		return trfs_index_odd(err, "a section has the wrong length");
	for (uint64_t done = 0; done < s->len;) {
		size_t len =
			s->len - done < PIECE_SIZE ? (size_t)(s->len - done) : PIECE_SIZE;
		int rc = trfs_file_read(l->fd, s->offset + done, piece, len);

		if (rc < 0)
			return trfs_fail_errno(err, rc, "reading it");
		crc = trfs_crc32c(crc, piece, len);
		if (!trfs_section_check_piece(&expected.check, piece, len))
			return trfs_index_odd(err, "a number out of bounds");
		done += len;
	}
	if (crc != s->crc)
		return trfs_index_odd(err, "the checksum of a section");
	return trfs_section_check_end(&expected.check)
		       ? 0
		       : trfs_index_odd(err, "a list without its end");
}

static bool sound_column(const struct trfs_index_counts *c, uint32_t column)
{
	return column == TRFS_NO_COLUMN || column < c->nr_columns;
}

/* Examples and records are numbered with 32 bits: no product with a size overflows. */
static bool sound_counts(const struct trfs_index_counts *c)
{
	return c->nr_examples <= UINT32_MAX && c->nr_records <= UINT32_MAX &&
	       c->nr_problems <= UINT32_MAX && sound_column(c, c->label_column) &&
	       sound_column(c, c->split_column) && sound_column(c, c->group_column) &&
	       sound_column(c, c->target_column);
}

static int check_sections(struct trfs_index_loader *l, struct trfs_error *err)
{
	const struct trfs_index_section *counts =
		trfs_index_find(l, TRFS_SECTION_COUNTS, 0);
	uint8_t *piece;
	int rc = 0;

	if (!counts || counts->len != sizeof(l->counts))
		return trfs_index_odd(err, "its counts are missing");
	rc = trfs_file_read(l->fd, counts->offset, &l->counts, sizeof(l->counts));
	if (rc < 0)
		return trfs_fail_errno(err, rc, "reading it");
	if (!sound_counts(&l->counts))
		return trfs_index_odd(err, "its counts");
	piece = malloc(PIECE_SIZE);
	if (!piece)
		return trfs_fail_memory(err, "the index");
	for (uint32_t i = 0; i < l->nr_sections && rc == 0; i++)
		rc = check_section(l, &l->sections[i], piece, err);
	free(piece);
	return rc;
}

int trfs_saved_index_load(const char *path,
			  const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
			  struct trfs_catalog **ret_catalog, struct trfs_plan **ret_plan,
			  struct trfs_layout **ret_layout, struct trfs_error *err)
{
	struct trfs_file_identity identity;
	struct trfs_index_loader l = { .fd = open(path,
						  O_RDONLY | O_CLOEXEC | O_NONBLOCK) };
	int rc;

	if (l.fd < 0)
		return trfs_fail_errno(err, -errno, "opening it");
	rc = trfs_file_identify(l.fd, &identity, NULL);
	if (rc < 0)
		trfs_fail_errno(err, rc, "looking at it");
	l.size = identity.size;
	if (rc == 0)
		rc = read_header(&l, fingerprint, err);
	if (rc == 0)
		rc = check_sections(&l, err);
	if (rc == 0)
		rc = trfs_saved_index_map(&l, ret_catalog, ret_plan, ret_layout, err);
	free(l.sections);
	trfs_file_close(l.fd);
	return rc;
}
