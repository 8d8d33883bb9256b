# SPDX-License-Identifier: MIT
"""Names, paths and times as long, as deep and as far away as a file system has them."""

import os

import images
import pytest
import tfrecord_bytes

SHARD = "train-00000-of-00001.tfrecord"
OPTIONS = ("--split", "train=1", "--shards", "1", "--order", "manifest")
PIXEL = ("png", "L"), (2, 2)


def write_deep(top, parts, name, data):
    """A file so deep that its path cannot be opened at once."""
    fd = os.open(top, os.O_RDONLY)
    for part in parts:
        os.mkdir(part, dir_fd=fd)
        inner = os.open(part, os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = inner
    file = os.open(name, os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=fd)
    os.write(file, data)
    os.close(file)
    os.close(fd)


def records(data):
    found = []
    while data:
        length = int.from_bytes(data[:8], "little")
        found.append(data[12:12 + length])
        data = data[16 + length:]
    return found


def test_names_of_255_bytes_and_paths_of_nearly_4096(tfrecordfs, folder):
    """The path is nearly that long from the source on, and longer from the root."""
    source = folder / "photos"
    source.mkdir()
    picture = images.encode(1, *PIXEL)
    parts = [f"{i:x}" * 255 for i in range(15)]
    name = "z" * (4095 - sum(len(part) + 1 for part in parts) - 4) + ".png"
    write_deep(source, parts, name, picture)
    (source / ("n" * 251 + ".png")).write_bytes(picture)
    paths = ["n" * 251 + ".png", "/".join([*parts, name])]
    assert len(paths[1]) == 4095
    images.write_csv(folder / "list.csv", ["file", "label"],
                     [[path, "l" * 255] for path in paths])
    said = tfrecordfs("cat", source, SHARD, "--manifest", folder / "list.csv", *OPTIONS,
                      "--index", folder / "index", binary=True)
    found = records(said.out)
    assert len(found) == 2
    for record, path in zip(found, paths):
        assert picture in record and tfrecord_bytes.field(1, b"l" * 255) in record
        assert path.encode() in record
    again = tfrecordfs("cat", source, SHARD, "--manifest", folder / "list.csv", *OPTIONS,
                       "--index", folder / "index", binary=True)
    assert again.out == said.out


def test_a_class_and_a_column_with_very_long_names(tfrecordfs, folder):
    images.write(folder / "photos/0.png", 1, *PIXEL)
    column, label = "c" * 5000, "l" * 60_000
    images.write_csv(folder / "list.csv", ["file", "label", column],
                     [["0.png", label, "17"]])
    said = tfrecordfs("cat", folder / "photos", SHARD, "--manifest", folder / "list.csv",
                      *OPTIONS, "--extra", f"{column}:int64", "--index", folder / "index",
                      binary=True)
    (record,) = records(said.out)
    assert tfrecord_bytes.field(1, label.encode()) in record
    assert tfrecord_bytes.field(1, column.encode()) in record


@pytest.mark.parametrize("seconds", [-1, 1 - (1 << 31), 0, 1 << 32, (1 << 33) + 5])
@pytest.mark.fault(fault="times before 1970, at 0, after 2106", moment="when it is indexed",
                   expected="as any other time: kept, and a change is seen")
def test_times_far_away_are_times(tfrecordfs, folder, seconds):
    source = images.class_folders(folder / "photos", {"cat": 3})
    for path in (*source.glob("*/*"), source / "cat", source):
        os.utime(path, ns=(seconds * 10**9 + 7, seconds * 10**9 + 7))
    victim = sorted(source.glob("*/*"))[1]
    if victim.stat().st_mtime_ns != seconds * 10**9 + 7:
        pytest.skip("this file system has no such times")
    tfrecordfs("index", source, *OPTIONS, "--index", folder / "index")
    (index,) = (folder / "index").glob("*.index")
    stamp = index.stat().st_mtime_ns
    whole = tfrecordfs("cat", source, SHARD, *OPTIONS, "--index", folder / "index",
                       binary=True).out
    assert len(records(whole)) == 3 and index.stat().st_mtime_ns == stamp
    os.utime(victim, ns=(seconds * 10**9 + 8, seconds * 10**9 + 8))
    failed = tfrecordfs("cat", source, SHARD, *OPTIONS, "--index", folder / "index", code=1,
                        binary=True)
    assert victim.name in failed.err
