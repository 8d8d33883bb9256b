/* SPDX-License-Identifier: MIT */
/*
 * The table of sources, and the functions that give their values.  Each of them looks at
 * one example of the catalog and knows nothing of schemas, types or missing values.
 */
#include "dataset/feature_source.h"

#include "dataset/cell.h"
#include "dataset/feature_source_names.h"

#include <errno.h>

static const struct trfs_example *example_of(const struct trfs_source_request *request)
{
	return trfs_catalog_example(request->catalog, request->example);
}

static struct trfs_image_shown shown_of(const struct trfs_source_request *request)
{
	return trfs_image_shown(request->catalog, request->example, request->copy);
}

/* A hole for each content of the row's kind. */
static int give_content(const struct trfs_source_request *request,
			struct trfs_feature_values *values)
{
	const struct trfs_catalog *catalog = request->catalog;
	uint32_t nr = trfs_content_nr_items(catalog, request->content, request->example);

	for (uint32_t item = 0; item < nr; item++) {
		struct trfs_content_ref ref = {
			.example = request->example,
			.copy = request->copy,
			.hole = trfs_content_hole(request->content, item),
		};
		uint64_t len;
		int rc = trfs_content_length(catalog, ref, &len);

		if (rc < 0)
			return rc;
		trfs_feature_values_give_content(values, ref.hole, len);
	}
	return 0;
}

static int give_image_size(const struct trfs_source_request *request,
			   struct trfs_feature_values *values)
{
	trfs_feature_values_give_integer(values, example_of(request)->size);
	return 0;
}

static int give_image_height(const struct trfs_source_request *request,
			     struct trfs_feature_values *values)
{
	trfs_feature_values_give_integer(values, shown_of(request).height);
	return 0;
}

static int give_image_width(const struct trfs_source_request *request,
			    struct trfs_feature_values *values)
{
	trfs_feature_values_give_integer(values, shown_of(request).width);
	return 0;
}

static int give_image_channels(const struct trfs_source_request *request,
			       struct trfs_feature_values *values)
{
	trfs_feature_values_give_integer(values, shown_of(request).channels);
	return 0;
}

static int give_image_depth(const struct trfs_source_request *request,
			    struct trfs_feature_values *values)
{
	trfs_feature_values_give_integer(
		values,
		trfs_catalog_appearance(request->catalog, example_of(request))->depth);
	return 0;
}

static int give_image_orientation(const struct trfs_source_request *request,
				  struct trfs_feature_values *values)
{
	trfs_feature_values_give_integer(values, shown_of(request).orientation);
	return 0;
}

static int give_image_format(const struct trfs_source_request *request,
			     struct trfs_feature_values *values)
{
	enum trfs_image_format format = shown_of(request).format;

	trfs_feature_values_give_text(values,
				      trfs_bytes_of(trfs_image_format_name(format)));
	return 0;
}

static int give_image_colorspace(const struct trfs_source_request *request,
				 struct trfs_feature_values *values)
{
	unsigned int channels = shown_of(request).channels;
	bool grey = channels == 1 || channels == 2;

	trfs_feature_values_give_text(values, trfs_bytes_of(grey ? "grayscale" : "RGB"));
	return 0;
}

static int give_mask_format(const struct trfs_source_request *request,
			    struct trfs_feature_values *values)
{
	enum trfs_image_format format;

	if (!request->catalog->masks)
		return 0;
	format = trfs_catalog_appearance(
			 request->catalog,
			 trfs_catalog_mask(request->catalog, request->example))
			 ->format;
	trfs_feature_values_give_text(values,
				      trfs_bytes_of(trfs_image_format_name(format)));
	return 0;
}

static int give_label_id(const struct trfs_source_request *request,
			 struct trfs_feature_values *values)
{
	const struct trfs_catalog *catalog = request->catalog;
	size_t nr;
	const uint8_t *labels = trfs_catalog_labels(catalog, request->example, &nr);

	for (size_t i = 0; i < nr; i++) {
		uint32_t number = trfs_catalog_label(labels, i);

		if (number >= catalog->class_names.nr)
			return -EBADMSG;
		trfs_feature_values_give_integer(values, catalog->class_ids[number]);
	}
	return 0;
}

static int give_label_text(const struct trfs_source_request *request,
			   struct trfs_feature_values *values)
{
	const struct trfs_catalog *catalog = request->catalog;
	size_t nr;
	const uint8_t *labels = trfs_catalog_labels(catalog, request->example, &nr);

	for (size_t i = 0; i < nr; i++) {
		uint32_t number = trfs_catalog_label(labels, i);

		if (number >= catalog->class_names.nr)
			return -EBADMSG;
		trfs_feature_values_give_text(
			values, trfs_strings_get(&catalog->class_names, number));
	}
	return 0;
}

static int give_example_number(const struct trfs_source_request *request,
			       struct trfs_feature_values *values)
{
	trfs_feature_values_give_integer(values, (int64_t)request->example);
	return 0;
}

static int give_column(const struct trfs_source_request *request,
		       struct trfs_feature_values *values)
{
	struct trfs_cell_reader reader;
	struct trfs_value value;
	struct trfs_bytes cell;

	if (request->column == TRFS_NO_COLUMN) /* optional, and not there */
		return 0;
	trfs_buffer_reset(&values->scratch);
	cell = trfs_catalog_cell(request->catalog, request->column, request->example,
				 &values->scratch);
	if (values->scratch.failed)
		return -ENOMEM;
	if (!trfs_column_is_stored(&request->catalog->columns[request->column])) {
		/* A virtual cell stands in the scratch, which the next one overwrites. */
		cell = trfs_value_arena_copy(&values->arena, cell);
		if (!cell.data)
			return -ENOMEM;
	}

	trfs_cell_reader_init(&reader, cell);
	while (trfs_cell_reader_next(&reader, &value))
		trfs_feature_values_give_value(values, &value);
	return 0;
}

#define BYTES TRFS_FEATURE_BYTES
#define INT64 TRFS_FEATURE_INT64
#define FLOAT TRFS_FEATURE_FLOAT

const struct trfs_feature_source trfs_feature_source_table[] = {
	{ "image.encoded", BYTES, TRFS_SOURCE_OF(TRFS_CONTENT_IMAGE),
	  "the image file, byte for byte, unless it is made anew (--fix and others)",
	  give_content },
	{ "image.sha256", BYTES, TRFS_SOURCE_OF(TRFS_CONTENT_IMAGE_SHA256),
	  "SHA-256 of the image file: 64 lower-case hex digits", give_content },
	{ "image.pixels", BYTES, TRFS_SOURCE_OF(TRFS_CONTENT_IMAGE_PIXELS),
	  "decoded: a byte each for red, green and blue, row by row", give_content },
	{ "image.size", INT64, 0, "size of the image file in bytes", give_image_size },
	{ "image.height", INT64, 0, "rows of pixels, not turned by EXIF",
	  give_image_height },
	{ "image.width", INT64, 0, "columns of pixels, not turned by EXIF",
	  give_image_width },
	{ "image.channels", INT64, 0, "1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha",
	  give_image_channels },
	{ "image.depth", INT64, 0, "bits a sample in the file: 1, 2, 4, 8 or 16",
	  give_image_depth },
	{ "image.orientation", INT64, 0, "EXIF orientation 1 to 8; 1 where there is none",
	  give_image_orientation },
	{ "image.format", BYTES, 0, "by content: jpeg, png, gif, bmp, ...",
	  give_image_format },
	{ "image.colorspace", BYTES, 0, "grayscale for 1 or 2 channels, else RGB",
	  give_image_colorspace },
	{ "file.path", BYTES, 0, "path relative to the source", trfs_give_file_path },
	{ "file.name", BYTES, 0, "last component of the path", trfs_give_file_name },
	{ "file.stem", BYTES, 0, "the name up to its last dot", trfs_give_file_stem },
	{ "file.extension", BYTES, 0,
	  "what stands behind the name's last dot, as written",
	  trfs_give_file_extension },
	{ "file.format", BYTES, 0, "jpeg, png, ... by the name's extension alone",
	  trfs_give_file_format },
	{ "file.first_stem", BYTES, 0, "the name up to its first dot",
	  trfs_give_file_first_stem },
	{ "copy.name", BYTES, 0,
	  "file.first_stem, with _0, _1, ... where there are augmented copies",
	  trfs_give_copy_name },
	{ "mask.encoded", BYTES, TRFS_SOURCE_MASK | TRFS_SOURCE_OF(TRFS_CONTENT_MASK),
	  "the mask file, byte for byte", give_content },
	{ "mask.format", BYTES, TRFS_SOURCE_MASK, "by content: png, ...",
	  give_mask_format },
	{ "mask.pixels", BYTES,
	  TRFS_SOURCE_MASK | TRFS_SOURCE_OF(TRFS_CONTENT_MASK_PIXELS),
	  "decoded: a byte a pixel, row by row, or one-hot (--one-hot)", give_content },
	{ "objects.mask", BYTES, TRFS_SOURCE_OF(TRFS_CONTENT_OBJECT_MASK),
	  "COCO, --include-masks: a PNG of each object, 1 where it is", give_content },
	{ "panoptic.class", BYTES,
	  TRFS_SOURCE_MASK | TRFS_SOURCE_OF(TRFS_CONTENT_PANOPTIC_CLASS),
	  "COCO, --panoptic: a PNG of 1 for things, and stuff's categories less 90",
	  give_content },
	{ "panoptic.category", BYTES,
	  TRFS_SOURCE_MASK | TRFS_SOURCE_OF(TRFS_CONTENT_PANOPTIC_CATEGORY),
	  "COCO, --panoptic: a PNG of categories", give_content },
	{ "panoptic.instance", BYTES,
	  TRFS_SOURCE_MASK | TRFS_SOURCE_OF(TRFS_CONTENT_PANOPTIC_INSTANCE),
	  "COCO, --panoptic: a PNG of the numbers of things", give_content },
	{ "trimap.masks", BYTES,
	  TRFS_SOURCE_MASK | TRFS_SOURCE_OF(TRFS_CONTENT_TRIMAP_MASKS),
	  "a PNG of each object: 1 where the mask is not 2, the background",
	  give_content },
	{ "trimap.numbers", FLOAT,
	  TRFS_SOURCE_MASK | TRFS_SOURCE_OF(TRFS_CONTENT_TRIMAP_NUMBERS),
	  "the same, a number a pixel, one object after the other", give_content },
	{ "file.directory", BYTES, 0, "the path without the name, empty at the top",
	  trfs_give_file_directory },
	{ "label.id", INT64, TRFS_SOURCE_LABELS, "id of each class of the example",
	  give_label_id },
	{ "label.text", BYTES, TRFS_SOURCE_LABELS, "name of each class of the example",
	  give_label_text },
	{ "example.number", INT64, 0, "position in the manifest, from 0",
	  give_example_number },
	{ "column.NAME", BYTES, TRFS_SOURCE_COLUMN,
	  "the manifest's column NAME; \"type\" says what its cells are", give_column },
};

const size_t trfs_feature_source_table_len = TRFS_COUNT(trfs_feature_source_table);

/* The part of @name behind "column."; NULL where it does not begin so. */
static const char *column_in(const struct trfs_feature_source *source, const char *name)
{
	size_t prefix_len = (size_t)(strchr(source->name, '.') - source->name) + 1;

	return strncmp(source->name, name, prefix_len) == 0 ? name + prefix_len : NULL;
}

const struct trfs_feature_source *trfs_feature_source_find(const char *name,
							   const char **ret_column)
{
	for (size_t i = 0; i < trfs_feature_source_table_len; i++) {
		const struct trfs_feature_source *source = &trfs_feature_source_table[i];
		const char *column = "";

		if (source->traits & TRFS_SOURCE_COLUMN)
			column = column_in(source, name);
		else if (strcmp(source->name, name) != 0)
			column = NULL;
		if (column) {
			*ret_column = column;
			return source;
		}
	}
	return NULL;
}
