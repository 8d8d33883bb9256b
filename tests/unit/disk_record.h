/* SPDX-License-Identifier: MIT */
/* The calls that change a directory, for a replay of what a disk may hold of them. */
#ifndef TESTS_UNIT_DISK_RECORD_H
#define TESTS_UNIT_DISK_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

enum disk_call_kind {
	DISK_CREATE,
	DISK_WRITE,
	DISK_DATE,
	DISK_SYNC,
	DISK_RENAME,
	DISK_REMOVE,
	DISK_SYNC_DIRECTORY,
};

#define DISK_NR_CALLS_MAX 4000u
#define DISK_NR_FILES_MAX 64u
#define DISK_NAME_MAX	  64u

struct disk_call {
	enum disk_call_kind kind;
	uint32_t file;
	char name[DISK_NAME_MAX];
	char to[DISK_NAME_MAX];
	uint64_t offset;
	uint8_t *data;
	size_t len;
	struct timespec time;
};

struct disk_content {
	uint8_t *data;
	size_t len;
	struct timespec time;
};

/**
 * struct disk_record - what happened
 * @calls: @nr_calls of them
 * @inodes, @before, @names: of each of @nr_files files the inode, what was in it at the
 *	beginning, and what it was called then, "" where it was not there
 */
struct disk_record {
	char *directory;
	struct disk_call *calls;
	size_t nr_calls;
	ino_t inodes[DISK_NR_FILES_MAX];
	struct disk_content before[DISK_NR_FILES_MAX];
	char names[DISK_NR_FILES_MAX][DISK_NAME_MAX];
	uint32_t nr_files;
};

/* Record what happens in @directory; what is in it counts as synced. */
struct disk_record *disk_record_begin(const char *directory);
void disk_record_end(struct disk_record *record);

/* A call that succeeded, of the open file @fd, which @name was made for. */
void disk_record_create(struct disk_record *record, int fd, const char *name);
void disk_record_write(struct disk_record *record, int fd, uint64_t offset,
		       const void *data, size_t len);
void disk_record_date(struct disk_record *record, int fd, struct timespec time);
void disk_record_sync(struct disk_record *record, int fd);
void disk_record_rename(struct disk_record *record, const char *name, const char *to);
void disk_record_remove(struct disk_record *record, const char *name);

/* Write into a file as far as it has been written; @data: NULL for zeroes. */
void disk_content_put(struct disk_content *content, uint64_t offset, const uint8_t *data,
		      size_t len);
void disk_copy_name(char ret[DISK_NAME_MAX], const char *name);

#endif
