/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as an image and as its mask, from the scan to the bytes of the record: both
 * are decoded, turned, resized, encoded anew, cut into objects, as the first byte chooses
 * (enum choice).  Two bytes say how long the image is.  Whatever is shown is a sound
 * TFRecord file, or a sentence.
 */
#include "feed_file.h"
#include "png_mutator.h"
#include "source_files.h"

#include "base/crc32c.h"
#include "dataset/options.h"
#include "index/generation.h"
#include "stream/stream.h"
#include "wire/tfrecord.h"

#include <errno.h>

#define SHARD_MAX (1u << 22)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum choice {
	CHOICE_PANOPTIC = 1, /* the mask is COCO's picture of segments */
	CHOICE_ONE_HOT = 2,
	CHOICE_FIX = 4,
	CHOICE_TURN = 8,
	CHOICE_RESIZE = 16,
	CHOICE_FULL = 32,
	CHOICE_OPENCV = 64,
	CHOICE_AUGMENT = 128,
};

static const char rows[] =
	"{\"file\": \"a.img\", \"label\": [\"cat\", \"dog\"], \"mask\": \"b.img\"}\n";

static const char every_content[] =
	"{\"name\": \"every\", \"features\": {"
	"\"image\": \"image.encoded\", \"hash\": \"image.sha256\","
	"\"mask\": \"mask.encoded\", \"pixels\": \"image.pixels\","
	"\"height\": \"image.height\", \"turn\": \"image.orientation\","
	"\"classes\": \"mask.pixels\", \"masks\": \"trimap.masks\","
	"\"numbers\": \"trimap.numbers\"}}";

static const char info[] =
	"{\"images\": [{\"id\": 1, \"file_name\": \"a.img\", \"height\": 7, \"width\": "
	"5}], \"categories\": [{\"id\": 1, \"name\": \"cat\"}, {\"id\": 184, \"name\": "
	"\"tree\"}], \"annotations\": []}";

static const char segments[] =
	"{\"images\": [{\"id\": 1, \"file_name\": \"a.img\", \"height\": 7, \"width\": "
	"5}], \"categories\": [{\"id\": 1, \"name\": \"cat\"}, {\"id\": 184, \"name\": "
	"\"tree\"}], \"annotations\": [{\"image_id\": 1, \"file_name\": \"b.img\", "
	"\"segments_info\": [{\"id\": 7, \"category_id\": 1, \"iscrowd\": 0}, {\"id\": "
	"300, \"category_id\": 184, \"iscrowd\": 1}, {\"id\": 0, \"category_id\": 1, "
	"\"iscrowd\": 0}]}]}";

static const char every_segment[] =
	"{\"name\": \"every\", \"features\": {"
	"\"image\": \"image.encoded\", \"pixels\": \"image.pixels\","
	"\"class\": \"panoptic.class\", \"category\": \"panoptic.category\","
	"\"instance\": \"panoptic.instance\"}}";

/* A path that stays. */
static const char *path_to(const char *name)
{
	return strdup(source_path(name));
}

static struct trfs_options base_options(bool panoptic)
{
	static const char *paths[5];
	struct trfs_options options;

	if (!paths[0]) {
		source_write("rows.jsonl", rows, strlen(rows));
		source_write("every.json", every_content, strlen(every_content));
		source_write("info.json", info, strlen(info));
		source_write("segments.json", segments, strlen(segments));
		source_write("panoptic.json", every_segment, strlen(every_segment));
		paths[0] = path_to("rows.jsonl");
		paths[1] = path_to("every.json");
		paths[2] = path_to("info.json");
		paths[3] = path_to("panoptic.json");
		paths[4] = path_to("segments.json");
	}
	trfs_options_init(&options);
	options.source = source_directory();
	options.manifest = panoptic ? paths[2] : paths[0];
	options.schema = panoptic ? paths[3] : paths[1];
	if (panoptic) {
		options.dialect = "coco";
		options.panoptic.items[options.panoptic.nr++] = paths[4];
		options.panoptic_masks.items[options.panoptic_masks.nr++] =
			options.source;
		options.include_panoptic_masks = true;
	}
	return options;
}

static struct trfs_options options_of(uint8_t choice)
{
	struct trfs_options options = base_options(choice & CHOICE_PANOPTIC);

	options.shards = "1";
	options.threads = 1;
	options.max_pixels = 1u << 16;
	if (choice & CHOICE_ONE_HOT)
		options.one_hot = 3;
	if (choice & CHOICE_FIX)
		options.fix = "png2jpeg,cmyk";
	if (choice & CHOICE_TURN)
		options.exif = TRFS_EXIF_APPLY;
	if (choice & CHOICE_RESIZE)
		options.resize = choice & CHOICE_OPENCV ? "nearest:9x11" : "13";
	if (choice & CHOICE_FULL)
		options.check = TRFS_CHECK_FULL;
	if (choice & CHOICE_OPENCV)
		options.codec = TRFS_CODEC_OPENCV;
	if (choice & CHOICE_AUGMENT)
		options.augment.items[options.augment.nr++] = "cat=rotate,hflip";
	return options;
}

/* Records end to end, each with sums that are right. */
static void check_records(struct trfs_bytes left)
{
	while (left.len > 0) {
		const uint8_t *data = left.data + TRFS_TFRECORD_HEADER_SIZE;
		uint64_t len;

		insist(left.len >= TRFS_TFRECORD_FRAMING_SIZE);
		insist(trfs_tfrecord_parse_header(left.data, &len) == 0);
		insist(len <= left.len - TRFS_TFRECORD_FRAMING_SIZE);
		insist(trfs_tfrecord_footer_matches(data + len,
						    trfs_crc32c(0, data, (size_t)len)));
		left.data += TRFS_TFRECORD_FRAMING_SIZE + len;
		left.len -= TRFS_TFRECORD_FRAMING_SIZE + (size_t)len;
	}
}

static void read_shard(const struct trfs_generation *g)
{
	uint64_t size = trfs_generation_shard_size(g, 0);
	struct trfs_stream *stream = NULL;
	struct trfs_error err = { 0 };
	size_t got = 0;
	uint8_t *bytes;

	if (size > SHARD_MAX)
		return;
	bytes = malloc((size_t)size + 1);
	insist(bytes && trfs_stream_open(g, &stream, &err) == 0);
	/* Pixels that nobody had to look at before can be bad. */
	if (trfs_stream_read(stream, 0, 0, bytes, (size_t)size + 1, &got, &err) < 0) {
		check_sentence(err.message);
		insist(strstr(err.message, "a.img"));
	} else {
		insist(got == size);
		check_records((struct trfs_bytes){ bytes, got });
	}
	trfs_stream_close(stream);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trfs_options options;
	struct trfs_generation *g = NULL;
	struct trfs_error err = { 0 };
	size_t len;
	int rc;

	if (size < 3)
		return 0;
	len = (size_t)(data[1] | data[2] << 8) % (size - 2);
	source_write("a.img", data + 3, len);
	source_write("b.img", data + 3 + len, size - 3 - len);
	options = options_of(data[0]);
	rc = trfs_generation_open(&options, NULL, true, NULL, &g, &err);
	if (rc == 0 && trfs_plan_nr_shards(g->plan) > 0)
		read_shard(g);
	else if (rc < 0)
		check_sentence(err.message);
	trfs_generation_free(g);
	return 0;
}
