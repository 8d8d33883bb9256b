/* SPDX-License-Identifier: MIT */
/*
 * Reads TFRecord files as TensorFlow does: 256 KiB preads in order, both checksums of
 * every record verified.  One thread a reader; reader r takes the files r, r + R, ...
 *
 *	read_shards READERS FILE...     prints: seconds bytes records
 */
#include "base/crc32c.h"
#include "wire/tfrecord.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BLOCK (256u * 1024u)

struct reader {
	pthread_t thread;
	char **files;
	int nr_files;
	int step;
	uint64_t nr_bytes;
	uint64_t nr_records;
};

/* A file being read block by block, with the record that is being put together. */
struct input {
	int fd;
	uint8_t *block;
	size_t used, len;
	uint64_t offset;
	uint8_t *record;
	size_t record_capacity;
};

static void die(const char *what)
{
	fprintf(stderr, "read_shards: %s\n", what);
	exit(1);
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

static void read_record(struct input *in, const uint8_t *header)
{
	uint64_t len;

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
	if (!trfs_tfrecord_footer_matches(in->record + len,
					  trfs_crc32c(0, in->record, (size_t)len)))
		die("a data checksum is wrong");
}

static void read_file(struct reader *r, struct input *in, const char *path)
{
	uint8_t header[TRFS_TFRECORD_HEADER_SIZE];

	in->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0)
		die(path);
	in->offset = in->used = in->len = 0;
	while (take(in, header, sizeof(header)) == sizeof(header)) {
		read_record(in, header);
		r->nr_records++;
	}
	r->nr_bytes += in->offset;
	close(in->fd);
}

static void *run(void *user)
{
	struct reader *r = user;
	struct input in = { .block = malloc(BLOCK) };

	if (!in.block)
		die("no memory");
	for (int i = 0; i < r->nr_files; i += r->step)
		read_file(r, &in, r->files[i]);
	free(in.block);
	free(in.record);
	return NULL;
}

int main(int argc, char **argv)
{
	int nr = argc > 2 ? atoi(argv[1]) : 0;
	struct reader *readers = calloc((size_t)(nr > 0 ? nr : 1), sizeof(*readers));
	uint64_t bytes = 0, records = 0;
	struct timespec start, end;

	if (nr < 1 || !readers)
		die("usage: read_shards READERS FILE...");
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (int i = 0; i < nr; i++) {
		readers[i].files = argv + 2 + i;
		readers[i].nr_files = argc - 2 - i;
		readers[i].step = nr;
		if (pthread_create(&readers[i].thread, NULL, run, &readers[i]) != 0)
			die("no thread");
	}
	for (int i = 0; i < nr; i++) {
		pthread_join(readers[i].thread, NULL);
		bytes += readers[i].nr_bytes;
		records += readers[i].nr_records;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%.6f %" PRIu64 " %" PRIu64 "\n",
	       (double)(end.tv_sec - start.tv_sec) +
		       (double)(end.tv_nsec - start.tv_nsec) / 1e9,
	       bytes, records);
	free(readers);
	return 0;
}
