/* SPDX-License-Identifier: MIT */
/* A sort by name of the class, then by number of the example. */
#include "dataset/class_order.h"

#include <stdlib.h>

#define NO_CLASS UINT32_MAX

static uint32_t class_of(const struct trfs_catalog *catalog, uint32_t example)
{
	size_t nr;
	const uint8_t *labels = trfs_catalog_labels(catalog, example, &nr);

	return nr > 0 ? trfs_catalog_label(labels, 0) : NO_CLASS;
}

static struct trfs_bytes name_of(const struct trfs_catalog *catalog, uint32_t class)
{
	if (class == NO_CLASS)
		return trfs_bytes_of("");
	return trfs_strings_get(&catalog->class_names, class);
}

static int compare(const void *a, const void *b, void *user)
{
	const struct trfs_catalog *catalog = user;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	uint32_t class_x = class_of(catalog, x), class_y = class_of(catalog, y);
	int order = 0;

	if (class_x != class_y)
		order = trfs_bytes_compare(name_of(catalog, class_x),
					   name_of(catalog, class_y));
	if (order == 0)
		order = (class_x > class_y) - (class_x < class_y);
	return order ? order : (x > y) - (x < y);
}

void trfs_class_order_sort(const struct trfs_catalog *catalog, uint32_t *examples,
			   size_t nr)
{
	qsort_r(examples, nr, sizeof(*examples), compare, (void *)catalog);
}

uint32_t trfs_class_order_run(const struct trfs_catalog *catalog,
			      const uint32_t *examples, uint32_t first, uint32_t nr)
{
	uint32_t end = first + 1;

	while (end < nr &&
	       class_of(catalog, examples[end]) == class_of(catalog, examples[first]))
		end++;
	return end;
}
