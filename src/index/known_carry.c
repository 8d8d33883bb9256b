/* SPDX-License-Identifier: MIT */
/*
 * A table from names to old numbers, then block after block of the new file from runs of
 * the old one.  The new file takes the old one's place; a mount that has the old one open
 * goes on with it.
 */
#include "index/known_carry.h"

#include "base/random.h"
#include "index/known_file.h"
#include "index/saved_index.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Beyond it the table would take more than 512 MB: rather read the images again. */
#define EXAMPLES_MAX (UINT64_C(1) << 26)
#define NONE	     UINT64_MAX
#define BLOCK	     512u

struct trfs_known_carry {
	const char *directory;
	const char *index_name;
	const uint8_t *fingerprint;
	struct trfs_catalog *catalog;
	struct trfs_plan *plan;
	struct trfs_layout *layout;
};

/**
 * struct names - which image has a name
 * @places: a power of two of them, a number and 1, or 0; at most half of them are taken
 */
struct names {
	const struct trfs_catalog *catalog;
	uint32_t *places;
	uint64_t mask;
};

static bool is_there(const char *directory, const char *name)
{
	char *path;
	bool there;

	if (asprintf(&path, "%s/%s", directory, name) < 0)
		return false;
	there = access(path, F_OK) == 0;
	free(path);
	return there;
}

static bool is_anything_known(const char *directory, const char *index_name)
{
	bool known = false;

	for (unsigned int k = 0; k < TRFS_NR_KNOWN_KINDS; k++) {
		char name[TRFS_INDEX_NAME_MAX];

		trfs_known_name(k, index_name, name);
		known = known || is_there(directory, name);
	}
	return known;
}

struct trfs_known_carry *trfs_known_carry_begin(
	const char *directory, const char *index_name,
	const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE])
{
	struct trfs_known_carry *carry = NULL;
	char *path = NULL;

	if (!is_anything_known(directory, index_name) ||
	    asprintf(&path, "%s/%s", directory, index_name) < 0)
		return NULL;
	carry = calloc(1, sizeof(*carry));
	if (carry)
		*carry = (struct trfs_known_carry){ .directory = directory,
						    .index_name = index_name,
						    .fingerprint = fingerprint };
	if (carry && trfs_saved_index_load(path, fingerprint, TRFS_INDEX_WHOLE_MAX,
					   &carry->catalog, &carry->plan, &carry->layout,
					   NULL) < 0)
		carry = trfs_known_carry_end(carry);
	free(path);
	return carry;
}

struct trfs_known_carry *trfs_known_carry_end(struct trfs_known_carry *carry)
{
	if (carry) {
		trfs_layout_free(carry->layout);
		trfs_plan_free(carry->plan);
		trfs_catalog_free(carry->catalog);
		free(carry);
	}
	return NULL;
}

/* Whether all images have the numbers that they had. */
static bool are_alike(const struct trfs_catalog *a, const struct trfs_catalog *b)
{
	struct trfs_name room_a, room_b;

	if (a->nr_examples != b->nr_examples)
		return false;
	for (uint64_t i = 0; i < a->nr_examples; i++) {
		if (!trfs_bytes_equal(trfs_catalog_name(a, i, &room_a),
				      trfs_catalog_name(b, i, &room_b)))
			return false;
	}
	return true;
}

/* The place of a name, or the empty one where it belongs. */
static uint32_t *place_of(const struct names *names, struct trfs_bytes name)
{
	uint64_t i = trfs_random_hash(0, name) & names->mask;
	struct trfs_name room;

	while (names->places[i] != 0 &&
	       !trfs_bytes_equal(
		       trfs_catalog_name(names->catalog, names->places[i] - 1, &room),
		       name))
		i = (i + 1) & names->mask;
	return &names->places[i];
}

static bool make_names(struct names *names, const struct trfs_catalog *catalog)
{
	struct trfs_name room;
	uint64_t nr = 2;

	if (catalog->nr_examples > EXAMPLES_MAX)
		return false;
	while (nr < 2 * catalog->nr_examples)
		nr *= 2;
	*names = (struct names){ .catalog = catalog,
				 .places = calloc((size_t)nr, sizeof(*names->places)),
				 .mask = nr - 1 };
	if (!names->places)
		return false;
	/* Of several rows with one image, which some manifests have, the last one's. */
	for (uint64_t i = 0; i < catalog->nr_examples; i++)
		*place_of(names, trfs_catalog_name(catalog, i, &room)) = (uint32_t)i + 1;
	return true;
}

/* Which number a file had; NONE where it is new. */
static uint64_t old_number(const struct names *names, const struct trfs_catalog *catalog,
			   uint64_t number)
{
	bool is_mask = number >= catalog->nr_examples;
	uint64_t image = is_mask ? number - catalog->nr_examples : number;
	struct trfs_name room;
	uint32_t found = *place_of(names, trfs_catalog_name(catalog, image, &room));

	if (found == 0 || (is_mask && !names->catalog->masks))
		return NONE;
	return found - 1 + (is_mask ? names->catalog->nr_examples : 0);
}

/* Entries of new numbers @first and on; false where all are empty. */
static bool fill(const struct trfs_known_file *old, const struct names *names,
		 const struct trfs_catalog *catalog, uint64_t first, uint64_t nr,
		 uint8_t *ret)
{
	uint64_t at = 0, nr_filled = 0;

	memset(ret, 0, (size_t)nr * old->entry_size);
	while (at < nr) {
		uint64_t start = old_number(names, catalog, first + at);
		uint64_t run = 1;

		while (at + run < nr && start != NONE &&
		       old_number(names, catalog, first + at + run) == start + run)
			run++;
		if (start != NONE)
			nr_filled += trfs_known_file_read(old, start, run,
							  ret + at * old->entry_size);
		at += run;
	}
	return nr_filled > 0;
}

static bool write_blocks(int fd, const struct trfs_known_file *old,
			 const struct names *names, const struct trfs_catalog *catalog,
			 uint64_t nr)
{
	uint8_t *block = malloc((size_t)BLOCK * old->entry_size);
	bool ok = block;

	for (uint64_t first = 0; ok && first < nr; first += BLOCK) {
		uint64_t nr_now = nr - first < BLOCK ? nr - first : BLOCK;
		size_t len = (size_t)nr_now * old->entry_size;
		uint64_t offset = TRFS_KNOWN_HEADER_SIZE + first * old->entry_size;

		if (fill(old, names, catalog, first, nr_now, block))
			ok = pwrite(fd, block, len, (off_t)offset) == (ssize_t)len;
	}
	free(block);
	return ok;
}

static void carry_kind(const struct trfs_known_carry *carry, enum trfs_known_kind kind,
		       const struct names *names, const struct trfs_catalog *catalog)
{
	uint64_t nr = trfs_known_nr(kind, catalog);
	char name[TRFS_INDEX_NAME_MAX];
	struct trfs_atomic_file new = { .fd = -1 };
	struct trfs_known_file old = { .name = NULL };

	trfs_known_name(kind, carry->index_name, name);
	if (trfs_atomic_file_start(&new, carry->directory, name, NULL) < 0)
		return;
	if (trfs_known_file_init(&old, new.directory_fd, name, carry->fingerprint,
				 trfs_known_value_size(kind), nr) == 0 &&
	    atomic_load(&old.access) == TRFS_KNOWN_WRITABLE &&
	    trfs_atomic_file_write(&new, old.header, sizeof(old.header), NULL) == 0 &&
	    write_blocks(new.fd, &old, names, catalog, nr))
		/* Where it cannot be put in its place, the old one stays. */
		(void)!trfs_atomic_file_commit(&new, NULL);
	trfs_known_file_done(&old);
	trfs_atomic_file_abort(&new);
}

void trfs_known_carry_over(const struct trfs_known_carry *carry,
			   const struct trfs_catalog *catalog)
{
	struct names names;

	if (!carry || are_alike(carry->catalog, catalog) ||
	    !make_names(&names, carry->catalog))
		return;
	for (unsigned int k = 0; k < TRFS_NR_KNOWN_KINDS; k++)
		carry_kind(carry, k, &names, catalog);
	free(names.places);
}
