# SPDX-License-Identifier: MIT
"""verify: what is wrong with a file, in TensorFlow's words too; and comparing two sets."""

import gzip
import re

import pytest


def write(tf, path, records):
    path.parent.mkdir(exist_ok=True, parents=True)
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


# Empty ones and damaged ones have nothing else to be known by.
@pytest.mark.parametrize("name, is_one", [
    ("a.tfrecord", True), ("a.tfrecords", True), ("train00.tfrec", True),
    ("pet.record-00000-of-00010", True), ("train-00000-of-01024", True),
    ("set_train_00001-of-00005.tfrecord", True), ("a.tfrecord.gz", True),
    ("x.record", True), ("labels.txt", False), ("metadata_bin_clf_tfrec.csv", False),
    ("a.tfrecord.idx", False), ("a.tfindex", False), ("one-of-many", False),
    ("train-00000-of-", False), ("stats.json", False), ("-of-00001", False)])
def test_names_of_shards_and_of_other_files(tfrecordfs, tf, folder, records, name, is_one):
    write(tf, folder / "set" / "known", records)
    (folder / "set" / name).write_bytes(b"")
    files = tfrecordfs("verify", folder / "set", "--json").json["files"]
    assert {file["file"].removeprefix(f"{folder}/set/") for file in files} == (
        {"known", name} if is_one else {"known"})


def test_directories_stand_for_the_tfrecord_files_in_them(tfrecordfs, tf, folder, records):
    write(tf, folder / "set" / "b", records[:5])
    write(tf, folder / "set" / "a", records[5:])
    (folder / "set" / "notes.txt").write_text("not a TFRecord file, whatever stands in it")
    (folder / "set" / "empty").write_bytes(b"")
    write(tf, folder / "set" / "sub" / "deep" / "train-00000-of-00001", [])
    (folder / "set" / "sub" / "metadata_tfrec.csv").write_text("a,b\n")
    (folder / "set" / ".hidden").mkdir()
    write(tf, folder / "set" / ".hidden" / "a.tfrecord", records)
    (folder / "set" / "sub" / "up").symlink_to("..")
    (folder / "bare").mkdir()
    files = tfrecordfs("verify", folder / "set", "--json").json["files"]
    assert [file["file"] for file in files] == [
        f"{folder}/set/a", f"{folder}/set/b", f"{folder}/set/sub/deep/train-00000-of-00001"]
    (folder / "set" / "broken.tfrecord").write_bytes(b"\0" * 100)
    assert "broken.tfrecord: record 0" in tfrecordfs("verify", folder / "set", code=1).out
    assert "no TFRecord file" in tfrecordfs("verify", folder / "bare", code=1).error


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


def example(tf, **features):
    """An Example; KEY__PART stands for KEY/PART."""
    kinds = {int: lambda v: {"int64_list": tf.train.Int64List(value=v)},
             float: lambda v: {"float_list": tf.train.FloatList(value=v)},
             bytes: lambda v: {"bytes_list": tf.train.BytesList(value=v)}}
    made = {key.replace("__", "/"): tf.train.Feature(**kinds[type(values[0])](values))
            for key, values in features.items() if values}
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString(
        deterministic=True)


BASE = {"image__filename": [b"a.jpg"], "image__encoded": [b"\x01" * 50], "label": [3],
        "box": [0.5, 0.25], "text": [b"cat"]}
CHANGES = {
    "label": ({"label": [4]}, "label: 3 and 4"),
    "list": ({"box": [0.5, 0.75]}, "box: [0.5, 0.25] and [0.5, 0.75], from value 1 on"),
    "shorter": ({"box": [0.5]}, "box: [0.5, 0.25] and 0.5, from value 1 on"),
    "kind": ({"label": [3.0]}, "label: 3 and 3, int64 and float"),
    "text": ({"text": [b"dog"]}, 'text: "cat" and "dog", from byte 0 on'),
    "absent": ({"box": None}, "box: [0.5, 0.25] and absent"),
    "added": ({"age": [7]}, "age: absent and 7"),
    "bytes": ({"image__encoded": [b"\x01" * 49 + b"\x02"]},
              "image/encoded: <50 bytes: 01 01 01 01 01 01 01 01 ...> and "
              "<50 bytes: 01 01 01 01 01 01 01 01 ...>, from byte 49 on"),
    "name": ({"image__filename": [b"b.jpg"]},
             'image/filename: "a.jpg" and "b.jpg", from byte 0 on'),
    "several": ({"label": [4], "text": [b"dog"], "age": [7]},
                "age: absent and 7; 2 more features differ"),
}


@pytest.mark.parametrize("change, wanted", CHANGES.values(), ids=CHANGES)
def test_the_first_differing_feature_is_told_with_both_values(tfrecordfs, tf, folder, records,
                                                              change, wanted):
    one = write(tf, folder / "one", [*records, example(tf, **BASE)])
    two = write(tf, folder / "two", [example(tf, **{**BASE, **change}), *records[::-1]])
    out = tfrecordfs("verify", one, "--against", two, code=1).out
    assert "12 the same, byte for byte" in out and "1 with the same name or image" in out
    assert f"{one}:12 and {two}:0" in out and "only in" not in out
    assert re.search(r"^ {6}(.*)$", out, re.MULTILINE)[1] == wanted
    compared = tfrecordfs("verify", one, "--against", two, "--json", code=1).json["comparison"]
    assert compared["changed"] == len(compared["changes"]) == 1
    shown = compared["changes"][0]["feature"]
    assert wanted.startswith(f"{shown['key']}: {shown['first']} and {shown['second']}")


def test_records_without_names_belong_together_by_their_images(tfrecordfs, tf, folder):
    def made(n, label):
        return example(tf, image__encoded=[bytes([n]) * 30], label=[label])
    one = write(tf, folder / "one", [made(1, 1), made(2, 2), made(3, 3)])
    two = write(tf, folder / "two", [made(3, 3), made(2, 5), made(4, 1)])
    out = tfrecordfs("verify", one, "--against", two, code=1).out
    assert f"{one}:1 and {two}:1\n      label: 2 and 5\n" in out
    assert f"1 only in the first set:\n    {one}:0\n" in out
    assert f"1 only in the second set:\n    {two}:2\n" in out


def test_of_records_with_one_name_those_with_one_image_belong_together(tfrecordfs, tf, folder):
    def made(n, label):
        return example(tf, image__filename=[b"1.jpg"], image__encoded=[bytes([n]) * 30],
                       label=[label])
    one = write(tf, folder / "one", [made(1, 1), made(2, 2)])
    two = write(tf, folder / "two", [made(2, 5), made(1, 6)])
    changes = tfrecordfs("verify", one, "--against", two, "--json",
                         code=1).json["comparison"]["changes"]
    assert [(c["first"]["record"], c["second"]["record"]) for c in changes] == [(0, 1), (1, 0)]


def order_of(tfrecordfs, one, two, exact):
    """What verify says of the order, in a line and in JSON; @exact: what --exact exits with."""
    compared = tfrecordfs("verify", one, "--against", two, "--json").json["comparison"]
    line = tfrecordfs("verify", one, "--against", two).out.splitlines()[-1]
    tfrecordfs("verify", one, "--exact", "--against", two, code=exact)
    return line, list(compared["order"].values())


def test_whether_order_and_files_agree_is_told(tfrecordfs, tf, folder, records):
    def a_set(name, *shards):
        for number, (shard, content) in enumerate(shards):
            write(tf, folder / name / shard, content)
        return folder / name
    one = a_set("one", ("t/a-0-of-2", records[:5]), ("t/a-1-of-2", records[5:]))
    same = a_set("same", ("t/a-0-of-2", records[:5]), ("t/a-1-of-2", records[5:]))
    line, verdict = order_of(tfrecordfs, one, same, 0)
    assert line == "Records and their order agree in 2 files, and so do the files' names."
    assert verdict == [True, True, True]
    names = a_set("names", ("t/a-0-of-2", records[:5]), ("t/b-1-of-2", records[5:]))
    line, verdict = order_of(tfrecordfs, one, names, 1)
    assert line.endswith("the files' names differ: t/a-1-of-2 and t/b-1-of-2.")
    assert verdict == [True, False, True]
    cut = a_set("cut", ("t/a-0-of-2", records[:6]), ("t/a-1-of-2", records[6:]))
    line, verdict = order_of(tfrecordfs, one, cut, 1)
    assert line == ("The order agrees, but the records are divided among files in another way, "
                    f"first at {one}/t/a-1-of-2:0 and {cut}/t/a-0-of-2:5.")
    assert verdict == [False, True, True]
    more = a_set("more", ("t/a-0-of-2", records[:5]), ("t/a-1-of-2", records[5:]),
                 ("t/a-2-of-2", []))
    line, verdict = order_of(tfrecordfs, one, more, 1)
    assert line == "The order agrees, but there are 2 files and 3."
    assert verdict == [False, False, True]
    thirds = a_set("thirds", ("t/a-0-of-2", records[:5]), ("t/a-1-of-2", records[5:8]),
                   ("t/a-2-of-2", records[8:]))
    assert order_of(tfrecordfs, one, thirds, 1)[0] == (
        "The order agrees, but the records are divided among files in another way, first at "
        f"{one}/t/a-1-of-2:3 and {thirds}/t/a-2-of-2:0.")
    swapped = records[:3] + [records[4], records[3]]
    order = a_set("order", ("t/a-0-of-2", swapped), ("t/a-1-of-2", records[5:]))
    line, verdict = order_of(tfrecordfs, one, order, 1)
    assert line == f"The order differs, first at {one}/t/a-0-of-2:3 and {order}/t/a-0-of-2:3."
    assert verdict == [False, True, False]


def test_the_order_of_unlike_sets_is_told_where_each_record_has_its_other(tfrecordfs, tf,
                                                                          folder, records):
    one = write(tf, folder / "1" / "a", [*records, example(tf, **BASE)])
    two = write(tf, folder / "2" / "a", [*records, example(tf, **{**BASE, "label": [9]})])
    out = tfrecordfs("verify", one, "--against", two, code=1).out
    assert out.endswith("The order of records agrees in 1 file, and so do the files' names.\n")
    write(tf, folder / "2" / "a", records)
    result = tfrecordfs("verify", one, "--against", two, "--json", code=1).json
    assert result["comparison"]["order"] is None
    assert "--against" in tfrecordfs("verify", one, "--exact", code=2).error


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


def test_sets_that_could_not_be_read_are_not_called_the_same(tfrecordfs, folder, photos):
    shard = folder / "train-00000-of-00001.tfrecord"
    shard.write_bytes(tfrecordfs("cat", photos, shard.name, "--shards", 1, "--index", "none",
                                 binary=True).out)
    other = folder / "other.tfrecord"
    other.write_bytes(shard.read_bytes() + b"\1")
    said = tfrecordfs("verify", shard, "--against", other, code=1).out
    assert "What could be read of the sets is the same." in said
    assert "hold the same examples" not in said
