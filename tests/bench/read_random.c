/* SPDX-License-Identifier: MIT */
/*
 * Reads every record of TFRecord files once, in random order over all of them, each with
 * one pread at the place that index/NAME.idx beside the file says; both checksums
 *verified.
 *
 *	read_random READERS FILE...     prints: seconds bytes records digest
 */
#include "base/crc32c.h"
#include "base/random.h"
#include "wire/tfrecord.h"
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define EXTENSION ".tfrecord"
#define SEED	  6u

struct place {
	int fd;
	uint64_t offset;
	uint64_t size;
};

static struct place *places;
static size_t nr_places, capacity;
static atomic_size_t next_place;
static _Atomic uint64_t nr_bytes, digest;

static void die(const char *what)
{
	fprintf(stderr, "read_random: %s\n", what);
	exit(1);
}

static void add(struct place place)
{
	if (nr_places == capacity) {
		capacity = capacity ? 2 * capacity : 4096;
		places = realloc(places, capacity * sizeof(*places));
		if (!places)
			die("no memory");
	}
	places[nr_places++] = place;
}

/* Lines of an offset and a size. */
static void load_index(const char *path)
{
	struct place place = { .fd = open(path, O_RDONLY | O_CLOEXEC) };
	const char *slash = strrchr(path, '/');
	size_t len = strlen(path);
	char *name = NULL;
	FILE *index;

	if (place.fd < 0 || !slash || len < strlen(EXTENSION) ||
	    strcmp(path + len - strlen(EXTENSION), EXTENSION) != 0)
		die(path);
	if (asprintf(&name, "%.*s/index/%.*s.idx", (int)(slash - path), path,
		     (int)(strlen(slash + 1) - strlen(EXTENSION)), slash + 1) < 0)
		die("no memory");
	index = fopen(name, "re");
	if (!index)
		die(name);
	while (fscanf(index, "%" SCNu64 " %" SCNu64, &place.offset, &place.size) == 2)
		add(place);
	fclose(index);
	free(name);
}

static void shuffle(void)
{
	uint64_t state = SEED;

	for (size_t i = nr_places; i > 1; i--) {
		size_t other = (size_t)(trfs_random_next(&state) % i);
		struct place kept = places[i - 1];

		places[i - 1] = places[other];
		places[other] = kept;
	}
}

static uint32_t check_record(const uint8_t *record, uint64_t size)
{
	uint64_t len;
	uint32_t crc;

	if (size < TRFS_TFRECORD_FRAMING_SIZE ||
	    trfs_tfrecord_parse_header(record, &len) < 0 ||
	    len != size - TRFS_TFRECORD_FRAMING_SIZE)
		die("a length is wrong");
	crc = trfs_crc32c(0, record + TRFS_TFRECORD_HEADER_SIZE, (size_t)len);
	if (!trfs_tfrecord_footer_matches(record + TRFS_TFRECORD_HEADER_SIZE + len, crc))
		die("a data checksum is wrong");
	return crc;
}

static void *run(void *unused)
{
	uint8_t *buffer = NULL;
	uint64_t bytes = 0, sum = 0, room = 0;
	size_t i;

	(void)unused;
	while ((i = atomic_fetch_add(&next_place, 1)) < nr_places) {
		const struct place *p = &places[i];

		if (p->size > room) {
			free(buffer);
			buffer = malloc((size_t)p->size);
			room = p->size;
		}
		if (!buffer)
			die("no memory");
		if (pread(p->fd, buffer, (size_t)p->size, (off_t)p->offset) !=
		    (ssize_t)p->size)
			die("a record cannot be read");
		sum += check_record(buffer, p->size);
		bytes += p->size;
	}
	nr_bytes += bytes;
	digest += sum;
	free(buffer);
	return NULL;
}

int main(int argc, char **argv)
{
	int nr = argc > 2 ? atoi(argv[1]) : 0;
	struct timespec start, end;
	pthread_t threads[64];

	if (nr < 1 || nr > 64)
		die("usage: read_random READERS FILE...");
	for (int i = 2; i < argc; i++)
		load_index(argv[i]);
	shuffle();
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (int i = 0; i < nr; i++)
		if (pthread_create(&threads[i], NULL, run, NULL) != 0)
			die("no thread");
	for (int i = 0; i < nr; i++)
		pthread_join(threads[i], NULL);
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%.6f %" PRIu64 " %zu %" PRIu64 "\n",
	       (double)(end.tv_sec - start.tv_sec) +
		       (double)(end.tv_nsec - start.tv_nsec) / 1e9,
	       nr_bytes, nr_places, digest);
	free(places);
	return 0;
}
