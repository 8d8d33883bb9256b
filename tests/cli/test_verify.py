# SPDX-License-Identifier: MIT
"""verify: what is wrong with a file, in TensorFlow's words too; and comparing two sets."""

import gzip
import re

import pytest


def write(tf, path, records):
    path.parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(record)
    return path


@pytest.fixture
def records(tf):
    """Twelve Examples with names, keys in TensorFlow's order."""
    def made(n):
        features = {
            "image/filename": tf.train.Feature(
                bytes_list=tf.train.BytesList(value=[f"{n}.jpg".encode()])),
            "n": tf.train.Feature(int64_list=tf.train.Int64List(value=[n, 0, -n])),
            "f": tf.train.Feature(float_list=tf.train.FloatList(value=[n / 7]))}
        return tf.train.Example(features=tf.train.Features(feature=features))
    return [made(n).SerializeToString(deterministic=True) for n in range(12)]


def what_tensorflow_says(tf, path):
    try:
        for _ in tf.data.TFRecordDataset(str(path)):
            pass
    except tf.errors.DataLossError as error:
        return re.search(r"(corrupted|truncated) record at \d+", error.message)[0]
    return None


DAMAGES = {
    "a flipped bit in a length": lambda data: (36, data[:36] + bytes([data[36] ^ 1]) + data[37:]),
    "a flipped bit in data": lambda data: (36, data[:50] + bytes([data[50] ^ 1]) + data[51:]),
    "a flipped bit at the start": lambda data: (0, bytes([data[0] ^ 1]) + data[1:]),
    "an end within data": lambda data: (36, data[:60]),
    "an end within a checksum": lambda data: (36, data[:71]),
    "an end right behind a header": lambda data: (36, data[:48]),
    "an end within a header": lambda data: (36, data[:41]),
    "gzip": lambda data: (0, gzip.compress(data)),
    "a web page": lambda data: (0, b"<html>This is no TFRecord file at all.</html>"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damage_is_told_with_offset_and_in_tensorflows_words(tfrecordfs, tf, folder, damage):
    path = write(tf, folder / "shard", [b"x" * 20] * 3)
    offset, damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    verdict = tfrecordfs("verify", path, "--json", code=1).json["files"][0]
    assert verdict["first_fault"]["offset"] == offset
    assert verdict["first_fault"]["tensorflow"] == what_tensorflow_says(tf, path)
    out = tfrecordfs("verify", path, code=1).out
    assert f"{path}: record {offset // 36} at byte {offset}: " in out
    assert "1 file is bad" in out


def test_every_damaged_record_is_counted(tfrecordfs, tf, folder, records):
    path = write(tf, folder / "shard", records)
    data = bytearray(path.read_bytes())
    size = len(data) // 12
    data[20] ^= 1
    data[-20] ^= 1
    path.write_bytes(data)
    verdict = tfrecordfs("verify", path, "--json", code=1).json["files"][0]
    assert verdict["bad_records"] == 2 and verdict["records"] == 12 and size > 30
    assert "2 records are bad, the first of them record 0" in tfrecordfs("verify", path,
                                                                        code=1).out


def test_records_larger_than_the_window(tfrecordfs, tf, folder):
    path = write(tf, folder / "shard", [bytes(5_000_000), b"", bytes(1 << 20), b"a"])
    verdict = tfrecordfs("verify", path, "--json").json
    assert verdict["records"] == 4 and verdict["size"] == path.stat().st_size
    tfrecordfs("verify", path, "--against", path)


def test_directories_stand_for_the_tfrecord_files_in_them(tfrecordfs, tf, folder, records):
    write(tf, folder / "set" / "b", records[:5])
    write(tf, folder / "set" / "a", records[5:])
    (folder / "set" / "notes.txt").write_text("not a TFRecord file, whatever stands in it")
    (folder / "set" / "empty").write_bytes(b"")
    (folder / "set" / "sub").mkdir()
    files = tfrecordfs("verify", folder / "set", "--json").json["files"]
    assert [file["file"] for file in files] == [f"{folder}/set/a", f"{folder}/set/b"]
    (folder / "set" / "broken.tfrecord").write_bytes(b"\0" * 100)
    assert "broken.tfrecord: record 0" in tfrecordfs("verify", folder / "set", code=1).out
    assert "no TFRecord file" in tfrecordfs("verify", folder / "set" / "sub", code=1).error


def test_a_file_that_is_not_there_is_one_bad_file(tfrecordfs, tf, folder, records):
    good = write(tf, folder / "good", records)
    result = tfrecordfs("verify", folder / "gone", good, "--json", code=1).json
    assert [file["good"] for file in result["files"]] == [False, True]


def test_sets_are_alike_whatever_the_order_and_the_files(tfrecordfs, tf, folder, records):
    one = write(tf, folder / "one", records)
    write(tf, folder / "two" / "a", records[7:])
    write(tf, folder / "two" / "b", records[:7][::-1])
    compared = tfrecordfs("verify", one, "--against", folder / "two", "--json").json["comparison"]
    assert compared["alike"] and compared["same_bytes"] == 12
    split = [folder / "two" / "a", folder / "two" / "b"]
    assert "12 the same, byte for byte" in tfrecordfs("verify", one, "--against", *split).out
    assert "12 the same, byte for byte" in tfrecordfs("verify", *split, "--against", one).out


def test_another_order_of_keys_or_unpacked_lists_are_the_same_features(tfrecordfs, tf, folder):
    def field(number, content):
        return bytes([number << 3 | 2, len(content)]) + content
    def entry(key, feature):
        return field(1, field(1, key) + field(2, feature))
    packed = entry(b"n", field(3, field(1, b"\x01\x02")))
    unpacked = entry(b"n", field(3, b"\x08\x01\x08\x02"))
    other = entry(b"n", field(3, field(1, b"\x01\x03")))
    text = entry(b"t", field(1, field(1, b"hello")))
    one = write(tf, folder / "one", [field(1, packed + text)])
    for same in (text + packed, unpacked + text):
        two = write(tf, folder / "two", [field(1, same)])
        compared = tfrecordfs("verify", one, "--against", two, "--json").json["comparison"]
        assert (compared["same_bytes"], compared["same_features"]) == (0, 1)
    two = write(tf, folder / "two", [field(1, other + text)])
    assert not tfrecordfs("verify", one, "--against", two, "--json",
                          code=1).json["comparison"]["alike"]


def test_records_of_one_set_only_are_named(tfrecordfs, tf, folder, records):
    one = write(tf, folder / "one", records)
    two = write(tf, folder / "two", records[3:])
    result = tfrecordfs("verify", one, "--against", two, code=1)
    assert "3 only in the first set" in result.out and "The sets differ" in result.out
    assert f"{one}:2  2.jpg" in result.out
    compared = tfrecordfs("verify", two, "--against", one, "--json", code=1).json["comparison"]
    assert [only["name"] for only in compared["only_second"]] == ["0.jpg", "1.jpg", "2.jpg"]
    assert compared["only_first"] == []


def test_a_record_that_stands_twice_has_to_in_both(tfrecordfs, tf, folder, records):
    one = write(tf, folder / "one", records + records[:1])
    two = write(tf, folder / "two", records)
    compared = tfrecordfs("verify", one, "--against", two, "--json", code=1).json["comparison"]
    assert compared["same_bytes"] == 12
    assert [only["record"] for only in compared["only_first"]] == [12]


def test_sequence_examples_are_compared_as_bytes(tfrecordfs, tf, folder):
    def sequence(n):
        feature = tf.train.Feature(int64_list=tf.train.Int64List(value=[n]))
        lists = {"n": tf.train.FeatureList(feature=[feature])}
        return tf.train.SequenceExample(
            feature_lists=tf.train.FeatureLists(feature_list=lists)).SerializeToString()
    one = write(tf, folder / "one", [sequence(1)])
    two = write(tf, folder / "two", [sequence(2)])
    tfrecordfs("verify", one, "--against", two, code=1)


def test_files_must_stand_before_against(tfrecordfs, folder):
    assert "before --against" in tfrecordfs("verify", "--against", folder, folder, code=2).error
