/* SPDX-License-Identifier: MIT */
/* The smallest files that are images, for tests that need some. */
#ifndef TESTS_UNIT_PICTURES_H
#define TESTS_UNIT_PICTURES_H

#include "base/bytes.h"

#define PNG_WIDTH  3
#define PNG_HEIGHT 2

/* RGB, 3 x 2 pixels. */
extern const struct trfs_bytes picture_png;
/* One pixel. */
extern const struct trfs_bytes picture_gif;

/* Write a file, and the directories it lies in, below the working directory. */
void picture_write(const char *path, struct trfs_bytes content);
/* One for each of @names, which blanks part, below img/: picture_gif where it ends so. */
void pictures_write(const char *names);

#endif
