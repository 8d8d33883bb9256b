/* SPDX-License-Identifier: MIT */
/* The data.yaml of a YOLO data set. */
#ifndef TRFS_MANIFEST_YOLO_YAML_H
#define TRFS_MANIFEST_YOLO_YAML_H

#include "base/strings.h"

enum {
	TRFS_YOLO_YAML_MAX = 4 << 20,
	TRFS_YOLO_CLASSES_MAX = 1 << 20,
};

enum trfs_yolo_split {
	TRFS_YOLO_TRAIN,
	TRFS_YOLO_VALIDATION,
	TRFS_YOLO_TEST,
	TRFS_YOLO_NR_SPLITS
};

/**
 * struct trfs_yolo_yaml - what it says
 * @texts: names and paths; each with a NUL at its end
 * @class_texts: the name of class number i within @texts, TRFS_YOLO_NONE where the file
 *	leaves it out; owned
 * @path: what the splits' paths are relative to, within @texts, or TRFS_YOLO_NONE
 * @places: of each split, numbers within @texts: directories and lists; owned
 */
struct trfs_yolo_yaml {
	struct trfs_string_table *texts;
	uint32_t *class_texts;
	uint32_t nr_classes;
	uint32_t path;
	uint32_t *places[TRFS_YOLO_NR_SPLITS];
	uint32_t nr_places[TRFS_YOLO_NR_SPLITS];
};

#define TRFS_YOLO_NONE UINT32_MAX

/**
 * trfs_yolo_yaml_parse() - read it
 * @text: the whole file, at most TRFS_YOLO_YAML_MAX bytes
 * @y: zeroed before; needs done() after failures too
 * @ret_line: where an error is, 0 for the file as a whole
 *
 * Keys other than names, nc, path, train, val, valid and test are passed over.  Aliases
 * are refused.  -EBADMSG or -ENOMEM.
 */
TRFS_MUST_CHECK
int trfs_yolo_yaml_parse(struct trfs_bytes text, struct trfs_yolo_yaml *y,
			 uint64_t *ret_line, struct trfs_error *err);
void trfs_yolo_yaml_done(struct trfs_yolo_yaml *y);

/* Text number @i, valid until the next parse. */
static inline const char *trfs_yolo_yaml_text(const struct trfs_yolo_yaml *y, uint32_t i)
{
	struct trfs_strings texts = trfs_string_table_view(y->texts);

	return (const char *)trfs_strings_get(&texts, i).data;
}

#endif
