/* SPDX-License-Identifier: MIT */
/* A look at every image: is it there, is it whole, what is it. */
#ifndef TRFS_DATASET_SCAN_H
#define TRFS_DATASET_SCAN_H

#include "dataset/catalog.h"
#include "dataset/findings.h"
#include "dataset/earlier.h"
#include <tfrecordfs/options.h>
#include <tfrecordfs/progress.h>

/**
 * struct trfs_scan - what is to be looked at, and what was seen
 * @wanted: numbers of the @nr_wanted images to look at, ascending; owned; NULL: of all
 * @seen: one an image; nothing is set of images with a finding
 * @findings: by image
 * @access: who may read all images without a finding, by the root's owner and group
 */
struct trfs_scan {
	uint32_t *wanted;
	uint64_t nr_wanted;
	struct trfs_seen *seen;
	struct trfs_findings findings;
	struct trfs_access access;
};

/**
 * struct trfs_scan_rules - which images are good
 * @allowed: formats that are let in
 * @pixels: all must be such that pixels can be made of them
 * @recipe: those that it makes anew must be, too; NULL: none
 */
struct trfs_scan_rules {
	trfs_image_formats allowed;
	enum trfs_check check;
	bool pixels;
	const struct trfs_recipe *recipe;
};

/**
 * trfs_scan_run() - look at all images
 * @paths: of the images, relative to @root
 * @known: files that need not be opened where they are as they were; NULL: none
 * @wanted_threads: as an option has it: 0 for as many as are of use
 * @what: for progress: "Scanning images"
 *
 * Cost: for most images open, fstat, one read of 4 KiB at most, perhaps a short one at
 * the end, and close; for a known one a look-up, and stat unless it is believed.  The
 * result does not depend on the number of threads.
 *
 * Fails only for want of memory or descriptors, and when the source itself is gone; all
 * else is a finding on one image.  @scan is zeroed before, but for what is wanted, and to
 * be done() even after a failure.
 */
TRFS_MUST_CHECK
int trfs_scan_run(struct trfs_scan *scan, const struct trfs_root *root,
		  const struct trfs_strings *paths, const struct trfs_scan_rules *rules,
		  struct trfs_earlier_files *known, unsigned int wanted_threads,
		  const char *what, const struct trfs_progress *progress,
		  struct trfs_error *err);
void trfs_scan_done(struct trfs_scan *scan);

#endif
