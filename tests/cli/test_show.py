# SPDX-License-Identifier: MIT
"""show: one record of any TFRecord file, as text and as JSON that loses nothing."""

import base64
import math
import struct

import images
import pytest


def write(tf, path, *records):
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(record)
    return path


def example(tf, **features):
    lists = {bytes: lambda v: tf.train.Feature(bytes_list=tf.train.BytesList(value=v)),
             float: lambda v: tf.train.Feature(float_list=tf.train.FloatList(value=v)),
             int: lambda v: tf.train.Feature(int64_list=tf.train.Int64List(value=v))}
    made = {key: lists[type(values[0])](values) for key, values in features.items()}
    return tf.train.Example(features=tf.train.Features(feature=made))


@pytest.fixture
def shard(tf, folder):
    """Three records whose "number" is their own."""
    return write(tf, folder / "shard", *(example(tf, number=[n]).SerializeToString()
                                         for n in range(3)))


@pytest.mark.parametrize("suffix, number", [("", 0), (":0", 0), (":2", 2)])
def test_the_record_asked_for_is_shown(tfrecordfs, shard, suffix, number):
    shown = tfrecordfs("show", f"{shard}{suffix}", "--json").json
    assert shown["record"] == number
    assert shown["features"] == {"number": {"kind": "int64", "values": [number]}}
    assert shown["offset"] == number * shown["size"]
    assert shown["checksum_ok"] is True


def test_past_the_end_the_number_of_records_is_told(tfrecordfs, shard):
    error = tfrecordfs("show", f"{shard}:3", code=1).error
    assert "3 records, numbered 0 to 2" in error


def test_an_empty_file_has_no_records(tfrecordfs, folder):
    (folder / "empty").write_bytes(b"")
    assert "no records" in tfrecordfs("show", folder / "empty", code=1).error


@pytest.mark.parametrize("suffix", [":x", ":-1", ":1k", ": 1", ":99999999999999999999"])
def test_a_number_that_is_none_is_a_usage_error(tfrecordfs, shard, suffix):
    assert "no number" in tfrecordfs("show", f"{shard}{suffix}", code=2).error


def test_a_file_of_that_very_name_wins(tfrecordfs, shard, folder):
    odd = shard.rename(folder / "shard:1")
    assert tfrecordfs("show", odd, "--json").json["record"] == 0
    assert tfrecordfs("show", f"{odd}:2", "--json").json["record"] == 2


def test_json_loses_nothing(tfrecordfs, tf, folder):
    floats = [0.1, 1 / 3, 1e-45, 3.4028234663852886e38, -0.0, math.inf, -math.inf, 16777217.0,
              *(struct.unpack("<f", struct.pack("<I", n * 2654435761 % 2**32))[0]
                for n in range(500))]
    floats = [f for f in floats if not math.isnan(f)]
    texts = [b"", "schön".encode(), b"with \0 NUL", b"\xff\xfe", bytes(range(256)), b"line\n"]
    numbers = [0, -1, 2**63 - 1, -2**63]
    path = write(tf, folder / "shard",
                 example(tf, f=floats, t=texts, n=numbers).SerializeToString())
    features = tfrecordfs("show", path, "--json").json["features"]
    assert features["n"]["values"] == numbers
    back = [base64.b64decode(v["base64"]) if isinstance(v, dict) else v.encode()
            for v in features["t"]["values"]]
    assert back == texts
    assert [struct.pack("<f", float(v)) for v in features["f"]["values"]] == \
        [struct.pack("<f", v) for v in floats]


def test_text_shortens_lists_and_names_images(tfrecordfs, tf, folder):
    picture = images.encode(5, ("jpeg", "RGB"), (96, 64))
    path = write(tf, folder / "shard", example(
        tf, image=[picture], half=[picture[:len(picture) // 2]], other=[b"\0\1\2"],
        numbers=list(range(10)), f=[0.1], long=[b"x" * 65]).SerializeToString())
    lines = {line.split()[0]: line for line in tfrecordfs("show", path).out.splitlines()[1:]}
    assert f"<{len(picture):,} bytes, JPEG 64 x 96 x 3>" in lines["image"]
    assert "JPEG 64 x 96 x 3 that ends" in lines["half"]
    assert "<3 bytes: 00 01 02>" in lines["other"]
    assert "[0, 1, 2, 3, 4, 5, 6, 7, ... and 2 more]" in lines["numbers"]
    assert lines["f"].split() == ["f", "float", "1", "0.1"]
    assert "<65 bytes: 78 78" in lines["long"]


def test_escape_sequences_do_not_reach_the_terminal(tfrecordfs, tf, folder):
    path = write(tf, folder / "shard", example(
        tf, **{"a\033[2Jb": [b"\033[31mred", "\u009b31m".encode()]}).SerializeToString())
    assert "\033" not in tfrecordfs("show", path).out
    assert "\u009b" not in tfrecordfs("show", path).out


def test_a_wrong_checksum_is_noted_and_the_record_shown(tfrecordfs, tf, folder):
    path = write(tf, folder / "shard", example(tf, t=[b"abcdef"]).SerializeToString())
    data = bytearray(path.read_bytes())
    data[data.index(b"abcdef")] = ord("X")
    path.write_bytes(data)
    result = tfrecordfs("show", path, code=1)
    assert '"Xbcdef"' in result.out
    assert 'note: ' in result.err and 'TensorFlow: "corrupted record at 12"' in result.err
    assert tfrecordfs("show", path, "--json", code=1).json["checksum_ok"] is False


def test_what_is_no_example_is_told(tfrecordfs, tf, folder):
    path = write(tf, folder / "shard", b"\xff" * 50)
    assert "not a tf.train.Example" in tfrecordfs("show", path, code=1).error
    (folder / "text").write_text("not a TFRecord file at all")
    assert "probably no TFRecord file" in tfrecordfs("show", folder / "text", code=1).error


def test_a_directory_is_no_file(tfrecordfs, folder):
    assert "is a directory" in tfrecordfs("show", folder, code=1).error
