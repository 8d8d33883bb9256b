/* SPDX-License-Identifier: MIT */
/*
 * YOLO's data.yaml and lines of labels: the first byte says which.  Classes have names or
 * none, places are texts, and boxes lie in the image.
 */
#include "feed_file.h"

#include "manifest/yolo_label.h"
#include "manifest/yolo_yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void feed_yaml(struct trfs_bytes text)
{
	struct trfs_yolo_yaml y = { .nr_classes = 0 };
	struct trfs_error err = { 0 };
	uint64_t line;
	int rc = trfs_yolo_yaml_parse(text, &y, &line, &err);

	if (rc < 0) {
		insist(err.code == rc && err.message[0]);
	} else {
		insist(y.nr_classes > 0);
		for (uint32_t i = 0; i < y.nr_classes; i++)
			insist(y.class_texts[i] == TRFS_YOLO_NONE ||
			       trfs_yolo_yaml_text(&y, y.class_texts[i])[0]);
		for (int split = 0; split < TRFS_YOLO_NR_SPLITS; split++)
			for (uint32_t i = 0; i < y.nr_places[split]; i++)
				insist(trfs_yolo_yaml_text(&y, y.places[split][i])[0]);
	}
	trfs_yolo_yaml_done(&y);
}

static void feed_label(struct trfs_bytes line)
{
	struct trfs_yolo_label label;

	if (trfs_yolo_label_parse(line, &label))
		return;
	insist(label.class_number >= 0);
	insist(label.box.xmin >= 0 && label.box.xmin <= label.box.xmax &&
	       label.box.xmax <= 1);
	insist(label.box.ymin >= 0 && label.box.ymin <= label.box.ymax &&
	       label.box.ymax <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	if (data[0] == 'y')
		feed_yaml((struct trfs_bytes){ data + 1, len - 1 });
	else
		feed_label((struct trfs_bytes){ data + 1, len - 1 });
	return 0;
}
