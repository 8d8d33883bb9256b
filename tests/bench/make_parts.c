/* SPDX-License-Identifier: MIT */
/*
 * The parts of the index of a data set that is not there: as many images as wanted,
 *listed in a CSV, without a file.  Joining them is all that is left to do, and opens no
 *image:
 *
 *	make_parts SOURCE INDEX_DIRECTORY NR_IMAGES NR_PARTS
 *	time -v tfrecordfs index SOURCE --manifest SOURCE/m.csv --index INDEX_DIRECTORY
 *--join
 *
 * SOURCE is a directory, made if need be.  Images are d000/i00000000.jpg and so on, of
 *one of 1,000 classes, of about 100 kB.
 */
#include "base/error.h"
#include "index/parts.h"
#include "index/preparation.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define NR_CLASSES 1000u
#define NAME_SIZE  64u
#define TIME_NS	   INT64_C(1700000000000000000)

/* At once: of one part. */
#define NR_AT_ONCE 4096u

static void name_image(uint64_t i, char ret[NAME_SIZE])
{
	snprintf(ret, NAME_SIZE, "d%03" PRIu64 "/i%08" PRIu64 ".jpg", i / 100000, i);
}

static int write_manifest(const char *path, uint64_t nr)
{
	FILE *file = fopen(path, "w");
	char name[NAME_SIZE];

	if (!file)
		return -errno;
	fprintf(file, "file,label\n");
	for (uint64_t i = 0; i < nr; i++) {
		name_image(i, name);
		fprintf(file, "%s,c%03" PRIu64 "\n", name, i * 7919 % NR_CLASSES);
	}
	return fclose(file) == 0 ? 0 : -errno;
}

static struct trfs_seen seen_of(uint64_t i)
{
	return (struct trfs_seen){
		.inode = 1 + i,
		.mtime_ns = TIME_NS + (int64_t)(i * 104729 % 1000000007),
		.size = 50000 + (uint32_t)(i * 7919 % 100000),
		.access = TRFS_ACCESS_ALL,
		.appearance = { .height = 333 + (uint32_t)(i % 5),
				.width = 450,
				.format = TRFS_IMAGE_JPEG,
				.channels = 3,
				.depth = 8,
				.orientation = 1 },
	};
}

/* Images [@first, @end), as far as they are of the share. */
static int add_some(struct trfs_part *part, uint64_t first, uint64_t end)
{
	struct trfs_string_table *paths = trfs_string_table_new();
	struct trfs_seen seen[NR_AT_ONCE];
	struct trfs_strings view;
	char name[NAME_SIZE];
	int rc = paths ? 0 : -ENOMEM;

	for (uint64_t i = first; rc == 0 && i < end; i++) {
		name_image(i, name);
		if (!trfs_part_has(part, trfs_bytes_of(name)))
			continue;
		seen[trfs_string_table_view(paths).nr] = seen_of(i);
		rc = trfs_string_table_add(paths, trfs_bytes_of(name), NULL);
	}
	if (rc == 0) {
		view = trfs_string_table_view(paths);
		rc = trfs_part_add_files(&part->images, &view, seen);
	}
	trfs_string_table_free(paths);
	return rc;
}

static int write_part(const char *directory, const char *index_name,
		      const uint8_t *fingerprint, struct trfs_part *part,
		      uint64_t nr_images, struct trfs_error *err)
{
	char name[TRFS_INDEX_NAME_MAX];
	int rc = 0;

	for (uint64_t i = 0; rc == 0 && i < nr_images; i += NR_AT_ONCE)
		rc = add_some(part, i,
			      i + NR_AT_ONCE < nr_images ? i + NR_AT_ONCE : nr_images);
	if (rc < 0)
		return trfs_fail_memory(err, "the part");
	trfs_part_name(index_name, part->number, part->nr, name);
	return trfs_part_file_write(directory, name, fingerprint, part, TIME_NS, err);
}

static int write_parts(const struct trfs_options *options, const char *directory,
		       uint64_t nr_images, uint32_t nr_parts, struct trfs_error *err)
{
	uint8_t fingerprint[TRFS_FINGERPRINT_SIZE];
	struct trfs_preparation preparation;
	char index_name[TRFS_INDEX_NAME_MAX];
	int rc = trfs_preparation_init(&preparation, options, err);

	if (rc == 0)
		rc = trfs_preparation_fingerprint(&preparation, options, fingerprint,
						  err);
	trfs_preparation_done(&preparation);
	if (rc < 0)
		return rc;
	trfs_fingerprint_file_name(options->source, fingerprint, index_name);
	for (uint32_t i = 1; rc == 0 && i <= nr_parts; i++) {
		struct trfs_part part = { .number = i, .nr = nr_parts };

		rc = write_part(directory, index_name, fingerprint, &part, nr_images,
				err);
		trfs_part_done(&part);
	}
	return rc;
}

int main(int argc, char **argv)
{
	char manifest[PATH_MAX];
	struct trfs_options options;
	struct trfs_error err = { 0 };
	uint64_t nr_images;

	if (argc != 5)
		return 2;
	nr_images = strtoull(argv[3], NULL, 10);
	mkdir(argv[1], 0755);
	mkdir(argv[2], 0755);
	snprintf(manifest, sizeof(manifest), "%s/m.csv", argv[1]);
	trfs_options_init(&options);
	options.source = argv[1];
	options.manifest = manifest;
	if (write_manifest(manifest, nr_images) < 0 ||
	    write_parts(&options, argv[2], nr_images,
			(uint32_t)strtoul(argv[4], NULL, 10), &err) < 0) {
		fprintf(stderr, "make_parts: %s\n", err.message);
		return 1;
	}
	return 0;
}
