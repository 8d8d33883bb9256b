# SPDX-License-Identifier: MIT
"""Naive converters of VOC XML, as the Object Detection API has them: pascal and pet."""

import hashlib
import io
import os
import pathlib
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
from PIL import Image

from .oracle_common import floats, ints, read, shuffled, texts, write_shard
from .oracle_masks import png


def label_map(path):
    """Names and ids of a label map: one item after the other, id and name in any order."""
    text = pathlib.Path(path).read_text("utf-8")
    items = re.findall(r"item\s*\{(.*?)\}", text, re.DOTALL)
    return {re.search(r"\bname\s*:\s*(['\"])(.*?)\1", item).group(2):
            int(re.search(r"\bid\s*:\s*(\d+)", item).group(1)) for item in items}


def examples_list(path):
    """The first word of every line."""
    lines = pathlib.Path(path).read_text("utf-8").splitlines()
    return [line.strip().split(" ")[0] for line in lines]


def describe(annotation, data):
    """What is said of the image itself; sizes are those of the XML."""
    if Image.open(io.BytesIO(data)).format != "JPEG":
        raise ValueError("Image format not JPEG")
    name = annotation.findtext("filename")
    return {
        "image/height": ints(annotation.findtext("size/height")),
        "image/width": ints(annotation.findtext("size/width")),
        "image/filename": texts(name),
        "image/source_id": texts(name),
        "image/key/sha256": texts(hashlib.sha256(data).hexdigest()),
        "image/encoded": texts(data),
        "image/format": texts("jpeg"),
    }


def boxes(annotation, objects, corners, names, ids):
    """@corners: (xmin, ymin, xmax, ymax) in pixels of every object."""
    width = int(annotation.findtext("size/width"))
    height = int(annotation.findtext("size/height"))
    return {
        "image/object/bbox/xmin": floats(*[c[0] / width for c in corners]),
        "image/object/bbox/ymin": floats(*[c[1] / height for c in corners]),
        "image/object/bbox/xmax": floats(*[c[2] / width for c in corners]),
        "image/object/bbox/ymax": floats(*[c[3] / height for c in corners]),
        "image/object/class/text": texts(*names),
        "image/object/class/label": ints(*[ids[name] for name in names]),
        "image/object/difficult": ints(*[bool(int(o.findtext("difficult"))) for o in objects]),
        "image/object/truncated": ints(*[o.findtext("truncated") for o in objects]),
        "image/object/view": texts(*[o.findtext("pose") for o in objects]),
    }


def corners_of(item):
    return [float(item.findtext(f"bndbox/{key}")) for key in ("xmin", "ymin", "xmax", "ymax")]


def write_pascal(output_path, *, data_dir, year, label_map_path, annotations_dir="Annotations",
                 set="train", ignore_difficult_instances=False):
    """One file, the records in the order of the aeroplane list."""
    ids, records = label_map(label_map_path), []
    years = ["VOC2007", "VOC2012"] if year == "merged" else [year]
    for folder in years:
        root = pathlib.Path(data_dir, folder)
        for example in examples_list(root / f"ImageSets/Main/aeroplane_{set}.txt"):
            annotation = ElementTree.parse(root / annotations_dir / f"{example}.xml").getroot()
            data = read(data_dir, annotation.findtext("folder"), "JPEGImages",
                        annotation.findtext("filename"))
            objects = [o for o in annotation.findall("object")
                       if not (ignore_difficult_instances and int(o.findtext("difficult")))]
            record = describe(annotation, data)
            record.update(boxes(annotation, objects, [corners_of(o) for o in objects],
                                [o.findtext("name") for o in objects], ids))
            records.append(record)
    write_shard(output_path, records)


def pet_record(example, data_dir, ids, faces_only, mask_type):
    """None where the original warns and goes on."""
    xml = os.path.join(data_dir, "annotations/xmls", f"{example}.xml")
    if not os.path.exists(xml):
        return None
    annotation = ElementTree.parse(xml).getroot()
    name = annotation.findtext("filename")
    trimap = Image.open(os.path.join(data_dir, "annotations/trimaps", f"{example}.png"))
    animal = np.asarray(trimap) != 2
    try:
        record = describe(annotation, read(data_dir, "images", name))
    except ValueError:
        return None
    objects = annotation.findall("object")
    breed = re.match(r"([A-Za-z_]+)(_[0-9]+\.jpg)", name, re.I).group(1)
    if faces_only:
        corners = [corners_of(o) for o in objects]
    else:
        rows, columns = np.nonzero(animal)
        corners = [tuple(map(float, (columns.min(), rows.min(), columns.max(), rows.max())))
                   for _ in objects]
    record.update(boxes(annotation, objects, corners, [breed] * len(objects), ids))
    if not faces_only and mask_type == "png":
        record["image/object/mask"] = texts(*[png(animal.astype(np.uint8))] * len(objects))
    elif not faces_only:
        if not objects:
            return None  # nothing to stack is a ValueError there
        record["image/object/mask"] = floats(*np.tile(animal.ravel(), len(objects)))
    return record


def write_pet(output_dir, *, data_dir, label_map_path, num_shards=10, faces_only=True,
              mask_type="png"):
    ids = label_map(label_map_path)
    examples = shuffled(examples_list(os.path.join(data_dir, "annotations/trainval.txt")), 42)
    train = int(0.7 * len(examples))
    prefix = "pet_faces_{}.record" if faces_only else "pets_fullbody_with_masks_{}.record"
    for split, members in (("train", examples[:train]), ("val", examples[train:])):
        records = [pet_record(e, data_dir, ids, faces_only, mask_type) for e in members]
        for shard in range(num_shards):
            # What is left out keeps its number: the rest stay where they are.
            write_shard(f"{output_dir}/{prefix.format(split)}-{shard:05}-of-{num_shards:05}",
                        [r for r in records[shard::num_shards] if r is not None])
