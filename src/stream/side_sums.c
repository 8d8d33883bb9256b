/* SPDX-License-Identifier: MIT */
/*
 * SHA256SUMS: as sha256sum prints them, a line a shard, so that copies can be checked.  A
 * line is made when it is read, by reading its shard, and then remembered; its length is
 * known before.  So the file is in no listing: who copies a whole mount would read
 * everything twice.
 */
#include "stream/side_file.h"

#include "base/error.h"
#include "stream/stream.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdlib.h>

#define PIECE_SIZE  ((size_t)1 << 20)
#define DIGEST_SIZE 32u

/* A sum: unknown, being written, there. */
enum { SUM_UNKNOWN, SUM_WRITTEN, SUM_KNOWN };

struct sum {
	_Atomic int state;
	uint8_t digest[DIGEST_SIZE];
};

static uint64_t nr_lines(const struct trfs_side_request *request)
{
	return request->view->plan->nr_shards;
}

static size_t state_size(const struct trfs_side_request *request)
{
	return request->view->plan->nr_shards * sizeof(struct sum);
}

static int hash_pieces(const struct trfs_side_request *request, uint32_t shard,
		       EVP_MD_CTX *hash, uint8_t *buf, struct trfs_error *err)
{
	uint64_t offset = 0;
	size_t got = 1;

	while (got > 0) {
		int rc = trfs_stream_read_view(request->stream, request->view, shard,
					       offset, buf, PIECE_SIZE, &got, err);

		if (rc < 0)
			return rc;
		if (EVP_DigestUpdate(hash, buf, got) != 1)
			return trfs_fail(err, -EIO, "SHA-256 failed");
		offset += got;
	}
	return 0;
}

static int hash_shard(const struct trfs_side_request *request, uint32_t shard,
		      uint8_t ret[DIGEST_SIZE], struct trfs_error *err)
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	uint8_t *buf = malloc(PIECE_SIZE);
	int rc = 0;

	if (!hash || !buf || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
		rc = trfs_fail_memory(err, "hashing a shard");
	if (rc == 0)
		rc = hash_pieces(request, shard, hash, buf, err);
	if (rc == 0 && EVP_DigestFinal_ex(hash, ret, NULL) != 1)
		rc = trfs_fail(err, -EIO, "SHA-256 failed");
	free(buf);
	EVP_MD_CTX_free(hash);
	return rc;
}

/* Two who want the same sum at once both find it; one of them remembers it. */
static int find_sum(const struct trfs_side_request *request, uint32_t shard,
		    uint8_t ret[DIGEST_SIZE], struct trfs_error *err)
{
	struct sum *sum = (struct sum *)request->state + shard;
	int unknown = SUM_UNKNOWN;
	int rc;

	if (atomic_load_explicit(&sum->state, memory_order_acquire) == SUM_KNOWN) {
		memcpy(ret, sum->digest, DIGEST_SIZE);
		return 0;
	}
	if (!request->stream)
		return trfs_fail(err, -EINVAL, "it needs the bytes of shards");
	rc = hash_shard(request, shard, ret, err);
	if (rc == 0 &&
	    atomic_compare_exchange_strong(&sum->state, &unknown, SUM_WRITTEN)) {
		memcpy(sum->digest, ret, DIGEST_SIZE);
		atomic_store_explicit(&sum->state, SUM_KNOWN, memory_order_release);
	}
	return rc;
}

static int put_lines(const struct trfs_side_request *request, uint64_t first, size_t nr,
		     struct trfs_buffer *out, struct trfs_error *err)
{
	for (size_t i = 0; i < nr; i++) {
		uint32_t shard = (uint32_t)(first + i);
		char name[TRFS_SHARD_NAME_MAX];
		uint8_t digest[DIGEST_SIZE];
		char hex[2 * DIGEST_SIZE];
		int rc = find_sum(request, shard, digest, err);

		if (rc < 0)
			return rc;
		trfs_hexadecimal(digest, sizeof(digest), hex);
		trfs_buffer_put(out, hex, sizeof(hex));
		trfs_plan_shard_name(request->view->plan, shard, name);
		trfs_buffer_printf(out, "  %s\n", name);
	}
	return 0;
}

static int add_lengths(const struct trfs_side_request *request, uint64_t first, size_t nr,
		       uint64_t *ret, struct trfs_error *err)
{
	(void)err;
	*ret = 0;
	for (size_t i = 0; i < nr; i++) {
		char name[TRFS_SHARD_NAME_MAX];

		trfs_plan_shard_name(request->view->plan, (uint32_t)(first + i), name);
		*ret += 2 * DIGEST_SIZE + strlen(name) + 3;
	}
	return 0;
}

const struct trfs_side_kind trfs_side_sums = {
	.set = "standard",
	.path = "SHA256SUMS",
	.flags = TRFS_SIDE_IN_VIEWS | TRFS_SIDE_UNLISTED,
	.nr_lines = nr_lines,
	.lines = put_lines,
	.lines_length = add_lengths,
	.state_size = state_size,
};
