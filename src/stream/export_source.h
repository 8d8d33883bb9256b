/* SPDX-License-Identifier: MIT */
/* What can be exported: files with names and exact sizes that are read front to back. */
#ifndef TRFS_STREAM_EXPORT_SOURCE_H
#define TRFS_STREAM_EXPORT_SOURCE_H

#include "index/known_sums.h"
#include "stream/read_ahead.h"

#define TRFS_EXPORT_HEX_SIZE 65u /* of 32 bytes, with a NUL */

/**
 * struct trfs_export_file - one of them
 * @name: relative, without a newline; owned
 * @is_shard: else a side file, which stands in no SHA256SUMS and is never compressed
 */
struct trfs_export_file {
	char *name;
	uint64_t size;
	bool is_shard;
};

/**
 * struct trfs_export_identity - of which records the files are
 * @source: the directory of the images, for messages; owned
 * @fingerprint: of source and options, in hexadecimal; see index/fingerprint.h
 * @content: of what was found there; see index/content_digest.h
 * @view: path of the view; owned
 */
struct trfs_export_identity {
	char *source;
	char fingerprint[TRFS_EXPORT_HEX_SIZE];
	char content[TRFS_EXPORT_HEX_SIZE];
	char *view;
};

void trfs_export_hex(const uint8_t digest[TRFS_SHA256_SIZE],
		     char ret[TRFS_EXPORT_HEX_SIZE]);

/**
 * struct trfs_export_piece - bytes of a file that stand in memory
 * @parts: @nr of them, together @len bytes
 * @reply: of whoever reads shards through read_ahead.h
 * @memory: of whoever reads into memory of the piece's own; owned
 */
struct trfs_export_piece {
	const struct iovec *parts;
	int nr;
	size_t len;
	struct trfs_reply reply;
	struct iovec part;
	uint8_t *memory;
};

#define TRFS_EXPORT_PIECE_SIZE ((size_t)1 << 20)

/* The one part of a piece that is read into memory of its own; NULL: no memory. */
void *trfs_export_piece_memory(struct trfs_export_piece *piece, struct trfs_error *err);
void trfs_export_piece_set(struct trfs_export_piece *piece, size_t len);

/**
 * struct trfs_export_ops - how files are read; any number of threads, each a file of its
 * own
 * @read: at most TRFS_EXPORT_PIECE_SIZE bytes from @offset on; fewer only at the end
 * @release: for each piece that was read, also if that failed
 * @finish: all was read, or could not be: whether what was there is to be believed, or
 *	the source is another now; NULL: always
 */
struct trfs_export_ops {
	int (*open)(void *user, size_t file, void **ret, struct trfs_error *err);
	int (*read)(void *user, void *handle, uint64_t offset,
		    const _Atomic bool *stopped, struct trfs_export_piece *ret,
		    struct trfs_error *err);
	void (*release)(void *user, void *handle, struct trfs_export_piece *piece);
	int (*finish)(void *user, struct trfs_error *err);
	void (*close)(void *user, void *handle);
};

/**
 * struct trfs_export_source - all files, and how they are read
 * @files: shards first, in the order of their numbers; @nr of them
 */
struct trfs_export_source {
	struct trfs_export_identity identity;
	struct trfs_export_file *files;
	size_t nr;
	const struct trfs_export_ops *ops;
	void *user;
};

/*
 * Whether the side file of that path means nothing without the mount: what is in tfds/
 * points at shards of a view beside it.
 */
bool trfs_export_leaves_out(const char *path);

/* Append a file; @name is copied.  -ENOMEM; -EINVAL for a name with a newline. */
TRFS_MUST_CHECK
int trfs_export_source_add(struct trfs_export_source *source, const char *name,
			   uint64_t size, bool is_shard, struct trfs_error *err);
/* Its files and identity; not what @user is. */
void trfs_export_source_done(struct trfs_export_source *source);

/**
 * trfs_export_view_open() - the shards of a view of a data set, and its listed side files
 * @path: of the view; "" is the root
 * @with_side_files: else shards alone
 * @ret: for trfs_export_view_close(); @generation must outlive it
 *
 * -EINVAL where there is no such view, or it has no shards; what listing side files fails
 * with.
 */
struct trfs_export_view;
TRFS_MUST_CHECK
int trfs_export_view_open(const struct trfs_generation *generation, const char *path,
			  bool with_side_files, struct trfs_export_view **ret,
			  struct trfs_error *err);
const struct trfs_export_source *trfs_export_view_source(
	const struct trfs_export_view *view);
struct trfs_export_view *trfs_export_view_close(struct trfs_export_view *view);

#endif
