/* SPDX-License-Identifier: MIT */
/*
 * What people mistype most, added to the sentence that refuses it.  Each looks at what
 * was typed only once something has failed, and adds nothing where it is not sure.
 */
#ifndef TRFS_CLI_HINTS_H
#define TRFS_CLI_HINTS_H

#include "base/error.h"
#include "cli/command.h"

/* The source or a file that an option names is not there: the nearest name beside it. */
void trfs_hint_missing(const struct trfs_settings *settings, struct trfs_error *err);

/* SOURCE and MOUNTPOINT are the wrong way round. */
void trfs_hint_swapped(const struct trfs_settings *settings, struct trfs_error *err);

/* One word too many, and one of them is a file: it was meant as the manifest. */
void trfs_hint_manifest(const struct trfs_settings *settings, struct trfs_error *err);

#endif
