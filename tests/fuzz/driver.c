/* SPDX-License-Identifier: MIT */
/*
 * Replays inputs through a fuzz target without libFuzzer: every file that is named, and
 * every file of every directory that is.  Each name is printed before its turn, so the
 * last one that stands there is the one that failed.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(const char *path)
{
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	exit(2);
}

/* The input lies in a block exactly as long as it is, so that over-reads trap. */
static void replay_file(const char *path, size_t size)
{
	uint8_t *data = malloc(size ? size : 1);
	FILE *f = fopen(path, "rb");

	if (!data || !f || fread(data, 1, size, f) != size)
		fail(path);
	fclose(f);
	printf("# %s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

static size_t replay(const char *path);

static size_t replay_directory(const char *path)
{
	struct dirent **entries;
	int nr_entries = scandir(path, &entries, NULL, alphasort);
	size_t nr = 0;

	if (nr_entries < 0)
		fail(path);
	for (int i = 0; i < nr_entries; i++) {
		char inner[4096];

		snprintf(inner, sizeof(inner), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			nr += replay(inner);
		free(entries[i]);
	}
	free(entries);
	return nr;
}

/* How many files were replayed. */
static size_t replay(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		fail(path);
	if (S_ISDIR(st.st_mode))
		return replay_directory(path);
	replay_file(path, (size_t)st.st_size);
	return 1;
}

int main(int argc, char **argv)
{
	size_t nr = 0;

	for (int i = 1; i < argc; i++)
		nr += replay(argv[i]);
	if (nr == 0) {
		fprintf(stderr, "nothing to replay\n");
		return 2;
	}
	printf("ok 1 - %s: %zu inputs\n", argv[0], nr);
	return 0;
}
