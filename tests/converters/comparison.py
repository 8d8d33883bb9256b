# SPDX-License-Identifier: MIT
"""Mounting a profile, and comparing what it shows with what an oracle wrote."""

import contextlib
import io
import os
import pathlib
import re

import tensorflow as tf
from PIL import Image

import program as programs

SHARD = re.compile(r"\.(tfrecords?|tfrec|record)$|-\d+-of-\d+(\.\w+)?$")


@contextlib.contextmanager
def mounted_profile(tfrecordfs, profile, flags, mountpoint, index, code=0):
    """A mount made by a converter's own command line; yields what the command printed."""
    mountpoint.mkdir(parents=True, exist_ok=True)
    result = tfrecordfs("mount", "--profile", profile, *flags, "--index", index, code=code)
    try:
        assert result.code in (0, 1), f"{result}"
        assert os.stat(mountpoint).st_dev != os.stat(mountpoint.parent).st_dev, f"{result}"
        pids = programs.processes_of(tfrecordfs, index)
        yield result
    except BaseException:
        programs.force_unmount(mountpoint)
        raise
    programs.unmount(tfrecordfs, mountpoint)
    programs.wait_until(lambda: not any(map(programs.is_running, pids)), 30, "the daemon's end")


def contents(directory):
    """{relative name: bytes} of all files below a directory."""
    directory = pathlib.Path(directory)
    return {str(path.relative_to(directory)): path.read_bytes()
            for path in sorted(directory.rglob("*")) if path.is_file()}


def shards_of(files):
    return {name: data for name, data in files.items() if SHARD.search(name)}


def records_of(data):
    """The serialised records of a shard's bytes, for TensorFlow has found them sound."""
    at, records = 0, []
    while at < len(data):
        length = int.from_bytes(data[at:at + 8], "little")
        records.append(data[at + 12:at + 12 + length])
        at += 16 + length
    return records


def values(record):
    """{key: list of values} of a serialised Example; long bytes are cut for people."""
    features = tf.train.Example.FromString(record).features.feature
    found = {}
    for key, feature in features.items():
        kind = feature.WhichOneof("kind")
        listed = list(getattr(feature, kind).value) if kind else []
        found[key] = (kind, [v[:60] + b"... %d" % len(v) if isinstance(v, bytes) and len(v) > 60
                             else v for v in listed])
    return found


def first_difference(ours, expected):
    """In words: which record, and which features of it."""
    got, want = records_of(ours), records_of(expected)
    for number, (one, other) in enumerate(zip(got, want)):
        if one != other:
            left, right = values(one), values(other)
            lines = [f"{key}: {left.get(key)} instead of {right.get(key)}"
                     for key in sorted(left.keys() | right.keys())
                     if left.get(key) != right.get(key)]
            return f"record {number}: " + ("\n  ".join(lines) or "bytes alone differ")
    return f"{len(got)} records instead of {len(want)}"


def assert_same_shards(ours, expected):
    """Names and bytes of all shards, as {name: bytes}."""
    ours, expected = shards_of(ours), shards_of(expected)
    assert sorted(ours) == sorted(expected), f"{sorted(ours)[:20]}, not {sorted(expected)[:20]}"
    different = [name for name in ours if ours[name] != expected[name]]
    assert not different, (f"{len(different)} of {len(ours)} shards differ; {different[0]}: "
                           + first_difference(ours[different[0]], expected[different[0]]))


def assert_same_side_files(ours, expected):
    for name, data in expected.items():
        if not SHARD.search(name):
            assert name in ours, f"{name} is not shown, only {sorted(ours)[:20]}"
            assert ours[name] == data, (f"{name} is\n{ours[name].decode()}\nand not\n"
                                        f"{data.decode()}")


def parser_of(tfrecordfs, schema):
    """The module that schema prints, run as it stands."""
    module = {}
    text = tfrecordfs("schema", schema).out
    exec(compile(text, f"{schema}.py", "exec"), module)  # pylint: disable=exec-used
    return module


def parse_all(module, directory, names):
    """How many records of the shards TensorFlow parses with a printed parser."""
    files = [str(pathlib.Path(directory) / name) for name in names]
    return sum(module["parse"](record) is not None for record in tf.data.TFRecordDataset(files))


def write_records(path, records):
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(record)


def pixels_of(png):
    picture = Image.open(io.BytesIO(png))
    assert picture.format == "PNG"
    return picture.mode, picture.size, picture.tobytes()


def adopt_masks(ours, directory, keys):
    """Put our PNG files in place of those in a directory's records that have equal pixels.

    How a PNG file is compressed differs from one version of Pillow to the next.
    """
    for name in shards_of(contents(directory)) if keys else ():
        pairs = [[tf.train.Example.FromString(record) for record in records_of(path.read_bytes())]
                 for path in (pathlib.Path(ours) / name, pathlib.Path(directory) / name)
                 if path.exists()]
        for mine, other in zip(*pairs) if len(pairs) == 2 else ():
            for key in set(keys) & set(mine.features.feature) & set(other.features.feature):
                got = mine.features.feature[key].bytes_list.value
                wanted = other.features.feature[key].bytes_list.value
                if list(map(pixels_of, got)) == list(map(pixels_of, wanted)):
                    wanted[:] = got
        write_records(pathlib.Path(directory) / name,
                      [other.SerializeToString(deterministic=True) for other in pairs[-1]])


def change_a_value(directory, key):
    """Add 1000 to the first @key there is; returns the old value and the new one."""
    for name in sorted(shards_of(contents(directory))):
        path = pathlib.Path(directory) / name
        records = records_of(path.read_bytes())
        for number, record in enumerate(records):
            example = tf.train.Example.FromString(record)
            value = example.features.feature[key].int64_list.value
            if value:
                old, value[0] = value[0], value[0] + 1000
                records[number] = example.SerializeToString(deterministic=True)
                write_records(path, records)
                return old, value[0]
    raise AssertionError(f"no record has {key}")
