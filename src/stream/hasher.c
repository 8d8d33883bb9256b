/* SPDX-License-Identifier: MIT */
#include "stream/hasher.h"

#include "base/error.h"
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

/**
 * struct trfs_hasher - one piece at a time
 * @sha: of the thread while @parts are there, else of the caller
 * @lock: protects all below it
 * @changed: one of the two sides waits here, never both
 * @parts: the piece that is hashed now; NULL: none
 */
struct trfs_hasher {
	EVP_MD_CTX *sha;
	bool is_beside;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	const struct iovec *parts;
	int nr;
	bool failed;
	bool stopping;
};

static bool hash(EVP_MD_CTX *sha, const struct iovec *parts, int nr)
{
	for (int i = 0; i < nr; i++)
		if (parts[i].iov_len > 0 &&
		    EVP_DigestUpdate(sha, parts[i].iov_base, parts[i].iov_len) != 1)
			return false;
	return true;
}

static void *run(void *user)
{
	struct trfs_hasher *h = user;

	pthread_mutex_lock(&h->lock);
	while (h->parts || !h->stopping) {
		bool done;

		if (!h->parts) {
			pthread_cond_wait(&h->changed, &h->lock);
			continue;
		}
		pthread_mutex_unlock(&h->lock);
		done = hash(h->sha, h->parts, h->nr);
		pthread_mutex_lock(&h->lock);
		h->failed = h->failed || !done;
		h->parts = NULL;
		pthread_cond_signal(&h->changed);
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

int trfs_hasher_new(bool beside, struct trfs_hasher **ret, struct trfs_error *err)
{
	struct trfs_hasher *h = calloc(1, sizeof(*h));

	if (h)
		h->sha = EVP_MD_CTX_new();
	if (!h || !h->sha || EVP_DigestInit_ex(h->sha, EVP_sha256(), NULL) != 1) {
		if (h)
			EVP_MD_CTX_free(h->sha);
		free(h);
		return trfs_fail_memory(err, "a checksum");
	}
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->changed, NULL);
	h->is_beside = beside && pthread_create(&h->thread, NULL, run, h) == 0;
	*ret = h;
	return 0;
}

/* Until the piece before is hashed; @lock is held. */
static void wait_for_last(struct trfs_hasher *h)
{
	while (h->parts)
		pthread_cond_wait(&h->changed, &h->lock);
}

void trfs_hasher_put(struct trfs_hasher *h, const struct iovec *parts, int nr)
{
	if (!h->is_beside) {
		h->failed = !hash(h->sha, parts, nr) || h->failed;
		return;
	}
	pthread_mutex_lock(&h->lock);
	wait_for_last(h);
	h->parts = parts;
	h->nr = nr;
	pthread_cond_signal(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

int trfs_hasher_finish(struct trfs_hasher *h, uint8_t ret[TRFS_SHA256_SIZE],
		       struct trfs_error *err)
{
	bool failed;

	pthread_mutex_lock(&h->lock);
	wait_for_last(h);
	failed = h->failed;
	pthread_mutex_unlock(&h->lock);
	if (failed || EVP_DigestFinal_ex(h->sha, ret, NULL) != 1)
		return trfs_fail_memory(err, "a checksum");
	return 0;
}

struct trfs_hasher *trfs_hasher_free(struct trfs_hasher *h)
{
	if (!h)
		return NULL;
	if (h->is_beside) {
		pthread_mutex_lock(&h->lock);
		h->stopping = true;
		pthread_cond_signal(&h->changed);
		pthread_mutex_unlock(&h->lock);
		pthread_join(h->thread, NULL);
	}
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->lock);
	EVP_MD_CTX_free(h->sha);
	free(h);
	return NULL;
}
