# SPDX-License-Identifier: MIT
"""A naive converter: whole shards, front to back, with TensorFlow and Pillow alone.

It shares no code with tfrecordfs.  A schema is a dictionary in the language that users
write; an example is a Row.  The order of the records is read from the shards under test
(the schema has to say the file), everything else is worked out here.
"""

import dataclasses
import hashlib
import io
import os
import pathlib

from PIL import Image

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

SLIM = {
    "image/channels": "image.channels",
    "image/class/label": "label.id",
    "image/class/text": "label.text",
    "image/colorspace": "image.colorspace",
    "image/encoded": "image.encoded",
    "image/filename": "file.path",
    "image/format": "image.format",
    "image/height": "image.height",
    "image/width": "image.width",
}
SIMPLE = {"image": "image.encoded", "image_name": "file.stem", "label": "label.id"}


@dataclasses.dataclass
class Row:
    """One example as its manifest has it."""
    path: str
    label_ids: list = dataclasses.field(default_factory=list)
    label_texts: list = dataclasses.field(default_factory=list)
    columns: dict = dataclasses.field(default_factory=dict)
    number: int = 0


def rows_of_folders(source):
    """Class folders: ids by sorted class names, rows by sorted paths."""
    source = pathlib.Path(source)
    classes = sorted((p.name for p in source.iterdir() if p.is_dir()), key=str.encode)
    rows = []
    for label_id, label in enumerate(classes):
        names = sorted((p.name for p in (source / label).iterdir()), key=str.encode)
        rows += [Row(f"{label}/{name}", [label_id], [label]) for name in names]
    for number, row in enumerate(rows):
        row.number = number
    return rows


def channels_of(image):
    """As TensorFlow's decode_image counts them."""
    if image.format == "GIF" or image.mode in ("CMYK", "RGB"):
        return 3
    if image.mode == "P":
        return 4 if "transparency" in image.info else 3
    return {"RGBA": 4, "LA": 2}.get(image.mode, 1)


def depth_of(image, data):
    if image.format == "PNG":
        return data[24]
    return 8


def value_from(origin, source, row):
    """The values of one source of a schema for one row, as a list."""
    data = (pathlib.Path(source) / row.path).read_bytes()
    path = pathlib.PurePosixPath(row.path)
    image = Image.open(io.BytesIO(data))
    if origin.startswith("column."):
        value = row.columns.get(origin.removeprefix("column."))
        return value if isinstance(value, list) else [] if value in (None, "") else [value]
    values = {
        "image.encoded": data,
        "image.size": len(data),
        "image.height": image.height,
        "image.width": image.width,
        "image.channels": channels_of(image),
        "image.depth": depth_of(image, data),
        "image.orientation": image.getexif().get(0x0112, 1),
        "image.format": image.format.lower(),
        "image.colorspace": "grayscale" if channels_of(image) < 3 else "RGB",
        "file.path": row.path,
        "file.name": path.name,
        "file.stem": path.stem,
        "file.first_stem": path.name.split(".")[0],
        "file.extension": path.suffix[1:],
        "file.format": path.suffix[1:].replace("jpg", "jpeg"),
        "copy.name": path.name.split(".")[0],
        "image.sha256": hashlib.sha256(data).hexdigest(),
        "file.directory": "" if str(path.parent) == "." else str(path.parent),
        "example.number": row.number,
        "label.id": row.label_ids,
        "label.text": row.label_texts,
    }
    value = values[origin]
    return value if isinstance(value, list) else [value]


def feature(tf, kind, values):
    if kind == "int64":
        return tf.train.Feature(int64_list=tf.train.Int64List(value=[int(v) for v in values]))
    if kind == "float":
        return tf.train.Feature(float_list=tf.train.FloatList(value=[float(v) for v in values]))
    encoded = [v if isinstance(v, bytes) else str(v).encode() for v in values]
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=encoded))


def kind_of(values):
    if all(isinstance(v, int) for v in values):
        return "int64"
    return "float" if all(isinstance(v, (int, float)) for v in values) else "bytes"


def serialize(schema, source, row):
    """One Example, in the one order that is the same in every process."""
    import tensorflow as tf

    features = {}
    for key, rule in schema.items():
        if isinstance(rule, str):
            rule = {"from": rule}
        if "value" in rule:
            value = rule["value"]
            values = value if isinstance(value, list) else [value]
        else:
            values = value_from(rule["from"], source, row)
        kind = rule.get("type") or kind_of(values)
        missing = rule.get("missing", "error")
        if not values and missing == "absent":
            continue
        if not values and missing not in ("error", "empty"):
            values = [missing]
        values = [int(v) + rule["add"] if "add" in rule else v for v in values]
        features[key] = feature(tf, kind, values)
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString(deterministic=True)


def shard(path, schema, source, rows):
    """Write a whole shard with TensorFlow; returns its bytes."""
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(path)) as writer:
        for row in rows:
            writer.write(serialize(schema, source, row))
    return pathlib.Path(path).read_bytes()


def records(*paths):
    """The Examples of shards as {key: list of values}, read by TensorFlow."""
    import tensorflow as tf

    for record in tf.data.TFRecordDataset([str(p) for p in paths]).as_numpy_iterator():
        example = tf.train.Example.FromString(record)
        yield {key: list(getattr(value, value.WhichOneof("kind")).value)
               if value.WhichOneof("kind") else []
               for key, value in example.features.feature.items()}


def files_in(path, key="image/filename"):
    """The images of a shard, in the order of its records."""
    return [record[key][0].decode() for record in records(path)]


def check_shards(shards, schema, source, rows, scratch, key="image/filename"):
    """Every shard is the oracle's, byte for byte, and all rows are in one of them, once.

    @shards: {name: bytes} of all shards of a data set
    """
    scratch.mkdir(exist_ok=True)
    by_path = {row.path: row for row in rows}
    seen = []
    for name, data in shards.items():
        (scratch / name).write_bytes(data)
        order = files_in(scratch / name, key)
        seen += order
        expected = shard(scratch / "expected", schema, source, [by_path[f] for f in order])
        assert data == expected, f"{name} is not what TensorFlow writes of {order[:3]}..."
    assert sorted(seen) == sorted(by_path)
