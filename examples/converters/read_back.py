# SPDX-License-Identifier: MIT
"""Read shards with the parser that `tfrecordfs schema` printed, and say what is there.

    read_back.py PARSER MOUNT
"""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import tensorflow as tf  # noqa: E402 (TensorFlow reads the variables when imported)

SIDE_FILES = {".csv", ".json", ".txt"}


def describe(value):
    """A value in a few words: numbers and names as they are, images by their size."""
    if isinstance(value, tf.SparseTensor):
        return f"{value.values.shape[0]} values"
    value = value.numpy()
    if isinstance(value, bytes) and len(value) > 64:
        return f"{len(value):,} bytes"
    return value if isinstance(value, bytes) else value.tolist()


def main(arguments):
    if len(arguments) != 2:
        sys.exit("usage: read_back.py PARSER MOUNT")
    parser = {}
    exec(pathlib.Path(arguments[0]).read_text(), parser)
    shards = sorted(str(path) for path in pathlib.Path(arguments[1]).rglob("*")
                    if path.is_file() and path.suffix not in SIDE_FILES)
    examples = [tf.io.parse_single_example(record, parser["FEATURES"])
                for record in tf.data.TFRecordDataset(shards)]
    if not examples:
        sys.exit(f"read_back.py: no records in {arguments[1]}")
    print(f"{len(examples)} records in {len(shards)} shards; of the first:")
    for key, value in sorted(examples[0].items()):
        print(f"  {key:34} {describe(value)}")


if __name__ == "__main__":
    main(sys.argv[1:])
