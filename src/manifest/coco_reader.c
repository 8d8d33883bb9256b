/* SPDX-License-Identifier: MIT */
/*
 * Two walks.  The first, in trfs_coco_start(), finds where the annotations of each image
 * are; the second goes over the images and reads what belongs to each.  So memory grows
 * with the number of annotations, 28 bytes each, and not with what they hold.
 */
#include "manifest/coco_reader.h"

#include "base/error.h"
#include "manifest/beneath.h"
#include "manifest/json_pick.h"
#include "manifest/json_scan.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

static const char *const image_arrays[] = { "images", NULL };

/* In the order of their columns. */
static const char *const column_names[] = {
	[TRFS_COCO_PATH] = "path",
	[TRFS_COCO_FILE_NAME] = "file_name",
	[TRFS_COCO_ID] = "id",
	[TRFS_COCO_HEIGHT] = "height",
	[TRFS_COCO_WIDTH] = "width",
	[TRFS_COCO_LABEL] = "label",
	[TRFS_COCO_XMIN] = "objects/xmin",
	[TRFS_COCO_XMAX] = "objects/xmax",
	[TRFS_COCO_YMIN] = "objects/ymin",
	[TRFS_COCO_YMAX] = "objects/ymax",
	[TRFS_COCO_CATEGORY] = "objects/label",
	[TRFS_COCO_CLASS] = "objects/class",
	[TRFS_COCO_IS_CROWD] = "objects/is_crowd",
	[TRFS_COCO_AREA] = "objects/area",
	[TRFS_COCO_OBJECT_ID] = "objects/id",
	[TRFS_COCO_SEGMENTATION] = "objects/segmentation",
	[TRFS_COCO_CAPTION] = "caption",
	[TRFS_COCO_PANOPTIC_FILE] = "panoptic/file",
	[TRFS_COCO_PANOPTIC_SEGMENTS] = "panoptic/segments",
	[TRFS_COCO_SPLIT] = "split",
};

static void source_done(struct trfs_coco_source *source)
{
	if (!source->wanted)
		return;
	trfs_coco_file_done(&source->file);
	trfs_coco_index_done(&source->index);
}

void trfs_coco_done(struct trfs_coco *coco)
{
	trfs_json_stream_close(coco->images);
	trfs_coco_directories_done(&coco->directories);
	source_done(&coco->objects);
	source_done(&coco->captions);
	source_done(&coco->panoptic);
	trfs_coco_categories_done(&coco->categories);
	trfs_coco_categories_done(&coco->things);
	trfs_buffer_done(&coco->masks);
	trfs_buffer_done(&coco->scratch);
}

/* Open what @path names; with NULL the annotations lie in the images' own file @fd. */
static int open_source(const struct trfs_coco *coco, struct trfs_coco_source *source,
		       const char *path, int fd, struct trfs_inputs *inputs,
		       struct trfs_error *err)
{
	const char *own = coco->request->path;

	source->wanted = true;
	if (trfs_coco_index_init(&source->index) < 0) {
		trfs_coco_file_borrow(&source->file, -1);
		return trfs_fail_memory(err, "the annotations");
	}
	if (path) {
		int rc = trfs_coco_file_open(&source->file, path, inputs, err);

		/* The place of the manifest itself is told by whoever called us. */
		if (rc == 0 && own && strcmp(path, own) == 0)
			source->file.shown[0] = '\0';
		return rc;
	}
	trfs_coco_file_borrow(&source->file, fd);
	return 0;
}

static int load_objects(struct trfs_coco *coco, const char *path, int fd,
			struct trfs_inputs *inputs, struct trfs_text_place *ret_place,
			struct trfs_error *err)
{
	struct trfs_coco_wish wish = { NULL, &coco->objects.index };
	int rc = open_source(coco, &coco->objects, path, fd, inputs, err);

	if (rc < 0)
		return rc;
	return trfs_coco_file_load(&coco->objects.file, &wish, 1, &coco->categories,
				   false, ret_place, err);
}

static int load_captions(struct trfs_coco *coco, const char *path, int fd,
			 struct trfs_inputs *inputs, struct trfs_text_place *ret_place,
			 struct trfs_error *err)
{
	struct trfs_coco_wish wish = { NULL, &coco->captions.index };
	int rc = open_source(coco, &coco->captions, path, fd, inputs, err);

	if (rc < 0)
		return rc;
	return trfs_coco_file_load(&coco->captions.file, &wish, 1, NULL, false, ret_place,
				   err);
}

/* What nobody named a file for is taken from the file of the images, if it is there. */
static int load_own(struct trfs_coco *coco, bool objects, bool captions, int fd,
		    struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct trfs_coco_wish wishes[2];
	struct trfs_coco_source *own = objects ? &coco->objects : &coco->captions;
	size_t nr = 0;
	int rc = 0;

	if (objects) {
		rc = open_source(coco, &coco->objects, NULL, fd, NULL, err);
		wishes[nr++] = (struct trfs_coco_wish){ coco->style->marker,
							&coco->objects.index };
	}
	if (rc == 0 && captions) {
		rc = open_source(coco, &coco->captions, NULL, fd, NULL, err);
		wishes[nr++] =
			(struct trfs_coco_wish){ "caption", &coco->captions.index };
	}
	if (rc < 0 || nr == 0)
		return rc;
	return trfs_coco_file_load(&own->file, wishes, nr,
				   objects && !coco->style->single ? &coco->categories
								   : NULL,
				   false, ret_place, err);
}

/* "none" keeps the place of a part without such a file. */
static bool is_none(const char *path)
{
	return path && strcmp(path, "none") == 0;
}

static int load_panoptic(struct trfs_coco *coco, const char *path,
			 struct trfs_inputs *inputs, struct trfs_text_place *ret_place,
			 struct trfs_error *err)
{
	const char *masks = trfs_manifest_part_item(coco->request, panoptic_masks);
	struct trfs_coco_wish wish = { NULL, &coco->panoptic.index };
	int rc;

	if (!masks || is_none(masks))
		return trfs_fail(err, -EINVAL,
				 "the panoptic annotations %s need the directory of "
				 "their pictures: --panoptic-masks-dir",
				 path);
	rc = trfs_beneath_prefix(coco->root, masks, "--panoptic-masks", true,
				 &coco->masks, err);
	if (rc == 0)
		rc = open_source(coco, &coco->panoptic, path, -1, inputs, err);
	if (rc < 0)
		return rc;
	return trfs_coco_file_load(&coco->panoptic.file, &wish, 1, &coco->things, true,
				   ret_place, err);
}

static int load(struct trfs_coco *coco, int fd, struct trfs_inputs *inputs,
		struct trfs_text_place *ret_place, struct trfs_error *err)
{
	const char *objects = trfs_manifest_part_item(coco->request, annotations);
	const char *captions = trfs_manifest_part_item(coco->request, captions);
	const char *panoptic = trfs_manifest_part_item(coco->request, panoptic);
	int rc;

	if (coco->prefix)
		objects = captions = panoptic = NULL;
	rc = load_own(coco, !objects, !captions, fd, ret_place, err);
	if (rc == 0 && objects && !is_none(objects))
		rc = load_objects(coco, objects, -1, inputs, ret_place, err);
	if (rc == 0 && captions && !is_none(captions))
		rc = load_captions(coco, captions, -1, inputs, ret_place, err);
	if (rc == 0 && panoptic && !is_none(panoptic))
		rc = load_panoptic(coco, panoptic, inputs, ret_place, err);
	return rc;
}

static bool has_any(const struct trfs_coco_source *source)
{
	return source->wanted && (source->file.owned || source->index.nr > 0);
}

static bool has_column(const struct trfs_coco *coco, enum trfs_coco_column column)
{
	const struct trfs_options *options = coco->request->options;

	if (column == TRFS_COCO_LABEL)
		return coco->style->labelled;
	if (column == TRFS_COCO_SEGMENTATION)
		return has_any(&coco->objects) && options && options->include_masks &&
		       !coco->style->single;
	if (column == TRFS_COCO_OBJECT_ID)
		return has_any(&coco->objects) && !coco->objects.index.lacks_ids;
	if (column >= TRFS_COCO_XMIN && column <= TRFS_COCO_AREA)
		return has_any(&coco->objects);
	if (column == TRFS_COCO_CAPTION)
		return has_any(&coco->captions);
	if (column == TRFS_COCO_PANOPTIC_FILE || column == TRFS_COCO_PANOPTIC_SEGMENTS)
		return has_any(&coco->panoptic);
	return column != TRFS_COCO_SPLIT || coco->split;
}

static int name_columns(struct trfs_coco *coco, struct trfs_row_builder *rows,
			struct trfs_error *err)
{
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < TRFS_COCO_NR_COLUMNS; i++) {
		if (!has_column(coco, i))
			continue;
		rc = trfs_row_builder_column(rows, trfs_bytes_of(column_names[i]),
					     &coco->columns[i], err);
	}
	return rc;
}

static int find_directories(struct trfs_coco *coco, struct trfs_error *err)
{
	const struct trfs_options *options = coco->request->options;
	const struct trfs_option_list *directories =
		options && !coco->prefix ? &options->image_directories : NULL;
	struct trfs_option_list own = { 0 };

	if (directories && coco->style->own_directory) {
		own.items[0] = trfs_manifest_part_item(coco->request, image_directories);
		own.nr = own.items[0] != NULL;
		directories = &own;
	}
	return trfs_coco_directories_init(&coco->directories, coco->root, directories,
					  err);
}

int trfs_coco_start(struct trfs_coco *coco, int fd, struct trfs_inputs *inputs,
		    struct trfs_row_builder *rows, struct trfs_text_place *ret_place,
		    struct trfs_error *err)
{
	int rc;

	trfs_buffer_init(&coco->scratch, TRFS_JSON_VALUE_MAX);
	trfs_buffer_init(&coco->masks, TRFS_JSON_VALUE_MAX);
	rc = find_directories(coco, err);
	if (rc < 0)
		return rc;
	if (trfs_coco_categories_init(&coco->categories) < 0 ||
	    trfs_coco_categories_init(&coco->things) < 0)
		return trfs_fail_memory(err, "the categories");
	rc = load(coco, fd, inputs, ret_place, err);
	if (rc == 0)
		rc = name_columns(coco, rows, err);
	if (rc == 0)
		rc = trfs_json_stream_open(fd, image_arrays, false, &coco->images, err);
	return rc;
}

/* One remark for a whole file: a list of fewer images than annotations is common. */
static int remark_unused(const struct trfs_coco *coco, struct trfs_coco_source *source,
			 struct trfs_error *err)
{
	static const char *const keys[] = { "image_id" };
	const struct trfs_coco_entry *first = NULL;
	struct trfs_bytes text, id;
	char name[TRFS_PRINTABLE_SIZE];
	char shown[64];
	char reason[128];
	size_t nr;
	int rc;

	nr = source->wanted ? trfs_coco_index_nr_unused(&source->index, &first) : 0;
	if (nr == 0)
		return 0;
	rc = trfs_coco_file_read(&source->file, first, &text, err);
	if (rc == 0)
		rc = trfs_json_pick(text, keys, 1, &id, err);
	if (rc < 0)
		return rc;
	snprintf(name, sizeof(name), "\"image_id\": %s",
		 trfs_text_printable(id, shown, sizeof(shown)));
	snprintf(reason, sizeof(reason), "has an annotation, and no image has this id%s",
		 nr == 1 ? "" : "; ");
	if (nr > 1)
		snprintf(reason + strlen(reason), sizeof(reason) - strlen(reason),
			 "%zu annotations in all are of images that are not listed", nr);
	if (trfs_remarks_add(coco->request->remarks, trfs_bytes_of(name),
			     source->file.owned || coco->prefix ? 0 : first->line,
			     trfs_bytes_of(reason)) < 0)
		return trfs_fail_memory(err, "the remarks");
	return 0;
}

static int finish(struct trfs_coco *coco, struct trfs_error *err)
{
	const char *skipped = trfs_json_stream_skipped(coco->images);
	int rc;

	if (!trfs_json_stream_has(coco->images, 0))
		return trfs_fail(err, -EBADMSG,
				 "expected an object with \"images\": [...]; found an "
				 "object with %s",
				 *skipped ? skipped : "nothing in it");
	rc = remark_unused(coco, &coco->objects, err);
	if (rc == 0)
		rc = remark_unused(coco, &coco->captions, err);
	if (rc == 0)
		rc = remark_unused(coco, &coco->panoptic, err);
	return rc;
}

static void image_done(struct trfs_coco_image *image)
{
	json_decref(image->name_json);
	trfs_coco_id_done(&image->id);
}

/* The parts of a row; each says where it failed. */
static int add_row(struct trfs_coco *coco, const struct trfs_json_element *element,
		   struct trfs_row_builder *rows, struct trfs_text_place *ret_place,
		   struct trfs_error *err)
{
	TRFS_CLEANUP(image_done)
	struct trfs_coco_image image = { .line = coco->prefix ? 0 : element->place.line };
	int rc;

	rc = trfs_coco_image_add(coco, element->text, element->place, &image, rows,
				 ret_place, err);
	if (rc == 0 && coco->split)
		rc = trfs_row_builder_add_text(rows, coco->columns[TRFS_COCO_SPLIT],
					       trfs_bytes_of(coco->split), err);
	if (rc == 0 && coco->objects.wanted)
		rc = trfs_coco_objects_add(coco, &image, rows, ret_place, err);
	if (rc == 0 && coco->captions.wanted)
		rc = trfs_coco_captions_add(coco, &image, rows, ret_place, err);
	if (rc == 0 && coco->panoptic.wanted)
		rc = trfs_coco_panoptic_add(coco, &image, rows, ret_place, err);
	return rc;
}

int trfs_coco_next(struct trfs_coco *coco, struct trfs_row_builder *rows,
		   struct trfs_text_place *ret_place, struct trfs_error *err)
{
	struct trfs_json_element element;
	int rc;

	rc = trfs_json_stream_next(coco->images, &element, ret_place, err);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		*ret_place = (struct trfs_text_place){ 0 };
		return finish(coco, err);
	}
	*ret_place = (struct trfs_text_place){ .line = element.place.line };
	rc = add_row(coco, &element, rows, ret_place, err);
	return rc < 0 ? rc : 1;
}
