/* SPDX-License-Identifier: MIT */
/* Numbers out of each other: exactly, or not at all. */
#ifndef TRFS_DATASET_FEATURE_NUMBER_H
#define TRFS_DATASET_FEATURE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* False where @real has a fraction or is out of range. */
bool trfs_number_whole(double real, int64_t *ret);

/* Nearest float32, ties to even; false where a finite @real would become infinite. */
bool trfs_number_float(double real, float *ret);

#endif
