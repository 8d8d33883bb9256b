/* SPDX-License-Identifier: MIT */
/*
 * Who serves gives up what serving does not need (base/confine.h): it reads beneath the
 * source and where the files lie that the options name, and writes in the index
 * directory.
 */
#ifndef TRFS_FUSE_CONFINEMENT_H
#define TRFS_FUSE_CONFINEMENT_H

#include "base/confine.h"
#include <tfrecordfs/generation.h>

enum trfs_confine_mode {
	TRFS_CONFINE_AUTO,    /* as far as this kernel can */
	TRFS_CONFINE_REQUIRE, /* wholly, or there is no mount */
	TRFS_CONFINE_OFF,
};

/* Word @i of those that users write for them; NULL behind the last. */
const char *trfs_confine_mode_name(size_t i);

/* The one that @word is for; false where it is none. */
bool trfs_confine_mode_parse(const char *word, enum trfs_confine_mode *ret);

/**
 * trfs_confinement_begin() - confine this process, before it has threads
 * @g: what is served
 * @index_directory: where indexes are saved; NULL: nowhere
 * @options_file: that is read when the data set is opened again; NULL: none
 *
 * What it keeps open it can go on using.  The directories of all files that options name
 * may be read, so that files may be replaced; a file that is in another directory when
 * the data set is opened again cannot be read.  With --follow all may be read, as links
 * may lead anywhere.
 *
 * Return: 0; -EOPNOTSUPP where all is required and something is missing; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_confinement_begin(enum trfs_confine_mode mode, const struct trfs_generation *g,
			   const char *index_directory, const char *options_file,
			   struct trfs_confinement *ret, struct trfs_error *err);

#endif
