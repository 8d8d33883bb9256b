/* SPDX-License-Identifier: MIT */
/* The table of kinds of contents, and what holds for all of them. */
#include "dataset/content.h"

#include "base/error.h"
#include "manifest/text.h"

#include <errno.h>

/* No record holds more: see trfs_record_layout(). */
#define FILE_SIZE_MAX UINT32_MAX
/* What a maker that waits for work keeps of files and of pictures, each. */
#define IDLE_SIZE_MAX (16u << 20)

static const struct trfs_content_kind *const kinds[TRFS_NR_CONTENTS] = {
	[TRFS_CONTENT_IMAGE] = &trfs_content_image,
	[TRFS_CONTENT_IMAGE_SHA256] = &trfs_content_image_sha256,
	[TRFS_CONTENT_IMAGE_PIXELS] = &trfs_content_image_pixels,
	[TRFS_CONTENT_MASK] = &trfs_content_mask,
	[TRFS_CONTENT_MASK_PIXELS] = &trfs_content_mask_pixels,
	[TRFS_CONTENT_OBJECT_MASK] = &trfs_content_object_mask,
	[TRFS_CONTENT_PANOPTIC_CLASS] = &trfs_content_panoptic,
	[TRFS_CONTENT_PANOPTIC_CATEGORY] = &trfs_content_panoptic,
	[TRFS_CONTENT_PANOPTIC_INSTANCE] = &trfs_content_panoptic,
	[TRFS_CONTENT_TRIMAP_MASKS] = &trfs_content_trimap_masks,
	[TRFS_CONTENT_TRIMAP_NUMBERS] = &trfs_content_trimap_numbers,
};

const struct trfs_content_kind *trfs_content_kind(uint32_t hole)
{
	enum trfs_content kind = trfs_content_kind_of(hole);

	return (unsigned int)kind < TRFS_NR_CONTENTS ? kinds[kind] : NULL;
}

struct trfs_image_info trfs_appearance_info(const struct trfs_appearance *appearance)
{
	return (struct trfs_image_info){
		.height = appearance->height,
		.width = appearance->width,
		.format = appearance->format,
		.channels = appearance->channels,
		.depth = appearance->depth,
		.orientation = appearance->orientation,
		.oddities = appearance->oddities,
	};
}

static struct trfs_image_info info_of(const struct trfs_catalog *catalog,
				      uint64_t example)
{
	return trfs_appearance_info(
		trfs_catalog_appearance(catalog, trfs_catalog_example(catalog, example)));
}

bool trfs_image_is_made(const struct trfs_catalog *catalog, uint64_t example)
{
	const struct trfs_recipe *recipe = &catalog->presentation.recipe;
	struct trfs_image_info info = info_of(catalog, example);
	struct trfs_bytes name = { NULL, 0 };
	struct trfs_name room;

	/* Only what is fixed is so by its name. */
	if (recipe->fixes)
		name = trfs_catalog_name(catalog, example, &room);
	return trfs_recipe_applies(recipe, name, &info);
}

struct trfs_image_shown trfs_image_shown(const struct trfs_catalog *catalog,
					 uint64_t example, uint32_t copy)
{
	struct trfs_image_info info = info_of(catalog, example);
	struct trfs_image_shown shown = {
		.channels = info.channels,
		.format = info.format,
		.orientation = info.orientation,
	};

	if (catalog->presentation.recipe.apply_orientation)
		shown.orientation = 1;
	trfs_recipe_size(&catalog->presentation.recipe, &info, &shown.height,
			 &shown.width);
	if (copy > 0 || trfs_image_is_made(catalog, example)) {
		shown.channels = 3;
		shown.format = TRFS_IMAGE_JPEG;
	}
	return shown;
}

uint32_t trfs_content_nr_items(const struct trfs_catalog *catalog, enum trfs_content kind,
			       uint64_t example)
{
	if (kinds[kind]->needs_masks && !catalog->masks)
		return 0;
	return kinds[kind]->nr_items ? kinds[kind]->nr_items(catalog, example) : 1;
}

/* By copy, kind and item: as they are made. */
static uint64_t place_of(uint32_t copy, uint32_t hole)
{
	return (uint64_t)copy << 32 | (uint64_t)trfs_content_kind_of(hole) << 24 |
	       trfs_content_item_of(hole);
}

bool trfs_made_find_in(struct trfs_bytes made, struct trfs_content_ref ref,
		       struct trfs_made *ret)
{
	uint64_t wanted = place_of(ref.copy, ref.hole);
	size_t low = 0, high = made.len / sizeof(*ret);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint64_t found;

		/* Mapped from an index, it need not be aligned. */
		memcpy(ret, made.data + middle * sizeof(*ret), sizeof(*ret));
		found = place_of(ret->copy, ret->hole);
		if (found == wanted)
			return true;
		if (found < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool trfs_made_find(const struct trfs_catalog *catalog, struct trfs_content_ref ref,
		    struct trfs_made *ret)
{
	return ref.example < catalog->made.nr &&
	       trfs_made_find_in(trfs_strings_get(&catalog->made, ref.example), ref, ret);
}

int trfs_content_length(const struct trfs_catalog *catalog, struct trfs_content_ref ref,
			uint64_t *ret)
{
	struct trfs_made made;

	if (trfs_content_kind(ref.hole)->length(catalog, ref, ret))
		return 0;
	if (!trfs_made_find(catalog, ref, &made))
		return -EBADMSG;
	*ret = made.size;
	return 0;
}

uint64_t trfs_content_file(const struct trfs_catalog *catalog,
			   struct trfs_content_ref ref)
{
	if (trfs_content_kind(ref.hole)->needs_masks)
		return trfs_source_file_of_mask(catalog, ref.example);
	return ref.example;
}

void trfs_content_maker_init(struct trfs_content_maker *maker,
			     const struct trfs_catalog *catalog,
			     const struct trfs_root *root)
{
	*maker = (struct trfs_content_maker){ .catalog = catalog, .root = root };
	trfs_buffer_init(&maker->file, FILE_SIZE_MAX);
}

void trfs_content_maker_done(struct trfs_content_maker *maker)
{
	trfs_buffer_done(&maker->file);
	trfs_image_scratch_done(&maker->scratch);
}

void trfs_content_maker_trim(struct trfs_content_maker *maker)
{
	struct trfs_image_scratch *scratch = &maker->scratch;

	if (maker->file.capacity > IDLE_SIZE_MAX) {
		trfs_buffer_done(&maker->file);
		trfs_buffer_init(&maker->file, FILE_SIZE_MAX);
	}
	if (scratch->pixels.capacity > IDLE_SIZE_MAX ||
	    scratch->spare.capacity > IDLE_SIZE_MAX) {
		trfs_image_scratch_done(scratch);
		*scratch = (struct trfs_image_scratch){ 0 };
	}
}

int trfs_content_make(struct trfs_content_maker *maker, struct trfs_content_ref ref,
		      struct trfs_buffer *out, struct trfs_error *err)
{
	const struct trfs_content_kind *kind = trfs_content_kind(ref.hole);
	char image[TRFS_PRINTABLE_SIZE];
	struct trfs_name room;
	int rc;

	trfs_buffer_reset(out);
	rc = kind->make(maker, ref, out, err);
	if (rc == 0 && out->failed)
		return trfs_fail_memory(err, kind->name);
	if (rc == -EBADMSG) {
		trfs_text_printable(trfs_catalog_name(maker->catalog, ref.example, &room),
				    image, sizeof(image));
		return trfs_error_prefix(err, rc, "%s", image);
	}
	return rc;
}
