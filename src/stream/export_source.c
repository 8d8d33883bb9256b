/* SPDX-License-Identifier: MIT */
#include "stream/export_source.h"

#include "base/error.h"
#include <stdio.h>
#include <stdlib.h>

void trfs_export_hex(const uint8_t digest[TRFS_SHA256_SIZE],
		     char ret[TRFS_EXPORT_HEX_SIZE])
{
	*trfs_hexadecimal(digest, TRFS_SHA256_SIZE, ret) = '\0';
}

static void identity_done(struct trfs_export_identity *identity)
{
	free(identity->source);
	free(identity->view);
	*identity = (struct trfs_export_identity){ .source = NULL };
}

void *trfs_export_piece_memory(struct trfs_export_piece *piece, struct trfs_error *err)
{
	if (!piece->memory)
		piece->memory = malloc(TRFS_EXPORT_PIECE_SIZE);
	if (!piece->memory)
		trfs_fail_memory(err, "a piece of a file");
	return piece->memory;
}

void trfs_export_piece_set(struct trfs_export_piece *piece, size_t len)
{
	piece->part = (struct iovec){ .iov_base = piece->memory, .iov_len = len };
	piece->parts = &piece->part;
	piece->nr = 1;
	piece->len = len;
}

bool trfs_export_leaves_out(const char *path)
{
	return strncmp(path, "tfds/", 5) == 0;
}

int trfs_export_source_add(struct trfs_export_source *source, const char *name,
			   uint64_t size, bool is_shard, struct trfs_error *err)
{
	struct trfs_export_file file = { .size = size, .is_shard = is_shard };

	if (strchr(name, '\n'))
		return trfs_fail(err, -EINVAL,
				 "there is a newline in the name of a file to export");
	/* Doubled each time that the number is a power of two. */
	if ((source->nr & (source->nr - 1)) == 0) {
		size_t room = source->nr ? 2 * source->nr : 1;
		void *more = reallocarray(source->files, room, sizeof(*source->files));

		if (!more)
			return trfs_fail_memory(err, "the names of files");
		source->files = more;
	}
	file.name = strdup(name);
	if (!file.name)
		return trfs_fail_memory(err, "the names of files");
	source->files[source->nr++] = file;
	return 0;
}

void trfs_export_source_done(struct trfs_export_source *source)
{
	for (size_t i = 0; i < source->nr; i++)
		free(source->files[i].name);
	free(source->files);
	identity_done(&source->identity);
	*source = (struct trfs_export_source){ .files = NULL };
}
