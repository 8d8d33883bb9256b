# SPDX-License-Identifier: MIT
"""Very many images, classes and open files, and shards beyond 32 bits of offset."""

import concurrent.futures
import os
import pathlib
import random
import struct
import subprocess
import sys

import crc32c
import pytest

import images
import program as programs
import tfrecord_bytes
import view_model

GIGABYTE = 1 << 30
PIXEL = ("png", "L"), (2, 2)


def metrics(mounted):
    lines = (mounted / ".tfrecordfs/metrics").read_text().splitlines()
    return {key: int(value) for key, value in
            (line.split() for line in lines if not line.startswith("#"))}


def resident(mounted):
    status = pathlib.Path(f"/proc/{mounted.worker}/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) << 10


def masked(data):
    crc = crc32c.crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff)


def window(fd, place, length):
    data = b""
    while len(data) < length:
        more = os.pread(fd, length - len(data), place + len(data))
        if not more:
            break
        data += more
    return data


# --- Offsets beyond 32 bits -------------------------------------------------------------


class LargeShard:
    """The bytes of a shard of three features, as records that are laid out one by one."""

    SCHEMA = {"name": "large", "features": {"image": "image.encoded", "label": "label.id",
                                            "name": "file.stem"}}

    def __init__(self, pictures, rows):
        self.pictures, self.rows = pictures, rows
        self.crcs = {}
        self.starts = [0]
        for row in rows:
            head, picture, tail = self.parts(*row)
            self.starts.append(self.starts[-1] + len(head) + len(picture) + len(tail) + 16)

    def parts(self, picture, name, label):
        """An Example before its image, the image, and what follows it."""
        field, varint = tfrecord_bytes.field, tfrecord_bytes.varint
        data = self.pictures[picture]

        def entry(key, kind, values):
            return field(1, field(1, key) + field(2, field(kind, values)))

        after = (entry(b"label", 3, field(1, varint(label)))
                 + entry(b"name", 1, field(1, name.encode())))
        # The lengths of all that encloses the image, from the inside.
        value = b"\x0a" + varint(len(data))
        values = b"\x0a" + varint(len(value) + len(data)) + value
        feature = b"\x12" + varint(len(values) + len(data)) + values
        inner = field(1, b"image") + feature
        item = b"\x0a" + varint(len(inner) + len(data)) + inner
        return b"\x0a" + varint(len(item) + len(data) + len(after)) + item, data, after

    def record(self, number):
        head, data, tail = self.parts(*self.rows[number])
        length = struct.pack("<Q", len(head) + len(data) + len(tail))
        body = head + data + tail
        return length + masked(length) + body + masked(body)

    def read(self, place, length):
        number = max(i for i, start in enumerate(self.starts[:-1]) if start <= place)
        first, found = self.starts[number], b""
        while number < len(self.rows) and first + len(found) < place + length:
            found += self.record(number)
            number += 1
        return found[place - first:place - first + length]


@pytest.fixture
def beyond(folder):
    """A source of four images of 24 MB that are shown 190 times: 4.6 GB."""
    pictures, rows = [], []
    for number, picture in enumerate([(2829, 2829), (2828, 2830), (2830, 2829), (2831, 2830)]):
        images.write_sparse_bmp(folder / f"{number}.bmp", *picture)
        size = (folder / f"{number}.bmp").stat().st_size
        with open(folder / f"{number}.bmp", "r+b") as file:
            file.seek(54)
            file.write(random.Random(number).randbytes(size - 54))
        pictures.append((folder / f"{number}.bmp").read_bytes())
    (folder / "photos/even").mkdir(parents=True)
    (folder / "photos/odd").mkdir()
    for number in range(190):
        rows.append((number % 4, f"{number:04}", number % 2))
        os.link(folder / f"{number % 4}.bmp",
                folder / "photos" / ("odd" if number % 2 else "even") / f"{number:04}.bmp")
    images.write_json(folder / "large.json", LargeShard.SCHEMA)
    # As the folders list them.
    return folder / "photos", LargeShard(pictures, sorted(rows, key=lambda r: (r[2], r[1])))


@pytest.fixture
def large_shard(mount, beyond, folder):
    with mount(beyond[0], "--split", "train=1", "--shards", "1", "--order", "local", "--schema",
               folder / "large.json", "--cache", "none") as mounted:
        yield mounted.shards()[0]


@pytest.mark.slow
def test_windows_of_a_shard_of_more_than_four_gigabytes(large_shard, beyond, tf):
    from tensorflow.python.lib.io import tf_record
    model = beyond[1]
    size = model.starts[-1]
    assert large_shard.stat().st_size == size > 4 * GIGABYTE
    with open(large_shard, "rb", buffering=0) as file:
        fd = file.fileno()
        for middle in (2 * GIGABYTE, 4 * GIGABYTE):
            record = max(i for i, start in enumerate(model.starts) if start <= middle)
            for place in (middle - 70_000, middle - 1, middle, model.starts[record] - 9,
                          model.starts[record + 1] - 2):
                assert window(fd, place, 140_000) == model.read(place, 140_000), place
        for back in (1, 4, 5, 13, 100_000):
            assert window(fd, size - back, 200_000) == model.read(size - back, back), back
        assert window(fd, size, 10) == window(fd, size + 5 * GIGABYTE, 10) == b""
    # TensorFlow's own reader, at an offset that takes more than 32 bits.
    start = model.starts[-2]
    assert start > 4 * GIGABYTE
    data, end = tf_record.tf_record_random_reader(str(large_shard)).read(start)
    assert data == model.record(len(model.rows) - 1)[12:-4] and end == size


@pytest.mark.slow
def test_offsets_of_more_than_32_bits_are_told(large_shard, beyond, tfrecordfs):
    model = beyond[1]
    wanted = [(a, b - a) for a, b in zip(model.starts, model.starts[1:])]
    assert wanted[-1][0] > 4 * GIGABYTE
    for kind in ("idx", "tfindex"):
        told = large_shard.parent / "index" / f"{large_shard.stem}.{kind}"
        assert [tuple(map(int, line.split()))
                for line in told.read_text().splitlines()] == wanted
    for number in (89, 178, len(wanted) - 1):
        name = model.rows[number][1]
        for place in (model.starts[number], model.starts[number + 1] - 1):
            assert f"{name}.bmp" in tfrecordfs("where", large_shard, place).out
        assert name in tfrecordfs("show", f"{large_shard}:{number}").out


# --- Open files -------------------------------------------------------------------------

HOLD = """
import os, random, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
seed, count, *paths = sys.argv[1:]
whole = {path: open(path, "rb").read() for path in paths}
files = [os.open(paths[i % len(paths)], os.O_RDONLY) for i in range(int(count))]
print("open", flush=True)
sys.stdin.readline()
numbers = random.Random(int(seed))
for i in numbers.sample(range(len(files)), 300):
    expected = whole[paths[i % len(paths)]]
    place = numbers.randrange(len(expected))
    assert os.pread(files[i], 3000, place) == expected[place:place + 3000]
print("read", flush=True)
sys.stdin.readline()
"""


def hold_many_open(mounted, paths, most):
    """So many processes that each have 17,000 open, read some, and end; one is killed."""
    children = [subprocess.Popen([sys.executable, "-c", HOLD, str(i), "17000", *paths],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
                for i in range(6)]
    try:
        assert [child.stdout.readline() for child in children] == ["open\n"] * 6
        told = metrics(mounted)
        # The file that says so is open as well.
        assert 102_000 <= told["tfrecordfs_open_files"] <= 102_001
        # However many were open; libfuse's 128 at most, and our own.
        assert told["tfrecordfs_threads"] <= 160
        for child in children:
            child.stdin.write("\n")
            child.stdin.flush()
        assert [child.stdout.readline() for child in children] == ["read\n"] * 6
        assert resident(mounted) < most
        children[0].kill()
    finally:
        for child in children:
            child.communicate("\n")
    programs.wait_until(lambda: metrics(mounted)["tfrecordfs_open_files"] <= 1, 30,
                        "all files to be closed")


@pytest.mark.slow
@pytest.mark.fault(fault="100,000 open files", moment="of six processes, one killed; twice",
                   expected="all are read, a kilobyte of memory each, and all are let go")
def test_a_hundred_thousand_open_files(mount, photos):
    with mount(photos, "--split", "train=1", "--shards", "4") as mounted:
        paths = [*mounted.shards(), *(mounted / "epochs/3").glob("*.tfrecord")]
        # A kilobyte each, and what threads that were busy at once, of which a slow machine has
        # more, leave in their arenas.
        most = resident(mounted) + (102_000 << 10) + (32 << 20)
        hold_many_open(mounted, paths, most)
        hold_many_open(mounted, paths, most)


# --- Images and classes -----------------------------------------------------------------


@pytest.fixture
def memory_disk(folder):
    """A file system without a limit of links to a file, nor of files."""
    path = folder / "memory"
    path.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g,nr_inodes=0", "tmpfs", path],
                          check=False, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"only root mounts a tmpfs: {done.stderr.strip()}")
    yield path
    subprocess.run(["umount", path], check=True)


@pytest.mark.slow
def test_ten_thousand_class_folders(mount, memory_disk):
    names = [f"class-{i:05}" for i in range(10_000)]
    for number, name in enumerate(names):
        (memory_disk / "photos" / name).mkdir(parents=True)
        for i in range(3):
            path = memory_disk / "photos" / name / f"{i}.png"
            if number < 5:
                images.write(path, number, *PIXEL)
            else:
                os.link(memory_disk / "photos" / names[number % 5] / f"{i}.png", path)
    with mount(memory_disk / "photos", "--split", "train=0.8,test=0.2", "--shards", "4",
               "--schema", "slim") as mounted:
        assert (mounted / "labels.txt").read_text() == "".join(
            f"{name}\n" for name in names)
        for number in random.Random(1).sample(range(10_000), 20):
            rows = view_model.rows(mounted / f"by-class/{names[number]}")
            assert {row["label"] for row in rows} == {names[number]} and len(rows) == 3
        data = images.encode(7 % 5, *PIXEL)
        records = sum(view_model.read(mounted / "by-class/class-00007").values(), [])
        assert len(records) == 3 and all(data in record for record in records)
        epochs = [view_model.read(mounted / f"epochs/{i}")["train"] for i in (1, 2)]
        assert epochs[0] != epochs[1] and sorted(epochs[0]) == sorted(epochs[1])
        assert len(epochs[0]) + sum(row["split"] == "test" for row in
                                    view_model.rows(mounted.path)) == 30_000


@pytest.mark.slow
def test_two_million_images(mount, memory_disk, tfrecordfs):
    """Two million names of forty files, in as many folders."""
    source = memory_disk / "photos"
    first = source / "00"
    first.mkdir(parents=True)
    with open(images.write(memory_disk / "one.png", 3, *PIXEL), "rb") as file:
        data = file.read()
    for i in range(50_000):
        os.link(memory_disk / "one.png", first / f"{i}.png")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for done in pool.map(lambda i: subprocess.run(
                ["cp", "-al", first, source / f"{i:02}"], check=False), range(1, 40)):
            assert done.returncode == 0
    with mount(source, "--split", "train=1", "--shards", "16", "--schema", "simple") as mounted:
        assert metrics(mounted)["tfrecordfs_records"] == 2_000_000
        per_class = (mounted / "by-class/39/num_examples.txt").read_text()
        assert "50000" in per_class
        shard = mounted.shards()[11]
        places = [tuple(map(int, line.split())) for line in
                  (mounted / f"index/{shard.stem}.idx").read_text().splitlines()]
        assert len(places) == 125_000 and sum(places[-1]) == shard.stat().st_size
        with open(shard, "rb", buffering=0) as file:
            for start, length in random.Random(4).sample(places, 200):
                record = os.pread(file.fileno(), length, start)
                body = record[12:-4]
                assert record[:12] == tfrecord_bytes.header(len(body))
                assert record[-4:] == masked(body) and data in body
        assert resident(mounted) < 128 << 20
