# SPDX-License-Identifier: MIT
"""Write the golden records of schemas with real TensorFlow.

    build/venv/bin/python tests/data/golden/generate_schema.py [--check]

schema_slim.bin, schema_simple.bin, schema_columns.bin   TFRecord files: what the built-in
schemas and schema_columns.json make of the catalog that tests/unit/small_catalog.c builds.
The data stand here a second time, and each record is written out as a converter would
write it, so that nothing is shared with the C code.
"""

import os
import pathlib
import sys
import tempfile

import tensorflow as tf
from google.protobuf.internal import api_implementation

HERE = pathlib.Path(__file__).resolve().parent
CLASSES = {"cat": 3, "dog": 70000}

IMAGES = [
    dict(path="cat/1.jpg", size=5, height=30, width=40, channels=3, depth=8, orientation=6,
         format="jpeg", labels=["cat"], age="7", score=[0.1], tags=["a", "", "bb"],
         count=[3], note="first"),
    dict(path="dog/a.b.png", size=300, height=200, width=3000, channels=1, depth=16,
         orientation=1, format="png", labels=["dog"], age="n/a", score=[16777217.0],
         tags=["x"], count=[-5, 16777217], note=None),
    dict(path="2.gif", size=200, height=1, width=128, channels=3, depth=8, orientation=1,
         format="gif", labels=["cat", "dog"], age=None, score=[1.0000000596046448, -2.5],
         tags=None, count=[2**63 - 1], note="grüße"),
    dict(path="dog/x/größe.jpg", size=127, height=16384, width=127, channels=4, depth=8,
         orientation=1, format="jpeg", labels=["dog"], age="-12", score=[3.0], tags=None,
         count=[0], note=None),
]


def bytes_feature(*values):
    values = [v.encode() if isinstance(v, str) else v for v in values]
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))


def int64_feature(*values):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=values))


def float_feature(*values):
    return tf.train.Feature(float_list=tf.train.FloatList(value=values))


def content(number, image):
    return bytes((31 * number + 7 * i) % 256 for i in range(image["size"]))


def slim(number, image):
    return {
        "image/channels": int64_feature(image["channels"]),
        "image/class/label": int64_feature(*(CLASSES[c] for c in image["labels"])),
        "image/class/text": bytes_feature(*image["labels"]),
        "image/colorspace": bytes_feature("grayscale" if image["channels"] < 3 else "RGB"),
        "image/encoded": bytes_feature(content(number, image)),
        "image/filename": bytes_feature(image["path"]),
        "image/format": bytes_feature(image["format"]),
        "image/height": int64_feature(image["height"]),
        "image/width": int64_feature(image["width"]),
    }


def simple(number, image):
    return {
        "image": bytes_feature(content(number, image)),
        "image_name": bytes_feature(os.path.splitext(os.path.basename(image["path"]))[0]),
        "label": int64_feature(*(CLASSES[c] for c in image["labels"])),
    }


def columns(number, image):
    path = image["path"]
    features = {
        "z/encoded": bytes_feature(content(number, image)),
        "again": bytes_feature(content(number, image)),
        "size": int64_feature(image["size"]),
        "depth": bytes_feature(str(image["depth"])),
        "orientation": float_feature(image["orientation"]),
        "name": bytes_feature(os.path.basename(path)),
        "stem": bytes_feature(os.path.splitext(os.path.basename(path))[0]),
        "directory": bytes_feature(os.path.dirname(path)),
        "number": int64_feature(number + 1),
        "label/from_one": int64_feature(*(CLASSES[c] - 2 for c in image["labels"])),
        "label/text": bytes_feature(*image["labels"]),
        "score": float_feature(*image["score"]),
        "score_text": bytes_feature(*(repr(s) for s in image["score"])),
        "count": int64_feature(*image["count"]),
        "count_float": float_feature(*image["count"]),
        "count_text": bytes_feature(*(str(c) for c in image["count"])),
        "age": bytes_feature(image["age"] or "unknown"),
        "tags": bytes_feature(*(image["tags"] or [])),
        "file_column": bytes_feature(path),
        "label_column": bytes_feature(*image["labels"]),
        "tags_filled": bytes_feature(*(image["tags"] or ["empty", "list"])),
        "constant/text": bytes_feature("RGB"),
        "constant/int": int64_feature(3),
        "constant/float": float_feature(1, 0.1),
        "constant/typed": int64_feature(12, 5),
        "constant/empty": float_feature(),
    }
    if image["note"] is not None:
        features["note"] = bytes_feature(image["note"])
    return features


def generate(directory):
    assert api_implementation.Type() == "upb", api_implementation.Type()
    for name, convert in [("slim", slim), ("simple", simple), ("columns", columns)]:
        with tf.io.TFRecordWriter(str(directory / f"schema_{name}.bin")) as writer:
            for number, image in enumerate(IMAGES):
                features = tf.train.Features(feature=convert(number, image))
                example = tf.train.Example(features=features)
                writer.write(example.SerializeToString(deterministic=True))


def check():
    """Whether the committed files are what today's TensorFlow writes."""
    with tempfile.TemporaryDirectory() as name:
        fresh = pathlib.Path(name)
        generate(fresh)
        stale = [path.name for path in sorted(fresh.iterdir())
                 if not (HERE / path.name).is_file()
                 or path.read_bytes() != (HERE / path.name).read_bytes()]
    for name in stale:
        print(f"{name} is not what generate_schema.py writes now", file=sys.stderr)
    return 1 if stale else 0


def main(arguments):
    if arguments == ["--check"]:
        return check()
    if arguments:
        sys.exit("usage: generate_schema.py [--check]")
    generate(HERE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
