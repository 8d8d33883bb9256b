/* SPDX-License-Identifier: MIT */
/*
 * README.txt: what this directory is, for whoever finds it.  It is copied and exported
 * with the rest, so what holds in a mount alone is told as that.
 */
#include "base/visible.h"
#include "dataset/shard_glob.h"
#include "stream/side_counts.h"

#include <inttypes.h>

/* The views, with paths that exist as far as that can be said. */
static const struct {
	const char *path;
	const char *what;
} views[] = {
	{ "epochs/7/", "the same records in another order, one for each number" },
	{ "epochs/7/from/1000/", "from record 1000 of that order on: resume" },
	{ "shards/64/", "cut into 64 shards; a smaller split has one record a shard" },
	{ "bysize/128MB/", "cut into shards of about that size" },
	{ "folds/5/0/", "five-fold cross-validation: fold 0 is validation" },
	{ "balanced/", "train with rare classes repeated; also balanced/under/,\n"
		       "                         balanced/0.5/" },
	{ "by-class/CLASS/", "images of one class" },
	{ "filter/COLUMN=VALUE/", "rows with that value in a column of the manifest" },
	{ "first/100/", "100 records of each split, classes in their proportions" },
	{ "schemas/NAME/", "as another schema or converter has them" },
	{ "by-index/SPLIT/0/", "one record: image, label.txt, example.json" },
};

static const struct {
	const char *path;
	const char *what;
} files[] = {
	{ "labels.*, label_map.pbtxt", "classes and their ids" },
	{ "stats.json, num_examples.txt", "how many records and bytes there are" },
	{ "splits.csv", "which image is which record" },
	{ "problems.csv, leaks.csv", "images that are bad or odd; groups in two splits" },
	{ "class_weights.json", "for Keras' class_weight" },
	{ "schema.py, features.json", "how to read the records" },
	{ "report.html", "all of this to look at" },
	{ "dataset.json", "mount this file again and get the same bytes" },
	{ "index/", "offsets of records for DALI and PyTorch" },
	{ "metadata.json", "a Croissant description" },
	{ "SHA256SUMS", "for sha256sum -c; in a mount made when it is read" },
	{ "tfds/", "in a mount: for tfds.load(NAME, data_dir=THIS/tfds)" },
	{ "leaks-content.csv", "in a mount, unlisted: equal images in two splits" },
};

/* Whoever reads this does so with a terminal. */
static void put_path(struct trfs_buffer *out, struct trfs_bytes path)
{
	while (path.len > 0) {
		size_t len = trfs_visible_len(path);

		if (len > 0)
			trfs_buffer_put(out, path.data, len);
		else
			trfs_buffer_printf(out, "\\x%02x", path.data[0]);
		path.data += len ? len : 1;
		path.len -= len ? len : 1;
	}
}

static void put_glob(const struct trfs_view *view, struct trfs_buffer *out)
{
	uint32_t split = trfs_side_training_split(view);
	char glob[TRFS_SHARD_NAME_MAX];

	if (!trfs_shard_glob(view->plan->name_template,
			     trfs_strings_get(&view->plan->split_names, split), glob,
			     sizeof(glob)))
		return;
	trfs_buffer_printf(out,
			   "    files = tf.io.gfile.glob(THIS + \"/%s\")\n"
			   "    tf.data.TFRecordDataset(files)\n\n",
			   glob);
}

static int make(const struct trfs_side_request *request, struct trfs_buffer *out,
		struct trfs_error *err)
{
	const struct trfs_view *view = request->view;

	(void)err;
	trfs_buffer_printf(
		out, "TFRecord files that tfrecordfs makes of the %" PRIu64 " images in ",
		view->catalog->nr_examples);
	put_path(out, trfs_bytes_of(view->catalog->root_path));
	trfs_buffer_printf(out,
			   ".\nIn a mount they are on no disk: their bytes are made when "
			   "they are read.\n\n");
	put_glob(view, out);
	trfs_buffer_printf(out,
			   "A mount has other directories of the same records, chained "
			   "as you like\n(epochs/7/shards/64/).  They are found by name "
			   "and listed nowhere, so that copies end:\n\n");
	for (size_t i = 0; i < TRFS_COUNT(views); i++)
		trfs_buffer_printf(out, "    %-20s %s\n", views[i].path, views[i].what);
	trfs_buffer_printf(out, "\nBeside the records:\n\n");
	for (size_t i = 0; i < TRFS_COUNT(files); i++)
		trfs_buffer_printf(out, "    %-29s %s\n", files[i].path, files[i].what);
	trfs_buffer_printf(out, "\nEnd a mount with: tfrecordfs umount THIS\n");
	return 0;
}

const struct trfs_side_kind trfs_side_readme = {
	.set = "standard",
	.path = "README.txt",
	.make = make,
};
