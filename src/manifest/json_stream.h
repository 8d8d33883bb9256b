/* SPDX-License-Identifier: MIT */
/*
 * The elements of top-level arrays of a JSON file, one at a time, in memory for one
 * element.  Serves {"images": [...], "annotations": [...], ...} of any size; several
 * streams may read one open file, each with its own choice of arrays.
 */
#ifndef TRFS_MANIFEST_JSON_STREAM_H
#define TRFS_MANIFEST_JSON_STREAM_H

#include "base/compiler.h"
#include "manifest/text.h"

enum {
	TRFS_JSON_KEYS_MAX = 8,
};

struct trfs_json_stream;

/**
 * struct trfs_json_element - one element, as it is written
 * @key: which array it is in: one of the wanted keys; NULL for a top-level array
 * @text: from its first to its last byte; brackets are balanced and strings closed,
 *	anything else is for a parser to check.  Valid until the next call
 * @offset, @place: of its first byte, in the file
 */
struct trfs_json_element {
	const char *key;
	struct trfs_bytes text;
	uint64_t offset;
	struct trfs_text_place place;
};

/**
 * trfs_json_stream_open() - begin to read
 * @fd: borrowed; read with pread()
 * @keys: the arrays wanted of a top-level object, at most TRFS_JSON_KEYS_MAX,
 *	NULL-terminated; borrowed.  The values of other keys are skipped, and of those
 *	only brackets and strings are checked
 * @takes_array: whether a top-level array will do as well
 */
TRFS_MUST_CHECK
int trfs_json_stream_open(int fd, const char *const *keys, bool takes_array,
			  struct trfs_json_stream **ret, struct trfs_error *err);
void trfs_json_stream_close(struct trfs_json_stream *s);

/*
 * 1 and the next element in the order of the file, 0 after a complete file, -EBADMSG, or
 * the errno of a read.  Messages do not name the file; @ret_place is set for errors.
 */
TRFS_MUST_CHECK
int trfs_json_stream_next(struct trfs_json_stream *s, struct trfs_json_element *ret,
			  struct trfs_text_place *ret_place, struct trfs_error *err);

/* Whether the top-level object has had this wanted key (by its number) so far. */
bool trfs_json_stream_has(const struct trfs_json_stream *s, size_t key);

/* The first keys that were skipped, for messages: '"info", "licenses"'; may be empty. */
const char *trfs_json_stream_skipped(const struct trfs_json_stream *s);

/* Whether the file is one array. */
bool trfs_json_stream_is_array(const struct trfs_json_stream *s);

/* Bytes read so far. */
uint64_t trfs_json_stream_nr_read(const struct trfs_json_stream *s);

#endif
