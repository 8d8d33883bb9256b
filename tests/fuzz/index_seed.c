/* SPDX-License-Identifier: MIT */
/*
 * The source is written anew by each process, since an index holds what the file system
 * chooses (inodes); all that inputs refer to is the same each time.
 */
#include "index_seed.h"

#include "feed_file.h"
#include "source_files.h"

#include "base/file.h"
#include "dataset/schema_rule.h"
#include "index/generation.h"
#include "index/saved_index.h"

const uint8_t seed_fingerprint[TRFS_FINGERPRINT_SIZE] = "what the index was made for";

static const char manifest[] =
	"{\"file\": \"0.gif\", \"label\": [\"cat\"], \"split\": \"train\", \"age\": 7}\n"
	"{\"file\": \"1.gif\", \"label\": [\"cat\", \"dog\"], \"split\": \"train\"}\n"
	"{\"file\": \"2.gif\", \"label\": [\"dog\"], \"split\": \"train\", \"age\": -1,"
	" \"tags\": [\"a\", \"bb\"]}\n"
	"{\"file\": \"3.gif\", \"label\": [\"eel\"], \"split\": \"train\", \"age\": 8,"
	" \"tags\": [\"\"]}\n"
	"{\"file\": \"gone.gif\", \"label\": [\"dog\"], \"split\": \"train\"}\n"
	"{\"file\": \"4.gif\", \"label\": [\"dog\"], \"split\": \"train\", \"score\": "
	"0.5}\n"
	"{\"file\": \"5.gif\", \"label\": [\"cat\"], \"split\": \"test\", \"age\": 7}\n"
	"{\"file\": \"6.gif\", \"label\": [\"dog\"], \"split\": \"test\", \"age\": 9}\n";

static const char turned[] =
	"{\"file\": \"6.gif\", \"label\": \"dog\", \"split\": \"test\"}\n"
	"{\"file\": \"3.gif\", \"label\": \"cat\", \"split\": \"train\"}\n"
	"{\"file\": \"4.gif\", \"label\": \"cat\", \"split\": \"train\"}\n"
	"{\"file\": \"0.gif\", \"label\": \"eel\", \"split\": \"train\"}\n";

static const char every_source[] =
	"{\"name\": \"every\", \"features\": {"
	"\"image\": \"image.encoded\", \"hash\": \"image.sha256\","
	"\"mask\": \"mask.encoded\", \"format\": \"image.format\","
	"\"height\": \"image.height\", \"width\": \"image.width\","
	"\"stem\": \"file.stem\", \"directory\": \"file.directory\","
	"\"id\": {\"from\": \"label.id\", \"add\": 1}, \"text\": \"label.text\","
	"\"file\": {\"from\": \"column.file\", \"type\": \"bytes\"},"
	"\"label\": {\"from\": \"column.label\", \"type\": \"bytes\"},"
	"\"age\": {\"from\": \"column.age\", \"type\": \"int64\", \"missing\": 0},"
	"\"score\": {\"from\": \"column.score\", \"type\": \"float\", \"missing\": "
	"\"absent\"},"
	"\"tags\": {\"from\": \"column.tags\", \"type\": \"bytes\", \"missing\": "
	"\"empty\"}}}";

/* With bytes behind the end. */
static void write_image(size_t number, const uint8_t *image, size_t len)
{
	size_t nr_extra = number * 41;
	uint8_t bytes[512];
	char name[16];

	insist(len + nr_extra <= sizeof(bytes));
	memcpy(bytes, image, len);
	for (size_t i = 0; i < nr_extra; i++)
		bytes[len + i] = (uint8_t)i;
	snprintf(name, sizeof(name), "%zu.gif", number);
	source_write(name, bytes, len + nr_extra);
}

/*
 * One pixel; bytes behind its end make files of different lengths.  The last two are PNG
 * for all their names, so that there is something to make anew.
 */
static void write_source(void)
{
	static const uint8_t gif[] = {
		'G',  'I',  'F',  '8',	'9',  'a',  0x01, 0x00, 0x01, 0x00, 0x80, 0x00,
		0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0x2c, 0x00, 0x00, 0x00, 0x00,
		0x01, 0x00, 0x01, 0x00, 0x00, 0x02, 0x02, 0x44, 0x01, 0x00, 0x3b,
	};

	static const uint8_t png[] = {
		0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d,
		0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01,
		0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00, 0x00, 0x00,
		0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x70, 0x00, 0x00, 0x00,
		0x42, 0x00, 0x41, 0x84, 0xbf, 0x8e, 0x62, 0x00, 0x00, 0x00, 0x00, 0x49,
		0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
	};

	for (size_t i = 0; i < 5; i++)
		write_image(i, gif, sizeof(gif));
	for (size_t i = 5; i < 7; i++)
		write_image(i, png, sizeof(png));
	source_write("rows.jsonl", manifest, strlen(manifest));
	source_write("turned.jsonl", turned, strlen(turned));
	source_write("s.json", every_source, strlen(every_source));
}

struct trfs_options seed_options(void)
{
	static char manifest_path[128], schema_path[128];
	struct trfs_options options;

	if (!manifest_path[0])
		write_source();
	trfs_options_init(&options);
	snprintf(manifest_path, sizeof(manifest_path), "%s", source_path("rows.jsonl"));
	snprintf(schema_path, sizeof(schema_path), "%s", source_path("s.json"));
	options.source = source_directory();
	options.manifest = manifest_path;
	options.schema = schema_path;
	options.shards = "train=2,test=1";
	options.on_bad = TRFS_ON_BAD_SKIP;
	/* Each image is its own mask. */
	options.mask_column = "file";
	options.fix = "png2jpeg";
	options.threads = 1;
	return options;
}

static struct trfs_generation *open_generation(const struct trfs_options *options)
{
	struct trfs_generation *generation = NULL;
	struct trfs_error err = { 0 };

	if (trfs_generation_open(options, NULL, true, NULL, &generation, &err) < 0) {
		fprintf(stderr, "the seed: %s\n", err.message);
		abort();
	}
	return generation;
}

struct trfs_generation *seed_generation(void)
{
	struct trfs_options options = seed_options();

	return open_generation(&options);
}

struct trfs_generation *seed_generation_turned(void)
{
	struct trfs_options options = seed_options();
	char manifest_path[128];

	snprintf(manifest_path, sizeof(manifest_path), "%s", source_path("turned.jsonl"));
	options.manifest = manifest_path;
	options.schema = NULL;
	return open_generation(&options);
}

struct trfs_bytes seed_index(void)
{
	static struct trfs_buffer bytes;
	struct trfs_generation *g;

	if (bytes.len > 0)
		return trfs_buffer_bytes(&bytes);
	g = seed_generation();
	insist(trfs_saved_index_write(source_directory(), "seed.index", seed_fingerprint,
				      g->catalog, g->plan, g->layout, 0, NULL) == 0);
	trfs_generation_free(g);
	trfs_buffer_init(&bytes, 1u << 20);
	insist(trfs_file_read_all(source_path("seed.index"), 1u << 20, &bytes, NULL) ==
	       0);
	return trfs_buffer_bytes(&bytes);
}

/* What it was laid out for, with all kinds of sources; bound to no catalog yet. */
static struct trfs_schema *seed_schema(void)
{
	struct trfs_schema *schema = trfs_schema_new("seed");

	insist(schema != NULL);
	trfs_buffer_put(&schema->text, every_source, strlen(every_source));
	insist(!schema->text.failed && trfs_schema_parse(schema, NULL) == 0);
	return schema;
}

int seed_bind(struct trfs_generation *g, struct trfs_error *err)
{
	/* As trfs_generation_open() does, of the options. */
	g->catalog->presentation.recipe =
		(struct trfs_recipe){ .fixes = TRFS_FIX_PNG_TO_JPEG,
				      .density_300 = true,
				      .quality = 100,
				      .max_pixels = 1u << 20 };
	g->schema = seed_schema();
	return trfs_schema_bind(g->schema, g->catalog, err);
}
