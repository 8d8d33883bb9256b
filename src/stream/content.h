/* SPDX-License-Identifier: MIT */
/*
 * The bytes of image files, and their checksums.
 *
 * The only place that opens images to serve them, and so the only one that decides
 * whether an image still is the file that was indexed: after every read, since a file
 * that is unchanged then was unchanged while it was read.
 */
#ifndef TRFS_STREAM_CONTENT_H
#define TRFS_STREAM_CONTENT_H

#include "dataset/catalog.h"

struct trfs_content_store;

/* @catalog must outlive the store. */
TRFS_MUST_CHECK
int trfs_content_store_open(const struct trfs_catalog *catalog,
			    struct trfs_content_store **ret, struct trfs_error *err);
struct trfs_content_store *trfs_content_store_close(struct trfs_content_store *store);

/**
 * trfs_content_read() - bytes [@offset, @offset + @len) of an example's image
 *
 * All of them, or an error: -ESTALE when the file changed, else -errno; the message
 * names the image and says what to do.  Any number of threads.
 *
 * Bytes that come in order, from the first on, are added to the image's checksum on the
 * way, which spares trfs_content_crc() from reading them again.
 */
TRFS_MUST_CHECK
int trfs_content_read(struct trfs_content_store *store, uint64_t example, uint64_t offset,
		      void *buf, size_t len, struct trfs_error *err);

/**
 * trfs_content_crc() - CRC-32C of an example's image, computed once
 *
 * Reads what no trfs_content_read() has added up yet.  Errors as there.
 */
TRFS_MUST_CHECK
int trfs_content_crc(struct trfs_content_store *store, uint64_t example,
		     uint32_t *ret_crc, struct trfs_error *err);

#endif
