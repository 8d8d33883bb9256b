/* SPDX-License-Identifier: MIT */
/* Headers and entries of known sums; no I/O. */
#include "index/known_format.h"

#include "base/random.h"
#include <stdio.h>

static const struct {
	const char *extension;
	uint32_t value_size;
} kinds[TRFS_NR_KNOWN_KINDS] = {
	[TRFS_KNOWN_CRC32C] = { "crc32c", 4 },
	[TRFS_KNOWN_SHA256] = { "sha256", 32 },
};

uint32_t trfs_known_value_size(enum trfs_known_kind kind)
{
	return kinds[kind].value_size;
}

uint64_t trfs_known_nr(enum trfs_known_kind kind, const struct trfs_catalog *catalog)
{
	return kind == TRFS_KNOWN_CRC32C ? trfs_source_file_count(catalog)
					 : catalog->nr_examples;
}

void trfs_known_name(enum trfs_known_kind kind, const char *index_name,
		     char ret[TRFS_INDEX_NAME_MAX])
{
	const char *dot = strrchr(index_name, '.');
	size_t len = dot ? (size_t)(dot - index_name) : strlen(index_name);

	snprintf(ret, TRFS_INDEX_NAME_MAX, "%.*s.%s", (int)len, index_name,
		 kinds[kind].extension);
}

void trfs_known_header(uint32_t value_size,
		       const uint8_t fingerprint[TRFS_FINGERPRINT_SIZE],
		       uint8_t ret[TRFS_KNOWN_HEADER_SIZE])
{
	memset(ret, 0, TRFS_KNOWN_HEADER_SIZE);
	memcpy(ret, TRFS_KNOWN_MAGIC, 8);
	trfs_store_u32le(ret + 8, TRFS_KNOWN_VERSION);
	trfs_store_u32le(ret + 12, value_size);
	memcpy(ret + 16, fingerprint, TRFS_FINGERPRINT_SIZE);
}

/* The name's hash is the key under which the rest is hashed. */
static uint64_t check_of(const struct trfs_source_file *file, const void *value,
			 uint32_t value_size)
{
	struct trfs_name room;
	uint64_t key =
		trfs_random_hash(TRFS_KNOWN_VERSION, trfs_source_file_name(file, &room));
	uint8_t rest[16 + TRFS_KNOWN_VALUE_MAX];
	uint64_t check;

	trfs_store_u64le(rest, file->indexed->who);
	trfs_store_u64le(rest + 8, file->indexed->size);
	memcpy(rest + 16, value, value_size);
	check = trfs_random_hash(key, (struct trfs_bytes){ rest, 16 + value_size });
	return check ? check : 1;
}

void trfs_known_entry_make(const struct trfs_source_file *file, const void *value,
			   uint32_t value_size, uint8_t ret[TRFS_KNOWN_ENTRY_MAX])
{
	memcpy(ret, value, value_size);
	trfs_store_u64le(ret + value_size, check_of(file, value, value_size));
}

static uint64_t stored_check(const uint8_t *entry, uint32_t value_size)
{
	uint64_t check;

	memcpy(&check, entry + value_size, sizeof(check));
	return check;
}

bool trfs_known_entry_is_set(const uint8_t *entry, uint32_t value_size)
{
	return stored_check(entry, value_size) != 0;
}

bool trfs_known_entry_is_of(const uint8_t *entry, const struct trfs_source_file *file,
			    uint32_t value_size)
{
	uint64_t check = stored_check(entry, value_size);

	return check != 0 && check == check_of(file, entry, value_size);
}
