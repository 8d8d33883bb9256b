/* SPDX-License-Identifier: MIT */
/*
 * From options to a catalog whose every record can be laid out: what is wrong with the
 * options is told before anything is scanned.
 */
#ifndef TRFS_INDEX_PREPARATION_H
#define TRFS_INDEX_PREPARATION_H

#include "dataset/needs.h"
#include "index/fingerprint.h"

/**
 * struct trfs_preparation - what options mean before there is a catalog
 * @schema: not bound to any catalog
 * @needs: borrows @presentation, so do not move the struct
 */
struct trfs_preparation {
	struct trfs_schema *schema;
	struct trfs_presentation presentation;
	struct trfs_needs needs;
};

/* -EINVAL with what to type.  To be done() even after a failure. */
TRFS_MUST_CHECK
int trfs_preparation_init(struct trfs_preparation *p, const struct trfs_options *options,
			  struct trfs_error *err);
void trfs_preparation_done(struct trfs_preparation *p);

/* What a saved index has to have been made for; see fingerprint.h. */
TRFS_MUST_CHECK
int trfs_preparation_fingerprint(const struct trfs_preparation *p,
				 const struct trfs_options *options,
				 uint8_t ret[TRFS_FINGERPRINT_SIZE],
				 struct trfs_error *err);

/*
 * The catalog, with the lengths of all contents, and the schema bound to it.  On failure
 * *@ret_catalog may be there all the same, for those who report on it; else NULL.
 * @known: what need not be looked at again, or NULL.  @part: the share that is looked at,
 * which gets what was seen; NULL: all is.
 */
TRFS_MUST_CHECK
int trfs_preparation_run(const struct trfs_preparation *p,
			 const struct trfs_options *options, struct trfs_earlier *known,
			 struct trfs_part *part, const struct trfs_progress *progress,
			 struct trfs_catalog **ret_catalog,
			 struct trfs_schema **ret_schema, struct trfs_error *err);

#endif
