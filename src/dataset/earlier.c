/* SPDX-License-Identifier: MIT */
/* A table from names to what was seen of them, and which of it still holds. */
#include "dataset/earlier.h"

#include "base/random.h"
#include "dataset/catalog_memory.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#define SLOT_BITS_MIN 4

/* The list that file @number stands in. */
static const struct trfs_earlier_list *list_of(const struct trfs_earlier_files *files,
					       uint32_t number)
{
	size_t low = 0, high = files->nr_lists;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (files->lists[middle].first <= number)
			low = middle;
		else
			high = middle;
	}
	return &files->lists[low];
}

static struct trfs_bytes name_of(const struct trfs_earlier_files *files, uint32_t number,
				 struct trfs_name *room)
{
	const struct trfs_earlier_list *list = list_of(files, number);

	return trfs_names_get(&list->names, number - list->first, room);
}

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
		    trfs_bytes_equal(name_of(files, (uint32_t)found - 1, &room), name))
			break;
	}
	*ret = files->slots[slot] ? files->slots[slot] : hash >> 32 << 32;
	return slot;
}

static int make_room(struct trfs_earlier_files *files, size_t nr_lists)
{
	files->lists = calloc(nr_lists + 1, sizeof(*files->lists));
	return files->lists ? 0 : -ENOMEM;
}

static int add_list(struct trfs_earlier_files *files, const struct trfs_names *names,
		    const struct trfs_seen *seen, int64_t looked_ns)
{
	/* One less than can be counted: a slot holds the number and one more. */
	if (names->nr >= UINT32_MAX - files->nr)
		return -EOVERFLOW;
	files->lists[files->nr_lists++] = (struct trfs_earlier_list){
		.names = *names, .first = files->nr, .seen = seen, .looked_ns = looked_ns
	};
	files->nr += (uint32_t)names->nr;
	return 0;
}

/* What parts know of file @number; NULL: it is an index's. */
static const struct trfs_seen *seen_of(const struct trfs_earlier_files *files,
				       uint32_t number)
{
	const struct trfs_earlier_list *list = list_of(files, number);

	return list->seen ? &list->seen[number - list->first] : NULL;
}

/*
 * The file @number has the name of @known, which is there already, as have rows of one
 * image, and a mask that images of several parts share.  Any will do of those that saw
 * the same; where one saw it before it was changed, nobody knows which.
 */
static void add_again(struct trfs_earlier_files *files, uint32_t known, uint32_t number)
{
	const struct trfs_seen *a = seen_of(files, known), *b = seen_of(files, number);

	if (a && b && memcmp(a, b, sizeof(*a)) != 0)
		files->doubted[known] = 1;
}

/* When all lists are there. */
static int fill(struct trfs_earlier_files *files)
{
	struct trfs_name room;

	files->slot_bits = SLOT_BITS_MIN;
	/* Three quarters at most are in use. */
	while (((uint64_t)3 << files->slot_bits) / 4 <= files->nr)
		files->slot_bits++;
	if (getrandom(&files->seed, sizeof(files->seed), GRND_NONBLOCK) < 0)
		files->seed = (uint64_t)(uintptr_t)files;
	files->slots = calloc((size_t)1 << files->slot_bits, sizeof(*files->slots));
	files->confirmed = calloc((size_t)files->nr + 1, sizeof(*files->confirmed));
	files->doubted = calloc((size_t)files->nr + 1, sizeof(*files->doubted));
	if (!files->slots || !files->confirmed || !files->doubted)
		return -ENOMEM;
	for (uint32_t i = 0; i < files->nr; i++) {
		struct trfs_bytes name = name_of(files, i, &room);
		uint64_t entry;
		size_t slot = slot_of(files, name, &entry);

		/* Without a name there is no mask. */
		if (name.len > 0 && files->slots[slot] == 0)
			files->slots[slot] = entry | ((uint64_t)i + 1);
		else if (name.len > 0)
			add_again(files, (uint32_t)entry - 1, i);
	}
	return 0;
}

static void files_done(struct trfs_earlier_files *files)
{
	free(files->lists);
	free(files->slots);
	free(files->confirmed);
	free(files->doubted);
}

static int fill_from_index(struct trfs_earlier_files *files,
			   const struct trfs_names *names, int64_t looked_ns)
{
	int rc = make_room(files, 1);

	if (rc == 0)
		rc = add_list(files, names, NULL, looked_ns);
	return rc == 0 ? fill(files) : rc;
}

int trfs_earlier_init(struct trfs_earlier *known, const struct trfs_catalog *before,
		      int64_t looked_ns)
{
	int rc;

	*known = (struct trfs_earlier){ .before = before };
	known->images.before = known->masks.before = before;
	known->masks.are_masks = true;
	rc = fill_from_index(&known->images, &before->names, looked_ns);
	if (rc == 0 && before->masks)
		rc = fill_from_index(&known->masks, &before->mask_names, looked_ns);
	return rc;
}

int trfs_earlier_init_parts(struct trfs_earlier *known,
			    const struct trfs_earlier_part *parts, size_t nr_parts,
			    bool is_believed)
{
	int rc;

	*known = (struct trfs_earlier){ .parts = parts };
	known->images.is_believed = known->masks.is_believed = is_believed;
	rc = make_room(&known->images, nr_parts);
	if (rc == 0)
		rc = make_room(&known->masks, nr_parts);
	for (size_t i = 0; rc == 0 && i < nr_parts; i++) {
		rc = add_list(&known->images, &parts[i].images, parts[i].images_seen,
			      parts[i].looked_ns);
		if (rc == 0)
			rc = add_list(&known->masks, &parts[i].masks, parts[i].masks_seen,
				      parts[i].looked_ns);
	}
	if (rc == 0)
		rc = fill(&known->images);
	return rc == 0 ? fill(&known->masks) : rc;
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

/* Of an index. */
static const struct trfs_example *example_of(const struct trfs_earlier_files *files,
					     uint32_t number)
{
	return files->are_masks ? trfs_catalog_mask(files->before, number)
				: trfs_catalog_example(files->before, number);
}

struct trfs_seen trfs_earlier_seen(const struct trfs_earlier_files *files,
				   uint32_t number, int64_t *ret_looked_ns)
{
	const struct trfs_earlier_list *list = list_of(files, number);

	*ret_looked_ns = list->looked_ns;
	if (list->seen)
		return list->seen[number - list->first];
	return (struct trfs_seen){
		.appearance = *trfs_catalog_appearance(files->before,
						       example_of(files, number)),
	};
}

bool trfs_earlier_is(const struct trfs_earlier_files *files, uint32_t number,
		     const struct trfs_file_identity *now)
{
	const struct trfs_earlier_list *list = list_of(files, number);
	struct trfs_file_identity then;

	if (!list->seen)
		return trfs_example_is(example_of(files, number), now);
	then = trfs_seen_identity(&list->seen[number - list->first]);
	return trfs_file_identity_equal(&then, now);
}

uint64_t trfs_earlier_inputs(const struct trfs_catalog *catalog)
{
	uint64_t digest = 0;

	for (uint64_t i = 0; i < catalog->input_paths.nr; i++) {
		const struct trfs_input_stamp *stamp = &catalog->input_stamps[i];
		const struct trfs_bytes bytes = { (const uint8_t *)stamp,
						  sizeof(*stamp) };

		digest = trfs_random_hash(digest,
					  trfs_strings_get(&catalog->input_paths, i));
		digest = trfs_random_hash(digest, bytes);
	}
	return digest;
}

void trfs_earlier_meet(struct trfs_earlier *known, const struct trfs_catalog *catalog)
{
	known->inputs = trfs_earlier_inputs(catalog);
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

/* What the index knows of a content. */
static bool made_in_index(const struct trfs_earlier *known,
			  const struct trfs_catalog *catalog, struct trfs_content_ref ref,
			  uint32_t number, struct trfs_made *ret)
{
	if (!trfs_content_kind(ref.hole)->of_image)
		return false;
	if (ref.copy > 0 && !same_classes(known->before, number, catalog, ref.example))
		return false;
	ref.example = number;
	return ret && trfs_made_find(known->before, ref, ret);
}

/* Whether an example's mask, if it has one, is as it was. */
static bool mask_is_confirmed(const struct trfs_earlier *known,
			      const struct trfs_catalog *catalog, uint64_t example)
{
	struct trfs_name room;
	struct trfs_bytes name;
	uint32_t number;

	if (!catalog->masks)
		return true;
	name = trfs_names_get(&catalog->mask_names, example, &room);
	if (name.len == 0)
		return true;
	number = trfs_earlier_find(&known->masks, name);
	/* Contents are of what the image's part saw, which may be the other one. */
	return number != TRFS_NOT_EARLIER && known->masks.confirmed[number] &&
	       !known->masks.doubted[number];
}

/* What the part that saw the image knows of a content. */
static bool made_in_part(const struct trfs_earlier *known,
			 const struct trfs_catalog *catalog, struct trfs_content_ref ref,
			 uint32_t number, struct trfs_made *ret)
{
	const struct trfs_earlier_list *list = list_of(&known->images, number);
	const struct trfs_earlier_part *part = &known->parts[list - known->images.lists];
	bool is_of_image = trfs_content_kind(ref.hole)->of_image && ref.copy == 0;
	uint64_t image = number - list->first;

	if (!part->rows || part->rows[image] == TRFS_NO_ROW)
		return false;
	if (!is_of_image &&
	    (part->inputs != known->inputs ||
	     part->rows[image] != trfs_catalog_row(catalog, ref.example) ||
	     !mask_is_confirmed(known, catalog, ref.example)))
		return false;
	return !ret || trfs_made_find_in(trfs_strings_get(&part->made, image), ref, ret);
}

bool trfs_earlier_made(const struct trfs_earlier *known,
		       const struct trfs_catalog *catalog, struct trfs_content_ref ref,
		       struct trfs_made *ret)
{
	struct trfs_name room;
	uint32_t number;

	if (!known)
		return false;
	number = trfs_earlier_find(&known->images,
				   trfs_catalog_name(catalog, ref.example, &room));
	if (number == TRFS_NOT_EARLIER || !known->images.confirmed[number])
		return false;
	return known->before ? made_in_index(known, catalog, ref, number, ret)
			     : made_in_part(known, catalog, ref, number, ret);
}
