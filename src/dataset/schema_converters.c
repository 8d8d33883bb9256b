/* SPDX-License-Identifier: MIT */
/*
 * What each known converter writes into a record.  Constants such as "jpg" for PNG files
 * are theirs: readers compare with them.
 */
#include "dataset/schema_converters.h"

#include "base/compiler.h"
#include "dataset/schema_text.h"

/* The Model Garden's keys of an image; its size is that of the JSON, not of the file. */
#define GARDEN_IMAGE(format)                                                             \
	FROM("image/encoded", "image.encoded")                                           \
	AND COLUMN("image/filename", "bytes",                                            \
		   "file_name") AND CONSTANT("image/format", "\"" format "\"")           \
		AND COLUMN("image/height", "int64", "height")                            \
			AND FROM("image/key/sha256", "image.sha256")                     \
				AND COLUMN("image/source_id", "bytes", "id")             \
					AND COLUMN("image/width", "int64", "width")

#define GARDEN_OBJECTS(missing)                                                          \
	BOXES(missing)                                                                   \
	AND OPTIONAL("image/object/area", "float", "objects/area", missing)              \
	AND OPTIONAL("image/object/class/text", "bytes", "objects/class", missing)       \
	AND OPTIONAL("image/object/is_crowd", "int64", "objects/is_crowd", missing)

#define GARDEN_LABELS(missing)                                                           \
	OPTIONAL("image/object/class/label", "int64", "objects/label", missing)

/* What TensorFlow's own image converters of 2016 have in common. */
#define INCEPTION_IMAGE                                                                  \
	CONSTANT("image/channels", "3")                                                  \
	AND FROM_WITH("image/class/label", "label.id", "\"add\": 1")                     \
		AND CONSTANT("image/colorspace", "\"RGB\"") AND FROM("image/encoded",    \
								     "image.encoded")    \
			AND FROM("image/filename", "file.name")                          \
				AND CONSTANT("image/format", "\"JPEG\"")                 \
					AND FROM("image/height", "image.height")         \
						AND FROM("image/width", "image.width")

/* The Object Detection API's keys of Pascal VOC annotations. */
#define DETECTION                                                                        \
	BOXES("empty")                                                                   \
	AND FROM("image/encoded", "image.encoded") AND COLUMN(                           \
		"image/filename", "bytes", "filename") AND CONSTANT("image/format",      \
								    "\"jpeg\"")          \
		AND COLUMN("image/height", "int64", "height") AND FROM(                  \
			"image/key/sha256",                                              \
			"image.sha256") AND FROM_WITH("image/object/class/label",        \
						      "label.id",                        \
						      "\"missing\": \"empty\"")          \
			AND FROM_WITH("image/object/class/text", "label.text",           \
				      "\"missing\": \"empty\"")                          \
				AND OPTIONAL("image/object/difficult", "int64",          \
					     "objects/difficult", "empty")               \
					AND OPTIONAL("image/object/truncated", "int64",  \
						     "objects/truncated", "empty")       \
						AND OPTIONAL("image/object/view",        \
							     "bytes", "objects/view",    \
							     "empty")                    \
							AND COLUMN("image/source_id",    \
								   "bytes", "filename")  \
								AND COLUMN(              \
									"image/width",   \
									"int64",         \
									"width")

const struct trfs_builtin_schema trfs_converter_schemas[] = {
	{ "classification",
	  SCHEMA("classification", "the classification variant of create_coco_tf_record",
		 GARDEN_IMAGE("jpg") AND FROM("image/label", "label.id")
			 AND GARDEN_OBJECTS("absent") AND GARDEN_LABELS("absent")) },
	{ "coco",
	  SCHEMA("coco", "Model Garden's create_coco_tf_record",
		 GARDEN_IMAGE("jpg") AND GARDEN_OBJECTS("absent") AND GARDEN_LABELS(
			 "absent") AND OPTIONAL("image/caption", "bytes", "caption",
						"absent")
			 AND FROM_WHEN("image/object/mask", "objects.mask",
				       "include-masks", "absent")
				 AND FROM_WHEN("image/segmentation/class/encoded",
					       "panoptic.class", "panoptic", "absent")
					 AND FROM_WHEN("image/panoptic/category_mask",
						       "panoptic.category",
						       "include-panoptic-masks", "absent")
						 AND FROM_WHEN(
							 "image/panoptic/instance_mask",
							 "panoptic.instance",
							 "include-panoptic-masks",
							 "absent")) },
	{ "coco-od", SCHEMA("coco-od", "the Object Detection API's create_coco_tf_record",
			    GARDEN_IMAGE("jpeg") AND GARDEN_OBJECTS("empty")
				    AND FROM_WHEN("image/object/mask", "objects.mask",
						  "include-masks", "empty")) },
	{ "image2tfrecords",
	  SCHEMA("image2tfrecords", "image2tfrecords' Image2TFRecords",
		 FROM("image/class/label", "label.id") AND FROM("image/encoded",
								"image.encoded")
			 AND FROM("image/filename",
				  "file.path") AND FROM("image/format", "file.extension")
				 AND FROM("image/height", "image.height")
					 AND FROM("image/width", "image.width")) },
	{ "inception",
	  SCHEMA("inception", "Inception's build_image_data.py",
		 INCEPTION_IMAGE AND FROM("image/class/text", "label.text")) },
	{ "imagenet",
	  SCHEMA("imagenet", "Inception's build_imagenet_data.py",
		 INCEPTION_IMAGE AND FROM("image/class/synset", "label.text") AND COLUMN(
			 "image/class/text", "bytes", "class_text") AND BOXES("empty")
			 AND OPTIONAL("image/object/bbox/label", "int64", "objects/label",
				      "empty")) },
	{ "imagenet-gcs",
	  SCHEMA("imagenet-gcs", "the TPU tools' imagenet_to_gcs.py",
		 INCEPTION_IMAGE AND FROM("image/class/synset", "label.text")) },
	{ "slim-flowers",
	  SCHEMA("slim-flowers", "slim's image_to_tfexample, for flowers",
		 FROM("image/class/label", "label.id") AND FROM("image/encoded",
								"image.encoded")
			 AND CONSTANT("image/format", "\"jpg\"")
				 AND FROM("image/height", "image.height")
					 AND FROM("image/width", "image.width")) },
	{ "nih-xray",
	  SCHEMA("nih-xray", "chest X-rays, resized and partly augmented",
		 FROM("image", "image.encoded") AND FROM("image_name", "copy.name")
			 AND FROM("label", "label.id")) },
	{ "deeplab",
	  SCHEMA("deeplab", "DeepLab's build_voc2012_data.py: image and mask files",
		 CONSTANT("image/channels", "3") AND FROM("image/encoded",
							  "image.encoded")
			 AND COLUMN("image/filename", "bytes",
				    "id") AND FROM("image/format", "file.format")
				 AND FROM("image/height", "image.height") AND FROM(
					 "image/segmentation/class/encoded",
					 "mask.encoded")
					 AND CONSTANT("image/segmentation/class/format",
						      "\"png\"")
						 AND FROM("image/width",
							  "image.width")) },
	{ "deeplab-pixels",
	  SCHEMA("deeplab-pixels", "pixels of image and mask, decoded",
		 FROM("height", "image.height") AND FROM("image", "image.pixels")
			 AND FROM("label", "mask.pixels")
				 AND FROM("width", "image.width")) },
	{ "pascal", SCHEMA("pascal", "the Object Detection API's create_pascal_tf_record",
			   DETECTION) },
	{ "pet",
	  SCHEMA("pet", "the Object Detection API's create_pet_tf_record, faces only",
		 DETECTION) },
	{ "pet-masks",
	  SCHEMA("pet-masks", "the same with whole animals and their masks as PNG",
		 DETECTION AND FROM_WITH("image/object/mask", "trimap.masks",
					 "\"missing\": \"empty\"")) },
	{ "pet-numerical",
	  SCHEMA("pet-numerical", "the same with masks as a number a pixel",
		 DETECTION AND FROM_WITH("image/object/mask", "trimap.numbers",
					 "\"missing\": \"empty\"")) },
	{ "tfds",
	  SCHEMA("tfds", "what TensorFlow Datasets reads: image, label, image/filename",
		 FROM("image", "image.encoded") AND FROM("image/filename", "file.path")
			 AND FROM("label", "label.id")) },
};

const size_t trfs_converter_schemas_len = TRFS_COUNT(trfs_converter_schemas);
