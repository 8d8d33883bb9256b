/* SPDX-License-Identifier: MIT */
/*
 * Two writers may put the keys in another order, or not pack their lists, and mean the
 * same.  Each feature is digested by itself: key, kind, every value with its length; the
 * features' digest is that of these digests sorted by key.
 */
#include "cli/record_digest.h"

#include "wire/protobuf.h"
#include "wire/tf_example_read.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

#define NR_FIRST    16
#define SHA256_SIZE 32

/* One feature, digested. */
struct feature_digest {
	struct trfs_bytes key;
	size_t number; /* in the message */
	uint8_t digest[SHA256_SIZE];
};

/**
 * struct trfs_digester - @md is fetched once: looking it up costs more than digesting
 * @items: of the record's features
 */
struct trfs_digester {
	EVP_MD *md;
	EVP_MD_CTX *sha;
	struct feature_digest *items;
	size_t nr;
	size_t capacity;
};

struct trfs_digester *trfs_digester_new(void)
{
	struct trfs_digester *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->md = EVP_MD_fetch(NULL, "SHA256", NULL);
	d->sha = EVP_MD_CTX_new();
	return d->md && d->sha ? d : trfs_digester_free(d);
}

struct trfs_digester *trfs_digester_free(struct trfs_digester *digester)
{
	if (digester) {
		EVP_MD_CTX_free(digester->sha);
		EVP_MD_free(digester->md);
		free(digester->items);
		free(digester);
	}
	return NULL;
}

static bool add_number(EVP_MD_CTX *sha, uint64_t number)
{
	uint8_t bytes[8];

	trfs_store_u64le(bytes, number);
	return EVP_DigestUpdate(sha, bytes, sizeof(bytes)) == 1;
}

static bool add_bytes(EVP_MD_CTX *sha, struct trfs_bytes bytes)
{
	return add_number(sha, bytes.len) &&
	       EVP_DigestUpdate(sha, bytes.data, bytes.len) == 1;
}

/* 1 and a value added, 0 behind the last, -EBADMSG, -ENOMEM. */
static int add_value(EVP_MD_CTX *sha, struct trfs_value_reader *r)
{
	struct trfs_bytes bytes;
	uint32_t bits;
	int64_t integer;
	float number;
	bool added = true;
	int rc = 0;

	switch (r->kind) {
	case TRFS_FEATURE_BYTES:
		rc = trfs_value_reader_bytes(r, &bytes);
		if (rc > 0)
			added = add_bytes(sha, bytes);
		break;
	case TRFS_FEATURE_FLOAT:
		rc = trfs_value_reader_float(r, &number);
		if (rc > 0) {
			memcpy(&bits, &number, sizeof(bits));
			added = add_number(sha, bits);
		}
		break;
	case TRFS_FEATURE_INT64:
		rc = trfs_value_reader_int64(r, &integer);
		if (rc > 0)
			added = add_number(sha, (uint64_t)integer);
		break;
	default:
		break;
	}
	return added ? rc : -ENOMEM;
}

static int digest_feature(struct trfs_digester *d,
			  const struct trfs_feature_view *feature,
			  uint8_t ret[SHA256_SIZE])
{
	EVP_MD_CTX *sha = d->sha;
	struct trfs_value_reader r;
	int rc;

	if (EVP_DigestInit_ex(sha, d->md, NULL) != 1 || !add_bytes(sha, feature->key) ||
	    !add_number(sha, (uint64_t)feature->kind))
		return -ENOMEM;
	trfs_value_reader_init(&r, feature);
	while ((rc = add_value(sha, &r)) > 0)
		;
	if (rc < 0)
		return rc;
	return EVP_DigestFinal_ex(sha, ret, NULL) == 1 ? 0 : -ENOMEM;
}

static struct feature_digest *new_item(struct trfs_digester *all)
{
	if (all->nr == all->capacity) {
		size_t capacity = all->capacity ? all->capacity * 2 : NR_FIRST;
		struct feature_digest *items =
			reallocarray(all->items, capacity, sizeof(*items));

		if (!items)
			return NULL;
		all->items = items;
		all->capacity = capacity;
	}
	return &all->items[all->nr++];
}

static int compare(const void *a, const void *b)
{
	const struct feature_digest *x = a, *y = b;
	int rc = trfs_bytes_compare(x->key, y->key);

	return rc ? rc : x->number < y->number ? -1 : x->number > y->number;
}

/* Whether there is anything but features, such as a SequenceExample's lists. */
static bool has_more(struct trfs_bytes data)
{
	struct trfs_reader r = trfs_reader_of(data.data, data.len);
	struct trfs_protobuf_field field;
	int rc;

	while ((rc = trfs_protobuf_next(&r, &field)) > 0)
		if (!trfs_protobuf_is_delimited(&field, TRFS_EXAMPLE_FEATURES))
			return true;
	return rc < 0;
}

static int digest_each(struct trfs_digester *all, struct trfs_bytes data)
{
	struct trfs_example_reader r;
	struct trfs_feature_view feature;
	int rc;

	all->nr = 0;
	trfs_example_reader_init(&r, data);
	while ((rc = trfs_example_reader_next(&r, &feature, NULL)) > 0) {
		struct feature_digest *item = new_item(all);

		if (!item)
			return -ENOMEM;
		item->key = feature.key;
		item->number = all->nr;
		rc = digest_feature(all, &feature, item->digest);
		if (rc < 0)
			return rc;
	}
	return rc;
}

/* A record's own name, and its image: by the first of these keys that it has. */
static const char *const name_keys[] = { "image/filename", "image_name", "filename",
					 "image/source_id" };
static const char *const image_keys[] = { "image/encoded", "image" };

static void find_key(const struct trfs_digester *all, const char *const *keys, size_t nr,
		     uint8_t ret[TRFS_KEY_SIZE])
{
	memset(ret, 0, TRFS_KEY_SIZE);
	for (size_t k = 0; k < nr; k++) {
		for (size_t i = all->nr; i > 0; i--) {
			const struct feature_digest *item = &all->items[i - 1];

			if (!trfs_bytes_equal(item->key, trfs_bytes_of(keys[k])))
				continue;
			memcpy(ret, item->digest, TRFS_KEY_SIZE);
			return;
		}
	}
}

/* Of entries with one key the last counts. */
static int digest_sorted(struct trfs_digester *all, uint8_t ret[SHA256_SIZE])
{
	if (all->nr > 0)
		qsort(all->items, all->nr, sizeof(*all->items), compare);
	if (EVP_DigestInit_ex(all->sha, all->md, NULL) != 1)
		return -ENOMEM;
	for (size_t i = 0; i < all->nr; i++) {
		const struct feature_digest *item = &all->items[i];

		if (i + 1 < all->nr && trfs_bytes_equal(item->key, item[1].key))
			continue;
		if (EVP_DigestUpdate(all->sha, item->digest, sizeof(item->digest)) != 1)
			return -ENOMEM;
	}
	return EVP_DigestFinal_ex(all->sha, ret, NULL) == 1 ? 0 : -ENOMEM;
}

static int digest_bytes(struct trfs_digester *d, struct trfs_bytes data,
			uint8_t ret[SHA256_SIZE])
{
	if (EVP_DigestInit_ex(d->sha, d->md, NULL) != 1 ||
	    (data.len > 0 && EVP_DigestUpdate(d->sha, data.data, data.len) != 1) ||
	    EVP_DigestFinal_ex(d->sha, ret, NULL) != 1)
		return -ENOMEM;
	return 0;
}

int trfs_record_digest(struct trfs_digester *digester, struct trfs_bytes data,
		       struct trfs_record_digest *ret)
{
	uint8_t bytes[SHA256_SIZE], features[SHA256_SIZE];
	int rc = digest_bytes(digester, data, bytes);

	if (rc < 0)
		return rc;
	rc = has_more(data) ? -EBADMSG : digest_each(digester, data);
	if (rc == 0)
		rc = digest_sorted(digester, features);
	if (rc == -ENOMEM)
		return rc;
	if (rc < 0)
		digester->nr = 0;
	find_key(digester, name_keys, TRFS_COUNT(name_keys), ret->name);
	find_key(digester, image_keys, TRFS_COUNT(image_keys), ret->image);
	memcpy(ret->bytes, bytes, TRFS_DIGEST_SIZE);
	memcpy(ret->features, rc == 0 ? features : bytes, TRFS_DIGEST_SIZE);
	return 0;
}

struct trfs_bytes trfs_record_name(struct trfs_bytes data)
{
	struct trfs_bytes names[TRFS_COUNT(name_keys)] = { { NULL, 0 } };
	struct trfs_example_reader r;
	struct trfs_feature_view feature;

	trfs_example_reader_init(&r, data);
	while (trfs_example_reader_next(&r, &feature, NULL) > 0) {
		struct trfs_value_reader values;

		if (feature.kind != TRFS_FEATURE_BYTES)
			continue;
		trfs_value_reader_init(&values, &feature);
		for (size_t i = 0; i < TRFS_COUNT(name_keys); i++)
			if (trfs_bytes_equal(feature.key, trfs_bytes_of(name_keys[i])) &&
			    trfs_value_reader_bytes(&values, &names[i]) <= 0)
				names[i] = (struct trfs_bytes){ NULL, 0 };
	}
	for (size_t i = 0; i < TRFS_COUNT(name_keys); i++)
		if (names[i].len > 0)
			return names[i];
	return (struct trfs_bytes){ NULL, 0 };
}
