/* SPDX-License-Identifier: MIT */
/* Contents of unknown length, made once while indexing; or all, to see whether they can.
 */
#ifndef TRFS_DATASET_MAKING_H
#define TRFS_DATASET_MAKING_H

#include "dataset/needs.h"

/**
 * trfs_making_run() - find the lengths and checksums of a catalog's contents
 * @catalog: just loaded for these @needs; columns that contents look at are its own
 * @known: contents that were made before are taken from there; NULL: none were
 * @part: gets what was made; NULL: nobody does
 * @options: threads, check, and what becomes of examples whose contents cannot be made
 *
 * Fills catalog->made.  An example with a content that cannot be made is treated as a
 * bad image: it fails the whole, or is dropped and becomes a problem.  Without
 * needs->measuring there is nothing to do.
 *
 * Cost: what making costs, on all threads; 16 bytes a content to keep.
 *
 * Return: 0; -EBADMSG when examples are bad; -ENOMEM; what reading a file failed with.
 */
TRFS_MUST_CHECK
int trfs_making_run(struct trfs_catalog *catalog, const struct trfs_needs *needs,
		    struct trfs_earlier *known, struct trfs_part *part,
		    const struct trfs_options *options,
		    const struct trfs_progress *progress, struct trfs_error *err);

#endif
