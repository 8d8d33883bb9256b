/* SPDX-License-Identifier: MIT */
/* Classes one by one, each with the line it stands on. */
#include "manifest/labels_build.h"

#include "base/error.h"
#include "manifest/text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

void trfs_labels_building_done(struct trfs_labels_building *l)
{
	trfs_labels_done(&l->labels);
	free(l->lines);
}

void trfs_labels_done(struct trfs_labels *labels)
{
	trfs_string_table_free(labels->names);
	free(labels->ids);
	*labels = (struct trfs_labels){ .names = NULL };
}

static int make_room(struct trfs_labels_building *l)
{
	size_t larger = l->capacity ? l->capacity * 2 : 64;
	uint64_t *lines;
	int64_t *ids;

	if (l->labels.nr < l->capacity)
		return 0;
	ids = reallocarray(l->labels.ids, larger, sizeof(*ids));
	if (!ids)
		return trfs_fail_memory(l->err, "the labels");
	l->labels.ids = ids;
	lines = reallocarray(l->lines, larger, sizeof(*lines));
	if (!lines)
		return trfs_fail_memory(l->err, "the labels");
	l->lines = lines;
	l->capacity = larger;
	return 0;
}

int trfs_labels_add(struct trfs_labels_building *l, struct trfs_bytes name, int64_t id)
{
	char shown[TRFS_PRINTABLE_SIZE];
	uint32_t number;
	bool is_new;
	int rc;

	if (id < 0)
		return trfs_fail(l->err, -EBADMSG, "the id %" PRId64 " is negative", id);
	rc = make_room(l);
	if (rc < 0)
		return rc;
	rc = trfs_string_table_intern(l->labels.names, name, &number, &is_new);
	if (rc < 0)
		return trfs_fail_errno(l->err, rc, "too many labels");
	if (!is_new)
		return trfs_fail(l->err, -EBADMSG,
				 "class \"%s\" is there already, on line %" PRIu64,
				 trfs_text_printable(name, shown, sizeof(shown)),
				 l->lines[number]);
	l->labels.ids[number] = id;
	l->lines[number] = l->line;
	l->labels.nr = number + 1;
	return 0;
}

struct numbered {
	int64_t id;
	uint32_t number;
};

static int compare_numbered(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

int trfs_labels_check_ids(struct trfs_labels_building *l)
{
	struct numbered *sorted;
	uint32_t worst = UINT32_MAX;
	uint32_t before = 0;

	sorted = calloc((size_t)l->labels.nr + 1, sizeof(*sorted));
	if (!sorted)
		return trfs_fail_memory(l->err, "the labels");
	for (uint32_t i = 0; i < l->labels.nr; i++)
		sorted[i] = (struct numbered){ l->labels.ids[i], i };
	qsort(sorted, l->labels.nr, sizeof(*sorted), compare_numbered);
	for (uint32_t i = 1; i < l->labels.nr; i++) {
		if (sorted[i].id == sorted[i - 1].id && sorted[i].number < worst) {
			worst = sorted[i].number;
			before = sorted[i - 1].number;
		}
	}
	free(sorted);
	if (worst == UINT32_MAX)
		return 0;
	l->line = l->lines[worst];
	return trfs_fail(l->err, -EBADMSG,
			 "id %" PRId64 " is there already, on line %" PRIu64,
			 l->labels.ids[worst], l->lines[before]);
}
