/* SPDX-License-Identifier: MIT */
/*
 * The built-in schemas, in the language that users write their own in: those for any
 * source are rows here, converters' own in schema_converters.c.
 */
#include "dataset/schema.h"
#include "dataset/schema_converters.h"
#include "dataset/schema_text.h"

static const struct trfs_builtin_schema general[] = {
	{ "slim",
	  SCHEMA("slim",
		 "image classification, as slim, Inception and Model Garden read it",
		 FROM("image/channels", "image.channels") AND FROM(
			 "image/class/label", "label.id") AND FROM("image/class/text",
								   "label.text")
			 AND FROM("image/colorspace", "image.colorspace") AND FROM(
				 "image/encoded",
				 "image.encoded") AND FROM("image/filename", "file.path")
				 AND FROM("image/format", "image.format") AND FROM(
					 "image/height", "image.height")
					 AND FROM("image/width", "image.width")) },
	{ "simple",
	  SCHEMA("simple", "image, name and label, as Kaggle's recipes read them",
		 FROM("image", "image.encoded") AND FROM("image_name", "file.stem")
			 AND FROM("label", "label.id")) },
	{ "detection",
	  SCHEMA("detection", "boxes, from any manifest that has objects",
		 FROM("image/encoded", "image.encoded") AND FROM(
			 "image/filename", "file.path") AND FROM("image/format",
								 "image.format")
			 AND FROM("image/height", "image.height") AND FROM(
				 "image/key/sha256", "image.sha256") AND BOXES("empty")
				 AND FROM_WITH("image/object/class/label", "label.id",
					       "\"missing\": \"empty\"")
					 AND FROM_WITH("image/object/class/text",
						       "label.text",
						       "\"missing\": \"empty\"")
						 AND FROM("image/source_id", "file.path")
							 AND FROM("image/width",
								  "image.width")) },
	{ "segmentation",
	  SCHEMA("segmentation", "images and their masks, from any source that has these",
		 FROM("image/encoded", "image.encoded") AND FROM(
			 "image/filename",
			 "file.path") AND FROM("image/format", "image.format")
			 AND FROM("image/height", "image.height") AND FROM(
				 "image/segmentation/class/encoded", "mask.encoded")
				 AND FROM("image/segmentation/class/format",
					  "mask.format")
					 AND FROM("image/width", "image.width")) },
};

size_t trfs_schema_nr_builtins(void)
{
	return TRFS_COUNT(general) + trfs_converter_schemas_len;
}

static const struct trfs_builtin_schema *builtin(size_t i)
{
	return i < TRFS_COUNT(general) ? &general[i]
				       : &trfs_converter_schemas[i - TRFS_COUNT(general)];
}

const char *trfs_schema_builtin_name(size_t i)
{
	return builtin(i)->name;
}

const char *trfs_schema_builtin_text(const char *name)
{
	for (size_t i = 0; i < trfs_schema_nr_builtins(); i++) {
		if (strcmp(builtin(i)->name, name) == 0)
			return builtin(i)->text;
	}
	return NULL;
}
