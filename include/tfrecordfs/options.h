/* SPDX-License-Identifier: MIT */
/*
 * What a user may choose.  One struct serves every command, the saved index's
 * fingerprint and dataset.json; the table of names is in dataset/options.c.
 */
#ifndef TFRECORDFS_OPTIONS_H
#define TFRECORDFS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** enum trfs_order - in which order the records of a split stand */
enum trfs_order {
	TRFS_ORDER_SHUFFLED, /* train in one seeded permutation, others as listed */
	TRFS_ORDER_MANIFEST, /* every split as the manifest lists it */
	TRFS_ORDER_LOCAL,    /* every split by path, kind to slow disks */
	TRFS_ORDER_CLASSES, /* every split class by class, names sorted, else as listed */
	TRFS_ORDER_PYTHON,  /* each split as Python 3's random.Random(seed).shuffle has it
			     */
	TRFS_ORDER_PYTHON_TRAIN, /* the same for train; the others as listed */
};

/** enum trfs_cut - how the records of a split become shards */
enum trfs_cut {
	TRFS_CUT_EVEN,	  /* runs whose lengths differ by at most one; none is empty */
	TRFS_CUT_CEILING, /* runs of ceil(n / shards); the last ones may be empty */
	TRFS_CUT_ROUND_ROBIN, /* record i is in shard i mod shards */
	TRFS_CUT_LINSPACE,    /* numpy's linspace, cut by threads and then by shards */
	TRFS_CUT_BLOCKS,      /* runs of @shard_size source rows, as many as needed */
};

/** enum trfs_exif - what becomes of an EXIF orientation */
enum trfs_exif {
	TRFS_EXIF_KEEP,	   /* bytes as they are; TensorFlow ignores it */
	TRFS_EXIF_APPLY,   /* turned images are turned and encoded anew */
	TRFS_EXIF_FEATURE, /* bytes as they are, and a feature image/orientation */
};

/** enum trfs_codec - whose settings images are decoded and encoded with */
enum trfs_codec {
	TRFS_CODEC_TENSORFLOW, /* fast DCT, 300 x 300 dpi in the header */
	TRFS_CODEC_OPENCV,     /* accurate DCT, no density */
};

/** enum trfs_class_order - which class has which id */
enum trfs_class_order {
	TRFS_CLASS_ORDER_AUTO,	 /* the labels file's; else integers as they are; else
				    sorted names */
	TRFS_CLASS_ORDER_SORTED, /* without a labels file sorted names, also of integers
				  */
	TRFS_CLASS_ORDER_APPEARANCE, /* without a labels file as the manifest has them */
	TRFS_CLASS_ORDER_LINES,	     /* by line of the labels file, blank ones too */
};

/** enum trfs_label_type - what labels are */
enum trfs_label_type {
	TRFS_LABEL_CLASS, /* names or ids of classes */
	TRFS_LABEL_FLOAT, /* numbers to regress to */
};

/** enum trfs_one_hot - the type of one-hot masks */
enum trfs_one_hot {
	TRFS_ONE_HOT_FLOAT32,
	TRFS_ONE_HOT_UINT8,
};

/** enum trfs_mask_type - of profile pet's masks */
enum trfs_mask_type {
	TRFS_MASK_PNG,	     /* a PNG an object */
	TRFS_MASK_NUMERICAL, /* a float32 a pixel, of all objects in one list */
};

/** enum trfs_on_bad - what becomes of missing, broken or doubtful images */
enum trfs_on_bad {
	TRFS_ON_BAD_FAIL, /* refuse the whole source, naming the first five */
	TRFS_ON_BAD_SKIP, /* leave them out and list every one as a problem */
	TRFS_ON_BAD_LIST, /* as skip, even where nothing is left: for reports */
};

/** enum trfs_check - how closely each image is looked at while indexing */
enum trfs_check {
	TRFS_CHECK_HEADER, /* format, size, and whether its end is there */
	TRFS_CHECK_FULL,   /* decode every pixel of each JPEG and PNG */
};

/** enum trfs_map_order - order of the keys of an Example */
enum trfs_map_order {
	TRFS_MAP_ORDER_UPB, /* TensorFlow's: a key comes after those it begins */
	TRFS_MAP_ORDER_CPP, /* plain ascending bytes */
};

/** most items of one list */
#define TRFS_LIST_MAX 32

/** struct trfs_option_list - an option that can be given several times */
struct trfs_option_list {
	unsigned int nr;
	const char *items[TRFS_LIST_MAX];
};

/**
 * struct trfs_options - one data set, as the user described it
 *
 * All strings are borrowed: they must outlive the calls they are passed to, not
 * the objects these return.  NULL means the default.  Initialise with
 * trfs_options_init().
 *
 * @source: directory of the images
 * @manifest: CSV, TSV, JSON or JSON Lines file; NULL: class folders
 * @labels: file with the class names, one a line, the first being class 0, or
 *          "id:name" lines, or a CSV of class,id
 * @schema: built-in schema ("slim", "simple", ...) or path of a schema file; NULL:
 * "slim", or "detection" where the manifest has boxes
 * @split: "train=0.8,validation=0.1,test=0.1"; the manifest's or "train"
 * @file_column, @label_column, @split_column, @group_column: names of manifest
 *          columns; NULL: by their usual names; a group is used only when named
 * @label_separator: what separates several labels in a cell; NULL: one label a cell
 * @shards: "16" or "train=16,validation=4"; near 128 MB each and at least 16
 * @formats: further image formats to let in: "webp,jxl"; NULL: JPEG, PNG, GIF, BMP
 * @seed: for shuffling and splitting; 42
 * @order: in which order the records of a split stand; train shuffled
 * @on_bad: what becomes of images that are missing, broken or in doubt; all fails
 * @check: how closely images are looked at; header and end
 * @map_order: of the keys of an Example; TensorFlow's
 * @stratify: keep class shares equal in all splits; true
 * @follow: allow symbolic links that leave the source; false
 * @threads: for indexing; 0: chosen from the machine
 *
 * What the converters' profiles are made of (dataset/profile.h sets most of these):
 *
 * @profile: its name, for the record; NULL: none
 * @dialect: of the manifest: "csv", "coco", "voc", ...; NULL: by its content
 * @parts: "SPLIT=PATH", each a manifest or directory with the rows of one split;
 *          they stand for @manifest
 * @image_directories: where the manifest's relative names are looked up, in all of
 *          which together a name must exist once; none: the source
 * @annotations, @captions, @panoptic, @panoptic_masks: COCO's further files; the k-th
 *          belongs to the k-th part; "none" as an item: it has none, not even in the
 *          manifest itself
 * @masks: directory of masks paired with the images by stem
 * @mask_column: column with the masks' paths; NULL: by its usual names
 * @image_extension: of images that a list names by id only: "jpg"
 * @metadata: imagenet: lines of synset, tab, text
 * @boxes: imagenet: CSV of name,xmin,ymin,xmax,ymax
 * @name: of the data set, in shard names: "cifar10"
 * @shard_names: template of shard names, see dataset/shard_name.h
 * @split_names: "validation=val": splits that shard names call otherwise
 * @side_files: "slim-labels,...": the sets of small files shown beside the shards, see
 *          stream/side_files.h; NULL: none
 * @take: "validation=350,train": splits cut off a Python shuffle of all, see split.h
 * @validation_size, @test_size: "0.2": shares of each class, as image2tfrecords
 * @label_base: "0", "1", ...: the lowest class id that is shown; NULL: as they are
 * @fix: "png2jpeg,cmyk,png-names,imagenet,bgr": images that are encoded anew
 * @resize: "256", "512x512", "nearest:512x512"; NULL: none
 * @extra: "COLUMN[:type]": columns that become features of their name
 * @keep_every: "CLASS=2": of the class's rows in train only every second one
 * @augment: "CLASS=rotate,hflip": one more, changed copy of each of its train rows
 * @max_pixels: images with more are bad where pixels are needed
 * @one_hot: classes of one-hot masks; 0: masks as they are
 * @cut_threads: of TRFS_CUT_LINSPACE
 * @shard_size: source rows a shard, of TRFS_CUT_BLOCKS
 * @quality: of JPEG that is encoded anew
 * @cut: how the records of a split become shards; runs of even length
 * @exif: what becomes of an EXIF orientation; nothing
 * @codec: whose settings images are decoded and encoded with; TensorFlow's
 * @class_order: which class has which id; the labels file's, else by value or name
 * @label_type: what labels are; classes
 * @one_hot_type: the type of @one_hot masks; float32
 * @include_masks, @include_panoptic_masks, @panoptic_skip_crowd, @faces_only,
 * @mask_type, @ignore_difficult: as the converters' flags of these names
 * @prefer_split_column: where the manifest has splits, they win over all
 *          options that split
 * @keep_repeats: rows that name an image again are examples of their own
 */
struct trfs_options {
	const char *source;
	const char *manifest;
	const char *labels;
	const char *schema;
	const char *split;
	const char *file_column;
	const char *label_column;
	const char *split_column;
	const char *group_column;
	const char *label_separator;
	const char *shards;
	const char *formats;
	uint64_t seed;
	enum trfs_order order;
	enum trfs_on_bad on_bad;
	enum trfs_check check;
	enum trfs_map_order map_order;
	bool stratify;
	bool follow;
	unsigned int threads;

	const char *profile;
	const char *dialect;
	struct trfs_option_list parts;
	struct trfs_option_list image_directories;
	struct trfs_option_list annotations;
	struct trfs_option_list captions;
	struct trfs_option_list panoptic;
	struct trfs_option_list panoptic_masks;
	const char *masks;
	const char *mask_column;
	const char *image_extension;
	const char *metadata;
	const char *boxes;
	const char *name;
	const char *shard_names;
	const char *split_names;
	const char *side_files;
	const char *take;
	const char *validation_size;
	const char *test_size;
	const char *label_base;
	const char *fix;
	const char *resize;
	struct trfs_option_list extra;
	struct trfs_option_list keep_every;
	struct trfs_option_list augment;
	uint64_t max_pixels;
	unsigned int one_hot;
	unsigned int cut_threads;
	unsigned int shard_size;
	unsigned int quality;
	enum trfs_cut cut;
	enum trfs_exif exif;
	enum trfs_codec codec;
	enum trfs_class_order class_order;
	enum trfs_label_type label_type;
	enum trfs_one_hot one_hot_type;
	enum trfs_mask_type mask_type;
	bool include_masks;
	bool include_panoptic_masks;
	bool panoptic_skip_crowd;
	bool faces_only;
	bool ignore_difficult;
	bool prefer_split_column;
	bool keep_repeats;
};

/** trfs_options_init() - the defaults; @source still has to be set */
void trfs_options_init(struct trfs_options *options);

#ifdef __cplusplus
}
#endif

#endif
