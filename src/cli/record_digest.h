/* SPDX-License-Identifier: MIT */
/* A record in 48 bytes: what its bytes are, what they mean, and of what it tells. */
#ifndef TRFS_CLI_RECORD_DIGEST_H
#define TRFS_CLI_RECORD_DIGEST_H

#include "base/bytes.h"
#include "base/compiler.h"

/* Of SHA-256, cut: two records of any data set that ever will be do not share one. */
#define TRFS_DIGEST_SIZE 16
/* For pairing records that differ; of no digest is anything concluded. */
#define TRFS_KEY_SIZE 8

/**
 * struct trfs_record_digest - one record
 * @bytes: of the data as they are
 * @features: of a tf.train.Example's features in the order of their keys, however they
 *	are written; of data that are none, or hold more than features, as @bytes
 * @name: of the feature with the record's name, see trfs_record_name(); zeroes: none
 * @image: of image/encoded, or image; zeroes: none
 */
struct trfs_record_digest {
	uint8_t bytes[TRFS_DIGEST_SIZE];
	uint8_t features[TRFS_DIGEST_SIZE];
	uint8_t name[TRFS_KEY_SIZE];
	uint8_t image[TRFS_KEY_SIZE];
};

/* What digesting takes, kept from record to record; one a thread. */
struct trfs_digester;

/* NULL: no memory, or libcrypto lacks SHA-256. */
struct trfs_digester *trfs_digester_new(void);
/* NULL is fine; returns NULL. */
struct trfs_digester *trfs_digester_free(struct trfs_digester *digester);

/* -ENOMEM, also where libcrypto fails. */
TRFS_MUST_CHECK
int trfs_record_digest(struct trfs_digester *digester, struct trfs_bytes data,
		       struct trfs_record_digest *ret);

/*
 * What a record calls itself: the first of image/filename, image_name, filename,
 * image/source_id; empty where it has none.  Borrowed from @data.
 */
struct trfs_bytes trfs_record_name(struct trfs_bytes data);

#endif
