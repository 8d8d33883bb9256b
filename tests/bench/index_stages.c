/* SPDX-License-Identifier: MIT */
/*
 * Indexes a source through the library and tells how long each stage took, from what the
 * library itself reports as progress.
 *
 *	index_stages SOURCE INDEX_DIRECTORY     prints: stage TAB seconds, a line each
 */
#include <stdio.h>
#include <string.h>
#include <tfrecordfs/tfrecordfs.h>
#include <time.h>

#define STAGES_MAX 16

struct stages {
	int nr;
	char names[STAGES_MAX][64];
	double first[STAGES_MAX];
	double last[STAGES_MAX];
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void report(void *user, const char *what, uint64_t done, uint64_t total)
{
	struct stages *s = user;

	(void)done;
	(void)total;
	if (s->nr == 0 || strncmp(s->names[s->nr - 1], what, 63) != 0) {
		if (s->nr == STAGES_MAX)
			return;
		snprintf(s->names[s->nr], 64, "%s", what);
		s->first[s->nr] = now();
		s->nr++;
	}
	s->last[s->nr - 1] = now();
}

int main(int argc, char **argv)
{
	struct stages stages = { 0 };
	struct trfs_progress progress = { report, &stages };
	struct trfs_generation *generation = NULL;
	struct trfs_options options;
	struct trfs_error err = { 0 };
	double start = now();

	if (argc != 3)
		return 2;
	trfs_options_init(&options);
	options.source = argv[1];
	if (trfs_generation_open(&options, argv[2], true, &progress, &generation, &err) <
	    0) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	for (int i = 0; i < stages.nr; i++)
		printf("%s\t%.6f\n", stages.names[i], stages.last[i] - stages.first[i]);
	printf("all\t%.6f\n", now() - start);
	trfs_generation_free(generation);
	return 0;
}
