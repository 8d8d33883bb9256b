/* SPDX-License-Identifier: MIT */
/*
 * Resizing: one dimension after the other, with weights that are computed once for each
 * new column and row.
 */
#include "image/transform.h"
#include "base/error.h"
#include <stdlib.h>

/* Weights are in units of 1/2^22: 255 times 2^22 still leaves room to round in 32 bits.
 */
#define WEIGHT_BITS 22
#define HALF	    (1u << (WEIGHT_BITS - 1))

/* The old pixels of which one new pixel is made. */
struct span {
	uint32_t first;
	uint32_t nr;
	size_t weights; /* where its @nr weights start */
};

struct kernel {
	struct span *spans; /* one for each new pixel */
	uint32_t *weights;
};

static void kernel_done(struct kernel *kernel)
{
	free(kernel->spans);
	free(kernel->weights);
}

/*
 * The weight of old pixel i for new pixel x, not yet divided by the sum of all: with
 * pixels centred on i + 1/2 and D the longer side, the triangle 1 - |distance| / reach
 * times 2 D, a whole number.  0 or less: outside.
 */
static int64_t triangle(uint32_t i, uint32_t x, uint32_t old, uint32_t new)
{
	int64_t longer = old > new ? old : new;
	int64_t distance = (2 * (int64_t)i + 1) * new - (2 * (int64_t)x + 1) * old;

	return 2 * longer - (distance < 0 ? -distance : distance);
}

/* The first old pixel that weighs for new pixel @x, and how many do. */
static struct span span_of(uint32_t x, uint32_t old, uint32_t new)
{
	/* That of the centre always weighs; from there down and up, as far as it goes. */
	uint32_t centre = (uint32_t)((2 * (uint64_t)x + 1) * old / (2 * (uint64_t) new));
	uint32_t reach = (old > new ? old / new : 1) + 2;
	uint32_t first = centre > reach ? centre - reach : 0;
	uint32_t last = old - 1 - centre > reach ? centre + reach : old - 1;

	while (triangle(first, x, old, new) <= 0)
		first++;
	while (triangle(last, x, old, new) <= 0)
		last--;
	return (struct span){ .first = first, .nr = last - first + 1 };
}

/* Weights so rounded that they add up to 1: each is what the sum up to it has grown. */
static void fill_weights(const struct span *span, uint32_t x, uint32_t old, uint32_t new,
			 uint32_t *weights)
{
	unsigned __int128 sum = 0, so_far = 0;
	uint32_t given = 0;

	for (uint32_t i = 0; i < span->nr; i++)
		sum += (uint64_t)triangle(span->first + i, x, old, new);
	for (uint32_t i = 0; i < span->nr; i++) {
		uint32_t until;

		so_far += (uint64_t)triangle(span->first + i, x, old, new);
		until = (uint32_t)(((so_far << (WEIGHT_BITS + 1)) + sum) / (2 * sum));
		weights[i] = until - given;
		given = until;
	}
}

static int kernel_init(struct kernel *kernel, uint32_t old, uint32_t new,
		       struct trfs_error *err)
{
	size_t nr_weights = 0;

	*kernel = (struct kernel){ .spans = calloc(new, sizeof(*kernel->spans)) };
	if (!kernel->spans)
		return trfs_fail_memory(err, "resizing an image");
	for (uint32_t x = 0; x < new; x++) {
		kernel->spans[x] = span_of(x, old, new);
		kernel->spans[x].weights = nr_weights;
		nr_weights += kernel->spans[x].nr;
	}
	kernel->weights = calloc(nr_weights, sizeof(*kernel->weights));
	if (!kernel->weights) {
		kernel_done(kernel);
		return trfs_fail_memory(err, "resizing an image");
	}
	for (uint32_t x = 0; x < new; x++)
		fill_weights(&kernel->spans[x], x, old, new,
			     kernel->weights + kernel->spans[x].weights);
	return 0;
}

/* Inlined for each number of channels, so that the inner loop unrolls. */
static inline void resize_row(const struct kernel *kernel, const uint8_t *from,
			      uint8_t *to, uint32_t width, unsigned int channels)
{
	for (uint32_t x = 0; x < width; x++, to += channels) {
		const struct span *span = &kernel->spans[x];
		const uint32_t *weights = kernel->weights + span->weights;
		const uint8_t *old = from + (size_t)span->first * channels;
		uint32_t sums[4] = { HALF, HALF, HALF, HALF };

		for (uint32_t i = 0; i < span->nr; i++, old += channels)
			for (unsigned int c = 0; c < channels; c++)
				sums[c] += weights[i] * old[c];
		for (unsigned int c = 0; c < channels; c++)
			to[c] = (uint8_t)(sums[c] >> WEIGHT_BITS);
	}
}

static void resize_rows(const struct kernel *kernel, const struct trfs_pixels *from,
			struct trfs_pixels *to)
{
	for (uint32_t y = 0; y < from->height; y++) {
		const uint8_t *old = trfs_pixels_row(from, y);
		uint8_t *new = trfs_pixels_row(to, y);

		if (from->channels == 3)
			resize_row(kernel, old, new, to->width, 3);
		else if (from->channels == 1)
			resize_row(kernel, old, new, to->width, 1);
		else
			resize_row(kernel, old, new, to->width, from->channels);
	}
}

/* A new row is a sum of old rows, each taken from end to end. */
static void resize_columns(const struct kernel *kernel, const struct trfs_pixels *from,
			   struct trfs_pixels *to, uint32_t *sums)
{
	size_t row_size = trfs_pixels_row_size(from);

	for (uint32_t y = 0; y < to->height; y++) {
		const struct span *span = &kernel->spans[y];
		uint8_t *new = trfs_pixels_row(to, y);

		for (size_t at = 0; at < row_size; at++)
			sums[at] = HALF;
		for (uint32_t i = 0; i < span->nr; i++) {
			const uint8_t *old = trfs_pixels_row(from, span->first + i);
			uint32_t weight = kernel->weights[span->weights + i];

			for (size_t at = 0; at < row_size; at++)
				sums[at] += weight * old[at];
		}
		for (size_t at = 0; at < row_size; at++)
			new[at] = (uint8_t)(sums[at] >> WEIGHT_BITS);
	}
}

static int resize_width(const struct trfs_pixels *from, uint32_t width,
			struct trfs_pixels *ret, struct trfs_error *err)
{
	struct kernel kernel;
	int rc = kernel_init(&kernel, from->width, width, err);

	if (rc < 0)
		return rc;
	rc = trfs_pixels_shape(ret, from->height, width, from->channels, err);
	if (rc == 0)
		resize_rows(&kernel, from, ret);
	kernel_done(&kernel);
	return rc;
}

static int resize_height(const struct trfs_pixels *from, uint32_t height,
			 struct trfs_pixels *ret, struct trfs_error *err)
{
	struct kernel kernel;
	uint32_t *sums;
	int rc = kernel_init(&kernel, from->height, height, err);

	if (rc < 0)
		return rc;
	sums = malloc(trfs_pixels_row_size(from) * sizeof(*sums));
	rc = sums ? trfs_pixels_shape(ret, height, from->width, from->channels, err)
		  : trfs_fail_memory(err, "resizing an image");
	if (rc == 0)
		resize_columns(&kernel, from, ret, sums);
	free(sums);
	kernel_done(&kernel);
	return rc;
}

int trfs_pixels_resize(const struct trfs_pixels *from, uint32_t height, uint32_t width,
		       struct trfs_pixels *ret, struct trfs_error *err)
{
	/* So that what lies between is no larger than the larger of both pictures. */
	bool width_first = width <= from->width || height >= from->height;
	struct trfs_pixels between = { 0 };
	int rc;

	if (height == from->height)
		return resize_width(from, width, ret, err);
	if (width == from->width)
		return resize_height(from, height, ret, err);
	rc = width_first ? resize_width(from, width, &between, err)
			 : resize_height(from, height, &between, err);
	if (rc == 0)
		rc = width_first ? resize_height(&between, height, ret, err)
				 : resize_width(&between, width, ret, err);
	trfs_pixels_done(&between);
	return rc;
}

/* OpenCV's way to the old column or row of a new one. */
static uint32_t nearest(uint32_t x, double ratio, uint32_t old)
{
	uint32_t found = (uint32_t)(x * ratio);

	return found < old ? found : old - 1;
}

int trfs_pixels_resize_nearest(const struct trfs_pixels *from, uint32_t height,
			       uint32_t width, struct trfs_pixels *ret,
			       struct trfs_error *err)
{
	double ratio_x = 1 / ((double)width / from->width);
	double ratio_y = 1 / ((double)height / from->height);
	size_t channels = from->channels;
	int rc = trfs_pixels_shape(ret, height, width, from->channels, err);

	if (rc < 0)
		return rc;
	for (uint32_t y = 0; y < height; y++) {
		const uint8_t *old =
			trfs_pixels_row(from, nearest(y, ratio_y, from->height));
		uint8_t *place = trfs_pixels_row(ret, y);

		for (uint32_t x = 0; x < width; x++) {
			size_t at = nearest(x, ratio_x, from->width) * channels;

			for (size_t c = 0; c < channels; c++)
				*place++ = old[at + c];
		}
	}
	return 0;
}
