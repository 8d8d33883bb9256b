# SPDX-License-Identifier: MIT
"""Read a mount with TensorFlow Datasets, as if `tfds build` had made it.

    read_tfds.py MOUNT

tfds/NAME/1.0.0/ of a mount has what tfds.load wants: features, names of classes, and how
many records each shard has, so that slices such as train[80%:] open the right ones.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import tensorflow_datasets as tfds  # noqa: E402 (TensorFlow reads the variables)


def main(arguments):
    if len(arguments) != 1:
        sys.exit("usage: read_tfds.py MOUNT")
    folder = os.path.join(arguments[0], "tfds")
    names = os.listdir(folder) if os.path.isdir(folder) else []
    if len(names) != 1:
        sys.exit(f"read_tfds.py: no data set in {folder}")

    (train, held_out), info = tfds.load(names[0], data_dir=folder, with_info=True,
                                        split=["train[:80%]", "train[80%:]"],
                                        as_supervised=True)
    print(f"{names[0]} has {', '.join(info.features['label'].names)}, and "
          + ", ".join(f"{split.num_examples:,} records in {name}"
                      for name, split in info.splits.items()))
    counts = [sum(1 for _ in part) for part in (train, held_out)]
    print(f"Read {counts[0]:,} images of train[:80%] and {counts[1]:,} of train[80%:]")
    image, label = next(iter(train))
    print(f"The first is {info.features['label'].int2str(int(label))}, "
          f"{image.shape[1]} x {image.shape[0]} pixels, {image.shape[2]} channels")
    if sum(counts) != info.splits["train"].num_examples:
        sys.exit("read_tfds.py: the slices are not the whole")


if __name__ == "__main__":
    main(sys.argv[1:])
