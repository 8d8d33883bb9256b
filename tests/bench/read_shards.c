/* SPDX-License-Identifier: MIT */
/*
 * Reads TFRecord files in order.  One thread a reader; reader r takes the files r, r + R,
 *...
 *
 *	read_shards HOW READERS FILE...     prints: seconds bytes records digest
 *
 * The digest is the sum of the CRCs of all records' data, so that it is the same for the
 * same records in any order.
 */
#include "base/crc32c.h"
#include "wire/tf_example_read.h"
#include "wire/tfrecord.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BLOCK	    (256u * 1024u)
#define LARGE	    (1024u * 1024u)
#define NR_IN_BATCH 32u

/* A file being read block by block, with the record that is being put together. */
struct input {
	int fd;
	uint8_t *block;
	size_t used, len;
	uint64_t offset;
	uint8_t *record;
	size_t record_capacity;
};

struct reader {
	pthread_t thread;
	const struct how *how;
	char **files;
	int nr_files;
	int step;
	uint64_t nr_bytes;
	uint64_t nr_records;
	uint64_t digest;
	struct input in;
};

struct how {
	const char *name;
	void (*read_file)(struct reader *r, const char *path);
};

static void die(const char *what)
{
	fprintf(stderr, "read_shards: %s\n", what);
	exit(1);
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return fd;
}

/* Up to @len bytes into @to; fewer only at the end of the file. */
static size_t take(struct input *in, uint8_t *to, size_t len)
{
	size_t done = 0;

	while (done < len) {
		size_t left = in->len - in->used;
		size_t part = left < len - done ? left : len - done;

		if (left == 0) {
			ssize_t got = pread(in->fd, in->block, BLOCK, (off_t)in->offset);

			if (got < 0)
				die(strerror(errno));
			if (got == 0)
				break;
			in->offset += (uint64_t)got;
			in->used = 0;
			in->len = (size_t)got;
			continue;
		}
		memcpy(to + done, in->block + in->used, part);
		in->used += part;
		done += part;
	}
	return done;
}

/* The CRC of a record's data, which must be the one behind them. */
static uint32_t check_data(const uint8_t *data, uint64_t len)
{
	uint32_t crc = trfs_crc32c(0, data, (size_t)len);

	if (!trfs_tfrecord_footer_matches(data + len, crc))
		die("a data checksum is wrong");
	return crc;
}

/* The next record's data, checked; their length, or 0 at the end of the file. */
static uint64_t next_record(struct reader *r, uint32_t *ret_crc)
{
	struct input *in = &r->in;
	uint8_t header[TRFS_TFRECORD_HEADER_SIZE];
	size_t got = take(in, header, sizeof(header));
	uint64_t len;

	if (got == 0)
		return 0;
	if (got < sizeof(header))
		die("a record is cut");
	if (trfs_tfrecord_parse_header(header, &len) < 0)
		die("a length checksum is wrong");
	if (len + 4 > in->record_capacity) {
		in->record_capacity = (size_t)len + 4;
		in->record = realloc(in->record, in->record_capacity);
		if (!in->record)
			die("no memory");
	}
	if (take(in, in->record, (size_t)len + 4) != len + 4)
		die("a record is cut");
	*ret_crc = check_data(in->record, len);
	r->nr_records++;
	return len;
}

static void start_file(struct input *in, const char *path)
{
	in->fd = open_file(path);
	in->offset = in->used = in->len = 0;
}

/* As TensorFlow does: 256 KiB at a time, both checksums of every record verified. */
static void read_verify(struct reader *r, const char *path)
{
	uint32_t crc;

	start_file(&r->in, path);
	while (next_record(r, &crc) > 0)
		r->digest += crc;
	r->nr_bytes += r->in.offset;
	close(r->in.fd);
}

/* No more than a first batch, of the first file. */
static void read_first(struct reader *r, const char *path)
{
	uint32_t crc;

	if (r->nr_records >= NR_IN_BATCH)
		return;
	start_file(&r->in, path);
	while (r->nr_records < NR_IN_BATCH && next_record(r, &crc) > 0)
		r->digest += crc;
	r->nr_bytes += r->in.offset;
	close(r->in.fd);
}

/* 1 MiB at a time, and not looked at. */
static void read_plain(struct reader *r, const char *path)
{
	int fd = open_file(path);
	uint64_t offset = 0;
	ssize_t got;

	while ((got = pread(fd, r->in.block, LARGE, (off_t)offset)) > 0)
		offset += (uint64_t)got;
	if (got < 0)
		die(strerror(errno));
	r->nr_bytes += offset;
	close(fd);
}

/* The whole file mapped; both checksums of every record verified where it lies. */
static void read_map(struct reader *r, const char *path)
{
	int fd = open_file(path);
	struct stat st;
	const uint8_t *map;
	uint64_t len, at = 0;

	if (fstat(fd, &st) < 0)
		die(path);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		die(strerror(errno));
	while (at < (uint64_t)st.st_size) {
		if ((uint64_t)st.st_size - at < TRFS_TFRECORD_FRAMING_SIZE ||
		    trfs_tfrecord_parse_header(map + at, &len) < 0 ||
		    (uint64_t)st.st_size - at - TRFS_TFRECORD_FRAMING_SIZE < len)
			die("a record is cut, or its length wrong");
		r->digest += check_data(map + at + TRFS_TFRECORD_HEADER_SIZE, len);
		at += TRFS_TFRECORD_FRAMING_SIZE + len;
		r->nr_records++;
	}
	r->nr_bytes += at;
	munmap((void *)(uintptr_t)map, (size_t)st.st_size);
	close(fd);
}

/* The CRC of the image within a record. */
static uint32_t image_crc(struct trfs_bytes record)
{
	struct trfs_error err = { 0 };
	struct trfs_example_reader example;
	struct trfs_feature_view feature;
	struct trfs_value_reader values;
	struct trfs_bytes image;

	trfs_example_reader_init(&example, record);
	while (trfs_example_reader_next(&example, &feature, &err) == 1) {
		if (feature.key.len != strlen("image/encoded") ||
		    memcmp(feature.key.data, "image/encoded", feature.key.len) != 0)
			continue;
		trfs_value_reader_init(&values, &feature);
		if (trfs_value_reader_bytes(&values, &image) == 1)
			return trfs_crc32c(0, image.data, image.len);
	}
	die("a record has no image");
	return 0;
}

/* As verify, but with a digest of the images: that of read_files over the image files. */
static void read_images(struct reader *r, const char *path)
{
	uint64_t len;
	uint32_t crc;

	start_file(&r->in, path);
	while ((len = next_record(r, &crc)) > 0)
		r->digest += image_crc((struct trfs_bytes){ r->in.record, (size_t)len });
	r->nr_bytes += r->in.offset;
	close(r->in.fd);
}

static const struct how hows[] = {
	{ "verify", read_verify }, { "plain", read_plain },   { "map", read_map },
	{ "first", read_first },   { "images", read_images },
};

static void *run(void *user)
{
	struct reader *r = user;

	r->in.block = malloc(LARGE);
	if (!r->in.block)
		die("no memory");
	for (int i = 0; i < r->nr_files; i += r->step)
		r->how->read_file(r, r->files[i]);
	free(r->in.block);
	free(r->in.record);
	return NULL;
}

static const struct how *find_how(const char *name)
{
	for (size_t i = 0; i < sizeof(hows) / sizeof(*hows); i++)
		if (strcmp(hows[i].name, name) == 0)
			return &hows[i];
	die("reads in no such way");
	return NULL;
}

int main(int argc, char **argv)
{
	int nr = argc > 3 ? atoi(argv[2]) : 0;
	struct reader *readers = calloc((size_t)(nr > 0 ? nr : 1), sizeof(*readers));
	uint64_t bytes = 0, records = 0, digest = 0;
	struct timespec start, end;

	if (nr < 1 || !readers)
		die("usage: read_shards verify|plain|map|first|images READERS FILE...");
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (int i = 0; i < nr; i++) {
		readers[i].how = find_how(argv[1]);
		readers[i].files = argv + 3 + i;
		readers[i].nr_files = argc - 3 - i;
		readers[i].step = nr;
		if (pthread_create(&readers[i].thread, NULL, run, &readers[i]) != 0)
			die("no thread");
	}
	for (int i = 0; i < nr; i++) {
		pthread_join(readers[i].thread, NULL);
		bytes += readers[i].nr_bytes;
		records += readers[i].nr_records;
		digest += readers[i].digest;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%.6f %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
	       (double)(end.tv_sec - start.tv_sec) +
		       (double)(end.tv_nsec - start.tv_nsec) / 1e9,
	       bytes, records, digest);
	free(readers);
	return 0;
}
