/* SPDX-License-Identifier: MIT */
/*
 * What a mount does for the kernel, without a kernel, for runner.c.
 *
 *	serve SOURCE PATH...
 *
 * Each PATH is looked up, name by name, opened, and written to standard output, if need
 *be at a second attempt: want of memory, once, must not be all that is heard of a file.
 */
#include "base/error.h"
#include "fuse/handle.h"
#include "fuse/request.h"
#include "index/generation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE_SIZE   4096
#define CONTENT_MAX  ((size_t)1 << 24)
#define ATTEMPTS_MAX 2

static int find(struct trfs_service *service, const char *path, uint64_t *ret,
		struct trfs_error *err)
{
	char copy[256], *rest = copy, *name;
	int rc = 0;

	*ret = TRFS_INODE_ROOT;
	snprintf(copy, sizeof(copy), "%s", path);
	while (rc == 0 && (name = strsep(&rest, "/")))
		rc = trfs_service_look_up(service, *ret, name, ret, err);
	return rc;
}

static int read_piece(struct trfs_handle *handle, uint64_t offset,
		      struct trfs_buffer *ret, size_t *ret_len, struct trfs_error *err)
{
	const struct trfs_shown *shown = handle->place.shown;
	uint8_t piece[PIECE_SIZE];
	struct trfs_reply reply;
	size_t i;
	int rc;

	if (handle->reader) {
		rc = trfs_shard_reader_read(handle->reader, offset, PIECE_SIZE, NULL,
					    &reply, err);
		for (int part = 0; rc == 0 && part < reply.nr; part++)
			trfs_buffer_put(ret, reply.parts[part].iov_base,
					reply.parts[part].iov_len);
		*ret_len = rc == 0 ? reply.len : 0;
		trfs_reply_done(handle->reader, &reply);
		return rc;
	}
	if (!trfs_tree_side_file(&shown->tree, handle->place.local, &i))
		return -EISDIR;
	rc = trfs_side_files_read(shown->side_files, i, offset, piece, sizeof(piece),
				  ret_len, err);
	if (rc == 0)
		trfs_buffer_put(ret, piece, *ret_len);
	return rc;
}

static int read_all(struct trfs_handle *handle, uint64_t size, struct trfs_buffer *ret,
		    struct trfs_error *err)
{
	size_t len = 1;
	int rc = 0;

	trfs_buffer_reset(ret);
	for (uint64_t offset = 0; rc == 0 && len > 0; offset += len)
		rc = read_piece(handle, offset, ret, &len, err);
	if (rc == 0 && ret->failed)
		return trfs_fail_memory(err, "a copy");
	if (rc == 0 && ret->len != size)
		return trfs_fail(err, -EIO, "%zu bytes were read, and size is %ju",
				 ret->len, (uintmax_t)size);
	return rc;
}

static int show(struct trfs_service *service, const char *path, struct trfs_buffer *ret,
		struct trfs_error *err)
{
	struct trfs_place_shown place;
	struct trfs_handle *handle;
	struct stat st = { 0 };
	uint64_t inode = 0;
	int rc = find(service, path, &inode, err);

	if (rc < 0)
		return rc;
	rc = trfs_service_take(service, inode, &place, err);
	if (rc == 0) {
		rc = trfs_place_stat(&place, &st, err);
		if (rc < 0)
			trfs_service_give(&place);
	}
	if (rc == 0) {
		rc = trfs_handle_open(&place, &handle, err);
		if (rc == 0) {
			rc = read_all(handle, (uint64_t)st.st_size, ret, err);
			trfs_handle_close(handle);
		}
	}
	trfs_service_forget(service, inode, 1);
	return rc;
}

static int show_all(struct trfs_service *service, char **paths, struct trfs_error *err)
{
	struct trfs_buffer content;
	int rc = 0;

	trfs_buffer_init(&content, CONTENT_MAX);
	for (; rc == 0 && *paths; paths++) {
		for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
			*err = (struct trfs_error){ 0 };
			rc = show(service, *paths, &content, err);
			/* Only want of memory passes. */
			if (rc != -ENOMEM)
				break;
		}
		if (rc == 0)
			fwrite(content.data, 1, content.len, stdout);
		else if (!err->code)
			trfs_fail_errno(err, rc, "%s", *paths);
		(void)trfs_service_age(service);
	}
	trfs_buffer_done(&content);
	return rc;
}

int main(int argc, char **argv)
{
	struct trfs_generation *generation = NULL;
	struct trfs_service service = { .direct = false };
	struct trfs_options options;
	struct trfs_error err = { 0 };
	int rc;

	if (argc < 3)
		return 2;
	trfs_options_init(&options);
	options.source = argv[1];
	options.threads = 1;
	rc = trfs_generation_open(&options, NULL, false, NULL, &generation, &err);
	/* Takes the generation over. */
	if (rc == 0)
		rc = trfs_service_init(&service, generation, &err);
	if (rc == 0) {
		rc = show_all(&service, argv + 2, &err);
		trfs_service_done(&service);
	}
	if (rc < 0)
		fprintf(stderr, "tfrecordfs: %s\n", err.message);
	return rc < 0;
}
