/* SPDX-License-Identifier: MIT */
/* One annotation file of Pascal VOC. */
#ifndef TRFS_MANIFEST_VOC_XML_H
#define TRFS_MANIFEST_VOC_XML_H

#include "base/buffer.h"
#include "manifest/text.h"

enum {
	TRFS_VOC_FILE_MAX = 16 << 20,
	TRFS_VOC_OBJECTS_MAX = 100000,
};

/* A text of an annotation: where it is within its texts. */
struct trfs_voc_text {
	size_t offset, len;
};

/* Bits of struct trfs_voc_object.has. */
enum trfs_voc_has {
	TRFS_VOC_XMIN = 1 << 0,
	TRFS_VOC_YMIN = 1 << 1,
	TRFS_VOC_XMAX = 1 << 2,
	TRFS_VOC_YMAX = 1 << 3,
	TRFS_VOC_BOX = TRFS_VOC_XMIN | TRFS_VOC_YMIN | TRFS_VOC_XMAX | TRFS_VOC_YMAX,
};

/**
 * struct trfs_voc_object - one <object>
 * @line: where it begins
 * @pose: as it is written, "Unspecified" where there is none
 * @xmin, ...: pixels
 * @has: which of these it has
 * @truncated, @difficult: 0 where there is none
 */
struct trfs_voc_object {
	uint64_t line;
	struct trfs_voc_text name, pose;
	double xmin, ymin, xmax, ymax;
	int64_t truncated, difficult;
	unsigned int has;
};

/**
 * struct trfs_voc_annotation - one file, in memory that is used again for the next
 * @texts: of all fields; UTF-8
 * @width, @height: 0 where there are none
 * @size_line: where these stand, or 0
 * @objects: owned
 */
struct trfs_voc_annotation {
	struct trfs_buffer texts;
	struct trfs_voc_text folder, filename;
	int64_t width, height;
	uint64_t size_line;
	struct trfs_voc_object *objects;
	size_t nr_objects, capacity;
};

void trfs_voc_annotation_init(struct trfs_voc_annotation *a);
void trfs_voc_annotation_done(struct trfs_voc_annotation *a);

static inline struct trfs_bytes trfs_voc_get(const struct trfs_voc_annotation *a,
					     struct trfs_voc_text text)
{
	/* Before the first text there is no memory for any. */
	return text.len > 0 ? (struct trfs_bytes){ a->texts.data + text.offset, text.len }
			    : trfs_bytes_of("");
}

/**
 * trfs_voc_parse() - read one annotation instead of what @a held
 * @xml: the whole file, at most TRFS_VOC_FILE_MAX bytes
 * @ret_line: where an error is, 0 for the file as a whole
 *
 * Checked are the syntax, that the numbers are numbers, and that each object has a name
 * and a whole box; not whether boxes lie in the image.  Names are without blanks at both
 * ends; of an element that comes twice the last counts, as converters read it.  A
 * document type declaration is refused, so that no entity is ever expanded.
 *
 * -EBADMSG or -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_voc_parse(struct trfs_bytes xml, struct trfs_voc_annotation *a,
		   uint64_t *ret_line, struct trfs_error *err);

#endif
