/* SPDX-License-Identifier: MIT */
/* Names within what is printed for people to paste. */
#ifndef TRFS_CLI_PASTED_H
#define TRFS_CLI_PASTED_H

#include <limits.h>

/* Room for any path, quoted. */
#define TRFS_PASTED_SIZE (4 * PATH_MAX)

/* How a shell reads @path as one word; returns @buf, or @path where it does anyway. */
const char *trfs_pasted_word(const char *path, char buf[TRFS_PASTED_SIZE]);

/* @path between the double quotes of Python; returns @buf. */
const char *trfs_pasted_python(const char *path, char buf[TRFS_PASTED_SIZE]);

/* The same in a pattern of tf.io.gfile.glob() that means that path alone. */
const char *trfs_pasted_glob(const char *path, char buf[TRFS_PASTED_SIZE]);

#endif
