# SPDX-License-Identifier: MIT
"""show, verify, where, schema, check, help: on files of any origin, without a mount."""

import json
import pathlib
import re

import images
import pytest

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "data/golden"
COMMANDS = ["mount", "umount", "reload", "log", "debug", "status", "check", "index", "cat", "export", "show", "verify", "where",
            "schema"]


@pytest.fixture
def shard(tfrecordfs, photos, folder):
    """A shard as a real file."""
    path = folder / "train.tfrecord"
    path.write_bytes(tfrecordfs("cat", photos, "train-00000-of-00001.tfrecord", "--shards", 1,
                                "--index", "none", binary=True).out)
    return path


def test_version(tfrecordfs):
    assert re.fullmatch(r"tfrecordfs \d+\.\d+\.\d+\n", tfrecordfs("--version").out)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_goes_to_standard_output(tfrecordfs, command):
    result = tfrecordfs(command, "--help")
    assert result.out.lstrip().startswith("tfrecordfs " + command) or command in result.out
    assert result.err == ""
    assert command in tfrecordfs("--help").out


@pytest.mark.parametrize("arguments, words", [
    ([], []), (["mont"], ["mont", "mount"]), (["mount", "only-one"], []),
    (["show"], []), (["show", "a", "b"], []), (["cat", "a"], []), (["--nonsense"], []),
    (["status", "--split", "x"], ["--split"]), (["verify"], []),
])
def test_wrong_command_lines_exit_2(tfrecordfs, arguments, words):
    result = tfrecordfs(*arguments, code=2)
    assert result.out == ""
    for word in words:
        assert word in result.err


def test_show_of_what_tensorflow_wrote(tfrecordfs):
    shown = tfrecordfs("show", f"{GOLDEN / 'examples.tfrecord'}:2", "--json").out
    assert "image/object/bbox/xmin" in shown and json.loads(shown)
    assert "image/height" in tfrecordfs("show", f"{GOLDEN / 'examples.tfrecord'}:2").out


def test_show_of_a_record_that_is_not_there(tfrecordfs, shard):
    assert "34 records" in tfrecordfs("show", f"{shard}:999", code=None).error
    assert "No such file" in tfrecordfs("show", f"{shard}.gone:0", code=1).error


def test_show_never_prints_raw_bytes_of_images(tfrecordfs, shard):
    out = tfrecordfs("show", f"{shard}:0").out
    assert all(c.isprintable() or c in "\n\t" for c in out)


def test_verify_accepts_what_tensorflow_wrote(tfrecordfs):
    tfrecordfs("verify", *sorted(GOLDEN.glob("*.tfrecord")))


@pytest.mark.parametrize("place", ["length", "length checksum", "data", "data checksum", "end"])
def test_verify_finds_a_flipped_bit_and_says_where(tfrecordfs, shard, place):
    data = bytearray(shard.read_bytes())
    length = int.from_bytes(data[:8], "little")
    second = 16 + length
    at = {"length": second, "length checksum": second + 8, "data": second + 12 + 30,
          "data checksum": second + 12 + int.from_bytes(data[second:second + 8], "little"),
          "end": len(data) - 1}[place]
    data[at] ^= 0x40
    shard.write_bytes(data)
    result = tfrecordfs("verify", shard, code=1)
    said = result.out + result.err
    assert str(shard) in said
    assert "record" in said


def test_verify_finds_a_truncated_file(tfrecordfs, shard):
    data = shard.read_bytes()
    for length in (len(data) - 1, len(data) - 5, 7, 12, 100):
        shard.write_bytes(data[:length])
        tfrecordfs("verify", shard, code=1)


def test_verify_against_compares_record_by_record(tfrecordfs, shard, folder):
    copy = folder / "copy.tfrecord"
    copy.write_bytes(shard.read_bytes())
    tfrecordfs("verify", shard, "--against", copy)
    tfrecordfs("verify", GOLDEN / "examples.tfrecord", "--against", copy, code=1)
    first = 16 + int.from_bytes(shard.read_bytes()[:8], "little")
    copy.write_bytes(shard.read_bytes()[first:])
    tfrecordfs("verify", shard, "--against", copy, code=1)


def test_verify_of_many_files_names_the_bad_one(tfrecordfs, shard, folder):
    bad = folder / "bad.tfrecord"
    bad.write_bytes(shard.read_bytes()[:-3])
    result = tfrecordfs("verify", shard, bad, shard, code=1)
    assert "bad.tfrecord" in result.out + result.err
    assert tfrecordfs("verify", shard, bad, "--json", code=1).json


def test_where_of_a_file_that_is_not_mounted(tfrecordfs, shard):
    assert str(shard) in tfrecordfs("where", shard, 5, code=None).error


@pytest.mark.parametrize("name", ["slim", "simple"])
def test_the_parser_of_a_schema_reads_its_records(tfrecordfs, tf, photos, folder, name):
    shown = tfrecordfs("schema", name).out
    start = min(i for i in (shown.find("import tensorflow"), shown.find("features = {"))
                if i >= 0)
    names = {"tf": tf}
    exec(shown[start:], names)  # pylint: disable=exec-used
    data = tfrecordfs("cat", photos, "train-00000-of-00001.tfrecord", "--shards", 1,
                      "--schema", name, "--index", "none", binary=True).out
    (folder / "shard").write_bytes(data)
    record = next(iter(tf.data.TFRecordDataset(str(folder / "shard"))))
    parse = next(value for key, value in names.items()
                 if key.startswith("parse") and callable(value))
    assert parse(record)


def test_schema_as_json_can_be_used_as_a_schema_file(tfrecordfs, photos, folder):
    (folder / "mine.json").write_text(tfrecordfs("schema", "slim", "--json").out)
    options = ["train-00000-of-00001.tfrecord", "--shards", 1, "--index", "none"]
    assert tfrecordfs("cat", photos, *options, "--schema", folder / "mine.json",
                      binary=True).out == tfrecordfs("cat", photos, *options, binary=True).out


def test_check_tells_what_a_source_holds(tfrecordfs, photos):
    out = tfrecordfs("check", photos, "--split", "train=0.8,test=0.2").out
    assert "34 images" in out and "3 classes" in out and "42" in out
    for label in ("cat", "dog", "newt"):
        assert label in out
    report = tfrecordfs("check", photos, "--json").json
    assert report


def test_odd_images_are_counted_by_check(tfrecordfs, folder):
    source = folder / "source"
    images.write(source / "x" / "1.jpg", 1, ("jpeg", "CMYK"))
    images.write(source / "x" / "2.png", 2, ("png", "I;16"))
    images.write(source / "x" / "3.png", 3, ("png", "RGB"))
    out = tfrecordfs("check", source, code=None).out
    assert "CMYK" in out and "16" in out


def test_closed_standard_streams_do_no_harm(tfrecordfs, photos, folder):
    import subprocess
    command = " ".join(tfrecordfs.command("index", photos, "--index", folder / "index"))
    done = subprocess.run(["sh", "-c", f"exec {command} <&- >&- 2>&-"], check=False, timeout=60,
                          env=tfrecordfs.environment())
    assert done.returncode == 0


def test_a_full_standard_output_is_an_error(tfrecordfs, photos):
    import subprocess
    with open("/dev/full", "wb") as full:
        done = subprocess.run(tfrecordfs.command("cat", photos, "train-00000-of-00001.tfrecord",
                                                 "--shards", 1, "--index", "none"),
                              stdout=full, stderr=subprocess.PIPE, check=False, timeout=60,
                              env=tfrecordfs.environment())
    assert done.returncode == 1 and b"No space left" in done.stderr
