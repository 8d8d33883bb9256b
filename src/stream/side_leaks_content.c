/* SPDX-License-Identifier: MIT */
/*
 * leaks-content.csv: images that are the same file, byte for byte, in more than one
 * split, copies beside each other.  Only images that are alike in length and size of
 * their picture are read, and only where such stand in two splits; still that can be the
 * whole source, so the file is in no listing.
 */
#include "base/error.h"
#include "base/file.h"
#include "base/workers.h"
#include "dataset/source_file.h"
#include "dataset/split.h"
#include "stream/side_file.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

#define PIECE_SIZE  ((size_t)1 << 18)
#define FILES_BATCH 16u
#define DIGEST_SIZE 32u

struct alike {
	uint32_t example;
	uint8_t digest[DIGEST_SIZE];
};

/**
 * struct search - for copies
 * @splits_of: of each example, a bit for each split it is in
 * @examples, @nr: those that may be copies
 * @alike: the same, with what is in them
 */
struct search {
	const struct trfs_view *view;
	uint64_t *splits_of;
	uint32_t *examples;
	uint64_t nr;
	struct alike *alike;
	struct trfs_root root;
};

static void search_done(struct search *s)
{
	trfs_root_close(&s->root);
	free(s->splits_of);
	free(s->examples);
	free(s->alike);
}

static void mark_splits(const struct search *s)
{
	const struct trfs_plan *plan = s->view->plan;
	uint32_t origins[TRFS_SIDE_BLOCK];

	_Static_assert(TRFS_SPLITS_MAX <= 64, "a set of splits is a word");
	for (uint32_t k = 0; k < plan->nr_splits; k++) {
		uint64_t at = plan->splits[k].first;
		uint64_t end = at + plan->splits[k].nr_records;
		size_t nr;

		for (; at < end; at += nr) {
			nr = end - at < TRFS_SIDE_BLOCK ? (size_t)(end - at)
							: TRFS_SIDE_BLOCK;
			trfs_plan_origins(plan, at, nr, origins);
			for (size_t i = 0; i < nr; i++)
				s->splits_of[trfs_plan_example(plan, origins[i])] |=
					UINT64_C(1) << k;
		}
	}
}

static bool is_shared(uint64_t splits)
{
	return (splits & (splits - 1)) != 0;
}

/* What copies have in common without a look into them. */
static int compare_looks(const struct trfs_example *a, const struct trfs_example *b)
{
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	if (a->width != b->width)
		return a->width < b->width ? -1 : 1;
	if (a->height != b->height)
		return a->height < b->height ? -1 : 1;
	return 0;
}

static int compare_examples(const void *a, const void *b, void *user)
{
	const struct trfs_example *examples = user;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = compare_looks(&examples[x], &examples[y]);

	if (order != 0)
		return order;
	return x < y ? -1 : x > y;
}

/* Of runs that look alike keep those that stand in two splits. */
static void keep_candidates(struct search *s)
{
	const struct trfs_example *examples = s->view->catalog->examples;
	uint64_t nr = 0;

	for (uint64_t first = 0, end; first < s->nr; first = end) {
		uint64_t splits = 0;

		for (end = first;
		     end < s->nr && compare_looks(&examples[s->examples[first]],
						  &examples[s->examples[end]]) == 0;
		     end++)
			splits |= s->splits_of[s->examples[end]];
		for (uint64_t i = first; is_shared(splits) && i < end; i++)
			s->examples[nr++] = s->examples[i];
	}
	s->nr = nr;
}

static int find_candidates(struct search *s, struct trfs_error *err)
{
	const struct trfs_catalog *catalog = s->view->catalog;

	s->splits_of = calloc(catalog->nr_examples + 1, sizeof(*s->splits_of));
	s->examples = calloc(catalog->nr_examples + 1, sizeof(*s->examples));
	if (!s->splits_of || !s->examples)
		return trfs_fail_memory(err, "finding copies");
	mark_splits(s);
	for (uint64_t i = 0; i < catalog->nr_examples; i++)
		if (s->splits_of[i] != 0)
			s->examples[s->nr++] = (uint32_t)i;
	qsort_r(s->examples, s->nr, sizeof(*s->examples), compare_examples,
		(void *)(uintptr_t)catalog->examples);
	keep_candidates(s);
	s->alike = calloc(s->nr + 1, sizeof(*s->alike));
	return s->alike ? 0 : trfs_fail_memory(err, "finding copies");
}

static int hash_pieces(const struct trfs_source_file *file, int fd, uint8_t *buf,
		       EVP_MD_CTX *hash, struct trfs_error *err)
{
	uint64_t size = file->indexed->size;
	size_t len;

	for (uint64_t at = 0; at < size; at += len) {
		int rc;

		len = size - at < PIECE_SIZE ? (size_t)(size - at) : PIECE_SIZE;
		rc = trfs_source_file_read(file, fd, at, buf, len, err);
		if (rc < 0)
			return rc;
		if (EVP_DigestUpdate(hash, buf, len) != 1)
			return trfs_fail(err, -EIO, "SHA-256 failed");
	}
	return 0;
}

static int hash_file(const struct search *s, uint32_t example, uint8_t *buf,
		     EVP_MD_CTX *hash, uint8_t ret[DIGEST_SIZE], struct trfs_error *err)
{
	struct trfs_source_file file = trfs_source_file_get(s->view->catalog, example);
	TRFS_CLEANUP(trfs_file_closep) int fd = -1;
	int rc;

	fd = trfs_source_file_open(&file, &s->root, err);
	if (fd < 0)
		return fd;
	if (EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
		return trfs_fail(err, -EIO, "SHA-256 failed");
	rc = hash_pieces(&file, fd, buf, hash, err);
	if (rc == 0 && EVP_DigestFinal_ex(hash, ret, NULL) != 1)
		rc = trfs_fail(err, -EIO, "SHA-256 failed");
	return rc;
}

static int hash_files(void *user, unsigned int worker, uint64_t first, uint64_t end,
		      struct trfs_error *err)
{
	const struct search *s = user;
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	uint8_t *buf = malloc(PIECE_SIZE);
	int rc = hash && buf ? 0 : trfs_fail_memory(err, "hashing an image");

	(void)worker;
	for (uint64_t i = first; rc == 0 && i < end; i++) {
		s->alike[i].example = s->examples[i];
		rc = hash_file(s, s->examples[i], buf, hash, s->alike[i].digest, err);
	}
	free(buf);
	EVP_MD_CTX_free(hash);
	return rc;
}

/* By content, copies as the manifest has them. */
static int compare_alike(const void *a, const void *b)
{
	const struct alike *x = a, *y = b;
	int order = memcmp(x->digest, y->digest, DIGEST_SIZE);

	if (order != 0)
		return order;
	return x->example < y->example ? -1 : x->example > y->example;
}

static void put_image(const struct search *s, const struct alike *image, uint32_t split,
		      struct trfs_buffer *out)
{
	trfs_buffer_printf(out, "content,");
	for (size_t i = 0; i < DIGEST_SIZE; i++)
		trfs_buffer_printf(out, "%02x", image->digest[i]);
	trfs_buffer_put_u8(out, ',');
	trfs_side_put_csv(out, trfs_strings_get(&s->view->plan->split_names, split));
	trfs_buffer_put_u8(out, ',');
	trfs_side_put_csv(out, trfs_catalog_name(s->view->catalog, image->example));
	trfs_buffer_put_u8(out, '\n');
}

/* An image stands once for each split, however many records of it there are. */
static void put_copies(const struct search *s, struct trfs_buffer *out)
{
	for (uint64_t first = 0, end; first < s->nr; first = end) {
		uint64_t splits = 0;

		for (end = first;
		     end < s->nr && memcmp(s->alike[first].digest, s->alike[end].digest,
					   DIGEST_SIZE) == 0;
		     end++)
			splits |= s->splits_of[s->alike[end].example];
		for (uint64_t i = first; is_shared(splits) && i < end; i++)
			for (uint32_t k = 0; k < s->view->plan->nr_splits; k++)
				if (s->splits_of[s->alike[i].example] >> k & 1)
					put_image(s, &s->alike[i], k, out);
	}
}

static int search(struct search *s, struct trfs_error *err)
{
	const struct trfs_catalog *catalog = s->view->catalog;
	unsigned int nr_threads = trfs_workers_nr_threads(s->view->options->threads);
	int rc = find_candidates(s, err);

	if (rc < 0 || s->nr == 0)
		return rc;
	rc = trfs_root_open(&s->root, catalog->root_path, catalog->follow, err);
	if (rc == 0)
		rc = trfs_workers_run(nr_threads, s->nr, FILES_BATCH, hash_files, s,
				      "Comparing images", NULL, err);
	if (rc == 0)
		qsort(s->alike, s->nr, sizeof(*s->alike), compare_alike);
	return rc;
}

static int make(const struct trfs_side_request *request, struct trfs_buffer *out,
		struct trfs_error *err)
{
	struct search s = { .view = request->view, .root.fd = -1 };
	int rc = 0;

	trfs_buffer_printf(out, "kind,value,split,file\n");
	if (request->view->plan->nr_splits >= 2)
		rc = search(&s, err);
	if (rc == 0)
		put_copies(&s, out);
	search_done(&s);
	return rc;
}

const struct trfs_side_kind trfs_side_leaks_content = {
	.set = "standard",
	.path = "leaks-content.csv",
	.flags = TRFS_SIDE_IN_VIEWS | TRFS_SIDE_UNLISTED,
	.make = make,
};
