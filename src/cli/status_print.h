/* SPDX-License-Identifier: MIT */
/* What mounts say of themselves, for people to read. */
#ifndef TRFS_CLI_STATUS_PRINT_H
#define TRFS_CLI_STATUS_PRINT_H

#include <jansson.h>

/* @mounts: an array of what `tfrecordfs status --json` prints. */
void trfs_status_print(const json_t *mounts);

#endif
