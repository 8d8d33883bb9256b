/* SPDX-License-Identifier: MIT */
/* What the tests of COCO manifests share. */
#include "coco_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

void coco_expect_as(const char *dialect, const char *json, const char *rows)
{
	manifest_put("a.json", json);
	assert_string_equal(manifest_read_as(dialect, "a.json"), rows);
}

void coco_expect(const char *json, const char *rows)
{
	coco_expect_as(NULL, json, rows);
}

void coco_give(struct trfs_option_list *list, const char *name, const char *json)
{
	static char paths[4][8192];
	static unsigned int next;
	char *path = paths[next++ % 4];

	if (json)
		manifest_put(name, json);
	snprintf(path, sizeof(paths[0]), "%s", manifest_path(name));
	list->items[list->nr++] = path;
}

const char *coco_dialect_of(const char *name)
{
	TRFS_CLEANUP(trfs_manifest_freep) struct trfs_manifest *m = NULL;
	const struct trfs_manifest_request request = { .path = name ? manifest_path(name)
								    : NULL };

	assert_int_equal(trfs_manifest_open(&source.root, &request, &source.inputs, &m,
					    &source.err),
			 0);
	return trfs_manifest_dialect(m);
}
