/* SPDX-License-Identifier: MIT */
/*
 * What a saved index was made for: SHA-256 of the format's version, the source's real
 * path, every option that can change a byte of a shard, the schema's text, and, where
 * bytes are made by them, the codecs' versions.  The
 * content of the manifest is not in it: its stamp in the index tells whether it changed.
 */
#ifndef TRFS_INDEX_FINGERPRINT_H
#define TRFS_INDEX_FINGERPRINT_H

#include "base/bytes.h"
#include "base/compiler.h"
#include "index/format.h"
#include <tfrecordfs/options.h>

TRFS_MUST_CHECK
int trfs_fingerprint(const struct trfs_options *options, struct trfs_bytes schema_text,
		     const char *codecs, uint8_t ret[TRFS_FINGERPRINT_SIZE],
		     struct trfs_error *err);

/*
 * The name of the index file: the source directory's own name, so that a person finds it,
 * and the start of the fingerprint: "digits-3f6c….index".
 */
#define TRFS_INDEX_NAME_MAX 128
#define TRFS_INDEX_SUFFIX   ".index"
void trfs_fingerprint_file_name(const char *source,
				const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
				char ret[TRFS_INDEX_NAME_MAX]);

/* How much of an index's name comes before its suffix. */
size_t trfs_index_name_stem(const char *index_name);

/*
 * Whether @name begins as @index_name does, up to its suffix, but for the fingerprint,
 * which may be another: it is of a source of the same name.
 */
bool trfs_index_name_is_alike(const char *name, const char *index_name);

#endif
