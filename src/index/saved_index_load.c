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

static int read_table(struct trfs_index_loader *l, const uint8_t *table, size_t len,
		      struct trfs_error *err)
{
	struct trfs_reader r = trfs_reader_of(table, len);
	uint64_t end = l->start;

	l->sections = calloc((size_t)l->nr_sections + 1, sizeof(*l->sections));
	if (!l->sections)
		return trfs_fail_memory(err, "the index");
	for (uint32_t i = 0; i < l->nr_sections; i++) {
		struct trfs_index_section *s = &l->sections[i];

		s->id = trfs_reader_u32le(&r);
		s->number = trfs_reader_u32le(&r);
		s->offset = trfs_reader_u64le(&r);
		s->len = trfs_reader_u64le(&r);
		trfs_reader_u64le(&r);
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

/* Where the blocks begin, and whether as many follow as the header says. */
static bool find_blocks(struct trfs_index_loader *l)
{
	uint64_t front = TRFS_INDEX_HEADER_SIZE +
			 (uint64_t)l->nr_sections * TRFS_INDEX_ENTRY_SIZE +
			 l->nr_blocks * TRFS_INDEX_CRC_SIZE;

	l->start = (front + TRFS_INDEX_ALIGNMENT - 1) / TRFS_INDEX_ALIGNMENT *
		   TRFS_INDEX_ALIGNMENT;
	return l->start <= l->size &&
	       trfs_guard_nr_blocks(l->size - l->start) == l->nr_blocks;
}

/* The table and the checksums, which follow the header. */
static int read_rest_of_front(struct trfs_index_loader *l, const uint8_t *header,
			      uint32_t crc, struct trfs_error *err)
{
	size_t table = (size_t)l->nr_sections * TRFS_INDEX_ENTRY_SIZE;
	size_t crcs = (size_t)l->nr_blocks * TRFS_INDEX_CRC_SIZE;
	uint8_t *front = malloc(table + crcs + 1);
	int rc;

	l->crcs = malloc(crcs + 1);
	if (!front || !l->crcs) {
		free(front);
		return trfs_fail_memory(err, "the index");
	}
	rc = trfs_file_read(l->fd, TRFS_INDEX_HEADER_SIZE, front, table + crcs);
	if (rc < 0) {
		trfs_fail_errno(err, rc, "reading it");
	} else if (trfs_crc32c(trfs_crc32c(0, header, 60), front, table + crcs) != crc) {
		rc = trfs_index_odd(err, "the checksum of its header");
	} else {
		memcpy(l->crcs, front + table, crcs);
		rc = read_table(l, front, table, err);
	}
	free(front);
	return rc;
}

static int read_header(struct trfs_index_loader *l, const uint8_t *fingerprint,
		       struct trfs_error *err)
{
	uint8_t header[TRFS_INDEX_HEADER_SIZE] = { 0 };
	struct trfs_reader r = trfs_reader_of(header, sizeof(header));
	struct trfs_bytes magic, made_for;
	uint32_t version, crc;
	uint64_t size;
	int rc;

	if (l->size < sizeof(header) ||
	    trfs_file_read(l->fd, 0, header, sizeof(header)) < 0)
		return trfs_index_odd(err, "it is too short");
	magic = trfs_reader_bytes(&r, 8);
	version = trfs_reader_u32le(&r);
	l->nr_sections = trfs_reader_u32le(&r);
	made_for = trfs_reader_bytes(&r, TRFS_FINGERPRINT_SIZE);
	size = trfs_reader_u64le(&r);
	l->nr_blocks = trfs_reader_u32le(&r);
	crc = trfs_reader_u32le(&r);

	if (memcmp(magic.data, TRFS_INDEX_MAGIC, 8) != 0)
		return trfs_fail(err, -EBADMSG, "it is no index file");
	if (version != TRFS_INDEX_VERSION)
		return trfs_fail(err, -EBADMSG, "another version of tfrecordfs wrote it");
	if (size != l->size || l->nr_sections > TRFS_INDEX_SECTIONS_MAX)
		return trfs_index_odd(err, "its size is not what its header says");

	if (!find_blocks(l))
		return trfs_index_odd(err, "its table is cut");
	rc = read_rest_of_front(l, header, crc, err);
	/* Later, so that what is damaged is said to be so. */
	if (rc == 0 && memcmp(made_for.data, fingerprint, TRFS_FINGERPRINT_SIZE) != 0)
		rc = trfs_fail(err, -EBADMSG, "it was made for other options");
	return rc;
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

/* The part of a section that stands in @len bytes at @offset of the file. */
static bool overlap(const struct trfs_index_section *s, uint64_t offset, size_t len,
		    size_t *ret_start, size_t *ret_len)
{
	uint64_t start = s->offset > offset ? s->offset : offset;
	uint64_t end = s->offset + s->len;

	end = end < offset + len ? end : offset + len;
	if (start >= end)
		return false;
	*ret_start = (size_t)(start - offset);
	*ret_len = (size_t)(end - start);
	return true;
}

/* Whether any section of a block is to be read now; @first: the first that can be. */
static bool is_wanted(const struct trfs_index_loader *l, uint32_t first, uint64_t offset,
		      size_t len)
{
	size_t unused;

	for (uint32_t i = first;
	     i < l->nr_sections && l->sections[i].offset < offset + len; i++) {
		if (!l->sections[i].is_lazy &&
		    overlap(&l->sections[i], offset, len, &unused, &unused))
			return true;
	}
	return l->whole;
}

/* Read one block, and hold it to its checksum and to the rules of what stands in it. */
static int check_block(struct trfs_index_loader *l, uint64_t block, uint32_t *first,
		       uint8_t *data, struct trfs_error *err)
{
	uint64_t offset = l->start + block * TRFS_GUARD_BLOCK;
	uint64_t left = l->size - offset;
	size_t len = left < TRFS_GUARD_BLOCK ? (size_t)left : TRFS_GUARD_BLOCK;
	size_t at, part;
	int rc;

	while (*first < l->nr_sections &&
	       l->sections[*first].offset + l->sections[*first].len <= offset)
		(*first)++;
	if (!is_wanted(l, *first, offset, len))
		return 0;
	rc = trfs_file_read(l->fd, offset, data, len);
	if (rc < 0)
		return trfs_fail_errno(err, rc, "reading it");
	if (trfs_crc32c(0, data, len) != l->crcs[block])
		return trfs_index_odd(err, "the checksum of a block");
	for (uint32_t i = *first;
	     i < l->nr_sections && l->sections[i].offset < offset + len; i++) {
		struct trfs_index_section *s = &l->sections[i];

		if (!s->is_lazy && overlap(s, offset, len, &at, &part) &&
		    !trfs_section_check_piece(&s->check, data + at, part))
			return trfs_index_odd(err, "a number out of bounds");
	}
	return 0;
}

static int check_blocks(struct trfs_index_loader *l, struct trfs_error *err)
{
	uint8_t *data = malloc(TRFS_GUARD_BLOCK);
	uint32_t first = 0;
	int rc = 0;

	if (!data)
		return trfs_fail_memory(err, "the index");
	for (uint64_t block = 0; rc == 0 && block < l->nr_blocks; block++)
		rc = check_block(l, block, &first, data, err);
	free(data);
	for (uint32_t i = 0; rc == 0 && i < l->nr_sections; i++) {
		if (!l->sections[i].is_lazy &&
		    !trfs_section_check_end(&l->sections[i].check))
			return trfs_index_odd(err, "a list without its end");
	}
	return rc;
}

static int check_sections(struct trfs_index_loader *l, struct trfs_error *err)
{
	const struct trfs_index_section *counts =
		trfs_index_find(l, TRFS_SECTION_COUNTS, 0);
	int rc = 0;

	if (!counts || counts->len != sizeof(l->counts))
		return trfs_index_odd(err, "its counts are missing");
	rc = trfs_file_read(l->fd, counts->offset, &l->counts, sizeof(l->counts));
	if (rc < 0)
		return trfs_fail_errno(err, rc, "reading it");
	if (!sound_counts(&l->counts))
		return trfs_index_odd(err, "its counts");
	rc = trfs_index_expect(l, err);
	return rc == 0 ? check_blocks(l, err) : rc;
}

int trfs_saved_index_load(const char *path,
			  const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
			  uint64_t whole_max, struct trfs_catalog **ret_catalog,
			  struct trfs_plan **ret_plan, struct trfs_layout **ret_layout,
			  struct trfs_error *err)
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
	l.whole = l.size <= whole_max;
	if (rc == 0)
		rc = read_header(&l, fingerprint, err);
	if (rc == 0)
		rc = check_sections(&l, err);
	if (rc == 0)
		rc = trfs_saved_index_map(&l, ret_catalog, ret_plan, ret_layout, err);
	free(l.sections);
	free(l.crcs);
	trfs_file_close(l.fd);
	return rc;
}
