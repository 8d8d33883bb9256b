/* SPDX-License-Identifier: MIT */
/*
 * COCO files put together by macros, and the rows expected of them.  Where macros stand
 * between texts, clang-format weaves one word a line; such calls are laid out by hand.
 */
#ifndef TRFS_TESTS_COCO_FIXTURE_H
#define TRFS_TESTS_COCO_FIXTURE_H

#include "manifest_fixture.h"

/* The rows of a.json, which has this text, read with the fixture's options. */
void coco_expect_as(const char *dialect, const char *json, const char *rows);
void coco_expect(const char *json, const char *rows);

/* The name of the dialect that a file, or the directory itself for NULL, is read as. */
const char *coco_dialect_of(const char *name);

/* Add a file beside to one of the options' lists; NULL @json: it is there, or is none. */
void coco_give(struct trfs_option_list *list, const char *name, const char *json);

#define IMAGE(id, file)                                                                  \
	"{\"id\": " #id ", \"file_name\": \"" file "\", \"height\": 50, \"width\": 100}"
#define ROW(id, file)                                                                    \
	" path='" file "' file_name='" file "' id=" #id " height=50 width=100"
#define BOX(id, image, x, y, w, h, category, more)                                       \
	"{\"id\": " #id ", \"image_id\": " #image ", \"bbox\": [" #x ", " #y ", " #w     \
	", " #h "], \"category_id\": " #category ", \"iscrowd\": 0, \"area\": 7.5" more  \
	"}"
/* What BOX(id, 1, 0, 0, 100, 50, 4, "") is in a row. */
#define WHOLE_IMAGE(id)                                                                  \
	" objects/xmin=0.0 objects/xmax=1.0 objects/ymin=0.0 objects/ymax=1.0"           \
	" objects/label=4 objects/class='cat' objects/is_crowd=0 objects/area=7.5"       \
	" objects/id=" #id
#define CATEGORIES                                                                       \
	"\"categories\": [{\"id\": 4, \"name\": \"cat\"}, {\"id\": 90, \"name\": "       \
	"\"z\"}]"

#endif
