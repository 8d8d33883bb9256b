/* SPDX-License-Identifier: MIT */
/*
 * The library in forty lines: list the shards of a directory of class folders, and write
 * the first 64 bytes of the first one, in hexadecimal.
 *
 *	cc read_window.c $(pkg-config --cflags --libs tfrecordfs) -o read_window && \
 *	   ./read_window ./images
 */
#include <inttypes.h>
#include <stdio.h>
#include <tfrecordfs/tfrecordfs.h>

static int print_window(struct trfs_stream *stream, struct trfs_error *err)
{
	unsigned char window[64];
	size_t got;
	int rc = trfs_stream_read(stream, 0, 0, window, sizeof(window), &got, err);

	for (size_t i = 0; rc == 0 && i < got; i++)
		printf("%02x%s", window[i], i % 16 == 15 ? "\n" : " ");
	return rc;
}

int main(int argc, char **argv)
{
	struct trfs_generation *generation = NULL;
	struct trfs_stream *stream = NULL;
	struct trfs_options options;
	struct trfs_error err = { 0 };
	int rc;

	trfs_options_init(&options);
	options.source = argc > 1 ? argv[1] : ".";
	rc = trfs_generation_open(&options, NULL, false, NULL, &generation, &err);
	if (rc == 0) {
		const struct trfs_plan *plan = trfs_generation_plan(generation);

		for (uint32_t shard = 0; shard < trfs_plan_nr_shards(plan); shard++) {
			char name[TRFS_SHARD_NAME_MAX];

			trfs_plan_shard_name(plan, shard, name);
			printf("%12" PRIu64 " %s\n",
			       trfs_generation_shard_size(generation, shard), name);
		}
		rc = trfs_stream_open(generation, &stream, &err);
	}
	if (rc == 0)
		rc = print_window(stream, &err);
	if (rc < 0)
		fprintf(stderr, "%s\n", err.message);
	trfs_stream_close(stream);
	trfs_generation_free(generation);
	return rc < 0;
}
