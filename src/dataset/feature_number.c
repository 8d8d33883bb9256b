/* SPDX-License-Identifier: MIT */
/* Numbers out of each other: exactly, or not at all. */
#include "dataset/feature_number.h"

#include <float.h>
#include <math.h>

/* The doubles next to the ends of int64_t, both exact. */
#define INT64_LEAST  (-0x1p63)
#define INT64_BEYOND 0x1p63

bool trfs_number_whole(double real, int64_t *ret)
{
	int64_t whole;

	/* Also false for what is not a number. */
	if (!(real >= INT64_LEAST && real < INT64_BEYOND))
		return false;
	whole = (int64_t)real;
	if ((double)whole != real)
		return false;
	*ret = whole;
	return true;
}

bool trfs_number_float(double real, float *ret)
{
	/* Halfway between the largest float32 and what would come next; even is up. */
	const double beyond = (double)FLT_MAX + 0x1p103;

	if (isfinite(real) && fabs(real) >= beyond)
		return false;
	*ret = (float)real;
	return true;
}
