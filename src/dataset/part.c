/* SPDX-License-Identifier: MIT */
/* Gathering what a machine saw of its share, as small as it is kept. */
#include "dataset/part.h"

#include "base/random.h"

#include <errno.h>
#include <stdlib.h>

/* Any; all machines must agree, though parts that do not are joined all the same. */
#define SHARE_SEED  8u
#define NR_SEEN_MIN 64u

static void files_done(struct trfs_part_files *files)
{
	trfs_name_list_done(&files->names);
	free(files->seen);
}

void trfs_part_done(struct trfs_part *part)
{
	files_done(&part->images);
	files_done(&part->masks);
	trfs_earlier_done(&part->by_name);
	trfs_buffer_done(&part->made);
	free(part->spans);
	*part = (struct trfs_part){ 0 };
}

bool trfs_part_has(const struct trfs_part *part, struct trfs_bytes name)
{
	return trfs_random_hash(SHARE_SEED, name) % part->nr == part->number - 1;
}

static int reserve(struct trfs_part_files *files)
{
	size_t capacity = files->capacity + files->capacity / 2 + NR_SEEN_MIN;
	struct trfs_seen *seen;

	if (files->names.nr < files->capacity)
		return 0;
	seen = reallocarray(files->seen, capacity, sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	files->seen = seen;
	files->capacity = capacity;
	return 0;
}

int trfs_part_add_files(struct trfs_part_files *files, const struct trfs_strings *paths,
			const struct trfs_seen *seen)
{
	int rc = 0;

	for (uint64_t i = 0; rc == 0 && i < paths->nr; i++) {
		if (!trfs_seen_is_good(&seen[i]))
			continue;
		rc = reserve(files);
		if (rc == 0) {
			files->seen[files->names.nr] = seen[i];
			rc = trfs_name_list_add(&files->names,
						trfs_strings_get(paths, i));
		}
	}
	trfs_name_list_finish(&files->names);
	return rc;
}

int trfs_part_begin_made(struct trfs_part *part, const struct trfs_catalog *catalog)
{
	const struct trfs_earlier_part known = {
		.images = trfs_name_list_view(&part->images.names),
		.images_seen = part->images.seen,
	};

	part->inputs = trfs_earlier_inputs(catalog);
	trfs_buffer_init(&part->made, SIZE_MAX / 2);
	part->spans = malloc(((size_t)known.images.nr + 1) * sizeof(*part->spans));
	if (!part->spans)
		return -ENOMEM;
	for (uint64_t i = 0; i < known.images.nr; i++)
		part->spans[i] = (struct trfs_part_span){ .row = TRFS_NO_ROW };
	return trfs_earlier_init_parts(&part->by_name, &known, 1, true);
}

int trfs_part_add_made(struct trfs_part *part, struct trfs_bytes name, uint32_t row,
		       struct trfs_bytes made)
{
	uint32_t image = trfs_earlier_find(&part->by_name.images, name);

	if (image == TRFS_NOT_EARLIER || part->spans[image].row != TRFS_NO_ROW)
		return 0;
	part->spans[image] = (struct trfs_part_span){ .offset = part->made.len,
						      .len = (uint32_t)made.len,
						      .row = row };
	trfs_buffer_put(&part->made, made.data, made.len);
	return part->made.failed ? -ENOMEM : 0;
}
