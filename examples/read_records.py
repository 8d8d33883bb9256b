# SPDX-License-Identifier: MIT
"""Read every record below a mount with TensorFlow, decode its image, and say what is there.

    read_records.py MOUNT

One line a split: records, formats, the range of sizes, and how many of each label.
"""

import collections
import os
import re
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import tensorflow as tf  # noqa: E402 (TensorFlow reads the variables when imported)

FEATURES = {
    "image/encoded": tf.io.FixedLenFeature([], tf.string),
    "image/format": tf.io.FixedLenFeature([], tf.string),
    "image/class/text": tf.io.FixedLenFeature([], tf.string),
}


def shards_by_split(mount):
    splits = collections.defaultdict(list)
    for path in sorted(tf.io.gfile.glob(os.path.join(mount, "*.tfrecord"))):
        splits[re.sub(r"-\d+-of-\d+\.tfrecord$", "", os.path.basename(path))].append(path)
    return splits


def describe(paths):
    formats, labels, areas = collections.Counter(), collections.Counter(), []
    for record in tf.data.TFRecordDataset(paths):
        example = tf.io.parse_single_example(record, FEATURES)
        pixels = tf.io.decode_image(example["image/encoded"], expand_animations=False)
        formats[example["image/format"].numpy().decode()] += 1
        labels[example["image/class/text"].numpy().decode()] += 1
        areas.append((pixels.shape[0] * pixels.shape[1], pixels.shape[1], pixels.shape[0]))
    (_, *smallest), (_, *largest) = min(areas), max(areas)
    return (f"{len(areas)} images ({listed(formats)}) of "
            f"{smallest[0]} x {smallest[1]} to {largest[0]} x {largest[1]} pixels: "
            f"{listed(labels)}")


def listed(counter):
    return ", ".join(f"{count} {name}" for name, count in sorted(counter.items()))


def main(arguments):
    if len(arguments) != 1:
        sys.exit("usage: read_records.py MOUNT")
    splits = shards_by_split(arguments[0])
    if not splits:
        sys.exit(f"read_records.py: no *.tfrecord in {arguments[0]}")
    for split, paths in splits.items():
        print(f"{split}: {describe(paths)}")


if __name__ == "__main__":
    main(sys.argv[1:])
