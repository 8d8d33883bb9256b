/* SPDX-License-Identifier: MIT */
/* What a directory holds, in memory and in order. */
#ifndef TRFS_MANIFEST_LISTING_H
#define TRFS_MANIFEST_LISTING_H

#include "base/buffer.h"

enum trfs_listing_kind {
	TRFS_LISTING_FILE, /* also FIFOs, sockets and devices, which open will refuse */
	TRFS_LISTING_DIRECTORY,
};

enum trfs_listing_order {
	TRFS_LISTING_BY_NAME,
	TRFS_LISTING_BY_PATH, /* as the paths beneath sort: "a.jpg" before "a/x.jpg" */
};

/* @name: where the name begins in the listing's names, NUL-terminated */
struct trfs_listing_entry {
	size_t name;
	enum trfs_listing_kind kind;
};

/**
 * struct trfs_listing - the entries of one directory
 * @nr_files, @nr_directories: of each kind
 * @nr_ignored: left out: hidden ones, and what Windows puts beside images
 */
struct trfs_listing {
	struct trfs_buffer names;
	struct trfs_listing_entry *entries;
	size_t nr, capacity;
	size_t nr_files, nr_directories;
	size_t nr_ignored;
};

/*
 * List the directory @fd (borrowed).  Links count as what they lead to; one that leads
 * nowhere is a file, so that opening it tells why.  No stat is made for other entries
 * where the file system gives their kind.  -ENOMEM, or the errno of readdir; the listing
 * needs trfs_listing_done() after failures too.
 */
TRFS_MUST_CHECK
int trfs_listing_read(struct trfs_listing *listing, int fd,
		      enum trfs_listing_order order);

/* The same by name, with what trfs_listing_read() leaves out. */
TRFS_MUST_CHECK
int trfs_listing_read_all(struct trfs_listing *listing, int fd);
void trfs_listing_done(struct trfs_listing *listing);

/* The name of entry @i; valid as long as the listing. */
static inline const char *trfs_listing_name(const struct trfs_listing *listing, size_t i)
{
	return (const char *)listing->names.data + listing->entries[i].name;
}

/* The first entry of a kind, which must be there. */
const char *trfs_listing_first(const struct trfs_listing *listing,
			       enum trfs_listing_kind kind);

#endif
