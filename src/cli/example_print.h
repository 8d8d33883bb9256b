/* SPDX-License-Identifier: MIT */
/* A tf.train.Example for people. */
#ifndef TRFS_CLI_EXAMPLE_PRINT_H
#define TRFS_CLI_EXAMPLE_PRINT_H

#include "base/buffer.h"
#include "wire/tf_example_read.h"
#include <stdio.h>

/*
 * One line a feature: key, kind, number of values, values.  Lists show eight values;
 * bytes that are no short text show their length and, for an image, what it is: format
 * and height x width x channels.
 *
 * -EBADMSG with a sentence where @data is no tf.train.Example; features before the
 * damage have been printed then.
 */
TRFS_MUST_CHECK
int trfs_example_print(FILE *out, struct trfs_bytes data, struct trfs_error *err);

/*
 * The values of one feature as that line has them, appended to @ret: "3", "[1, 2]", and
 * "unset" where nothing is.  -EBADMSG where the list is damaged; -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_example_print_values(const struct trfs_feature_view *feature,
			      struct trfs_buffer *ret);

/*
 * The shortest decimal that reads back as @value, both directly as a float and by way of
 * a double; "nan", "inf", "-inf".  Into @buf of 32 bytes; returns it.
 */
const char *trfs_float_text(float value, char buf[32]);

#endif
