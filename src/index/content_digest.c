/* SPDX-License-Identifier: MIT */
/*
 * The columns of the catalog one after the other, each behind its length, as the saved
 * index has them too: so it is the same whether a generation was built or mapped.  Plan
 * and layout follow from the catalog and the options, which the fingerprint stands for;
 * the sizes of shards are added all the same.
 */
#include "index/content_digest.h"

#include "base/error.h"
#include "base/guard.h"
#include <openssl/evp.h>

#define PIECE_SIZE 65536u

/* What is hashed of which catalog, and whether that went well so far. */
struct digester {
	EVP_MD_CTX *sha;
	struct trfs_guard *guard;
	bool failed;
};

static void put_bytes(struct digester *d, const void *data, size_t len)
{
	if (len > 0 && EVP_DigestUpdate(d->sha, data, len) != 1)
		d->failed = true;
}

static void put_length(struct digester *d, uint64_t len)
{
	uint8_t bytes[8];

	trfs_store_u64le(bytes, len);
	put_bytes(d, bytes, sizeof(bytes));
}

/* Of a mapped index only what is sound is read; what is not, shows at the end. */
static void put(struct digester *d, const void *data, uint64_t len)
{
	put_length(d, len);
	if (len > 0 && trfs_guard_sound(d->guard, data, len))
		put_bytes(d, data, (size_t)len);
}

static void put_strings(struct digester *d, const struct trfs_strings *s)
{
	put(d, s->ends, s->nr * sizeof(*s->ends));
	put(d, s->bytes, trfs_strings_nr_bytes(s));
}

static void put_names(struct digester *d, const struct trfs_names *names)
{
	if (names->nr == 0)
		return;
	put(d, names->starts,
	    (trfs_names_nr_blocks(names->nr) + 1) * sizeof(*names->starts));
	put(d, names->bytes, trfs_names_nr_bytes(names));
}

/* @nr numbers, each less than @limit, in as many bytes as that needs. */
static void put_numbers(struct digester *d, const struct trfs_numbers *numbers,
			uint64_t nr, uint64_t limit)
{
	unsigned int width = trfs_numbers_width(limit);
	uint8_t piece[PIECE_SIZE];

	put_length(d, nr * width);
	for (uint64_t done = 0; done < nr;) {
		uint64_t most = PIECE_SIZE / width;
		uint64_t some = nr - done < most ? nr - done : most;

		trfs_numbers_pack(numbers, done, some, width, piece);
		put_bytes(d, piece, (size_t)some * width);
		done += some;
	}
}

static void put_columns(struct digester *d, const struct trfs_catalog *c)
{
	put_strings(d, &c->column_names);
	for (uint32_t i = 0; i < c->column_names.nr; i++) {
		const struct trfs_column *column = &c->columns[i];

		if (!trfs_column_is_stored(column))
			continue;
		put_numbers(d, &column->numbers, c->nr_examples, column->values.nr);
		put_strings(d, &column->values);
	}
}

static void put_catalog(struct digester *d, const struct trfs_catalog *c)
{
	put(d, c->examples, c->nr_examples * sizeof(*c->examples));
	put_names(d, &c->names);
	put(d, c->appearances, c->nr_appearances * sizeof(*c->appearances));
	put_numbers(d, &c->labels, c->nr_examples, c->label_sets.nr);
	put_strings(d, &c->label_sets);
	put(d, c->class_ids, c->class_names.nr * sizeof(*c->class_ids));
	put_strings(d, &c->class_names);
	put_columns(d, c);
	if (c->masks) {
		put(d, c->masks, c->nr_examples * sizeof(*c->masks));
		put_names(d, &c->mask_names);
	}
	put_strings(d, &c->made);
}

int trfs_content_digest(const struct trfs_generation *g,
			uint8_t ret[TRFS_CONTENT_DIGEST_SIZE], struct trfs_error *err)
{
	struct digester d = { .sha = EVP_MD_CTX_new() };
	bool done;

	if (!d.sha || EVP_DigestInit_ex(d.sha, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(d.sha);
		return trfs_fail_memory(err, "hashing the index");
	}
	put(&d, g->fingerprint, TRFS_FINGERPRINT_SIZE);
	/* The fingerprint is in memory of our own. */
	d.guard = g->catalog->guard;
	put_catalog(&d, g->catalog);
	put(&d, g->layout->shard_sizes,
	    g->plan->nr_shards * sizeof(*g->layout->shard_sizes));
	done = !d.failed && EVP_DigestFinal_ex(d.sha, ret, NULL) == 1;
	EVP_MD_CTX_free(d.sha);
	if (!done)
		return trfs_fail_memory(err, "hashing the index");
	return trfs_generation_check(g, err);
}
