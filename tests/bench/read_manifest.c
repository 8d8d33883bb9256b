/* SPDX-License-Identifier: MIT */
/*
 * read_manifest SOURCE FILE: read all rows of a manifest, and print how many rows and
 * values there are, the seconds it took and the peak of memory in kB.
 */
#include "manifest/manifest.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void insist(int rc, const struct trfs_error *err)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "read_manifest: %s\n", err->message);
	exit(1);
}

int main(int argc, char **argv)
{
	struct trfs_error err = { 0 };
	struct trfs_manifest *m = NULL;
	struct trfs_inputs inputs;
	uint64_t nr_rows = 0, nr_values = 0;
	struct trfs_root root;
	struct trfs_row row;
	struct rusage usage;
	double started = now();
	int rc;

	if (argc != 3)
		return 2;
	insist(trfs_root_open(&root, argv[1], false, &err), &err);
	insist(trfs_inputs_init(&inputs), &err);
	insist(trfs_manifest_open(&root,
				  &(struct trfs_manifest_request){ .path = argv[2] },
				  &inputs, &m, &err),
	       &err);
	while ((rc = trfs_manifest_next(m, &row, &err)) == 1) {
		nr_rows++;
		for (size_t i = 0; i < row.nr_cells; i++)
			nr_values += row.cells[i].nr_values;
	}
	insist(rc, &err);
	getrusage(RUSAGE_SELF, &usage);
	printf("%" PRIu64 " %" PRIu64 " %.3f %ld\n", nr_rows, nr_values, now() - started,
	       usage.ru_maxrss);
	trfs_manifest_free(m);
	trfs_inputs_done(&inputs);
	trfs_root_close(&root);
	return 0;
}
