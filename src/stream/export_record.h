/* SPDX-License-Identifier: MIT */
/*
 * The record of an export, a text in its destination:
 *
 *	tfrecordfs export 1
 *	source /data/photos
 *	fingerprint 3f6c...
 *	content 90ab...
 *	view epochs/7
 *	compression none
 *	file <SHA-256> <size> <inode> <time of change in ns> <name>
 *	...
 *
 * It is written anew when an export begins, and a line is added, and on the disk, before
 * its file gets its name.  Of a name the last line counts.  A line that is cut off or odd
 * is none: then its file never got its name.
 */
#ifndef TRFS_STREAM_EXPORT_RECORD_H
#define TRFS_STREAM_EXPORT_RECORD_H

#include "base/buffer.h"
#include "stream/export_source.h"

/**
 * struct trfs_export_entry - a file that was written
 * @line: where it stands, so that the last one counts
 * @name: borrowed
 */
struct trfs_export_entry {
	uint8_t sha256[TRFS_SHA256_SIZE];
	uint64_t size;
	uint64_t inode;
	int64_t mtime_ns;
	size_t line;
	const char *name;
};

/**
 * struct trfs_export_record - what is known of a destination
 * @text: all of it, each line ended by a NUL; what else there is points into it
 * @entries: by name, one for each; @nr of them
 */
struct trfs_export_record {
	struct trfs_buffer text;
	struct trfs_export_identity identity;
	bool gzip;
	struct trfs_export_entry *entries;
	size_t nr;
};

/*
 * Of the directory @destination; -ENOENT where there is none, -EINVAL where it is not to
 * be understood.
 */
TRFS_MUST_CHECK
int trfs_export_record_read(const char *destination, struct trfs_export_record *ret,
			    struct trfs_error *err);
void trfs_export_record_done(struct trfs_export_record *record);

/* NULL: it was not written. */
struct trfs_export_entry *trfs_export_record_find(const struct trfs_export_record *record,
						  const char *name);

/**
 * trfs_export_record_begin() - a new record, with all entries of @before but SHA256SUMS'
 * @ret_fd: for trfs_export_record_add(); close it
 *
 * Entries of files that are not as they were written stay until these are written anew:
 * without one, a file is of somebody else.
 */
TRFS_MUST_CHECK
int trfs_export_record_begin(const char *destination,
			     const struct trfs_export_identity *identity, bool gzip,
			     const struct trfs_export_record *before, int *ret_fd,
			     struct trfs_error *err);

/* Whole and on the disk when this returns; one thread at a time.  -errno. */
TRFS_MUST_CHECK
int trfs_export_record_add(int fd, const struct trfs_export_entry *entry);

#endif
