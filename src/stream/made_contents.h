/* SPDX-License-Identifier: MIT */
/*
 * Contents that are made whole when they are read: kept while there is room, made once
 * however many want them, and compared with what was made when indexing.
 */
#ifndef TRFS_STREAM_MADE_CONTENTS_H
#define TRFS_STREAM_MADE_CONTENTS_H

#include "dataset/content.h"

struct trfs_made_contents;

/* Memory for contents, but for those in use and for the last one, however large. */
#define TRFS_MADE_CONTENTS_BYTES_MAX (UINT64_C(256) << 20)

/**
 * struct trfs_made_content - one of them, in memory
 * @bytes, @crc: immutable while it is held
 */
struct trfs_made_content {
	struct trfs_bytes bytes;
	uint32_t crc;
};

/* @catalog and @root must outlive it; @bytes_max is the above but in tests. */
TRFS_MUST_CHECK
int trfs_made_contents_open(const struct trfs_catalog *catalog,
			    const struct trfs_root *root, uint64_t bytes_max,
			    struct trfs_made_contents **ret, struct trfs_error *err);
/* All must have been given back. */
struct trfs_made_contents *trfs_made_contents_close(struct trfs_made_contents *contents);

/**
 * trfs_made_contents_take() - a content of TRFS_ORIGIN_MADE; give it back
 *
 * Any number of threads.  -EIO where it cannot be made any more, or comes out otherwise
 * than when it was indexed; -ESTALE where its file changed; -ENOMEM; the sentence names
 * the image.
 */
TRFS_MUST_CHECK
int trfs_made_contents_take(struct trfs_made_contents *contents,
			    struct trfs_content_ref ref,
			    const struct trfs_made_content **ret, struct trfs_error *err);
/*
 * @served: how many of its bytes were handed out, where nothing else of it will be wanted
 * than its other bytes; else 0.  One that was handed out whole makes room for others.
 */
void trfs_made_contents_give(struct trfs_made_contents *contents,
			     const struct trfs_made_content *content, uint64_t served);

#endif
