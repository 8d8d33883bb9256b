/* SPDX-License-Identifier: MIT */
/*
 * The file of a column of known sums (known_format.h): found, made with its first entry,
 * read and written entry by entry.  Nothing here knows what an entry means.
 */
#ifndef TRFS_INDEX_KNOWN_FILE_H
#define TRFS_INDEX_KNOWN_FILE_H

#include "base/compiler.h"
#include "index/known_format.h"
#include <pthread.h>
#include <stdatomic.h>

/**
 * struct trfs_known_file - the file, where there is one
 * @directory_fd: of the index; borrowed
 * @nr: how many entries it has at most
 * @lock: of who makes the file
 * @written: a bit an entry, where the file was made by us: of what is not written there
 *is no need to ask; set before @fd, NULL else
 * @fd: -1 until there is one; then it stays open
 * @access: enum trfs_known_access
 */
struct trfs_known_file {
	int directory_fd;
	char *name;
	uint8_t header[TRFS_KNOWN_HEADER_SIZE];
	uint32_t entry_size;
	uint64_t nr;
	pthread_mutex_t lock;
	_Atomic uint8_t *written;
	_Atomic int fd;
	_Atomic int access;
};

enum trfs_known_access {
	TRFS_KNOWN_UNMADE, /* the first write makes it */
	TRFS_KNOWN_WRITABLE,
	TRFS_KNOWN_READ_ONLY, /* if there is one at all */
};

/*
 * @directory_fd: -1: there shall be no file
 * @name: of the file
 * -ENOMEM; whatever is wrong with the file makes it unmade, read-only or empty.
 */
TRFS_MUST_CHECK
int trfs_known_file_init(struct trfs_known_file *file, int directory_fd, const char *name,
			 const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
			 uint32_t value_size, uint64_t nr);
void trfs_known_file_done(struct trfs_known_file *file);

/*
 * Up to @nr entries from @number on; how many whole ones are there.  One that was written
 * by somebody else after we had made the file may be passed over.
 */
uint64_t trfs_known_file_read(const struct trfs_known_file *file, uint64_t number,
			      uint64_t nr, uint8_t *ret);

/* Whether it could be written; once it cannot, nothing is written any more. */
bool trfs_known_file_write(struct trfs_known_file *file, uint64_t number,
			   const uint8_t *entry);

#endif
