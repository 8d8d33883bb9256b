/* SPDX-License-Identifier: MIT */
/*
 * Takes the seed apart into sections, edits these, lays them out again, edits the file,
 * and seals it.  The last section ends where a page ends, so that reads behind it trap.
 */
#include "index_forge.h"

#include "feed_file.h"

#include "base/compiler.h"
#include "base/crc32c.h"
#include "base/guard.h"
#include "index/format.h"

#define NR_SECTIONS_MAX 128u
#define NR_EDITS_MAX	64u
#define PAGE_SIZE	4096u

struct section {
	uint32_t id;
	uint32_t number;
	uint8_t *data;
	size_t len;
};

struct forge {
	struct section sections[NR_SECTIONS_MAX];
	size_t nr;
};

struct edit {
	uint8_t what;
	uint8_t section;
	uint16_t place;
	uint64_t value;
};

static void add(struct forge *f, uint32_t id, uint32_t number, const uint8_t *data,
		size_t len)
{
	struct section *s = &f->sections[f->nr];

	if (f->nr == NR_SECTIONS_MAX)
		return;
	*s = (struct section){ .id = id, .number = number, .len = len };
	s->data = malloc(len + 1);
	insist(s->data != NULL);
	memcpy(s->data, data, len);
	f->nr++;
}

static void take_apart(struct trfs_bytes seed, struct forge *f)
{
	struct trfs_reader r = trfs_reader_of(seed.data, seed.len);
	uint32_t nr;

	trfs_reader_bytes(&r, 12);
	nr = trfs_reader_u32le(&r);
	trfs_reader_bytes(&r, TRFS_INDEX_HEADER_SIZE - 16);
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t id = trfs_reader_u32le(&r);
		uint32_t number = trfs_reader_u32le(&r);
		uint64_t offset = trfs_reader_u64le(&r);
		uint64_t len = trfs_reader_u64le(&r);

		trfs_reader_u64le(&r);
		insist(!r.failed && offset <= seed.len && len <= seed.len - offset);
		add(f, id, number, seed.data + offset, (size_t)len);
	}
}

/* As much of @value as stands within @len bytes, at element @place. */
static void store(uint8_t *data, size_t len, size_t place, size_t width, uint64_t value)
{
	size_t at = len > 0 ? place * width % len : 0;

	if (len > 0)
		memcpy(data + at, &value, width < len - at ? width : len - at);
}

static void add_number(struct section *s, size_t place, uint64_t value)
{
	uint64_t number;

	if (s->len < sizeof(number))
		return;
	place %= s->len / sizeof(number);
	memcpy(&number, s->data + place * sizeof(number), sizeof(number));
	number += value;
	memcpy(s->data + place * sizeof(number), &number, sizeof(number));
}

static void resize(struct section *s, size_t len)
{
	uint8_t *data = realloc(s->data, len + 1);

	insist(data != NULL);
	if (len > s->len)
		memset(data + s->len, 0, len - s->len);
	s->data = data;
	s->len = len;
}

static void drop(struct forge *f, size_t number)
{
	free(f->sections[number].data);
	f->nr--;
	memmove(&f->sections[number], &f->sections[number + 1],
		(f->nr - number) * sizeof(f->sections[0]));
}

static void edit_section(struct forge *f, const struct edit *e)
{
	size_t number = f->nr > 0 ? e->section % f->nr : 0;
	struct section *s = &f->sections[number];

	if (f->nr == 0)
		return;
	switch ((enum forge_edit)e->what) {
	case FORGE_STORE_U8:
		store(s->data, s->len, e->place, 1, e->value);
		break;
	case FORGE_STORE_U32:
		store(s->data, s->len, e->place, 4, e->value);
		break;
	case FORGE_STORE_U64:
		store(s->data, s->len, e->place, 8, e->value);
		break;
	case FORGE_ADD_U64:
		add_number(s, e->place, e->value);
		break;
	case FORGE_RESIZE:
		resize(s, e->value % FORGE_SECTION_MAX);
		break;
	case FORGE_DROP:
		drop(f, number);
		break;
	case FORGE_REPEAT:
		add(f, s->id, e->place, s->data, s->len);
		break;
	case FORGE_RENAME:
		s->id = e->place;
		s->number = (uint32_t)e->value;
		break;
	default: /* of the file, later */
		break;
	}
}

static size_t aligned(size_t len)
{
	return (len + TRFS_INDEX_ALIGNMENT - 1) / TRFS_INDEX_ALIGNMENT *
	       TRFS_INDEX_ALIGNMENT;
}

static uint8_t *entry_of(struct trfs_buffer *file, size_t i)
{
	return file->data + TRFS_INDEX_HEADER_SIZE + i * TRFS_INDEX_ENTRY_SIZE;
}

/* Header and table without sizes and checksums, and the sections. */
static void lay_out(const struct forge *f, struct trfs_bytes seed,
		    struct trfs_buffer *file)
{
	size_t start, total = 0, offset, nr_blocks;
	uint8_t *data;

	for (size_t i = 0; i < f->nr; i++)
		total += i + 1 < f->nr ? aligned(f->sections[i].len) : f->sections[i].len;
	/* Blocks begin behind the front, so the sections later, to end with a page. */
	nr_blocks = trfs_guard_nr_blocks(total + PAGE_SIZE);
	start = TRFS_INDEX_HEADER_SIZE + f->nr * TRFS_INDEX_ENTRY_SIZE +
		nr_blocks * TRFS_INDEX_CRC_SIZE;
	offset = aligned(start);
	offset += (PAGE_SIZE - (offset + total) % PAGE_SIZE) % PAGE_SIZE /
		  TRFS_INDEX_ALIGNMENT * TRFS_INDEX_ALIGNMENT;
	nr_blocks = trfs_guard_nr_blocks(offset + total - aligned(start));

	data = trfs_buffer_extend(file, offset + total);
	insist(data != NULL);
	memset(data, 0, offset + total);
	memcpy(data, seed.data, 48);
	trfs_store_u32le(data + 12, (uint32_t)f->nr);
	trfs_store_u32le(data + 56, (uint32_t)nr_blocks);
	for (size_t i = 0; i < f->nr; i++) {
		const struct section *s = &f->sections[i];
		uint8_t *entry = entry_of(file, i);

		trfs_store_u32le(entry, s->id);
		trfs_store_u32le(entry + 4, s->number);
		trfs_store_u64le(entry + 8, offset);
		trfs_store_u64le(entry + 16, s->len);
		memcpy(data + offset, s->data, s->len);
		offset += aligned(s->len);
	}
}

static void edit_file(struct trfs_buffer *file, size_t nr_sections, const struct edit *e)
{
	size_t table_end = TRFS_INDEX_HEADER_SIZE + nr_sections * TRFS_INDEX_ENTRY_SIZE;
	size_t number = nr_sections > 0 ? e->section % nr_sections : 0;
	bool in_table = nr_sections > 0 && table_end <= file->len;

	switch ((enum forge_edit)e->what) {
	case FORGE_FILE_U8:
		store(file->data, file->len, e->place, 1, e->value);
		break;
	case FORGE_FILE_U64:
		if (e->place < file->len)
			store(file->data + e->place, file->len - e->place, 0, 8,
			      e->value);
		break;
	case FORGE_FILE_CUT:
		file->len = e->place < file->len ? e->place : file->len;
		break;
	case FORGE_ENTRY_OFFSET:
		if (in_table)
			trfs_store_u64le(entry_of(file, number) + 8, e->value);
		break;
	case FORGE_ENTRY_LENGTH:
		if (in_table)
			trfs_store_u64le(entry_of(file, number) + 16, e->value);
		break;
	default: /* of a section, done */
		break;
	}
}

/* Checksums of all that lies within the file, whatever its header has become. */
static void seal(struct trfs_buffer *file, uint8_t flags)
{
	struct trfs_reader r;
	uint32_t nr, nr_blocks, crc;
	uint64_t table, len;
	size_t at;

	if (file->len < TRFS_INDEX_HEADER_SIZE)
		return;
	if (!(flags & FORGE_KEEP_SIZE))
		trfs_store_u64le(file->data + 48, file->len);
	r = trfs_reader_of(file->data + 12, 4);
	nr = trfs_reader_u32le(&r);
	r = trfs_reader_of(file->data + 56, 4);
	nr_blocks = trfs_reader_u32le(&r);
	table = (uint64_t)nr * TRFS_INDEX_ENTRY_SIZE;
	len = table + (uint64_t)nr_blocks * TRFS_INDEX_CRC_SIZE;
	if (len > file->len - TRFS_INDEX_HEADER_SIZE)
		return;
	at = aligned(TRFS_INDEX_HEADER_SIZE + (size_t)len);
	for (uint32_t i = 0; i < nr_blocks && at < file->len; i++) {
		size_t left = file->len - at;
		size_t some = left < TRFS_GUARD_BLOCK ? left : TRFS_GUARD_BLOCK;

		trfs_store_u32le(file->data + TRFS_INDEX_HEADER_SIZE + table +
					 (size_t)i * TRFS_INDEX_CRC_SIZE,
				 trfs_crc32c(0, file->data + at, some));
		at += some;
	}
	crc = trfs_crc32c(0, file->data, 60);
	crc = trfs_crc32c(crc, file->data + TRFS_INDEX_HEADER_SIZE, (size_t)len);
	trfs_store_u32le(file->data + 60, crc);
}

static bool next_edit(struct trfs_reader *r, struct edit *ret)
{
	ret->what = trfs_reader_u8(r) % FORGE_NR_EDITS;
	ret->section = trfs_reader_u8(r);
	ret->place = trfs_reader_u8(r);
	ret->place = (uint16_t)(ret->place | trfs_reader_u8(r) << 8);
	ret->value = trfs_reader_u64le(r);
	return !r->failed;
}

void forge_index(struct trfs_bytes seed, struct trfs_bytes edits, struct trfs_buffer *ret)
{
	struct trfs_reader r = trfs_reader_of(edits.data, edits.len);
	uint8_t flags = edits.len > 0 ? trfs_reader_u8(&r) : 0;
	struct trfs_reader again = r;
	struct forge f = { .nr = 0 };
	struct edit e;

	take_apart(seed, &f);
	for (size_t i = 0; i < NR_EDITS_MAX && next_edit(&r, &e); i++)
		edit_section(&f, &e);
	lay_out(&f, seed, ret);
	if (flags & FORGE_KEEP_CHECKSUMS)
		seal(ret, 0);
	for (size_t i = 0; i < NR_EDITS_MAX && next_edit(&again, &e); i++)
		edit_file(ret, f.nr, &e);
	if (!(flags & FORGE_KEEP_CHECKSUMS))
		seal(ret, flags);
	while (f.nr > 0)
		drop(&f, f.nr - 1);
}
