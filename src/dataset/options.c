/* SPDX-License-Identifier: MIT */
/*
 * The table of options: their names, types, places in struct trfs_options, and what help
 * says.  Everything that walks options (command line, dataset.json, fingerprint) walks
 * this; option_set.c knows how each type is read and written.
 */
#include "dataset/options.h"

#include "base/compiler.h"

#define PLACE(field) offsetof(struct trfs_options, field)
#define NAMES(...)   ((const char *const[]){ __VA_ARGS__, NULL })
#define CHOICES_ORDER                                                                    \
	NAMES("shuffled", "manifest", "local", "classes", "python", "python-train")
#define CHOICES_CUT	  NAMES("even", "ceiling", "round-robin", "linspace", "blocks")
#define CHOICES_EXIF	  NAMES("keep", "apply", "feature")
#define CHOICES_CODEC	  NAMES("tensorflow", "opencv")
#define CHOICES_LABEL	  NAMES("class", "float")
#define CHOICES_CLASSES	  NAMES("auto", "sorted", "appearance", "lines")
#define CHOICES_ONE_HOT	  NAMES("float32", "uint8")
#define CHOICES_MASK_TYPE NAMES("png", "numerical")
#define CHOICES_ON_BAD	  NAMES("fail", "skip")
#define CHOICES_CHECK	  NAMES("header", "full")
#define CHOICES_MAP_ORDER NAMES("upb", "cpp")
#define DEFAULT_SEED	  42
/* What Pillow calls a decompression bomb: a GiB of 24-bit pixels, halved. */
#define DEFAULT_MAX_PIXELS 178956970

const struct trfs_option trfs_option_table[] = {
	{ "manifest", TRFS_OPTION_PATH, PLACE(manifest), "FILE",
	  "what lists the images; default: class folders", NULL, NAMES("image-info-file"),
	  true, TRFS_OPTIONS_COMMON },
	{ "labels", TRFS_OPTION_PATH, PLACE(labels), "FILE",
	  "the classes, one a line; default: sorted names", NULL, NAMES("labels-file"),
	  true, TRFS_OPTIONS_COMMON },
	{ "schema", TRFS_OPTION_TEXT, PLACE(schema), "NAME|FILE",
	  "features of a record; default: slim, or detection", NULL, NULL, true,
	  TRFS_OPTIONS_COMMON },
	{ "split", TRFS_OPTION_TEXT, PLACE(split), "NAME=SHARE,...",
	  "train=0.8,test=0.2; default: as listed, or train", NULL, NULL, true,
	  TRFS_OPTIONS_COMMON },
	{ "file-column", TRFS_OPTION_TEXT, PLACE(file_column), "COLUMN",
	  "the column with the images' paths", NULL, NULL, true, TRFS_OPTIONS_COMMON },
	{ "label-column", TRFS_OPTION_TEXT, PLACE(label_column), "COLUMN",
	  "the column with the classes", NULL, NULL, true, TRFS_OPTIONS_COMMON },
	{ "split-column", TRFS_OPTION_TEXT, PLACE(split_column), "COLUMN",
	  "the column with the splits", NULL, NULL, true, TRFS_OPTIONS_COMMON },
	{ "group", TRFS_OPTION_TEXT, PLACE(group_column), "COLUMN",
	  "rows with equal values in it stay in one split", NULL, NULL, true,
	  TRFS_OPTIONS_COMMON },
	{ "label-sep", TRFS_OPTION_TEXT, PLACE(label_separator), "TEXT",
	  "what separates several labels in one cell", NULL, NULL, true,
	  TRFS_OPTIONS_MANIFEST },
	{ "shards", TRFS_OPTION_TEXT, PLACE(shards), "N|NAME=N,...",
	  "files of a split; default: 128 MB each, 16 or more", NULL, NAMES("num-shards"),
	  true, TRFS_OPTIONS_COMMON },
	{ "formats", TRFS_OPTION_TEXT, PLACE(formats), "NAME,...",
	  "further image formats to let in, such as webp; only:jpeg lets in no others",
	  NULL, NULL, true, TRFS_OPTIONS_MANIFEST },
	{ "seed", TRFS_OPTION_NUMBER, PLACE(seed), "N",
	  "for shuffling and splitting; default: 42", NULL, NULL, true,
	  TRFS_OPTIONS_COMMON },
	{ "order", TRFS_OPTION_CHOICE, PLACE(order), "ORDER",
	  "shuffled (train only), manifest, local, classes, python or python-train",
	  CHOICES_ORDER, NULL, true, TRFS_OPTIONS_COMMON },
	{ "on-bad", TRFS_OPTION_CHOICE, PLACE(on_bad), "WHAT",
	  "fail on bad or missing images; or skip and list them", CHOICES_ON_BAD, NULL,
	  true, TRFS_OPTIONS_COMMON },
	{ "check", TRFS_OPTION_CHOICE, PLACE(check), "HOW",
	  "header and end of each image; or full: decode it", CHOICES_CHECK, NULL, true,
	  TRFS_OPTIONS_COMMON },
	{ "map-order", TRFS_OPTION_CHOICE, PLACE(map_order), "ORDER",
	  "order of an Example's keys: upb as TensorFlow writes them, or cpp",
	  CHOICES_MAP_ORDER, NULL, true, TRFS_OPTIONS_SHARDS },
	{ "stratify", TRFS_OPTION_FLAG, PLACE(stratify), NULL,
	  "keep the classes' shares equal in all splits; default: on", NULL, NULL, true,
	  TRFS_OPTIONS_SHARDS },
	{ "follow", TRFS_OPTION_FLAG, PLACE(follow), NULL,
	  "allow symbolic links that leave the source", NULL, NULL, true,
	  TRFS_OPTIONS_COMMON },
	{ "profile", TRFS_OPTION_TEXT, PLACE(profile), "NAME",
	  "a converter whose files to show; takes its flags", NULL, NULL, true,
	  TRFS_OPTIONS_COMMON },
	{ "prefer-split-column", TRFS_OPTION_FLAG, PLACE(prefer_split_column), NULL,
	  "the manifest's own splits, where it has some, win over --split and the like",
	  NULL, NULL, true, TRFS_OPTIONS_MANIFEST },
	{ "ignore-difficult", TRFS_OPTION_FLAG, PLACE(ignore_difficult), NULL,
	  "leave objects out that Pascal VOC calls difficult", NULL, NULL, true,
	  TRFS_OPTIONS_MANIFEST },
	{ "dialect", TRFS_OPTION_TEXT, PLACE(dialect), "NAME",
	  "how to read the manifest: csv, json-lines, coco, ...; default: by its content",
	  NULL, NULL, true, TRFS_OPTIONS_MANIFEST },
	{ "part", TRFS_OPTION_LIST, PLACE(parts), "SPLIT=FILE",
	  "a manifest or directory with the rows of one split; for each split once", NULL,
	  NULL, true, TRFS_OPTIONS_MANIFEST },
	{ "image-dir", TRFS_OPTION_PATHS, PLACE(image_directories), "DIR",
	  "where the manifest's names are looked up; may be given several times", NULL,
	  NULL, true, TRFS_OPTIONS_MANIFEST },
	{ "annotations", TRFS_OPTION_PATHS, PLACE(annotations), "FILE",
	  "COCO's objects, where they are not in the manifest itself", NULL, NULL, true,
	  TRFS_OPTIONS_MANIFEST },
	{ "captions", TRFS_OPTION_PATHS, PLACE(captions), "FILE", "COCO's captions", NULL,
	  NULL, true, TRFS_OPTIONS_MANIFEST },
	{ "panoptic", TRFS_OPTION_PATHS, PLACE(panoptic), "FILE",
	  "COCO's panoptic segments", NULL, NULL, true, TRFS_OPTIONS_MANIFEST },
	{ "panoptic-masks", TRFS_OPTION_PATHS, PLACE(panoptic_masks), "DIR",
	  "the PNG files that --panoptic names", NULL, NULL, true,
	  TRFS_OPTIONS_MANIFEST },
	{ "masks", TRFS_OPTION_PATH, PLACE(masks), "DIR",
	  "masks, paired with the images by name without extension", NULL, NULL, true,
	  TRFS_OPTIONS_MANIFEST },
	{ "mask-column", TRFS_OPTION_TEXT, PLACE(mask_column), "COLUMN",
	  "the column with the masks' paths", NULL, NULL, true, TRFS_OPTIONS_MANIFEST },
	{ "image-ext", TRFS_OPTION_TEXT, PLACE(image_extension), "EXT",
	  "extension of images that a list names without one", NULL, NULL, true,
	  TRFS_OPTIONS_MANIFEST },
	{ "metadata", TRFS_OPTION_PATH, PLACE(metadata), "FILE",
	  "lines of synset, tab and text, for profile imagenet", NULL, NULL, true,
	  TRFS_OPTIONS_MANIFEST },
	{ "boxes", TRFS_OPTION_PATH, PLACE(boxes), "FILE",
	  "CSV of bounding boxes, for profile imagenet", NULL, NULL, true,
	  TRFS_OPTIONS_MANIFEST },
	{ "name", TRFS_OPTION_TEXT, PLACE(name), "NAME",
	  "of the data set, for profiles whose shard names begin with it", NULL, NULL,
	  true, TRFS_OPTIONS_SHARDS },
	{ "shard-names", TRFS_OPTION_TEXT, PLACE(shard_names), "TEMPLATE",
	  "default: {split}-{shard}-of-{shards}.tfrecord", NULL, NULL, true,
	  TRFS_OPTIONS_SHARDS },
	{ "split-names", TRFS_OPTION_TEXT, PLACE(split_names), "NAME=SHOWN,...",
	  "what splits are called in shard names: validation=val", NULL, NULL, true,
	  TRFS_OPTIONS_SHARDS },
	{ "side-files", TRFS_OPTION_TEXT, PLACE(side_files), "NAME,...",
	  "files beside the shards: standard (default), none, slim-labels, "
	  "image2tfrecords, nih-metadata, tfds",
	  NULL, NULL, false, TRFS_OPTIONS_SHARDS },
	{ "cut", TRFS_OPTION_CHOICE, PLACE(cut), "HOW",
	  "how a split becomes shards: even, ceiling, round-robin, linspace or blocks",
	  CHOICES_CUT, NULL, true, TRFS_OPTIONS_SHARDS },
	{ "cut-threads", TRFS_OPTION_COUNT, PLACE(cut_threads), "N",
	  "runs that --cut linspace cuts first, of which each is cut into shards", NULL,
	  NULL, true, TRFS_OPTIONS_SHARDS },
	{ "shard-size", TRFS_OPTION_COUNT, PLACE(shard_size), "N",
	  "rows a shard with --cut blocks", NULL, NULL, true, TRFS_OPTIONS_SHARDS },
	{ "take", TRFS_OPTION_TEXT, PLACE(take), "NAME=N|SHARE,...",
	  "splits off the front of one Python shuffle of all: validation=350,train", NULL,
	  NULL, true, TRFS_OPTIONS_SHARDS },
	{ "val-size", TRFS_OPTION_TEXT, PLACE(validation_size), "SHARE",
	  "share of each class for validation, rounded down", NULL, NULL, true,
	  TRFS_OPTIONS_SHARDS },
	{ "test-size", TRFS_OPTION_TEXT, PLACE(test_size), "SHARE",
	  "share of each class for test, rounded down", NULL, NULL, true,
	  TRFS_OPTIONS_SHARDS },
	{ "keep-repeats", TRFS_OPTION_FLAG, PLACE(keep_repeats), NULL,
	  "rows that name an image again are examples too", NULL, NULL, true,
	  TRFS_OPTIONS_MANIFEST },
	{ "keep-every", TRFS_OPTION_LIST, PLACE(keep_every), "CLASS=N",
	  "of the class's rows in train only every N-th", NULL, NULL, true,
	  TRFS_OPTIONS_SHARDS },
	{ "augment", TRFS_OPTION_LIST, PLACE(augment), "CLASS=WHAT",
	  "one more copy of each train image of the class: rotate,hflip", NULL, NULL,
	  true, TRFS_OPTIONS_SHARDS },
	{ "class-order", TRFS_OPTION_CHOICE, PLACE(class_order), "ORDER",
	  "ids by sorted name, first appearance, or line of --labels; default: auto",
	  CHOICES_CLASSES, NULL, true, TRFS_OPTIONS_MANIFEST },
	{ "label-type", TRFS_OPTION_CHOICE, PLACE(label_type), "WHAT",
	  "labels are class names or ids, or float: numbers to regress to", CHOICES_LABEL,
	  NULL, true, TRFS_OPTIONS_MANIFEST },
	{ "label-base", TRFS_OPTION_TEXT, PLACE(label_base), "N",
	  "the lowest class id shown; default: as the classes are numbered", NULL, NULL,
	  true, TRFS_OPTIONS_MANIFEST },
	{ "extra", TRFS_OPTION_LIST, PLACE(extra), "COLUMN[:TYPE]",
	  "a column that becomes a feature: bytes, int64 or float", NULL, NULL, true,
	  TRFS_OPTIONS_MANIFEST },
	{ "fix", TRFS_OPTION_TEXT, PLACE(fix), "WHAT,...",
	  "encode anew as RGB JPEG: png2jpeg, cmyk; see the manual for others", NULL,
	  NULL, true, TRFS_OPTIONS_IMAGES },
	{ "exif", TRFS_OPTION_CHOICE, PLACE(exif), "WHAT",
	  "keep EXIF orientation as it is, apply it, or show it as a feature",
	  CHOICES_EXIF, NULL, true, TRFS_OPTIONS_IMAGES },
	{ "resize", TRFS_OPTION_TEXT, PLACE(resize), "N|WxH",
	  "to a shorter side of N pixels, or to WxH; nearest:WxH without a filter", NULL,
	  NULL, true, TRFS_OPTIONS_COMMON },
	{ "quality", TRFS_OPTION_COUNT, PLACE(quality), "N",
	  "of JPEG that is encoded anew; default: 100", NULL, NULL, true,
	  TRFS_OPTIONS_IMAGES },
	{ "codec", TRFS_OPTION_CHOICE, PLACE(codec), "WHOSE",
	  "decode and encode as tensorflow or opencv do", CHOICES_CODEC, NULL, true,
	  TRFS_OPTIONS_IMAGES },
	{ "max-pixels", TRFS_OPTION_NUMBER, PLACE(max_pixels), "N",
	  "larger images are bad where pixels are needed; default: 178956970", NULL, NULL,
	  true, TRFS_OPTIONS_IMAGES },
	{ "one-hot", TRFS_OPTION_COUNT, PLACE(one_hot), "N",
	  "masks of N classes, a value a class for each pixel", NULL, NULL, true,
	  TRFS_OPTIONS_IMAGES },
	{ "one-hot-type", TRFS_OPTION_CHOICE, PLACE(one_hot_type), "TYPE",
	  "of one-hot masks: float32 or uint8", CHOICES_ONE_HOT, NULL, true,
	  TRFS_OPTIONS_IMAGES },
	{ "include-masks", TRFS_OPTION_FLAG, PLACE(include_masks), NULL,
	  "COCO's objects with their masks as PNG", NULL, NULL, true,
	  TRFS_OPTIONS_MANIFEST },
	{ "include-panoptic-masks", TRFS_OPTION_FLAG, PLACE(include_panoptic_masks), NULL,
	  "COCO's panoptic category and instance masks", NULL, NULL, true,
	  TRFS_OPTIONS_MANIFEST },
	{ "panoptic-skip-crowd", TRFS_OPTION_FLAG, PLACE(panoptic_skip_crowd), NULL,
	  "leave crowd segments out of panoptic masks", NULL, NULL, true,
	  TRFS_OPTIONS_MANIFEST },
	{ "faces-only", TRFS_OPTION_FLAG, PLACE(faces_only), NULL,
	  "for profile pet: boxes of faces, no masks; default: on", NULL, NULL, true,
	  TRFS_OPTIONS_MANIFEST },
	{ "mask-type", TRFS_OPTION_CHOICE, PLACE(mask_type), "TYPE",
	  "for profile pet with --no-faces-only: masks as png, or numerical",
	  CHOICES_MASK_TYPE, NULL, true, TRFS_OPTIONS_MANIFEST },
	{ "threads", TRFS_OPTION_COUNT, PLACE(threads), "N",
	  "threads for indexing; default: one per CPU", NULL, NULL, false,
	  TRFS_OPTIONS_MOUNT },
};

const size_t trfs_option_table_len = TRFS_COUNT(trfs_option_table);

void trfs_options_init(struct trfs_options *options)
{
	*options = (struct trfs_options){
		.seed = DEFAULT_SEED,
		.order = TRFS_ORDER_SHUFFLED,
		.on_bad = TRFS_ON_BAD_FAIL,
		.check = TRFS_CHECK_HEADER,
		.map_order = TRFS_MAP_ORDER_UPB,
		.stratify = true,
		.max_pixels = DEFAULT_MAX_PIXELS,
		.quality = 100,
		.cut_threads = 1,
		.faces_only = true,
	};
}

bool trfs_option_same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		if ((*a == '_' ? '-' : *a) != (*b == '_' ? '-' : *b))
			return false;
	}
	return *a == *b;
}

static bool goes_by(const struct trfs_option *option, const char *name)
{
	if (trfs_option_same_name(option->name, name))
		return true;
	for (const char *const *alias = option->aliases; alias && *alias; alias++) {
		if (trfs_option_same_name(*alias, name))
			return true;
	}
	return false;
}

const struct trfs_option *trfs_option_find(const char *name)
{
	for (size_t i = 0; i < trfs_option_table_len; i++) {
		if (goes_by(&trfs_option_table[i], name))
			return &trfs_option_table[i];
	}
	return NULL;
}
