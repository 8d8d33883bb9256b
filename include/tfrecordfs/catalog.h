/* SPDX-License-Identifier: MIT */
/* The catalog: all examples of a source, immutable once loaded. */
#ifndef TFRECORDFS_CATALOG_H
#define TFRECORDFS_CATALOG_H

#include <stdint.h>
#include <tfrecordfs/error.h>
#include <tfrecordfs/options.h>
#include <tfrecordfs/progress.h>

#ifdef __cplusplus
extern "C" {
#endif

struct trfs_catalog;

/**
 * trfs_catalog_load() - read a manifest and look at every image it names
 * @options: which source, manifest, labels, columns; how bad images are treated
 * @progress: may be NULL
 * @ret: the catalog; free with trfs_catalog_free()
 * @err: why it failed; may be NULL
 *
 * Images are opened, never written.  With TRFS_ON_BAD_FAIL any missing, unreadable,
 * broken, repeated, contradicting or unlabelled row fails the whole; with
 * TRFS_ON_BAD_SKIP such rows are left out and listed as problems.
 *
 * The result does not depend on the number of threads or on directory order.
 *
 * Cost: one open and about two short reads an image, in parallel; memory of about 60
 * bytes an example beside names and manifest columns.
 *
 * Return: 0; -EINVAL for wrong options; -EBADMSG when data are in doubt; -ENOMEM; or
 *	the errno of the failing open or read.
 */
TRFS_MUST_CHECK
int trfs_catalog_load(const struct trfs_options *options,
		      const struct trfs_progress *progress, struct trfs_catalog **ret,
		      struct trfs_error *err);

/** trfs_catalog_free() - free a catalog (NULL is fine); returns NULL */
struct trfs_catalog *trfs_catalog_free(struct trfs_catalog *catalog);

/** trfs_catalog_nr_examples() - how many examples there are */
uint64_t trfs_catalog_nr_examples(const struct trfs_catalog *catalog);

#ifdef __cplusplus
}
#endif

#endif
