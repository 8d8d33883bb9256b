/* SPDX-License-Identifier: MIT */
/*
 * Files of known sums that are written by us, by somebody else, and by accident: after
 * whatever sequence of that a sum is one that was once computed of that file, or unknown.
 *
 *	u8 flags (enum flag), then steps of four bytes:
 *	u8 what (enum step), u8 number of a file, u16 value
 */
#include "feed_file.h"
#include "index_seed.h"
#include "source_files.h"

#include "index/known_carry.h"
#include "index/known_column.h"

#include <fcntl.h>

#define NR_VALUES_MAX 1024u /* steps of the longest input */
#define NR_FILES_MAX  16u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum flag {
	FLAG_SHA256 = 1,
	FLAG_NO_DIRECTORY = 2,
	FLAG_CARRY = 4, /* in the end, to an index whose images have other numbers */
};

enum step {
	STEP_GET,
	STEP_SET,
	STEP_OPEN_ANEW,
	STEP_HEADER, /* the right one */
	STEP_ENTRY,  /* a right one, of @value */
	STEP_BYTE,   /* the low byte of @value at @number and its high byte */
	STEP_CUT,
	NR_STEPS
};

/* What was once computed of each file. */
struct model {
	uint16_t values[NR_FILES_MAX][NR_VALUES_MAX];
	size_t nr[NR_FILES_MAX];
};

struct known {
	const struct trfs_catalog *catalog;
	enum trfs_known_kind kind;
	char name[TRFS_INDEX_NAME_MAX];
	int directory_fd;
	int fd; /* of whoever else writes */
	struct trfs_known_column column;
	struct model model;
};

static const struct trfs_catalog *catalog(bool is_turned)
{
	static const struct trfs_generation *generations[2];

	if (!generations[0]) {
		seed_index();
		generations[0] = seed_generation();
		generations[1] = seed_generation_turned();
	}
	return trfs_generation_catalog(generations[is_turned]);
}

static void spread(uint16_t value, uint8_t ret[TRFS_KNOWN_VALUE_MAX])
{
	for (size_t i = 0; i < TRFS_KNOWN_VALUE_MAX; i++)
		ret[i] = (uint8_t)(value >> i % 2 * 8);
}

static void note(struct model *m, uint64_t number, uint16_t value)
{
	insist(number < NR_FILES_MAX);
	m->values[number][m->nr[number]++ % NR_VALUES_MAX] = value;
}

static void check_known(const struct known *k, struct trfs_known_column *column,
			uint64_t asked, uint64_t number)
{
	uint32_t size = trfs_known_value_size(k->kind);
	uint8_t got[TRFS_KNOWN_VALUE_MAX], value[TRFS_KNOWN_VALUE_MAX];
	bool is_right = false;

	if (!trfs_known_column_get(column, asked, got))
		return;
	for (size_t i = 0; i < k->model.nr[number] && i < NR_VALUES_MAX; i++) {
		spread(k->model.values[number][i], value);
		is_right |= memcmp(got, value, size) == 0;
	}
	insist(is_right);
}

static void open_column(struct known *k)
{
	insist(trfs_known_column_init(&k->column, k->catalog,
				      trfs_known_nr(k->kind, k->catalog),
				      trfs_known_value_size(k->kind), k->directory_fd,
				      k->name, seed_fingerprint) == 0);
}

static void set(struct known *k, uint64_t number, uint16_t value)
{
	uint8_t bytes[TRFS_KNOWN_VALUE_MAX];

	spread(value, bytes);
	note(&k->model, number, value);
	trfs_known_column_set(&k->column, number, bytes);
	check_known(k, &k->column, number, number);
}

static void write_entry(struct known *k, uint64_t number, uint16_t value)
{
	struct trfs_source_file file = trfs_source_file_get(k->catalog, number);
	uint32_t size = trfs_known_value_size(k->kind);
	uint8_t bytes[TRFS_KNOWN_VALUE_MAX], entry[TRFS_KNOWN_ENTRY_MAX];
	size_t entry_size = size + TRFS_KNOWN_CHECK_SIZE;

	spread(value, bytes);
	note(&k->model, number, value);
	trfs_known_entry_make(&file, bytes, size, entry);
	insist(pwrite(k->fd, entry, entry_size,
		      (off_t)(TRFS_KNOWN_HEADER_SIZE + number * entry_size)) ==
	       (ssize_t)entry_size);
}

static void take_step(struct known *k, uint8_t what, uint8_t place, uint16_t value)
{
	uint64_t number = place % trfs_known_nr(k->kind, k->catalog);
	off_t offset = place | (value & 0xf00);
	uint8_t header[TRFS_KNOWN_HEADER_SIZE];
	uint8_t byte = (uint8_t)value;

	switch ((enum step)(what % NR_STEPS)) {
	case STEP_GET:
		check_known(k, &k->column, number, number);
		break;
	case STEP_SET:
		set(k, number, value);
		break;
	case STEP_OPEN_ANEW:
		trfs_known_column_done(&k->column);
		open_column(k);
		break;
	case STEP_HEADER:
		trfs_known_header(trfs_known_value_size(k->kind), seed_fingerprint,
				  header);
		insist(pwrite(k->fd, header, sizeof(header), 0) == sizeof(header));
		break;
	case STEP_ENTRY:
		write_entry(k, number, value);
		break;
	case STEP_BYTE:
		insist(pwrite(k->fd, &byte, 1, offset) == 1);
		break;
	case STEP_CUT:
		insist(ftruncate(k->fd, offset) == 0);
		break;
	case NR_STEPS:
		break;
	}
}

/* The number that a file of the turned catalog has in the other one. */
static uint64_t number_before(const struct known *k, const struct trfs_catalog *turned,
			      uint64_t number)
{
	struct trfs_name room_a, room_b;
	struct trfs_bytes name = trfs_catalog_name(turned, number, &room_a);
	uint64_t i = 0;

	while (!trfs_bytes_equal(trfs_catalog_name(k->catalog, i, &room_b), name))
		i++;
	return i;
}

static void carry_over(const struct known *k)
{
	const struct trfs_catalog *turned = catalog(true);
	struct trfs_known_carry *carry = trfs_known_carry_begin(
		source_directory(), "seed.index", seed_fingerprint);
	struct trfs_known_column column;

	insist(carry != NULL);
	trfs_known_carry_over(carry, turned);
	trfs_known_carry_end(carry);
	insist(trfs_known_column_init(&column, turned, turned->nr_examples,
				      trfs_known_value_size(k->kind), k->directory_fd,
				      k->name, seed_fingerprint) == 0);
	for (uint64_t i = 0; i < turned->nr_examples; i++)
		check_known(k, &column, i, number_before(k, turned, i));
	trfs_known_column_done(&column);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trfs_reader r = trfs_reader_of(data, size);
	uint8_t flags = trfs_reader_u8(&r);
	static struct known k;

	k = (struct known){ .catalog = catalog(false), .directory_fd = -1 };
	k.kind = flags & FLAG_SHA256 ? TRFS_KNOWN_SHA256 : TRFS_KNOWN_CRC32C;
	trfs_known_name(k.kind, "seed.index", k.name);
	k.directory_fd = open(source_directory(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	insist(k.directory_fd >= 0);
	(void)!unlinkat(k.directory_fd, k.name, 0);
	k.fd = openat(k.directory_fd, k.name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	insist(k.fd >= 0);
	if (flags & FLAG_NO_DIRECTORY) {
		close(k.directory_fd);
		k.directory_fd = -1;
	}
	open_column(&k);
	while (r.left.len >= 4) {
		uint8_t what = trfs_reader_u8(&r);
		uint8_t place = trfs_reader_u8(&r);
		uint16_t low = trfs_reader_u8(&r);

		take_step(&k, what, place, (uint16_t)(low | trfs_reader_u8(&r) << 8));
	}
	trfs_known_column_done(&k.column);
	if (flags & FLAG_CARRY)
		carry_over(&k);
	close(k.fd);
	if (k.directory_fd >= 0)
		close(k.directory_fd);
	return 0;
}
