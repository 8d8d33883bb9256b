/* SPDX-License-Identifier: MIT */
/* The contents of records, wherever they come from, and their checksums. */
#ifndef TRFS_STREAM_CONTENT_STORE_H
#define TRFS_STREAM_CONTENT_STORE_H

#include "dataset/content.h"
#include "index/generation.h"

struct trfs_content_store;

/* Those that the generation's records have; it must outlive the store. */
TRFS_MUST_CHECK
int trfs_content_store_open(const struct trfs_generation *generation,
			    struct trfs_content_store **ret, struct trfs_error *err);
struct trfs_content_store *trfs_content_store_close(struct trfs_content_store *store);

/* From now on files that are read do not stay in the page cache, unless they were there.
 */
void trfs_content_store_leave_uncached(struct trfs_content_store *store);
void trfs_content_store_hold_to(struct trfs_content_store *store, uint32_t readers);

/* From now on reads of files are entered in @reads, which must outlive the store. */
struct trfs_source_reads;
void trfs_content_store_watch(struct trfs_content_store *store,
			      struct trfs_source_reads *reads);

/*
 * Bytes [@offset, @offset + @len) of a content, which must be that long.  All of them,
 * or an error that names the file: see file_contents.h and made_contents.h.  Any number
 * of threads.
 */
TRFS_MUST_CHECK
int trfs_content_store_read(struct trfs_content_store *store, struct trfs_content_ref ref,
			    uint64_t offset, void *buf, size_t len,
			    struct trfs_error *err);

/* CRC-32C of a content: known, or found by reading or making it once.  Errors as above.
 */
TRFS_MUST_CHECK
int trfs_content_store_crc(struct trfs_content_store *store, struct trfs_content_ref ref,
			   uint32_t *ret_crc, struct trfs_error *err);

#endif
