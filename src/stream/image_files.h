/* SPDX-License-Identifier: MIT */
/*
 * A bounded set of open image and mask files, each with the checksum and the hash of what
 * was read in order.
 */
#ifndef TRFS_STREAM_IMAGE_FILES_H
#define TRFS_STREAM_IMAGE_FILES_H

#include "base/compiler.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct trfs_image_file - one file, open
 * @lock: guards @fd, @hash, @crc and @crc_len
 * @fd: -1 until its first user has opened it
 * @hash: SHA-256 of its first @crc_len bytes; NULL where nobody wants it
 * @crc: CRC-32C of its first @crc_len bytes
 * @pins: users; guarded by the set, as all that follows
 * @number: of the file, see dataset/source_file.h
 */
struct trfs_image_file {
	pthread_mutex_t lock;
	int fd;
	struct evp_md_ctx_st *hash;
	uint32_t crc;
	uint64_t crc_len;
	unsigned int pins;
	uint64_t number;
	uint64_t last_use;
	bool keep; /* belongs to the set, not to its one user */
};

#define TRFS_IMAGE_FILES_MAX 64

/**
 * struct trfs_image_files - the set
 * @nr: places that are used: few where the process may have few files open
 */
struct trfs_image_files {
	pthread_mutex_t lock;
	uint64_t clock;
	size_t nr;
	struct trfs_image_file files[TRFS_IMAGE_FILES_MAX];
};

void trfs_image_files_init(struct trfs_image_files *set);
void trfs_image_files_done(struct trfs_image_files *set);

/*
 * A file, pinned; it may not be open yet.  When all places are pinned a
 * file of its own is made for the caller.  NULL: no memory.
 */
struct trfs_image_file *trfs_image_files_pin(struct trfs_image_files *set,
					     uint64_t number);

/* Under the file's lock: its hash is not wanted any more. */
void trfs_image_file_drop_hash(struct trfs_image_file *file);

/* Give it back; @finished: it will hardly be read again, so close it with its last user.
 */
void trfs_image_files_unpin(struct trfs_image_files *set, struct trfs_image_file *file,
			    bool finished);

#endif
