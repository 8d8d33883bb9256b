/* SPDX-License-Identifier: MIT */
/*
 * Reads image files, or turns them into TFRecord files, as fast as C can: what needs no
 * mount.  The names of the files stand on standard input, one a line.
 *
 *	read_files read THREADS                 each file whole, and its CRC
 *	read_files convert THREADS DIRECTORY    a shard a thread, of records with image,
 *						name and label
 *	read_files convert-sync THREADS DIRECTORY    the same, on the disk before it ends
 *
 *	prints: seconds bytes files digest
 *
 * The digest is the sum of the CRCs of all files' contents.
 */
#include "base/crc32c.h"
#include "wire/tfrecord.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 256
#define OUTPUT_SIZE (1024u * 1024u)
#define FRAME_MAX   1024u
#define NAME_ROOM   4096u

static char **paths;
static size_t nr_paths, capacity;
static atomic_size_t next_path;
static _Atomic uint64_t nr_bytes, digest;
static const char *directory;
static bool converts, syncs;
static int nr_threads;

/* What one thread works with: a file that was read, and the shard that it fills. */
struct worker {
	pthread_t thread;
	int number;
	uint8_t *data;
	size_t len, room;
	FILE *shard;
	uint8_t message[FRAME_MAX];
	size_t message_len;
};

static void die(const char *what)
{
	fprintf(stderr, "read_files: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void read_names(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, stdin)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (nr_paths == capacity) {
			capacity = capacity ? 2 * capacity : 4096;
			paths = realloc(paths, capacity * sizeof(*paths));
		}
		if (!paths || !(paths[nr_paths++] = strdup(line)))
			die("memory");
	}
	free(line);
}

static void read_file(struct worker *w, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		die(path);
	w->len = (size_t)st.st_size;
	if (w->len > w->room) {
		free(w->data);
		w->data = malloc(w->len);
		w->room = w->len;
	}
	if (!w->data)
		die("memory");
	if (pread(fd, w->data, w->len, 0) != (ssize_t)w->len)
		die(path);
	close(fd);
}

static void put(struct worker *w, const void *data, size_t len)
{
	if (len > FRAME_MAX - w->message_len)
		die("a name is too long");
	memcpy(w->message + w->message_len, data, len);
	w->message_len += len;
}

/* A tag of a field that has a length, and that length. */
static void put_length(struct worker *w, uint8_t tag, uint64_t len)
{
	put(w, &tag, 1);
	do {
		uint8_t byte = (uint8_t)((len & 0x7f) | (len > 0x7f ? 0x80 : 0));

		put(w, &byte, 1);
		len >>= 7;
	} while (len > 0);
}

static size_t length_size(uint64_t len)
{
	size_t size = 2;

	while (len >>= 7)
		size++;
	return size;
}

/* One entry of Features: @key with a list (@list_tag) of one value, whose bytes follow.
 */
static void put_entry(struct worker *w, const char *key, uint8_t list_tag, uint64_t len)
{
	uint64_t list = length_size(len) + len;
	uint64_t feature = length_size(list) + list;
	uint64_t entry =
		length_size(strlen(key)) + strlen(key) + length_size(feature) + feature;

	put_length(w, 0x0a, entry);
	put_length(w, 0x0a, strlen(key));
	put(w, key, strlen(key));
	put_length(w, 0x12, feature);
	put_length(w, list_tag, list);
	put_length(w, 0x0a, len);
}

static uint64_t entry_size(const char *key, uint64_t len)
{
	uint64_t list = length_size(len) + len;
	uint64_t feature = length_size(list) + list;
	uint64_t entry =
		length_size(strlen(key)) + strlen(key) + length_size(feature) + feature;

	return length_size(entry) + entry;
}

/* The label is the folder's number, as a packed list of one. */
static void write_record(struct worker *w, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	uint8_t header[TRFS_TFRECORD_HEADER_SIZE], footer[TRFS_TFRECORD_FOOTER_SIZE];
	uint8_t label = slash && slash > path ? (uint8_t)(slash[-1] & 0x0f) : 0;
	uint64_t features = entry_size("image/class/label", 1) +
			    entry_size("image/filename", strlen(name)) +
			    entry_size("image/encoded", w->len);
	uint32_t crc;

	w->message_len = 0;
	put_length(w, 0x0a, features);
	put_entry(w, "image/class/label", 0x1a, 1);
	put(w, &label, 1);
	put_entry(w, "image/filename", 0x0a, strlen(name));
	put(w, name, strlen(name));
	put_entry(w, "image/encoded", 0x0a, w->len);
	crc = trfs_crc32c(trfs_crc32c(0, w->message, w->message_len), w->data, w->len);
	trfs_tfrecord_header(w->message_len + w->len, header);
	trfs_tfrecord_footer(crc, footer);
	if (fwrite(header, sizeof(header), 1, w->shard) != 1 ||
	    fwrite(w->message, w->message_len, 1, w->shard) != 1 ||
	    fwrite(w->data, w->len, 1, w->shard) != 1 ||
	    fwrite(footer, sizeof(footer), 1, w->shard) != 1)
		die("a shard");
}

static void open_shard(struct worker *w)
{
	char name[NAME_ROOM];

	if (snprintf(name, sizeof(name), "%s/c-%05d-of-%05d.tfrecord", directory,
		     w->number, nr_threads) >= (int)sizeof(name))
		die("the directory's name");
	w->shard = fopen(name, "we");
	if (!w->shard || setvbuf(w->shard, NULL, _IOFBF, OUTPUT_SIZE) != 0)
		die(name);
}

static void close_shard(struct worker *w)
{
	if (fflush(w->shard) != 0 || (syncs && fsync(fileno(w->shard)) < 0) ||
	    fclose(w->shard) != 0)
		die("a shard");
}

static void *run(void *user)
{
	struct worker *w = user;
	uint64_t bytes = 0, sum = 0;
	size_t i;

	if (converts)
		open_shard(w);
	while ((i = atomic_fetch_add(&next_path, 1)) < nr_paths) {
		read_file(w, paths[i]);
		bytes += w->len;
		if (converts)
			write_record(w, paths[i]);
		else
			sum += trfs_crc32c(0, w->data, w->len);
	}
	if (converts)
		close_shard(w);
	nr_bytes += bytes;
	digest += sum;
	free(w->data);
	return NULL;
}

int main(int argc, char **argv)
{
	static struct worker workers[THREADS_MAX];
	struct timespec start, end;

	nr_threads = argc > 2 ? atoi(argv[2]) : 0;
	converts = argc > 3 && strncmp(argv[1], "convert", strlen("convert")) == 0;
	syncs = converts && strcmp(argv[1], "convert-sync") == 0;
	directory = converts ? argv[3] : NULL;
	if (nr_threads < 1 || nr_threads > THREADS_MAX ||
	    (!converts && strcmp(argv[1], "read") != 0))
		die("usage: read_files read|convert|convert-sync THREADS [DIRECTORY]");
	read_names();
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (int i = 0; i < nr_threads; i++) {
		workers[i].number = i;
		if (pthread_create(&workers[i].thread, NULL, run, &workers[i]) != 0)
			die("thread");
	}
	for (int i = 0; i < nr_threads; i++)
		pthread_join(workers[i].thread, NULL);
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%.6f %" PRIu64 " %zu %" PRIu64 "\n",
	       (double)(end.tv_sec - start.tv_sec) +
		       (double)(end.tv_nsec - start.tv_nsec) / 1e9,
	       nr_bytes, nr_paths, digest);
	return 0;
}
