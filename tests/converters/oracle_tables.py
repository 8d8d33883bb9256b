# SPDX-License-Identifier: MIT
"""Naive converters of CSV files: image2tfrecords and nih-xray."""

import csv
import io
import json
import math
import os
import pathlib
import random

import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps

from .oracle_common import ints, read, texts, write_blocks, write_shard


def table(path):
    """The header as it stands, and the rows with every value stripped."""
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    return header, [[value.strip() for value in row] for row in rows if row]


def write_table(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


# --- image2tfrecords ----------------------------------------------------------------


def draw(rows, val_size, test_size, seed):
    """{split: rows}: class by class, in the CSV's order inside a class."""
    splits = {"train": [], "validation": [], "test": []}
    for label in sorted({row[1] for row in rows}):
        members = [i for i, row in enumerate(rows) if row[1] == label]
        shuffled = list(members)
        random.Random(seed).shuffle(shuffled)
        test = math.floor(len(members) * test_size)
        validation = math.floor(len(members) * val_size)
        if len(members) - test - validation == 1:
            test += 1
        chosen = {"validation": set(shuffled[:validation]),
                  "test": set(shuffled[validation:validation + test])}
        chosen["train"] = set(members) - chosen["validation"] - chosen["test"]
        for split, indices in chosen.items():
            splits[split] += [rows[i] for i in members if i in indices]
    return splits


def class_ids(header, rows, class2id):
    """(header of the ids, [name, id] as they are written again)."""
    if class2id:
        ids_header, pairs = table(class2id)
        return ids_header, pairs
    names = list(dict.fromkeys(row[1] for row in rows))
    return [header[1], f"{header[1]}_id"], [[name, i] for i, name in enumerate(names)]


def write_image2tfrecords(output_dir, *, image_path, image2class, class2id=None,
                          dataset_name="", val_size=0, test_size=0, num_shards=5, seed=42,
                          drawn=None):
    """@drawn: [(file name, split)] in the order of the records, instead of drawing."""
    header, rows = table(image2class)
    ids_header, pairs = class_ids(header, rows, class2id)
    ids = {name: int(number) for name, number in pairs}
    if drawn:
        by_name = {row[0]: row for row in rows}
        splits = {split: [by_name[name] for name, where in drawn if where == split]
                  for split in ("train", "validation", "test")}
    else:
        splits = draw(rows, val_size, test_size, seed)
    output = pathlib.Path(output_dir)
    output.mkdir(parents=True, exist_ok=True)
    for split, members in splits.items():
        if members:
            write_blocks(
                lambda i, s=split: output
                / f"{dataset_name}_{s}_{i + 1:05}-of-{num_shards:05}.tfrecord",
                [image2tfrecords_record(image_path, row, ids) for row in members], num_shards)
    summary = {"filename_header": header[0], "class_header": header[1],
               "class_id_header": ids_header[1], "total_number": len(rows),
               "train_number": len(splits["train"]), "val_number": len(splits["validation"]),
               "test_number": len(splits["test"])}
    # json.dump keeps the order in which the original fills its dictionary.
    (output / f"{dataset_name}_summary.json").write_text(json.dumps(summary), "utf-8")
    write_table(output / "labels.csv", ids_header, pairs)


def image2tfrecords_record(image_path, row, ids):
    data = read(image_path, row[0])
    image = tf.io.decode_image(data, channels=3)
    return {
        "image/encoded": texts(data),
        "image/format": texts(os.path.splitext(row[0])[1][1:]),
        "image/class/label": ints(ids[row[1]]),
        "image/height": ints(image.shape[0]),
        "image/width": ints(image.shape[1]),
        "image/filename": texts(row[0]),
    }


# --- nih-xray -----------------------------------------------------------------------

SIDE = 512
SUBSETS = {"train": "training", "val": "validation", "test": "testing"}


def nearest(pixels, side):
    """As OpenCV picks them: in doubles, by the inverse of the scale, cut and not rounded.

    That is not floor(x * length / side): 71 lengths below 2049 differ, 186 among them.
    """
    rows, columns = (
        np.minimum((np.arange(side) * (1 / (side / length))).astype(int), length - 1)
        for length in pixels.shape[:2])
    return pixels[rows][:, columns]


def xray_pixels(data):
    """As OpenCV's imread: alpha and low bytes dropped, turned by EXIF, the exact DCT."""
    if data.startswith(b"\x89PNG"):
        return tf.io.decode_png(data, channels=3).numpy()
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))


def xray_jpeg(data):
    """512 x 512, red and blue swapped, quality 95, without a density."""
    swapped = np.ascontiguousarray(nearest(xray_pixels(data), SIDE)[..., ::-1])
    encoded = io.BytesIO()
    Image.fromarray(swapped).save(encoded, "JPEG", quality=95, subsampling="4:2:0")
    return encoded.getvalue()


def xray_record(data, name, label):
    return {"image": texts(data), "image_name": texts(name), "label": ints(label)}


def xray_names(rows, split, keep_every, augment):
    """[names of the records] of every row; none for a row that is left out.

    @keep_every: {label: n}, the n-th, 2n-th ... of that label stay
    @augment: {label: copies}, which are named _1, _2 ..., and the image itself _0
    """
    seen, names = {}, []
    for row in rows:
        stem, label = row["image_id"].split(".")[0], int(row["label"])
        seen[label] = seen.get(label, 0) + 1
        if split != "train":
            names.append([stem])
        elif label in augment:
            names.append([f"{stem}_{i}" for i in range(augment[label] + 1)])
        elif label in keep_every and seen[label] % keep_every[label]:
            names.append([])
        else:
            names.append([stem])
    return names


def write_nih_xray(output_dir, *, manifest, source, keep_every, augment, block=500,
                   names_of=None):
    """@names_of: (row, split) to names, instead of xray_names.

    An augmented copy holds the image itself here: its pixels are not to be compared.
    """
    output = pathlib.Path(output_dir)
    with open(manifest, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    listed = []
    for split, subset in SUBSETS.items():
        members = [row for row in rows if row["split"] == split]
        names = xray_names(members, split, keep_every, augment)
        if names_of:
            names = [names_of(row, split) for row in members]
        for first in range(0, len(members), block):
            records = []
            for row, own in list(zip(members, names))[first:first + block]:
                data = xray_jpeg(read(source, row["image_id"])) if own else b""
                records += [xray_record(data, name, row["label"]) for name in own]
                listed += [[f"{name}.png", row["label"], subset] for name in own]
            write_shard(output / f"{split}{first // block:02}.tfrec", records)
    write_table(output / "metadata_bin_clf_tfrec.csv", ["image_name", "label", "subset"],
                listed)
