/* SPDX-License-Identifier: MIT */
/*
 * What an index costs, at 10^4 records and so on up to MOST: data sets of make_index.c,
 *one after the other, each opened as a mount does it, in a process of its own.
 *
 *	index_scale DIRECTORY [MOST]            prints rows of Markdown
 *
 * DIRECTORY is on the disk that is to be measured, and gets files of 45 bytes a record.
 */
#include "base/random.h"
#include "index/generation.h"
#include "index/view.h"
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NR_LOOKUPS 1000000u
#define SEED	   7u

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void stop(const char *what)
{
	fprintf(stderr, "index_scale: %s\n", what);
	exit(1);
}

/* Megabytes of /proc/self/status, "RssAnon:" and the like. */
static double memory_of(const char *field)
{
	FILE *file = fopen("/proc/self/status", "r");
	unsigned long kilobytes = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, field, strlen(field)) == 0)
			kilobytes = strtoul(line + strlen(field), NULL, 10);
	}
	if (file)
		fclose(file);
	return (double)kilobytes / 1024;
}

/* Run make_index; its seconds, and its largest memory in megabytes. */
static double make(const char *tool, const char *source, const char *index, uint64_t nr,
		   double *ret_memory)
{
	double start = now();
	struct rusage usage;
	pid_t child = fork();
	char number[32];
	int status;

	snprintf(number, sizeof(number), "%" PRIu64, nr);
	if (child == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		execl(tool, tool, source, index, number, (char *)NULL);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) < 0 || status != 0)
		stop("make_index failed");
	*ret_memory = (double)usage.ru_maxrss / 1024;
	return now() - start;
}

/* Nanoseconds that the record at a random place takes to be found, with its image's name.
 */
static double look_up(const struct trfs_generation *g, uint32_t nr_lookups)
{
	uint32_t nr_shards = trfs_plan_nr_shards(g->plan);
	volatile uint64_t sum = 0;
	struct trfs_view *view = NULL;
	uint64_t random = SEED;
	double start = now();

	if (trfs_view_open(g, NULL, &view, NULL) < 0)
		stop("no view");
	for (uint32_t i = 0; i < nr_lookups; i++) {
		uint32_t shard = (uint32_t)trfs_random_below(&random, nr_shards);
		uint64_t size = trfs_generation_shard_size(g, shard);
		struct trfs_view_cursor cursor = { .nr = 0 };
		struct trfs_record_place place;
		struct trfs_name room;

		if (trfs_view_find(view, &cursor, shard, trfs_random_below(&random, size),
				   &place, NULL) < 0)
			stop("a record is not there");
		sum += trfs_catalog_name(g->catalog, place.example, &room).len;
	}
	trfs_view_free(view);
	return (now() - start) / nr_lookups * 1e9;
}

static void measure(const char *source, const char *index, uint64_t nr, double made_in,
		    double made_with)
{
	struct trfs_generation *g = NULL;
	struct trfs_options options;
	struct trfs_error err = { 0 };
	double start = now(), opened, resident, looked_up, after;
	struct stat st;

	trfs_options_init(&options);
	options.source = source;
	if (trfs_generation_open(&options, index, false, NULL, &g, &err) < 0)
		stop(err.message);
	opened = now() - start;
	if (!trfs_generation_was_saved(g))
		stop("the index was not used");
	resident = memory_of("VmRSS:");
	look_up(g, 1000);
	after = look_up(g, NR_LOOKUPS);
	looked_up = after;
	if (stat(trfs_generation_index_path(g), &st) < 0)
		stop("the index is gone");
	printf("| %" PRIu64
	       " | %.1f s | %.0f MB | %.1f MB | %.1f B | %.1f ms | %.1f MB | "
	       "%.0f ns | %.1f MB |\n",
	       nr, made_in, made_with, (double)st.st_size / 1e6,
	       (double)st.st_size / (double)nr, 1e3 * opened, resident, looked_up,
	       memory_of("RssAnon:"));
	fflush(stdout);
	trfs_generation_free(g);
}

static void measure_one(const char *tool, const char *directory, uint64_t nr)
{
	char source[PATH_MAX], index[PATH_MAX], command[2 * PATH_MAX + 16];
	double memory, seconds;
	pid_t child;
	int status;

	snprintf(source, sizeof(source), "%s/source-%" PRIu64, directory, nr);
	snprintf(index, sizeof(index), "%s/index-%" PRIu64, directory, nr);
	seconds = make(tool, source, index, nr, &memory);
	child = fork();
	if (child == 0) {
		measure(source, index, nr, seconds, memory);
		exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
		stop("measuring failed");
	snprintf(command, sizeof(command), "rm -rf '%s' '%s'", source, index);
	if (system(command) != 0)
		stop("the files could not be removed");
}

int main(int argc, char **argv)
{
	char self[PATH_MAX] = { 0 }, tool[PATH_MAX + 16];
	uint64_t most = argc > 2 ? strtoull(argv[2], NULL, 10) : 100000000;

	if (argc < 2 || readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 2;
	snprintf(tool, sizeof(tool), "%s/make_index", dirname(self));
	mkdir(argv[1], 0755);
	printf("| records | made in | with memory of | index | a record | opened in | "
	       "resident then | a look-up | anonymous memory after a million |\n"
	       "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
	fflush(stdout);
	for (uint64_t nr = 10000; nr <= most; nr *= 10)
		measure_one(tool, argv[1], nr);
	return 0;
}
