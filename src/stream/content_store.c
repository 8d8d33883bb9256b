/* SPDX-License-Identifier: MIT */
/* A content is served by what it comes from: a file, its hash, or memory. */
#include "stream/content_store.h"

#include "base/crc32c.h"
#include "base/error.h"
#include "stream/file_contents.h"
#include "stream/made_contents.h"
#include <stdatomic.h>
#include <stdlib.h>

/*
 * @crcs: by kind, of each example's content where making it is not how its length was
 *	found, so that the catalog knows no checksum; 0 while unknown
 */
struct trfs_content_store {
	const struct trfs_catalog *catalog;
	struct trfs_root root;
	struct trfs_known_sums *sums;
	struct trfs_file_contents *files;
	struct trfs_made_contents *made;
	_Atomic uint32_t *crcs[TRFS_NR_CONTENTS];
};

static int open_crcs(struct trfs_content_store *store, uint32_t contents,
		     struct trfs_error *err)
{
	size_t nr = (size_t)store->catalog->nr_examples + 1;

	for (unsigned int k = 1; k < TRFS_NR_CONTENTS; k++) {
		const struct trfs_content_kind *kind = trfs_content_kind(k);

		if (!(contents & (1u << k)) || !kind->make || kind->is_measured)
			continue;
		store->crcs[k] = calloc(nr, sizeof(*store->crcs[k]));
		if (!store->crcs[k])
			return trfs_fail_memory(err, "checksums");
	}
	return 0;
}

int trfs_content_store_open(const struct trfs_generation *generation,
			    struct trfs_content_store **ret, struct trfs_error *err)
{
	const struct trfs_catalog *catalog = generation->catalog;
	uint32_t contents = trfs_schema_contents(generation->schema);
	struct trfs_content_store *store = calloc(1, sizeof(*store));
	bool hashed = contents & (1u << TRFS_CONTENT_IMAGE_SHA256);
	int rc;

	if (!store)
		return trfs_fail_memory(err, "the stream");
	store->catalog = catalog;
	rc = trfs_root_open(&store->root, catalog->root_path, catalog->follow, err);
	if (rc < 0) {
		free(store);
		return rc;
	}
	rc = trfs_known_sums_open(generation, &store->sums, err);
	if (rc == 0)
		rc = trfs_file_contents_open(catalog, &store->root, store->sums, hashed,
					     &store->files, err);
	if (rc == 0)
		rc = trfs_made_contents_open(catalog, &store->root,
					     TRFS_MADE_CONTENTS_BYTES_MAX, &store->made,
					     err);
	if (rc == 0)
		rc = open_crcs(store, contents, err);
	if (rc < 0)
		trfs_content_store_close(store);
	else
		*ret = store;
	return rc;
}

struct trfs_content_store *trfs_content_store_close(struct trfs_content_store *store)
{
	if (store) {
		for (size_t k = 0; k < TRFS_NR_CONTENTS; k++)
			free(store->crcs[k]);
		trfs_made_contents_close(store->made);
		trfs_file_contents_close(store->files);
		trfs_known_sums_close(store->sums);
		trfs_root_close(&store->root);
		free(store);
	}
	return NULL;
}

void trfs_content_store_leave_uncached(struct trfs_content_store *store)
{
	store->root.uncached = true;
}

void trfs_content_store_watch(struct trfs_content_store *store,
			      struct trfs_source_reads *reads)
{
	store->root.reads = reads;
}

void trfs_content_store_hold_to(struct trfs_content_store *store, uint32_t readers)
{
	store->root.promised = readers;
}

static enum trfs_origin origin_of(const struct trfs_content_store *store,
				  struct trfs_content_ref ref)
{
	return trfs_content_kind(ref.hole)->origin(store->catalog, ref);
}

/* Where the checksum of a content that is made is remembered; NULL: nowhere. */
static _Atomic uint32_t *crc_place(const struct trfs_content_store *store,
				   struct trfs_content_ref ref)
{
	_Atomic uint32_t *crcs = store->crcs[trfs_content_kind_of(ref.hole)];

	if (!crcs || ref.copy > 0 || trfs_content_item_of(ref.hole) > 0)
		return NULL;
	return &crcs[ref.example];
}

static int read_made(struct trfs_content_store *store, struct trfs_content_ref ref,
		     uint64_t offset, void *buf, size_t len, struct trfs_error *err)
{
	_Atomic uint32_t *crc = crc_place(store, ref);
	const struct trfs_made_content *content;
	struct trfs_made measured;
	bool crc_is_kept = crc || trfs_made_find(store->catalog, ref, &measured);
	int rc = trfs_made_contents_take(store->made, ref, &content, err);

	if (rc < 0)
		return rc;
	/* As long as the record was laid out for: taking it has checked that. */
	memcpy(buf, content->bytes.data + offset, len);
	if (crc)
		atomic_store_explicit(crc, content->crc, memory_order_relaxed);
	trfs_made_contents_give(store->made, content, crc_is_kept ? len : 0);
	return 0;
}

static int read_hash(struct trfs_content_store *store, struct trfs_content_ref ref,
		     uint64_t offset, void *buf, size_t len, struct trfs_error *err)
{
	char hex[TRFS_HASH_HEX_LEN];
	int rc = trfs_file_contents_hash(
		store->files, trfs_content_file(store->catalog, ref), hex, err);

	if (rc == 0)
		memcpy(buf, hex + offset, len);
	return rc;
}

int trfs_content_store_read(struct trfs_content_store *store, struct trfs_content_ref ref,
			    uint64_t offset, void *buf, size_t len,
			    struct trfs_error *err)
{
	switch (origin_of(store, ref)) {
	case TRFS_ORIGIN_FILE:
		return trfs_file_contents_read(store->files,
					       trfs_content_file(store->catalog, ref),
					       offset, buf, len, err);
	case TRFS_ORIGIN_HASH:
		return read_hash(store, ref, offset, buf, len, err);
	case TRFS_ORIGIN_MADE:
		break;
	}
	return read_made(store, ref, offset, buf, len, err);
}

static int crc_of_made(struct trfs_content_store *store, struct trfs_content_ref ref,
		       uint32_t *ret_crc, struct trfs_error *err)
{
	_Atomic uint32_t *known = crc_place(store, ref);
	const struct trfs_made_content *content;
	struct trfs_made made;
	int rc;

	if (trfs_made_find(store->catalog, ref, &made)) {
		*ret_crc = made.crc;
		return 0;
	}
	*ret_crc = known ? atomic_load_explicit(known, memory_order_relaxed) : 0;
	if (*ret_crc != 0)
		return 0;
	rc = trfs_made_contents_take(store->made, ref, &content, err);
	if (rc < 0)
		return rc;
	*ret_crc = content->crc;
	if (known)
		atomic_store_explicit(known, content->crc, memory_order_relaxed);
	trfs_made_contents_give(store->made, content, 0);
	return 0;
}

static int crc_of_hash(struct trfs_content_store *store, struct trfs_content_ref ref,
		       uint32_t *ret_crc, struct trfs_error *err)
{
	char hex[TRFS_HASH_HEX_LEN];
	int rc = read_hash(store, ref, 0, hex, sizeof(hex), err);

	if (rc == 0)
		*ret_crc = trfs_crc32c(0, hex, sizeof(hex));
	return rc;
}

int trfs_content_store_crc(struct trfs_content_store *store, struct trfs_content_ref ref,
			   uint32_t *ret_crc, struct trfs_error *err)
{
	switch (origin_of(store, ref)) {
	case TRFS_ORIGIN_FILE:
		return trfs_file_contents_crc(store->files,
					      trfs_content_file(store->catalog, ref),
					      ret_crc, err);
	case TRFS_ORIGIN_HASH:
		return crc_of_hash(store, ref, ret_crc, err);
	case TRFS_ORIGIN_MADE:
		break;
	}
	return crc_of_made(store, ref, ret_crc, err);
}
