# SPDX-License-Identifier: MIT
"""Naive converters of images with label masks: deeplab and deeplab-pixels."""

import os
import pathlib

import numpy as np
import tensorflow as tf

from .oracle_common import ints, listing, read, size_of_jpeg, texts, write_blocks, write_shard

FORMATS = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png"}
SHARDS = 4


def write_deeplab(output_dir, *, image_folder, semantic_segmentation_folder, list_folder,
                  image_format="png", label_format="png"):
    for leaf in listing(list_folder):
        if not leaf.endswith(".txt"):
            continue
        records = []
        for line in pathlib.Path(list_folder, leaf).read_text("utf-8").splitlines():
            data = read(image_folder, f"{line}.{image_format}")
            label = read(semantic_segmentation_folder, f"{line}.{label_format}")
            height, width = size_of_jpeg(data)
            shape = tf.io.decode_png(label, channels=1).shape
            if (height, width) != (shape[0], shape[1]):
                raise ValueError(f"{line}: {width} x {height} and {shape[1]} x {shape[0]}")
            records.append({
                "image/encoded": texts(data),
                "image/filename": texts(line),
                "image/format": texts(FORMATS[image_format]),
                "image/height": ints(height),
                "image/width": ints(width),
                "image/channels": ints(3),
                "image/segmentation/class/encoded": texts(label),
                "image/segmentation/class/format": texts(label_format),
            })
        split = leaf[:-len(".txt")]
        write_blocks(
            lambda i, s=split: f"{output_dir}/{s}-{i:05}-of-{SHARDS:05}.tfrecord",
            records, SHARDS)


def one_hot(mask, classes, dtype):
    return (mask == np.arange(classes)).astype(dtype)


def write_deeplab_pixels(output_path, *, image_dir, mask_dir, classes=None, dtype="float32",
                         sizes=True, order=None):
    """@classes: the label is one-hot, of @dtype; @sizes: height and width are written."""
    names = order or [name for name in listing(image_dir) if name.endswith(".png")]
    records = []
    for name in names:
        image = tf.io.decode_png(read(image_dir, name), channels=3).numpy()
        mask = tf.io.decode_png(read(mask_dir, name), channels=1).numpy()
        if image.shape[:2] != mask.shape[:2]:
            raise ValueError(f"{name}: image and mask differ in size")
        if classes:
            mask = one_hot(mask, classes, dtype)
        record = {"image": texts(image.tobytes()), "label": texts(mask.tobytes())}
        if sizes:
            record["height"] = ints(image.shape[0])
            record["width"] = ints(image.shape[1])
        records.append(record)
    write_shard(os.fspath(output_path), records)
