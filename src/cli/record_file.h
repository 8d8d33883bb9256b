/* SPDX-License-Identifier: MIT */
/*
 * Any TFRecord file, mounted or real, record by record; and what is wrong with one, as
 * we and as TensorFlow say it.
 */
#ifndef TRFS_CLI_RECORD_FILE_H
#define TRFS_CLI_RECORD_FILE_H

#include "base/buffer.h"
#include <stdbool.h>

/* Read-ahead for those who read everything, and for those who skip. */
#define TRFS_RECORD_WINDOW_WHOLE (1u << 20)
#define TRFS_RECORD_WINDOW_SKIP	 4096u

/**
 * struct trfs_record_file - an open file and where the next record is
 * @path: borrowed
 * @size: in bytes, when it was opened
 * @next_offset, @next_number: of the record that comes next
 * @window: bytes [window_offset, window_offset + window_len) of the file; owned
 */
struct trfs_record_file {
	int fd;
	const char *path;
	uint64_t size;
	uint64_t next_offset;
	uint64_t next_number;
	uint8_t *window;
	size_t window_size;
	size_t window_len;
	uint64_t window_offset;
};

/* Where a record is: @offset is that of its header, in bytes; @data_len without framing.
 */
struct trfs_record_span {
	uint64_t number;
	uint64_t offset;
	uint64_t data_len;
};

/**
 * struct trfs_record_fault - what is wrong with a record
 * @code: -EBADMSG for bad content, else the errno of a read; 0: nothing
 * @reason: a sentence's rest
 * @tensorflow: what TensorFlow says of it; empty where it says nothing
 */
struct trfs_record_fault {
	int code;
	uint64_t number;
	uint64_t offset;
	char reason[192];
	char tensorflow[64];
};

/* -errno with a sentence; @window_size is one of the above. */
TRFS_MUST_CHECK
int trfs_record_file_open(struct trfs_record_file *f, const char *path,
			  size_t window_size, struct trfs_error *err);
void trfs_record_file_close(struct trfs_record_file *f);

/*
 * The next record by its header: 1, or 0 at the end, or a negative errno with @fault:
 * then nothing that follows can be found.
 */
TRFS_MUST_CHECK
int trfs_record_file_next(struct trfs_record_file *f, struct trfs_record_span *ret,
			  struct trfs_record_fault *fault);

/* Whether the data of @span are what was written: 0, or a negative errno with @fault. */
TRFS_MUST_CHECK
int trfs_record_file_check(struct trfs_record_file *f,
			   const struct trfs_record_span *span,
			   struct trfs_record_fault *fault);

/*
 * As above, and put the data into @data, which is emptied before.  After -EBADMSG from a
 * wrong checksum they are there all the same; after another failure @data is empty.
 */
TRFS_MUST_CHECK
int trfs_record_file_load(struct trfs_record_file *f, const struct trfs_record_span *span,
			  struct trfs_buffer *data, struct trfs_record_fault *fault);

/* Whether the file starts with a TFRecord header; the current record is not moved. */
bool trfs_record_file_looks_right(struct trfs_record_file *f);

/*
 * "record 12 at byte 34567: the checksum of its data does not match (TensorFlow:
 * "corrupted record at 34579")" into @buf; returns @buf.  512 bytes always suffice.
 */
const char *trfs_record_fault_text(const struct trfs_record_fault *fault, char *buf,
				   size_t len);

#endif
