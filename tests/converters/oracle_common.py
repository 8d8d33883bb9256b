# SPDX-License-Identifier: MIT
"""What the naive converters share: features, shard files, Python's shuffle, listing.

Nothing here knows tfrecordfs.  A record is a dictionary of tf.train.Feature by key, and is
serialised in the one order that is the same in every process.
"""

import math
import os
import pathlib
import random

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import numpy as np
import tensorflow as tf


def ints(*values):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[int(v) for v in values]))


def floats(*values):
    """Doubles, rounded to float32 as numpy does."""
    rounded = np.asarray(values, dtype=np.float64).astype(np.float32)
    return tf.train.Feature(float_list=tf.train.FloatList(value=rounded))


def texts(*values):
    encoded = [v if isinstance(v, bytes) else v.encode() for v in values]
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=encoded))


def serialize(features):
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString(deterministic=True)


def write_shard(path, records):
    """One file; without records an empty one."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(serialize(record))


def write_round_robin(name_of, records, shards):
    """@name_of(i) is the path of shard i; record k goes to shard k mod @shards."""
    for shard in range(shards):
        write_shard(name_of(shard), records[shard::shards])


def write_blocks(name_of, records, shards):
    """Contiguous blocks of ceil(n / shards); the last ones may be short or empty."""
    block = math.ceil(len(records) / shards)
    for shard in range(shards):
        write_shard(name_of(shard), records[shard * block:(shard + 1) * block])


def shuffled(items, seed):
    """A copy, as random.seed(@seed); random.shuffle leaves it."""
    items = list(items)
    random.Random(seed).shuffle(items)
    return items


def listing(directory):
    """Names in a directory, hidden ones too, in the order of their bytes."""
    return sorted(os.listdir(directory), key=os.fsencode)


def folders(directory):
    return [name for name in listing(directory)
            if os.path.isdir(os.path.join(directory, name))]


def read(*parts):
    return pathlib.Path(*parts).read_bytes()


def lines_of(path):
    """The stripped lines of a text file, blank ones included."""
    return [line.strip() for line in pathlib.Path(path).read_text("utf-8").splitlines()]


def size_of_jpeg(data):
    """Height and width as decode_jpeg sees them; it takes PNG too."""
    image = tf.io.decode_jpeg(data, channels=3)
    return image.shape[0], image.shape[1]


def png_to_jpeg(data):
    """As TensorFlow stores a PNG that it turns into a JPEG."""
    image = tf.io.decode_png(data, channels=3)
    return tf.io.encode_jpeg(image, format="rgb", quality=100).numpy()


def jpeg_to_rgb_jpeg(data):
    """As TensorFlow stores a CMYK JPEG that it turns into an RGB one."""
    image = tf.io.decode_jpeg(data, channels=0)
    return tf.io.encode_jpeg(image, format="rgb", quality=100).numpy()
