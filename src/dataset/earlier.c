/* SPDX-License-Identifier: MIT */
/* A table from names to what was seen of them, and which of it still holds. */
#include "dataset/earlier.h"

#include "base/random.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#define SLOT_BITS_MIN 4

/*
 * Where @name is, or the empty slot where it would be; and what stands there, or but for
 * the number would.
 */
static size_t slot_of(const struct trfs_earlier_files *files, struct trfs_bytes name,
		      uint64_t *ret)
{
	size_t mask = ((size_t)1 << files->slot_bits) - 1;
	uint64_t hash = trfs_random_hash(files->seed, name);
	size_t slot = (size_t)hash & mask;
	struct trfs_name room;

	for (; files->slots[slot] > 0; slot = (slot + 1) & mask) {
		uint64_t found = files->slots[slot];

		if (found >> 32 == hash >> 32 &&
		    trfs_bytes_equal(
			    trfs_names_get(&files->names, (uint32_t)found - 1, &room),
			    name))
			break;
	}
	*ret = files->slots[slot] ? files->slots[slot] : hash >> 32 << 32;
	return slot;
}

static int init_files(struct trfs_earlier_files *files, const struct trfs_catalog *before,
		      bool are_masks, const struct trfs_names *names)
{
	struct trfs_name room;

	files->before = before;
	files->are_masks = are_masks;
	files->names = *names;
	files->slot_bits = SLOT_BITS_MIN;
	/* Three quarters at most are in use. */
	while (((uint64_t)3 << files->slot_bits) / 4 <= names->nr)
		files->slot_bits++;
	if (getrandom(&files->seed, sizeof(files->seed), GRND_NONBLOCK) < 0)
		files->seed = (uint64_t)(uintptr_t)files;
	files->slots = calloc((size_t)1 << files->slot_bits, sizeof(*files->slots));
	files->confirmed = calloc((size_t)names->nr + 1, sizeof(*files->confirmed));
	if (!files->slots || !files->confirmed)
		return -ENOMEM;
	for (uint64_t i = 0; i < names->nr; i++) {
		struct trfs_bytes name = trfs_names_get(names, i, &room);
		uint64_t entry;
		size_t slot = slot_of(files, name, &entry);

		/* Without a name there is no mask; of rows of one image any will do. */
		if (name.len > 0 && files->slots[slot] == 0)
			files->slots[slot] = entry | (i + 1);
	}
	return 0;
}

static void files_done(struct trfs_earlier_files *files)
{
	free(files->slots);
	free(files->confirmed);
}

int trfs_earlier_init(struct trfs_earlier *known, const struct trfs_catalog *before,
		      int64_t looked_ns)
{
	int rc;

	*known = (struct trfs_earlier){ .before = before };
	known->images.looked_ns = known->masks.looked_ns = looked_ns;
	rc = init_files(&known->images, before, false, &before->names);
	if (rc == 0 && before->masks)
		rc = init_files(&known->masks, before, true, &before->mask_names);
	return rc;
}

void trfs_earlier_done(struct trfs_earlier *known)
{
	files_done(&known->images);
	files_done(&known->masks);
	*known = (struct trfs_earlier){ .before = NULL };
}

uint32_t trfs_earlier_find(const struct trfs_earlier_files *files, struct trfs_bytes name)
{
	uint64_t entry;

	if (!files->slots)
		return TRFS_NOT_EARLIER;
	slot_of(files, name, &entry);
	/* 0 where there is none, and so TRFS_NOT_EARLIER. */
	return (uint32_t)entry - 1;
}

/* By name: numbers may be others. */
static bool same_classes(const struct trfs_catalog *a, uint64_t example_a,
			 const struct trfs_catalog *b, uint64_t example_b)
{
	size_t nr_a, nr_b;
	const uint8_t *labels_a = trfs_catalog_labels(a, example_a, &nr_a);
	const uint8_t *labels_b = trfs_catalog_labels(b, example_b, &nr_b);

	if (nr_a != nr_b)
		return false;
	for (size_t i = 0; i < nr_a; i++) {
		struct trfs_bytes class_a = trfs_strings_get(
			&a->class_names, trfs_catalog_label(labels_a, i));
		struct trfs_bytes class_b = trfs_strings_get(
			&b->class_names, trfs_catalog_label(labels_b, i));

		if (!trfs_bytes_equal(class_a, class_b))
			return false;
	}
	return true;
}

bool trfs_earlier_made(const struct trfs_earlier *known,
		       const struct trfs_catalog *catalog, struct trfs_content_ref ref,
		       struct trfs_made *ret)
{
	struct trfs_name room;
	uint32_t number;

	if (!known || !trfs_content_kind(ref.hole)->of_image)
		return false;
	number = trfs_earlier_find(&known->images,
				   trfs_catalog_name(catalog, ref.example, &room));
	if (number == TRFS_NOT_EARLIER || !known->images.confirmed[number])
		return false;
	if (ref.copy > 0 && !same_classes(known->before, number, catalog, ref.example))
		return false;
	ref.example = number;
	return trfs_made_find(known->before, ref, ret);
}
