/* SPDX-License-Identifier: MIT */
/*
 * Contents: bytes of a record that are fetched or made only when they are read.  A kind
 * of content is a row of the table in content.c and, mostly, a file of its own.
 *
 * A content's length is in its record's front, so it has to be known when indexing.
 * Where neither the catalog nor arithmetic tells it, the content is made once then, and
 * its length and checksum are kept in the catalog (struct trfs_made).
 */
#ifndef TRFS_DATASET_CONTENT_H
#define TRFS_DATASET_CONTENT_H

#include "base/buffer.h"
#include "dataset/catalog.h"
#include "dataset/source_file.h"
#include "image/recipe.h"

/* Kinds; their numbers are in saved indexes: append only. */
enum trfs_content {
	TRFS_CONTENT_NONE,
	TRFS_CONTENT_IMAGE,	   /* the image file, or what is shown in its place */
	TRFS_CONTENT_IMAGE_SHA256, /* of the image file: 64 lower-case hex digits */
	TRFS_CONTENT_IMAGE_PIXELS, /* height x width x 3 of the image shown */
	TRFS_CONTENT_MASK,	   /* the mask file */
	TRFS_CONTENT_MASK_PIXELS,  /* height x width x 1, or one-hot */
	TRFS_CONTENT_OBJECT_MASK,  /* PNG of each object, from its outline */
	TRFS_CONTENT_PANOPTIC_CLASS,
	TRFS_CONTENT_PANOPTIC_CATEGORY,
	TRFS_CONTENT_PANOPTIC_INSTANCE,
	TRFS_CONTENT_TRIMAP_MASKS,   /* PNG of each object, all of them the trimap's */
	TRFS_CONTENT_TRIMAP_NUMBERS, /* the same, a float32 a pixel, all in one */
	TRFS_NR_CONTENTS
};

/* A hole's number: the kind, and which one where an example has several. */
static inline uint32_t trfs_content_hole(enum trfs_content kind, uint32_t item)
{
	return (uint32_t)kind | item << 8;
}

static inline enum trfs_content trfs_content_kind_of(uint32_t hole)
{
	return (enum trfs_content)(hole & 0xff);
}

static inline uint32_t trfs_content_item_of(uint32_t hole)
{
	return hole >> 8;
}

#define TRFS_CONTENT_ITEMS_MAX (1u << 24)

/**
 * struct trfs_content_ref - one content
 * @copy: 0: of the example itself; else of its augmented copy of that number
 * @hole: kind and item
 */
struct trfs_content_ref {
	uint64_t example;
	uint32_t copy;
	uint32_t hole;
};

/* Where a content's bytes come from. */
enum trfs_origin {
	TRFS_ORIGIN_FILE, /* ranges of a file, see trfs_content_file() */
	TRFS_ORIGIN_HASH, /* the hash of a file */
	TRFS_ORIGIN_MADE, /* made whole, in memory */
};

/**
 * struct trfs_content_maker - what making needs; one a thread
 * @file: of the file that is decoded
 * @scratch: of the picture that is decoded
 */
struct trfs_content_maker {
	const struct trfs_catalog *catalog;
	const struct trfs_root *root;
	struct trfs_buffer file;
	struct trfs_image_scratch scratch;
};

void trfs_content_maker_init(struct trfs_content_maker *maker,
			     const struct trfs_catalog *catalog,
			     const struct trfs_root *root);
void trfs_content_maker_done(struct trfs_content_maker *maker);

/* Let go of memory that only a very large picture needs. */
void trfs_content_maker_trim(struct trfs_content_maker *maker);

/**
 * struct trfs_content_kind - a row of the table
 * @name: as messages call it: "an encoded image", "a hash", "pixels"
 * @needs_masks, @needs_pixels: what the catalog must have, see struct trfs_needs
 * @is_panoptic: its mask is the panoptic picture, which not every example has
 * @several: an example can have more than one
 * @of_image: what is made depends on the image file and the presentation, and where it is
 *	a copy's on the example's name and classes, but on nothing else
 * @origin: where this one's bytes come from
 * @is_measured: whether any has to be made to know its length; NULL: none
 * @nr_items: how many an example has; NULL: one
 * @length: its length, where it is known without making it; false where it is not
 * @make: append its bytes to @out.  -EBADMSG with a sentence that does not name the
 *	image, or what reading the file failed with, which does; NULL where nothing of
 *	the kind is ever made
 */
struct trfs_content_kind {
	const char *name;
	bool needs_masks;
	bool needs_pixels;
	bool is_panoptic;
	bool several;
	bool of_image;
	enum trfs_origin (*origin)(const struct trfs_catalog *catalog,
				   struct trfs_content_ref ref);
	bool (*is_measured)(const struct trfs_presentation *presentation);
	uint32_t (*nr_items)(const struct trfs_catalog *catalog, uint64_t example);
	bool (*length)(const struct trfs_catalog *catalog, struct trfs_content_ref ref,
		       uint64_t *ret);
	int (*make)(struct trfs_content_maker *maker, struct trfs_content_ref ref,
		    struct trfs_buffer *out, struct trfs_error *err);
};

/**
 * struct trfs_image_shown - what the image of a record is
 * @format: JPEG where the recipe makes it anew
 */
struct trfs_image_shown {
	uint32_t height;
	uint32_t width;
	uint8_t channels;
	uint8_t format;
	uint8_t orientation;
};

struct trfs_image_shown trfs_image_shown(const struct trfs_catalog *catalog,
					 uint64_t example, uint32_t copy);

/* Whether the recipe makes an example's image anew. */
bool trfs_image_is_made(const struct trfs_catalog *catalog, uint64_t example);

/* What trfs_image_probe() said of an image or mask. */
struct trfs_image_info trfs_appearance_info(const struct trfs_appearance *appearance);

/* NULL for what is no kind (an index can hold any number). */
const struct trfs_content_kind *trfs_content_kind(uint32_t hole);

/* How many contents of a kind an example has. */
uint32_t trfs_content_nr_items(const struct trfs_catalog *catalog, enum trfs_content kind,
			       uint64_t example);

/*
 * The length of a content: known, or as it was when it was made.  -EBADMSG where it
 * neither is known nor was made: only in a catalog that contradicts itself.
 */
TRFS_MUST_CHECK
int trfs_content_length(const struct trfs_catalog *catalog, struct trfs_content_ref ref,
			uint64_t *ret);

/* The file of a content of TRFS_ORIGIN_FILE or _HASH, see source_file.h. */
uint64_t trfs_content_file(const struct trfs_catalog *catalog,
			   struct trfs_content_ref ref);

/*
 * Make a content of TRFS_ORIGIN_MADE, in place of what @out held.  The sentence names
 * the image.  -EBADMSG where the image is no longer one of which it can be made.
 */
TRFS_MUST_CHECK
int trfs_content_make(struct trfs_content_maker *maker, struct trfs_content_ref ref,
		      struct trfs_buffer *out, struct trfs_error *err);

/**
 * struct trfs_made - a content that was made when indexing; stored in the index as it is
 *
 * Those of an example are one string of catalog->made, by copy, then kind, then item.
 */
struct trfs_made {
	uint32_t copy;
	uint32_t hole;
	uint32_t size;
	uint32_t crc;
};

_Static_assert(sizeof(struct trfs_made) == 16, "stored in the index as it is");

/*
 * A content among those of an example, @made, of which @ref.example says nothing; false
 * where it is not there.
 */
bool trfs_made_find_in(struct trfs_bytes made, struct trfs_content_ref ref,
		       struct trfs_made *ret);

/* What is known of a content that was made; false where it was not. */
bool trfs_made_find(const struct trfs_catalog *catalog, struct trfs_content_ref ref,
		    struct trfs_made *ret);

/* The kinds' own files. */
extern const struct trfs_content_kind trfs_content_image;
extern const struct trfs_content_kind trfs_content_image_sha256;
extern const struct trfs_content_kind trfs_content_image_pixels;
extern const struct trfs_content_kind trfs_content_mask;
extern const struct trfs_content_kind trfs_content_mask_pixels;
extern const struct trfs_content_kind trfs_content_object_mask;
extern const struct trfs_content_kind trfs_content_panoptic;
extern const struct trfs_content_kind trfs_content_trimap_masks;
extern const struct trfs_content_kind trfs_content_trimap_numbers;

#endif
