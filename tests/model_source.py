# SPDX-License-Identifier: MIT
"""A source, and the model (mount_model.py) of what a mount of it shows."""

import concurrent.futures
import os

import images
import mount_model
import view_model

SPLIT = ["--split", "train=0.7,validation=0.15,test=0.15", "--shards", "3"]
CLASSES = ["a", "b", "c"]
VIEWS = ["by-class", "by-index", "bysize", "epochs", "filter", "first", "folds", "from",
         "schemas", "shards"]
SIDE_FILES = ["README.txt", "class_weights.json", "dataset.json", "features.json",
              "label_map.pbtxt", "labels.csv", "labels.txt", "leaks.csv", "metadata.json",
              "num_examples.txt", "problems.csv", "report.html", "schema.py", "splits.csv",
              "stats.json"]
# Views whose bytes the command `cat` is asked for, as nobody could tell them.
DRAWN = ["epochs/7/train-00001-of-00003.tfrecord",
         "folds/3/1/validation-00000-of-00003.tfrecord",
         "balanced/epochs/7/train-00002-of-00003.tfrecord",
         "schemas/simple/train-00000-of-00003.tfrecord"]


def make(directory):
    """Images from 100 bytes to 300 kB, so that windows are within and across records."""
    for i in range(60):
        size = (8, 8) if i % 3 else (300, 340 - i)
        images.write(directory / CLASSES[i // 3 % 3] / f"{i}.bmp", i, ("bmp", "RGB"), size)
    return directory


def names(split, count):
    return [f"{split}-{i:05}-of-{count:05}.tfrecord" for i in range(count)]


def cut(splits, count, prefix):
    """Files of records that are shared out evenly: {path: bytes}"""
    files = {}
    for split, records in splits.items():
        count_here, start = min(count, len(records)), 0
        for name, length in zip(names(split, count_here),
                                view_model.even(len(records), count_here)):
            files[prefix + name] = b"".join(records[start:start + length])
            start += length
    return files


def model_of(program, source, index):
    """What a mount of @source shows, from `cat`, which needs no FUSE, and from lists."""
    def cat(path):
        return program("cat", source, path, *SPLIT, "--index", index, binary=True).out
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        shards = [name for split in ("train", "validation", "test") for name in names(split, 3)]
        paths = [*shards, *SIDE_FILES, *DRAWN]
        files = dict(zip(paths, pool.map(cat, paths)))
    splits = {}
    for name in shards:
        splits.setdefault(name.split("-")[0], []).extend(view_model.framed(files[name]))
    train = splits["train"]
    files |= cut({**splits, "train": train[5:]}, 3, "from/5/")
    files |= cut(splits, 7, "shards/7/") | cut({**splits, "train": train[9:]}, 2,
                                               "from/9/shards/2/")
    for label in CLASSES:
        key = b"image/class/text\x12\x05\n\x03\n\x01" + label.encode()
        kept = {split: [r for r in records if key in r] for split, records in splits.items()}
        files |= cut(kept, 3, f"by-class/{label}/") | cut(kept, 2,
                                                          f"filter/label={label}/shards/2/")
    listed = {"": sorted([*shards, *SIDE_FILES, *VIEWS, "index", "tfds"]),
              **dict.fromkeys(VIEWS, []), ".tfrecordfs": [], "by-index/train": []}
    missing = ["train", "train-00003-of-00003.tfrecord", "train-00000-of-00004.tfrecord",
               "x" * 255, "shards/0", "shards/07", "from/-1", "epochs/x", "by-class/d",
               "folds/3/3", "folds/1/0", "shards/7/cat", "filter/label=d",
               "by-index/train/42", "first/0", "bysize/7", ".hidden", "labels.txt.new"]
    return mount_model.Model(files, listed, missing,
                             {path: os.path.basename(path).split("-")[0] for path in files
                              if path.endswith(".tfrecord")})
