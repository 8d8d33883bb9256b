/* SPDX-License-Identifier: MIT */
/*
 * A column of known sums in the working directory.  Values are made of the number, so
 * that a wrong one is seen.
 */
#ifndef TESTS_UNIT_KNOWN_FIXTURE_H
#define TESTS_UNIT_KNOWN_FIXTURE_H

#include "index/known_column.h"

#define KNOWN_NR   1500u
#define KNOWN_NAME "x.crc32c"
/* Size of an entry with four bytes of value. */
#define KNOWN_CRC_ENTRY (4 + TRFS_KNOWN_CHECK_SIZE)

/**
 * struct known_fixture - a catalog of which only names and identities are there
 */
struct known_fixture {
	struct trfs_example examples[KNOWN_NR];
	struct trfs_name_list names;
	struct trfs_catalog catalog;
	int directory_fd;
};

struct known_fixture *known_set_up(void);
void known_tear_down(struct known_fixture *f);

/* Another inode or modification time for an image. */
void known_identify(struct known_fixture *f, uint64_t number, uint64_t inode,
		    int64_t mtime_ns);
/* Another name for one of them. */
void known_rename(struct known_fixture *f, uint64_t number);

struct trfs_known_column *known_open(struct known_fixture *f, uint32_t value_size);
void known_close(struct trfs_known_column *column);

/* The right value of a number. */
void known_value(uint64_t number, uint32_t value_size, uint8_t *ret);
void known_set(struct trfs_known_column *column, uint64_t number);

/* Whether it is known; fails the test if it is known wrongly. */
bool known_is(struct trfs_known_column *column, uint64_t number);
uint32_t known_count(struct trfs_known_column *column);

/* How many are known to a column that is opened now. */
uint32_t known_count_anew(struct known_fixture *f, uint32_t value_size);

/* Open a column, set all, close it. */
void known_write_all(struct known_fixture *f, uint32_t value_size);

/* The column's file as a whole. */
uint8_t *known_read_file(size_t *ret_len);
void known_write_file(const uint8_t *bytes, size_t len);

#endif
