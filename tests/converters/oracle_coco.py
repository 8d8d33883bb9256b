# SPDX-License-Identifier: MIT
"""Naive converters of COCO JSON: coco, its classification variant, and coco-od.

Masks are in oracle_masks.py.
"""

import collections
import hashlib
import json
import os

from . import oracle_masks as masks
from .oracle_common import floats, ints, read, texts, write_round_robin

Dropped = collections.namedtuple("Dropped", "image_id annotation")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def by_image(annotations):
    grouped = collections.defaultdict(list)
    for annotation in annotations:
        grouped[annotation["image_id"]].append(annotation)
    return grouped


def find_image(directories, file_name):
    """With several directories the file has to be in exactly one of them."""
    paths = [os.path.join(directory, file_name) for directory in directories]
    if len(paths) > 1:
        paths = [path for path in paths if os.path.exists(path)]
        if len(paths) != 1:
            raise ValueError(f"{file_name} is in {len(paths)} of the image directories")
    return paths[0]


def describe_image(image, data, image_format):
    return {
        "image/height": ints(image["height"]),
        "image/width": ints(image["width"]),
        "image/filename": texts(image["file_name"]),
        "image/source_id": texts(str(image["id"])),
        "image/key/sha256": texts(hashlib.sha256(data).hexdigest()),
        "image/encoded": texts(data),
        "image/format": texts(image_format),
    }


def fits(annotation, image):
    x, y, width, height = annotation["bbox"]
    return (width > 0 and height > 0 and x + width <= image["width"]
            and y + height <= image["height"])


def boxes_of(annotations, image):
    """The keys of the boxes; lists are empty where there are none."""
    width, height = image["width"], image["height"]
    corners = [(x, y, x + w, y + h) for x, y, w, h in (a["bbox"] for a in annotations)]
    return {
        "image/object/bbox/xmin": floats(*[float(c[0]) / width for c in corners]),
        "image/object/bbox/ymin": floats(*[float(c[1]) / height for c in corners]),
        "image/object/bbox/xmax": floats(*[float(c[2]) / width for c in corners]),
        "image/object/bbox/ymax": floats(*[float(c[3]) / height for c in corners]),
        "image/object/is_crowd": ints(*[a["iscrowd"] for a in annotations]),
        "image/object/area": floats(*[a["area"] for a in annotations]),
    }


def coco_boxes(record, image, annotations, names, include_masks, dropped):
    """Model Garden's: without a box that fits, no key at all."""
    kept = [a for a in annotations if fits(a, image)]
    dropped += [Dropped(image["id"], a) for a in annotations if not fits(a, image)]
    if not kept:
        return
    record.update(boxes_of(kept, image))
    ids = [int(a["category_id"]) for a in kept]
    record["image/object/class/label"] = ints(*ids)
    record["image/object/class/text"] = texts(*[names[i] for i in ids])
    if include_masks:
        record["image/object/mask"] = texts(*[masks.segmentation_png(a, image) for a in kept])


def write_coco(output_file_prefix, *, image_dir, image_info_file=None,
               object_annotations_file=None, caption_annotations_file=None,
               panoptic_annotations_file=None, panoptic_masks_dir=None, include_masks=False,
               include_panoptic_masks=False, panoptic_skip_crowd=False, num_shards=32):
    """Model Garden's create_coco_tf_record; returns the boxes that were dropped."""
    images = load(image_info_file or object_annotations_file or caption_annotations_file)
    names, objects, captions, panoptic, things, dropped = {}, {}, {}, {}, {}, []
    if object_annotations_file:
        loaded = load(object_annotations_file)
        objects = by_image(loaded["annotations"])
        names = {c["id"]: c["name"] for c in loaded["categories"]}
    if caption_annotations_file:
        captions = by_image(load(caption_annotations_file)["annotations"])
    if panoptic_annotations_file:
        loaded = load(panoptic_annotations_file)
        panoptic = {a["image_id"]: a for a in loaded["annotations"]}
        things = {c["id"]: c["isthing"] == 1 for c in loaded["categories"]}
    records = []
    for image in images["images"]:
        data = read(find_image(image_dir, image["file_name"]))
        record = describe_image(image, data, "jpg")
        coco_boxes(record, image, objects.get(image["id"], []), names, include_masks, dropped)
        if captions.get(image["id"]):
            record["image/caption"] = texts(*[a["caption"] for a in captions[image["id"]]])
        if image["id"] in panoptic:
            record.update(masks.panoptic(panoptic[image["id"]], panoptic_masks_dir, things,
                                         include_panoptic_masks, panoptic_skip_crowd))
        records.append(record)
    write_round_robin(lambda i: f"{output_file_prefix}-{i:05}-of-{num_shards:05}.tfrecord",
                      records, num_shards)
    return dropped


def classification_boxes(annotation, image):
    """The variant's odd box: one an image, in pixels, dropped by its size alone."""
    if (image["width"] <= 0 or image["height"] <= 0
            or annotation["xmax"] - annotation["xmin"] > image["width"]
            or annotation["ymax"] - annotation["ymin"] > image["height"]):
        return {}
    return {
        "image/object/bbox/xmin": floats(annotation["xmin"]),
        "image/object/bbox/xmax": floats(annotation["xmax"]),
        "image/object/bbox/ymin": floats(annotation["ymin"]),
        "image/object/bbox/ymax": floats(annotation["ymax"]),
        "image/object/class/text": texts(annotation["category_names"]),
        "image/object/class/label": ints(annotation["category_id"]),
        "image/object/is_crowd": ints(annotation["is_crowd"]),
        "image/object/area": floats(annotation["area"]),
    }


def write_classification(output_file_prefix, *, image_dir, image_info_file=None,
                         object_annotations_file=None, num_shards=32):
    """The image-classification variant: a label an image, and one box at most."""
    boxes, dropped, records = {}, [], []
    if object_annotations_file:
        for annotation in load(object_annotations_file)["annotations"]:
            boxes[annotation["image_id"]] = annotation  # the last one wins
    for image in load(image_info_file or object_annotations_file)["images"]:
        data = read(find_image(image_dir, image["file_name"]))
        record = describe_image(image, data, "jpg")
        record["image/label"] = ints(image["label"])
        if image["id"] in boxes:
            found = classification_boxes(boxes[image["id"]], image)
            record.update(found)
            if not found:
                dropped.append(Dropped(image["id"], boxes[image["id"]]))
        records.append(record)
    write_round_robin(lambda i: f"{output_file_prefix}-{i:05}-of-{num_shards:05}.tfrecord",
                      records, num_shards)
    return dropped


OD_SPLITS = {"train": 100, "val": 50, "testdev": 50}


def write_coco_od(output_dir, *, directories, annotations, include_masks=False,
                  shards=None):
    """The Object Detection API's older converter.

    @directories, @annotations: by split, train, val and testdev
    """
    dropped = []
    for split, count in (shards or OD_SPLITS).items():
        loaded = load(annotations[split])
        objects = by_image(loaded.get("annotations", []))
        names = {c["id"]: c["name"] for c in loaded["categories"]}
        records = []
        for image in loaded["images"]:
            data = read(directories[split], image["file_name"])
            found = objects[image["id"]]
            kept = [a for a in found if fits(a, image)]
            dropped += [Dropped(image["id"], a) for a in found if not fits(a, image)]
            record = describe_image(image, data, "jpeg")
            record.update(boxes_of(kept, image))
            record["image/object/class/text"] = texts(*[names[int(a["category_id"])]
                                                        for a in kept])
            if include_masks:
                record["image/object/mask"] = texts(*[masks.segmentation_png(a, image)
                                                      for a in kept])
            records.append(record)
        write_round_robin(
            lambda i, s=split, n=count: f"{output_dir}/coco_{s}.record-{i:05}-of-{n:05}",
            records, count)
    return dropped
