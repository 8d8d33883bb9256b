/* SPDX-License-Identifier: MIT */
/*
 * The table of options: their names, types, places in struct trfs_options, and what help
 * says.  Everything that walks options (command line, dataset.json, fingerprint) walks
 * this; option_set.c knows how each type is read and written.
 */
#include "dataset/options.h"

#include "base/compiler.h"

#define PLACE(field)	  offsetof(struct trfs_options, field)
#define NAMES(...)	  ((const char *const[]){ __VA_ARGS__, NULL })
#define CHOICES_ORDER	  NAMES("shuffled", "manifest", "local")
#define CHOICES_ON_BAD	  NAMES("fail", "skip")
#define CHOICES_CHECK	  NAMES("header", "full")
#define CHOICES_MAP_ORDER NAMES("upb", "cpp")
#define DEFAULT_SEED	  42

const struct trfs_option trfs_option_table[] = {
	{ "manifest", TRFS_OPTION_PATH, PLACE(manifest), "FILE",
	  "CSV, TSV, JSON or JSON Lines file that lists the images; default: class "
	  "folders",
	  NULL, NAMES("image-info-file"), true },
	{ "labels", TRFS_OPTION_PATH, PLACE(labels), "FILE",
	  "class names, one a line, the first being 0; default: sorted names", NULL,
	  NAMES("labels-file"), true },
	{ "schema", TRFS_OPTION_TEXT, PLACE(schema), "NAME|FILE",
	  "the features an example becomes; default: slim", NULL, NULL, true },
	{ "split", TRFS_OPTION_TEXT, PLACE(split), "NAME=SHARE,...",
	  "shares: train=0.8,validation=0.1,test=0.1; default: the manifest's, or train",
	  NULL, NULL, true },
	{ "file-column", TRFS_OPTION_TEXT, PLACE(file_column), "COLUMN",
	  "the column with the images' paths", NULL, NULL, true },
	{ "label-column", TRFS_OPTION_TEXT, PLACE(label_column), "COLUMN",
	  "the column with the classes", NULL, NULL, true },
	{ "split-column", TRFS_OPTION_TEXT, PLACE(split_column), "COLUMN",
	  "the column with the splits", NULL, NULL, true },
	{ "group", TRFS_OPTION_TEXT, PLACE(group_column), "COLUMN",
	  "keep rows with equal values in this column in one split", NULL, NULL, true },
	{ "label-sep", TRFS_OPTION_TEXT, PLACE(label_separator), "TEXT",
	  "what separates several labels in one cell", NULL, NULL, true },
	{ "shards", TRFS_OPTION_TEXT, PLACE(shards), "N|NAME=N,...",
	  "how many shards a split is cut into; default: near 128 MB each, at least 16",
	  NULL, NAMES("num-shards"), true },
	{ "formats", TRFS_OPTION_TEXT, PLACE(formats), "NAME,...",
	  "further image formats to let in, such as webp", NULL, NULL, true },
	{ "seed", TRFS_OPTION_NUMBER, PLACE(seed), "N",
	  "for shuffling and splitting; default: 42", NULL, NULL, true },
	{ "order", TRFS_OPTION_CHOICE, PLACE(order), "ORDER",
	  "shuffled (train only), manifest, or local: by path, kind to slow disks",
	  CHOICES_ORDER, NULL, true },
	{ "on-bad", TRFS_OPTION_CHOICE, PLACE(on_bad), "WHAT",
	  "fail on bad or missing images, or skip and list them", CHOICES_ON_BAD, NULL,
	  true },
	{ "check", TRFS_OPTION_CHOICE, PLACE(check), "HOW",
	  "look at each image's header and end, or decode it in full", CHOICES_CHECK,
	  NULL, true },
	{ "map-order", TRFS_OPTION_CHOICE, PLACE(map_order), "ORDER",
	  "order of an Example's keys: upb as TensorFlow writes them, or cpp",
	  CHOICES_MAP_ORDER, NULL, true },
	{ "stratify", TRFS_OPTION_FLAG, PLACE(stratify), NULL,
	  "keep the classes' shares equal in all splits; default: on", NULL, NULL, true },
	{ "follow", TRFS_OPTION_FLAG, PLACE(follow), NULL,
	  "allow symbolic links that leave the source", NULL, NULL, true },
	{ "threads", TRFS_OPTION_COUNT, PLACE(threads), "N",
	  "threads for indexing; default: one per CPU", NULL, NULL, false },
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
	};
}

static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		if ((*a == '_' ? '-' : *a) != (*b == '_' ? '-' : *b))
			return false;
	}
	return *a == *b;
}

static bool goes_by(const struct trfs_option *option, const char *name)
{
	if (same_name(option->name, name))
		return true;
	for (const char *const *alias = option->aliases; alias && *alias; alias++) {
		if (same_name(*alias, name))
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
