/* SPDX-License-Identifier: MIT */
/*
 * Annotations of Pascal VOC.  What was parsed must hold what the header says: every
 * object has a name and a whole box, and all texts are UTF-8.
 */
#include "feed_file.h"

#include "manifest/voc_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(const struct trfs_voc_annotation *a)
{
	insist(trfs_utf8_valid(trfs_voc_get(a, a->filename)));
	insist(trfs_utf8_valid(trfs_voc_get(a, a->folder)));
	for (size_t i = 0; i < a->nr_objects; i++) {
		const struct trfs_voc_object *object = &a->objects[i];

		insist(object->has == TRFS_VOC_BOX && object->line > 0);
		insist(object->name.len > 0 && object->pose.len > 0);
		insist(trfs_utf8_valid(trfs_voc_get(a, object->name)));
		insist(trfs_utf8_valid(trfs_voc_get(a, object->pose)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct trfs_voc_annotation a;
	struct trfs_error err = { 0 };
	uint64_t line = 0;
	int rc;

	trfs_voc_annotation_init(&a);
	/* Twice, as a reader does with file after file. */
	for (int i = 0; i < 2; i++) {
		rc = trfs_voc_parse((struct trfs_bytes){ data, len }, &a, &line, &err);
		if (rc == 0)
			check(&a);
		else
			insist(err.code == rc && err.message[0]);
	}
	trfs_voc_annotation_done(&a);
	return 0;
}
