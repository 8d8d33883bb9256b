/* SPDX-License-Identifier: MIT */
/* Views of bytes, and a reader that cannot leave them. */
#ifndef TRFS_BASE_BYTES_H
#define TRFS_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes that somebody else owns; the place that hands them out says for how long. */
struct trfs_bytes {
	const uint8_t *data;
	size_t len;
};

/* For printf's "%.*s". */
#define TRFS_BYTES_ARG(b) (int)(b).len, (const char *)(b).data

static inline struct trfs_bytes trfs_bytes_of(const char *text)
{
	return (struct trfs_bytes){ (const uint8_t *)text, strlen(text) };
}

/* A string of its own (free it) of bytes that no NUL ends; NULL: no memory. */
char *trfs_bytes_to_string(struct trfs_bytes b);

static inline bool trfs_bytes_equal(struct trfs_bytes a, struct trfs_bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Ascending bytes, the shorter first on a tie: <0, 0, >0. */
int trfs_bytes_compare(struct trfs_bytes a, struct trfs_bytes b);

/* @b without blanks (space, tab, CR, LF) at both ends. */
struct trfs_bytes trfs_bytes_trim(struct trfs_bytes b);

/* ASCII letters' case does not matter. */
bool trfs_bytes_equal_nocase(struct trfs_bytes a, struct trfs_bytes b);

bool trfs_bytes_ends_with(struct trfs_bytes b, const char *tail);

/* Well-formed UTF-8, no NUL, no surrogates, no over-long forms. */
bool trfs_utf8_valid(struct trfs_bytes b);

/**
 * struct trfs_reader - walks untrusted bytes without ever leaving them
 *
 * Asking for more than is left makes the reader @failed for good: that read and
 * all later ones give zeroes.  Read a whole structure, then test @failed once,
 * before believing any of it.
 */
struct trfs_reader {
	struct trfs_bytes left;
	bool failed;
};

static inline struct trfs_reader trfs_reader_of(const void *data, size_t len)
{
	return (struct trfs_reader){ .left = { data, len }, .failed = false };
}

uint8_t trfs_reader_u8(struct trfs_reader *r);
uint32_t trfs_reader_u32le(struct trfs_reader *r);
uint64_t trfs_reader_u64le(struct trfs_reader *r);
/* A protobuf varint of at most ten bytes; longer ones and more than 64 bits fail. */
uint64_t trfs_reader_varint(struct trfs_reader *r);
/* The next @len bytes, borrowed from what is read; empty on failure. */
struct trfs_bytes trfs_reader_bytes(struct trfs_reader *r, uint64_t len);

/* @len bytes as twice as many small digits, without a NUL; returns where they end. */
char *trfs_hexadecimal(const uint8_t *bytes, size_t len, char *ret);

static inline void trfs_store_u32le(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, sizeof(v));
}

static inline void trfs_store_u64le(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, sizeof(v));
}

#endif
