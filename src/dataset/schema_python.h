/* SPDX-License-Identifier: MIT */
/* A schema as Python that reads its records with TensorFlow. */
#ifndef TRFS_DATASET_SCHEMA_PYTHON_H
#define TRFS_DATASET_SCHEMA_PYTHON_H

#include "dataset/schema.h"
#include "base/buffer.h"

/*
 * A module to paste: FEATURES for tf.io.parse_single_example, parse(record) and
 * dataset(pattern).
 */
void trfs_schema_print_python(struct trfs_buffer *out, const struct trfs_schema *schema);

#endif
