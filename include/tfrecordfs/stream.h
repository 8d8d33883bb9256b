/* SPDX-License-Identifier: MIT */
/* Windows of shards, made when they are read. */
#ifndef TFRECORDFS_STREAM_H
#define TFRECORDFS_STREAM_H

#include <stddef.h>
#include <tfrecordfs/generation.h>

#ifdef __cplusplus
extern "C" {
#endif

struct trfs_stream;

/**
 * trfs_stream_open() - prepare to read the shards of a generation
 * @generation: must outlive the stream
 * @ret: close with trfs_stream_close()
 *
 * Cost: opens the directories of the source and of the index, and no image; memory of a
 * few MB at most, and 4 bytes an example for each kind of mask that records have.
 *
 * Return: 0; -ENOMEM; -EIO if the saved index turns out to be damaged; or the errno of
 *	opening the source directory.
 */
TRFS_MUST_CHECK
int trfs_stream_open(const struct trfs_generation *generation, struct trfs_stream **ret,
		     struct trfs_error *err);

/** trfs_stream_close() - close it (NULL is fine); nobody may be reading; returns NULL */
struct trfs_stream *trfs_stream_close(struct trfs_stream *stream);

/**
 * trfs_stream_read() - read a window of one shard
 * @stream: where from
 * @shard: shard number within the plan, less than trfs_plan_nr_shards()
 * @offset: first byte wanted, counted from the start of the shard
 * @buf: receives the bytes; unspecified after a failure
 * @len: how many bytes are wanted
 * @ret_len: bytes stored; less than @len only at the end of the shard
 * @err: why it failed; may be NULL
 *
 * The bytes of a shard depend only on the plan and on the image files, so a window
 * always equals the same slice of the whole shard, however it is cut.  Reading past
 * the end is not an error: it stores nothing.
 *
 * Cost: opens each image file the window touches, unless it is still open.  A window
 * that touches a record's last four bytes needs the checksum of the whole record; when
 * the image was not read front to back before, that reads the whole image, once.
 *
 * Any number of threads may read one stream at the same time.
 *
 * Return: 0; -ESTALE if an image is no longer the file that was indexed; -EIO if the
 *	saved index turns out to be damaged, which removes it; -ENOMEM; or the negative
 *	errno of the failing open or read.
 */
TRFS_MUST_CHECK
int trfs_stream_read(struct trfs_stream *stream, uint32_t shard, uint64_t offset,
		     void *buf, size_t len, size_t *ret_len, struct trfs_error *err);

/** A path with its NUL is no longer: PATH_MAX. */
#define TRFS_IMAGE_PATH_SIZE 4096

/**
 * struct trfs_place - what stands at a byte of a shard
 * @record: number within the shard
 * @record_offset: where the record starts in the shard, in bytes
 * @record_size: its length with framing, in bytes
 * @image: path of the image, relative to the source, ended by a NUL
 */
struct trfs_place {
	uint64_t record;
	uint64_t record_offset;
	uint64_t record_size;
	size_t image_len;
	char image[TRFS_IMAGE_PATH_SIZE];
};

/**
 * trfs_stream_where() - the record at @offset
 * @shard: shard number within the plan, less than trfs_plan_nr_shards()
 * @offset: counted from the start of the shard, in bytes
 * @ret: unspecified after a failure
 *
 * Cost: a search in the index; no image is opened.
 *
 * Any number of threads may ask at the same time, and read.
 *
 * Return: 0; -ENXIO past the end of the shard; -EIO if the saved index turns out to be
 *	damaged, which removes it; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_stream_where(const struct trfs_stream *stream, uint32_t shard, uint64_t offset,
		      struct trfs_place *ret);

#ifdef __cplusplus
}
#endif

#endif
