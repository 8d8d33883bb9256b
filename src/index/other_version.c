/* SPDX-License-Identifier: MIT */
/* A look at the first bytes of all indexes whose names begin alike. */
#include "index/other_version.h"

#include "base/error.h"
#include "base/file.h"
#include "index/fingerprint.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* Whether both are names of indexes, and but for their fingerprints the same. */
static bool is_alike(const char *name, const char *index_name)
{
	return trfs_index_name_is_alike(name, index_name) &&
	       strcmp(name + trfs_index_name_stem(index_name), TRFS_INDEX_SUFFIX) == 0;
}

/* The version of its format; 0: it is no index. */
static uint32_t version_of(int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	uint8_t start[12];
	uint32_t version = 0;

	if (fd >= 0 && trfs_file_read(fd, 0, start, sizeof(start)) == 0 &&
	    memcmp(start, TRFS_INDEX_MAGIC, 8) == 0) {
		struct trfs_reader r = trfs_reader_of(start + 8, 4);

		version = trfs_reader_u32le(&r);
	}
	trfs_file_close(fd);
	return version;
}

/* The newest of other versions; 0 where there is none, or an index of ours. */
static uint32_t find_other(const char *directory, const char *index_name)
{
	DIR *stream = opendir(directory);
	bool has_ours = false;
	uint32_t other = 0;

	for (struct dirent *e = stream ? readdir(stream) : NULL; e && !has_ours;
	     e = readdir(stream)) {
		uint32_t version = is_alike(e->d_name, index_name)
					   ? version_of(dirfd(stream), e->d_name)
					   : 0;

		has_ours = version == TRFS_INDEX_VERSION;
		if (version > other && !has_ours)
			other = version;
	}
	if (stream)
		closedir(stream);
	return has_ours ? 0 : other;
}

void trfs_other_version_note(const char *directory, const char *index_name,
			     struct trfs_error *note)
{
	uint32_t version = find_other(directory, index_name);

	if (version > 0)
		trfs_fail(note, -ESTALE,
			  "indexed anew: the index in %s is of %s version of tfrecordfs "
			  "(format %u, this one has %u), and stays there for that",
			  directory,
			  version < TRFS_INDEX_VERSION ? "an older" : "a newer", version,
			  TRFS_INDEX_VERSION);
}
