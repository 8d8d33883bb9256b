# SPDX-License-Identifier: MIT
"""Naive converters of class folders: inception, imagenet, imagenet-gcs, slim-flowers.

Where the originals take a directory as it is read, names are sorted by their bytes here,
unless an order is given.
"""

import os
import pathlib

import numpy as np
import tensorflow as tf

from .oracle_common import (floats, folders, ints, jpeg_to_rgb_jpeg, lines_of, listing,
                            png_to_jpeg, read, shuffled, size_of_jpeg, texts, write_blocks,
                            write_shard)

# The one PNG and the CMYK files among ImageNet's, as both of its converters list them.
PNG_NAME = "n02105855_2933.JPEG"
CMYK_NAMES = frozenset("""
    n01739381_1309.JPEG n02077923_14822.JPEG n02447366_23489.JPEG n02492035_15739.JPEG
    n02747177_10752.JPEG n03018349_4028.JPEG n03062245_4620.JPEG n03347037_9675.JPEG
    n03467068_12171.JPEG n03529860_11437.JPEG n03544143_17228.JPEG n03633091_5218.JPEG
    n03710637_5125.JPEG n03961711_5286.JPEG n04033995_2932.JPEG n04258138_17003.JPEG
    n04264628_27969.JPEG n04336792_7448.JPEG n04371774_5854.JPEG n04596742_4225.JPEG
    n07583066_647.JPEG n13037406_4650.JPEG""".split())


def cuts(start, stop, pieces):
    return np.linspace(start, stop, pieces + 1).astype(int)


def two_level_cuts(count, shards, threads):
    """(first, last + 1) of every shard: threads cut first, then their shards."""
    if shards % threads:
        raise ValueError("shards are not a multiple of threads")
    spacing = cuts(0, count, threads)
    for thread in range(threads):
        inner = cuts(spacing[thread], spacing[thread + 1], shards // threads)
        yield from zip(inner, inner[1:])


def matching_files(directory, labels, suffix=""):
    """(path, label line, 1-based number) in the order of labels, then of names.

    A blank line takes a number, but TensorFlow's glob finds nothing for "directory//*".
    """
    for number, label in enumerate(labels, 1):
        folder = os.path.join(directory, label)
        if label and os.path.isdir(folder):
            for name in listing(folder):
                if name.endswith(suffix):
                    yield os.path.join(folder, name), label, number


def base_features(path, label, data, size):
    height, width = size
    return {
        "image/height": ints(height),
        "image/width": ints(width),
        "image/colorspace": texts("RGB"),
        "image/channels": ints(3),
        "image/class/label": ints(label),
        "image/format": texts("JPEG"),
        "image/filename": texts(os.fsencode(os.path.basename(path))),
        "image/encoded": texts(data),
    }


def inception_record(path, label, number):
    """None for what cannot be decoded: it is skipped, but keeps its place."""
    try:
        data = read(path)
        if path.endswith(".png"):
            data = png_to_jpeg(data)
        size = size_of_jpeg(data)
    except (OSError, tf.errors.OpError):
        return None
    return base_features(path, number, data, size) | {"image/class/text": texts(label)}


def write_split(output, name, files, shards, threads, record_of):
    files = shuffled(files, 12345)
    for shard, (first, end) in enumerate(two_level_cuts(len(files), shards, threads)):
        records = [record_of(*file) for file in files[first:end]]
        write_shard(os.path.join(output, f"{name}-{shard:05}-of-{shards:05}"),
                    [record for record in records if record is not None])


def write_inception(output_directory, *, train_directory, validation_directory, labels_file,
                    train_shards=2, validation_shards=2, num_threads=2, order=None):
    """@order: {split: relative paths}, instead of sorted names."""
    labels = lines_of(labels_file)
    for name, directory, shards in (("validation", validation_directory, validation_shards),
                                    ("train", train_directory, train_shards)):
        if order:
            files = [(os.path.join(directory, path), os.path.dirname(path),
                      labels.index(os.path.dirname(path)) + 1) for path in order[name]]
        else:
            files = list(matching_files(directory, labels))
        write_split(output_directory, name, files, shards, num_threads, inception_record)


def imagenet_image(path):
    data, name = read(path), os.path.basename(path)
    if PNG_NAME in path:
        data = png_to_jpeg(data)
    elif name in CMYK_NAMES:
        data = jpeg_to_rgb_jpeg(data)
    return data, size_of_jpeg(data)


def boxes_by_name(path):
    boxes = {}
    for line in lines_of(path):
        name, *corners = line.split(",")
        boxes.setdefault(name, []).append([float(c) for c in corners])
    return boxes


def write_imagenet(output_directory, *, train_directory, validation_directory, labels_file,
                   imagenet_metadata_file, bounding_box_file, train_shards=1024,
                   validation_shards=128, num_threads=8):
    humans = dict(line.split("\t") for line in lines_of(imagenet_metadata_file))
    boxes = boxes_by_name(bounding_box_file)
    labels = lines_of(labels_file)

    def record_of(path, synset, number):
        found = boxes.get(os.path.basename(path), [])
        record = base_features(path, number, *imagenet_image(path))
        record["image/class/synset"] = texts(synset)
        record["image/class/text"] = texts(humans[synset])
        for i, key in enumerate(("xmin", "ymin", "xmax", "ymax")):
            record[f"image/object/bbox/{key}"] = floats(*[box[i] for box in found])
        record["image/object/bbox/label"] = ints(*[number] * len(found))
        return record

    for name, directory, shards in (("validation", validation_directory, validation_shards),
                                    ("train", train_directory, train_shards)):
        write_split(output_directory, name, list(matching_files(directory, labels, ".JPEG")),
                    shards, num_threads, record_of)


def write_imagenet_gcs(local_scratch_dir, *, raw_data_dir, train_shards=1024,
                       validation_shards=128):
    train = [(os.path.join(raw_data_dir, "train", synset, name), synset)
             for synset in folders(os.path.join(raw_data_dir, "train"))
             for name in listing(os.path.join(raw_data_dir, "train", synset))
             if name.endswith(".JPEG")]
    directory = os.path.join(raw_data_dir, "validation")
    validation = list(zip([os.path.join(directory, name) for name in listing(directory)
                           if name.endswith(".JPEG")],
                          lines_of(os.path.join(raw_data_dir, "synset_labels.txt"))))
    synsets = sorted({synset for _, synset in train + validation})

    def record_of(path, synset):
        record = base_features(path, synsets.index(synset) + 1, *imagenet_image(path))
        return record | {"image/class/synset": texts(synset)}

    for name, files, shards in (("train", shuffled(train, 0), train_shards),
                                ("validation", validation, validation_shards)):
        records = [record_of(*file) for file in files]
        write_blocks(
            lambda i, s=name, n=shards: f"{local_scratch_dir}/{s}/{s}-{i:05}-of-{n:05}",
            records, shards)


def write_slim_flowers(output_directory, *, dataset_dir, validation=350, shards=5, order=None):
    """@order: relative paths below flower_photos, instead of sorted names."""
    root = os.path.join(dataset_dir, "flower_photos")
    classes = folders(root)
    paths = order or [f"{label}/{name}" for label in classes
                      for name in listing(os.path.join(root, label))]
    paths = shuffled(paths, 0)

    def record_of(path):
        data = read(root, path)
        height, width = size_of_jpeg(data)
        return {
            "image/encoded": texts(data),
            "image/format": texts("jpg"),
            "image/class/label": ints(classes.index(os.path.dirname(path))),
            "image/height": ints(height),
            "image/width": ints(width),
        }

    for split, part in (("validation", paths[:validation]), ("train", paths[validation:])):
        write_blocks(
            lambda i, s=split: f"{output_directory}/flowers_{s}_{i:05}-of-{shards:05}.tfrecord",
            [record_of(path) for path in part], shards)
    (pathlib.Path(output_directory) / "labels.txt").write_text(
        "".join(f"{i}:{name}\n" for i, name in enumerate(classes)), "utf-8")
