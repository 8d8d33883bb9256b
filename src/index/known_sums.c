/* SPDX-License-Identifier: MIT */
/* Two columns in the directory of the index. */
#include "index/known_sums.h"

#include "base/error.h"
#include "index/known_column.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

struct trfs_known_sums {
	int directory_fd;
	struct trfs_known_column crcs;
	struct trfs_known_column hashes;
};

/* The name of the index without its extension, in a path to its directory. */
struct place {
	char *directory;
	char *stem;
};

static int find_place(const char *index_path, struct place *ret)
{
	const char *slash = strrchr(index_path, '/');
	const char *name = slash ? slash + 1 : index_path;
	const char *dot = strrchr(name, '.');

	ret->directory = strndup(index_path, (size_t)(name - index_path));
	ret->stem = strndup(name, dot ? (size_t)(dot - name) : strlen(name));
	return ret->directory && ret->stem ? 0 : -ENOMEM;
}

static int open_column(struct trfs_known_column *column, const struct trfs_generation *g,
		       uint64_t nr, uint32_t value_size, int directory_fd,
		       const char *stem, const char *extension)
{
	char *name;
	int rc;

	if (asprintf(&name, "%s.%s", stem, extension) < 0)
		return -ENOMEM;
	rc = trfs_known_column_init(column, g->catalog, nr, value_size, directory_fd,
				    name, g->fingerprint);
	free(name);
	return rc;
}

static int open_columns(struct trfs_known_sums *sums, const struct trfs_generation *g)
{
	struct place place = { .stem = NULL };
	int rc = find_place(g->index_path ? g->index_path : "", &place);

	if (rc == 0 && g->index_path)
		sums->directory_fd = open(*place.directory ? place.directory : ".",
					  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (rc == 0)
		rc = open_column(&sums->crcs, g, trfs_source_file_count(g->catalog),
				 sizeof(uint32_t), sums->directory_fd, place.stem,
				 "crc32c");
	if (rc == 0)
		rc = open_column(&sums->hashes, g, g->catalog->nr_examples,
				 TRFS_SHA256_SIZE, sums->directory_fd, place.stem,
				 "sha256");
	free(place.directory);
	free(place.stem);
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
		trfs_known_column_done(&sums->hashes);
		trfs_known_column_done(&sums->crcs);
		trfs_file_close(sums->directory_fd);
		free(sums);
	}
	return NULL;
}

bool trfs_known_crc(struct trfs_known_sums *sums, uint64_t file, uint32_t *ret)
{
	return trfs_known_column_get(&sums->crcs, file, ret);
}

bool trfs_known_sha256(struct trfs_known_sums *sums, uint64_t image,
		       uint8_t ret[TRFS_SHA256_SIZE])
{
	return trfs_known_column_get(&sums->hashes, image, ret);
}

void trfs_known_crc_set(struct trfs_known_sums *sums, uint64_t file, uint32_t crc)
{
	trfs_known_column_set(&sums->crcs, file, &crc);
}

void trfs_known_sha256_set(struct trfs_known_sums *sums, uint64_t image,
			   const uint8_t hash[TRFS_SHA256_SIZE])
{
	trfs_known_column_set(&sums->hashes, image, hash);
}
