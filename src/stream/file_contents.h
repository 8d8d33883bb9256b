/* SPDX-License-Identifier: MIT */
/*
 * Ranges of image and mask files as they are, their checksums and hashes.  Files are
 * numbered as in dataset/source_file.h.
 */
#ifndef TRFS_STREAM_FILE_CONTENTS_H
#define TRFS_STREAM_FILE_CONTENTS_H

#include "index/known_sums.h"

#define TRFS_HASH_HEX_LEN (2 * TRFS_SHA256_SIZE)

struct trfs_file_contents;

/*
 * @hashed: the hash of each image that is read will be wanted, so that it is made in the
 *	same pass; else it is made where it is asked for
 * @catalog, @root and @sums must outlive it.
 */
TRFS_MUST_CHECK
int trfs_file_contents_open(const struct trfs_catalog *catalog,
			    const struct trfs_root *root, struct trfs_known_sums *sums,
			    bool hashed, struct trfs_file_contents **ret,
			    struct trfs_error *err);
struct trfs_file_contents *trfs_file_contents_close(struct trfs_file_contents *files);

/**
 * trfs_file_contents_read() - bytes [@offset, @offset + @len) of a file
 *
 * All of them, or an error: -ESTALE when the file changed, else -errno; the message
 * names the file and says what to do.  Any number of threads.
 *
 * Bytes that come in order, from the first on, are added to the file's checksum and,
 * where hashes are wanted, to its hash on the way, which spares the functions below from
 * reading them again.
 */
TRFS_MUST_CHECK
int trfs_file_contents_read(struct trfs_file_contents *files, uint64_t file,
			    uint64_t offset, void *buf, size_t len,
			    struct trfs_error *err);

/*
 * CRC-32C of a file, computed once and remembered beside the index.  Reads what has not
 * been added up yet.  Errors as above.
 */
TRFS_MUST_CHECK
int trfs_file_contents_crc(struct trfs_file_contents *files, uint64_t file,
			   uint32_t *ret_crc, struct trfs_error *err);

/* SHA-256 of an image, as lower-case hexadecimal digits without NUL; the same way. */
TRFS_MUST_CHECK
int trfs_file_contents_hash(struct trfs_file_contents *files, uint64_t file,
			    char ret_hex[TRFS_HASH_HEX_LEN], struct trfs_error *err);

#endif
