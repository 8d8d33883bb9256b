/* SPDX-License-Identifier: MIT */
/*
 * The profiles: of each converter the flags that it has and what it does by default.  A
 * flag that is not here is refused by name rather than ignored.
 */
#include "dataset/profile.h"

#include "base/compiler.h"

#define DEFAULTS(...)                                                                    \
	((const struct trfs_profile_default[]){ __VA_ARGS__, { NULL, NULL } })
#define FLAGS(...) ((const struct trfs_profile_flag[]){ __VA_ARGS__, { .name = NULL } })

#define OPTION(name, option)                                                             \
	{                                                                                \
		name, TRFS_FLAG_OPTION, option, NULL, false                              \
	}
#define SWITCH(name, option)                                                             \
	{                                                                                \
		name, TRFS_FLAG_OPTION, option, NULL, true                               \
	}
#define SOURCE(name, below)                                                              \
	{                                                                                \
		name, TRFS_FLAG_SOURCE, below, NULL, false                               \
	}
#define MOUNTPOINT(name)                                                                 \
	{                                                                                \
		name, TRFS_FLAG_MOUNTPOINT, NULL, NULL, false                            \
	}
#define VALUE(name, otherwise)                                                           \
	{                                                                                \
		name, TRFS_FLAG_VALUE, NULL, otherwise, false                            \
	}
#define LISTS(name, ending)                                                              \
	{                                                                                \
		name, TRFS_FLAG_LISTS, ending, NULL, false                               \
	}
#define IGNORED(name)                                                                    \
	{                                                                                \
		name, TRFS_FLAG_NOTHING, NULL, NULL, false                               \
	}
#define IGNORED_SWITCH(name)                                                             \
	{                                                                                \
		name, TRFS_FLAG_NOTHING, NULL, NULL, true                                \
	}
#define SPLIT_PATH(name, split)                                                          \
	{                                                                                \
		name, TRFS_FLAG_SPLIT_PATH, split, NULL, false                           \
	}
#define SPLIT_IMAGES(name, split)                                                        \
	{                                                                                \
		name, TRFS_FLAG_SPLIT_IMAGES, split, NULL, false                         \
	}
#define SPLIT_SHARDS(name, split, otherwise)                                             \
	{                                                                                \
		name, TRFS_FLAG_SPLIT_SHARDS, split, otherwise, false                    \
	}
#define PART_FILE(name, option)                                                          \
	{                                                                                \
		name, TRFS_FLAG_PART_FILE, option, NULL, false                           \
	}

/* What TensorFlow's decode_jpeg takes of those that we let in. */
#define DECODE_JPEG "only:jpeg,png,gif"

#define PART_OPTION(name, option)                                                        \
	{                                                                                \
		name, TRFS_FLAG_PART_OPTION, option, NULL, false                         \
	}

/* What absl gives every program; none of it concerns the records. */
#define ABSL                                                                             \
	IGNORED_SWITCH("logtostderr"), IGNORED_SWITCH("alsologtostderr"),                \
		IGNORED("verbosity"), IGNORED("v"), IGNORED("log_dir"),                  \
		IGNORED("stderrthreshold")

/* Image lists: the first of these that is given holds the images. */
#define GARDEN_FLAGS                                                                     \
	OPTION("image_dir", "image-dir"), PART_FILE("image_info_file", NULL),            \
		PART_FILE("object_annotations_file", "annotations"),                     \
		PART_FILE("caption_annotations_file", "captions"),                       \
		{ "output_file_prefix", TRFS_FLAG_PART_PREFIX, NULL, "train", false },   \
		{ "num_shards", TRFS_FLAG_PART_SHARDS, NULL, "32", false },              \
		IGNORED("num_processes"), SWITCH("include_masks", "include-masks"), ABSL

#define INCEPTION_FLAGS(train, validation, threads)                                      \
	SPLIT_PATH("train_directory", "train"),                                          \
		SPLIT_PATH("validation_directory", "validation"),                        \
		MOUNTPOINT("output_directory"),                                          \
		SPLIT_SHARDS("train_shards", "train", train),                            \
		SPLIT_SHARDS("validation_shards", "validation", validation),             \
		OPTION("num_threads", "cut-threads"), OPTION("labels_file", "labels"),   \
		ABSL

const struct trfs_profile trfs_profile_table[] = {
	{ "classification",
	  "JSON of images with labels: the variant of create_coco_tf_record",
	  DEFAULTS({ "schema", "classification" }, { "dialect", "coco-classification" },
		   { "order", "manifest" }, { "cut", "round-robin" }, { "shards", "32" },
		   { "split-names", "keep" }, { "keep-repeats", "true" }),
	  FLAGS(GARDEN_FLAGS) },

	{ "coco", "Model Garden's create_coco_tf_record",
	  DEFAULTS({ "schema", "coco" }, { "dialect", "coco" }, { "order", "manifest" },
		   { "cut", "round-robin" }, { "shards", "32" },
		   { "split-names", "keep" }, { "keep-repeats", "true" }),
	  FLAGS(GARDEN_FLAGS, PART_OPTION("panoptic_annotations_file", "panoptic"),
		PART_OPTION("panoptic_masks_dir", "panoptic-masks"),
		SWITCH("include_panoptic_masks", "include-panoptic-masks"),
		SWITCH("panoptic_skip_crowd", "panoptic-skip-crowd")) },

	{ "coco-od", "the Object Detection API's create_coco_tf_record",
	  DEFAULTS({ "schema", "coco-od" }, { "dialect", "coco-od" },
		   { "order", "manifest" }, { "cut", "round-robin" },
		   { "shard-names", "coco_{split}.record-{shard}-of-{shards}" },
		   { "split-names", "keep" }, { "keep-repeats", "true" }),
	  FLAGS(SPLIT_IMAGES("train_image_dir", "train"),
		SPLIT_IMAGES("val_image_dir", "val"),
		SPLIT_IMAGES("test_image_dir", "testdev"),
		SPLIT_PATH("train_annotations_file", "train"),
		SPLIT_PATH("val_annotations_file", "val"),
		SPLIT_PATH("testdev_annotations_file", "testdev"),
		SPLIT_SHARDS("train_shards", "train", "100"),
		SPLIT_SHARDS("val_shards", "val", "50"),
		SPLIT_SHARDS("testdev_shards", "testdev", "50"), MOUNTPOINT("output_dir"),
		SWITCH("include_masks", "include-masks"), ABSL) },

	{ "image2tfrecords", "CSV of file and class, stratified: Image2TFRecords",
	  DEFAULTS({ "schema", "image2tfrecords" }, { "dialect", "image2tfrecords" },
		   { "class-order", "appearance" }, { "val-size", "0" },
		   { "test-size", "0" }, { "order", "classes" }, { "cut", "ceiling" },
		   { "shards", "5" }, { "name", "" }, { "keep-repeats", "true" },
		   { "shard-names", "{name}_{split}_{number}-of-{shards}.tfrecord" },
		   { "side-files", "image2tfrecords" }),
	  FLAGS(SOURCE("image_path", NULL), OPTION("image2class", "manifest"),
		OPTION("class2id", "labels"), OPTION("dataset_name", "name"),
		OPTION("val_size", "val-size"), OPTION("test_size", "test-size"),
		OPTION("num_shards", "shards"), MOUNTPOINT("output_dir")) },

	{ "inception", "class folders and a labels file: Inception's build_image_data.py",
	  DEFAULTS({ "schema", "inception" }, { "formats", DECODE_JPEG },
		   { "dialect", "labelled-folders" }, { "class-order", "lines" },
		   { "order", "python" }, { "seed", "12345" }, { "cut", "linspace" },
		   { "cut-threads", "2" }, { "shards", "2" }, { "fix", "png-names" },
		   { "shard-names", "{split}-{shard}-of-{shards}" }),
	  FLAGS(INCEPTION_FLAGS("2", "2", "2")) },

	{ "imagenet", "Inception's build_imagenet_data.py",
	  DEFAULTS({ "schema", "imagenet" }, { "formats", DECODE_JPEG },
		   { "dialect", "imagenet" }, { "class-order", "lines" },
		   { "order", "python" }, { "seed", "12345" }, { "cut", "linspace" },
		   { "cut-threads", "8" }, { "shards", "1024" }, { "fix", "imagenet" },
		   { "shard-names", "{split}-{shard}-of-{shards}" }),
	  FLAGS(INCEPTION_FLAGS("1024", "128", "8"),
		OPTION("imagenet_metadata_file", "metadata"),
		OPTION("bounding_box_file", "boxes")) },

	{ "imagenet-gcs", "the TPU tools' imagenet_to_gcs.py",
	  DEFAULTS({ "schema", "imagenet-gcs" }, { "formats", DECODE_JPEG },
		   { "dialect", "imagenet-gcs" }, { "order", "python-train" },
		   { "seed", "0" }, { "cut", "ceiling" },
		   { "shards", "train=1024,validation=128" }, { "fix", "imagenet" },
		   { "shard-names", "{split}/{split}-{shard}-of-{shards}" }),
	  FLAGS(SOURCE("raw_data_dir", NULL), MOUNTPOINT("local_scratch_dir"),
		IGNORED("project"), IGNORED("gcs_output_path"),
		IGNORED_SWITCH("gcs_upload"), ABSL) },

	{ "slim-flowers", "slim's download_and_convert_flowers",
	  DEFAULTS({ "schema", "slim-flowers" }, { "formats", DECODE_JPEG },
		   { "dialect", "labelled-folders" }, { "class-order", "sorted" },
		   { "order", "python" }, { "seed", "0" },
		   { "take", "validation=350,train" }, { "cut", "ceiling" },
		   { "shards", "5" }, { "name", "flowers" },
		   { "shard-names", "{name}_{split}_{shard}-of-{shards}.tfrecord" },
		   { "side-files", "slim-labels" }),
	  FLAGS(OPTION("dataset_name", "name"), SOURCE("dataset_dir", "flower_photos"),
		MOUNTPOINT("output_dir"), ABSL) },

	{ "nih-xray", "chest X-rays: resized, a class thinned out, another augmented",
	  DEFAULTS({ "schema", "nih-xray" },
		   { "split", "train=0.7,validation=0.15,test=0.15" },
		   { "prefer-split-column", "true" }, { "split-names", "validation=val" },
		   { "order", "manifest" }, { "cut", "blocks" }, { "shard-size", "500" },
		   { "shard-names", "{split}{shard:02}.tfrec" },
		   { "resize", "nearest:512x512" }, { "exif", "apply" }, { "fix", "bgr" },
		   { "codec", "opencv" }, { "quality", "95" },
		   { "side-files", "nih-metadata" }),
	  FLAGS(ABSL) },

	{ "deeplab", "DeepLab's build_voc2012_data.py: images, masks and list files",
	  DEFAULTS({ "schema", "deeplab" }, { "formats", DECODE_JPEG },
		   { "dialect", "deeplab" }, { "order", "manifest" },
		   { "cut", "ceiling" }, { "shards", "4" }, { "split-names", "keep" },
		   { "keep-repeats", "true" }),
	  FLAGS(OPTION("image_folder", "image-dir"),
		OPTION("semantic_segmentation_folder", "masks"),
		LISTS("list_folder", ".txt"), OPTION("image_format", "image-ext"),
		IGNORED("label_format"), MOUNTPOINT("output_dir"), ABSL) },

	{ "deeplab-pixels", "decoded pixels of images and masks, as raw bytes",
	  DEFAULTS({ "schema", "deeplab-pixels" }, { "dialect", "image-mask-folders" },
		   { "order", "manifest" }, { "shards", "1" }),
	  FLAGS(OPTION("image_dir", "manifest"), OPTION("mask_dir", "masks")) },

	{ "pascal", "the Object Detection API's create_pascal_tf_record",
	  DEFAULTS({ "schema", "pascal" }, { "formats", "only:jpeg" },
		   { "dialect", "pascal" },
		   { "manifest", "{data_dir}/{year}/ImageSets/Main/aeroplane_{set}.txt" },
		   { "annotations", "{annotations_dir}" }, { "order", "manifest" },
		   { "cut", "ceiling" }, { "shards", "1" }, { "keep-repeats", "true" }),
	  FLAGS(SOURCE("data_dir", NULL), VALUE("set", "train"),
		{ "year", TRFS_FLAG_VALUE, "merged=VOC2007,VOC2012", "VOC2007", false },
		VALUE("annotations_dir", "Annotations"),
		OPTION("label_map_path", "labels"),
		{ "output_path", TRFS_FLAG_OUTPUT_FILE, NULL, NULL, false },
		SWITCH("ignore_difficult_instances", "ignore-difficult"), ABSL) },

	{ "pet", "the Object Detection API's create_pet_tf_record: faces, or animals",
	  DEFAULTS({ "schema", "pet" }, { "formats", "only:jpeg" }, { "dialect", "pet" },
		   { "manifest", "{data_dir}/annotations/trainval.txt" },
		   { "take", "train=0.7,val" }, { "order", "python" }, { "seed", "42" },
		   { "cut", "round-robin" }, { "shards", "10" },
		   { "split-names", "keep" }, { "keep-repeats", "true" },
		   { "shard-names", "pet_faces_{split}.record-{shard}-of-{shards}" }),
	  FLAGS(SOURCE("data_dir", NULL), MOUNTPOINT("output_dir"),
		OPTION("label_map_path", "labels"), OPTION("num_shards", "shards"),
		SWITCH("faces_only", "faces-only"), OPTION("mask_type", "mask-type"),
		ABSL) },

	{ "tfds", "what a TensorFlow Datasets directory reads",
	  DEFAULTS({ "schema", "tfds" }, { "name", "dataset" },
		   { "shard-names", "{name}-{split}.tfrecord-{shard}-of-{shards}" },
		   { "side-files", "tfds" }),
	  FLAGS(OPTION("dataset_name", "name")) },

	{ "simple", "image, image_name and label", DEFAULTS({ "schema", "simple" }),
	  FLAGS(OPTION("dataset_name", "name")) },
};

const size_t trfs_profile_table_len = TRFS_COUNT(trfs_profile_table);

static bool is_pet_masks(const struct trfs_options *options)
{
	return !options->faces_only && options->mask_type == TRFS_MASK_PNG;
}

static bool is_pet_numbers(const struct trfs_options *options)
{
	return !options->faces_only && options->mask_type == TRFS_MASK_NUMERICAL;
}

#define PET_MASKS "pets_fullbody_with_masks_{split}.record-{shard}-of-{shards}"

const struct trfs_profile_variant trfs_profile_variants[] = {
	{ "pet", is_pet_masks,
	  DEFAULTS({ "schema", "pet-masks" }, { "shard-names", PET_MASKS }) },
	{ "pet", is_pet_numbers,
	  DEFAULTS({ "schema", "pet-numerical" }, { "shard-names", PET_MASKS }) },
};

const size_t trfs_profile_variants_len = TRFS_COUNT(trfs_profile_variants);
