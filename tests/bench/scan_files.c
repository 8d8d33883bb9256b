/* SPDX-License-Identifier: MIT */
/*
 * The floor of any scan with headers: list the class folders, then open, read 4 KiB and
 * close every file on as many threads as there are processors, and nothing else.
 *
 *	scan_files SOURCE     prints: seconds files
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64u

static char **paths;
static size_t nr_paths, capacity;
static atomic_size_t next_path;
static int root;

static void die(const char *what)
{
	fprintf(stderr, "scan_files: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void add(const char *directory, const char *name)
{
	if (nr_paths == capacity) {
		capacity = capacity ? 2 * capacity : 1024;
		paths = realloc(paths, capacity * sizeof(*paths));
		if (!paths)
			die("memory");
	}
	if (asprintf(&paths[nr_paths++], "%s/%s", directory, name) < 0)
		die("memory");
}

static void list(const char *source)
{
	DIR *top = opendir(source);
	struct dirent *class, *file;

	if (!top)
		die(source);
	while ((class = readdir(top)) != NULL) {
		DIR *folder;
		int fd;

		if (class->d_name[0] == '.' || class->d_type != DT_DIR)
			continue;
		fd = openat(dirfd(top), class->d_name,
			    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		folder = fd < 0 ? NULL : fdopendir(fd);
		if (!folder)
			die(class->d_name);
		while ((file = readdir(folder)) != NULL)
			if (file->d_type == DT_REG)
				add(class->d_name, file->d_name);
		closedir(folder);
	}
	closedir(top);
}

static void *run(void *unused)
{
	char block[4096];

	(void)unused;
	for (;;) {
		size_t first = atomic_fetch_add(&next_path, BATCH);

		if (first >= nr_paths)
			return NULL;
		for (size_t i = first; i < first + BATCH && i < nr_paths; i++) {
			int fd = openat(root, paths[i], O_RDONLY | O_CLOEXEC);

			if (fd < 0 || pread(fd, block, sizeof(block), 0) < 0)
				die(paths[i]);
			close(fd);
		}
	}
}

int main(int argc, char **argv)
{
	long nr_threads = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[64];
	struct timespec start, end;

	if (argc != 2)
		die("usage: scan_files SOURCE");
	if (nr_threads > 64)
		nr_threads = 64;
	root = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		die(argv[1]);
	list(argv[1]);
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (long i = 0; i < nr_threads; i++)
		if (pthread_create(&threads[i], NULL, run, NULL) != 0)
			die("thread");
	for (long i = 0; i < nr_threads; i++)
		pthread_join(threads[i], NULL);
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%.6f %zu\n",
	       (double)(end.tv_sec - start.tv_sec) +
		       (double)(end.tv_nsec - start.tv_nsec) / 1e9,
	       nr_paths);
	return 0;
}
