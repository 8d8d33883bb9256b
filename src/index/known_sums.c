/* SPDX-License-Identifier: MIT */
/* Two columns in the directory of the index. */
#include "index/known_sums.h"

#include "base/error.h"
#include "index/known_column.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct trfs_known_sums {
	int directory_fd;
	struct trfs_known_column columns[TRFS_NR_KNOWN_KINDS];
};

/* Of the directory that the index is in; -1 where it cannot be had, or there is none. */
static int open_directory(const char *index_path)
{
	const char *slash = index_path ? strrchr(index_path, '/') : NULL;
	char *directory;
	int fd;

	if (!index_path)
		return -1;
	directory = slash ? strndup(index_path, (size_t)(slash + 1 - index_path))
			  : strdup(".");
	fd = directory ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	free(directory);
	return fd;
}

static int open_columns(struct trfs_known_sums *sums, const struct trfs_generation *g)
{
	const char *path = g->index_path ? g->index_path : "";
	const char *slash = strrchr(path, '/');
	const char *index_name = slash ? slash + 1 : path;
	int rc = 0;

	sums->directory_fd = open_directory(g->index_path);
	for (unsigned int k = 0; k < TRFS_NR_KNOWN_KINDS && rc == 0; k++) {
		char name[TRFS_INDEX_NAME_MAX];

		trfs_known_name(k, index_name, name);
		rc = trfs_known_column_init(&sums->columns[k], g->catalog,
					    trfs_known_nr(k, g->catalog),
					    trfs_known_value_size(k), sums->directory_fd,
					    name, g->fingerprint);
	}
	return rc;
}

int trfs_known_sums_open(const struct trfs_generation *generation,
			 struct trfs_known_sums **ret, struct trfs_error *err)
{
	struct trfs_known_sums *sums = calloc(1, sizeof(*sums));

	if (!sums)
		return trfs_fail_memory(err, "checksums");
	sums->directory_fd = -1;
	if (open_columns(sums, generation) < 0) {
		trfs_known_sums_close(sums);
		return trfs_fail_memory(err, "checksums");
	}
	*ret = sums;
	return 0;
}

struct trfs_known_sums *trfs_known_sums_close(struct trfs_known_sums *sums)
{
	if (sums) {
		for (unsigned int k = 0; k < TRFS_NR_KNOWN_KINDS; k++)
			trfs_known_column_done(&sums->columns[k]);
		trfs_file_close(sums->directory_fd);
		free(sums);
	}
	return NULL;
}

bool trfs_known_sums_are_kept(const struct trfs_generation *generation)
{
	int fd = open_directory(generation->index_path);
	bool are_kept = fd >= 0 && faccessat(fd, ".", W_OK, AT_EACCESS) == 0;

	trfs_file_close(fd);
	return are_kept;
}

bool trfs_known_crc(struct trfs_known_sums *sums, uint64_t file, uint32_t *ret)
{
	return trfs_known_column_get(&sums->columns[TRFS_KNOWN_CRC32C], file, ret);
}

bool trfs_known_sha256(struct trfs_known_sums *sums, uint64_t image,
		       uint8_t ret[TRFS_SHA256_SIZE])
{
	return trfs_known_column_get(&sums->columns[TRFS_KNOWN_SHA256], image, ret);
}

void trfs_known_crc_set(struct trfs_known_sums *sums, uint64_t file, uint32_t crc)
{
	trfs_known_column_set(&sums->columns[TRFS_KNOWN_CRC32C], file, &crc);
}

void trfs_known_sha256_set(struct trfs_known_sums *sums, uint64_t image,
			   const uint8_t hash[TRFS_SHA256_SIZE])
{
	trfs_known_column_set(&sums->columns[TRFS_KNOWN_SHA256], image, hash);
}
