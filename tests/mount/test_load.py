# SPDX-License-Identifier: MIT
"""Many readers, slow and failing storage, readers that die: nobody else notices."""

import concurrent.futures
import contextlib
import errno
import itertools
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import pytest

import images
import program as programs
import storage as storages
import view_model

OPTIONS = ("--split", "train=1", "--shards", "4")


def metrics(mounted):
    lines = (mounted / ".tfrecordfs/metrics").read_text().splitlines()
    return {key: int(value) for key, value in
            (line.split() for line in lines if not line.startswith("#"))}


def resident(mounted, kind="RssAnon"):
    status = pathlib.Path(f"/proc/{mounted.worker}/status").read_text()
    return int(status.split(f"{kind}:")[1].split()[0]) << 10


@pytest.fixture
def large(folder):
    """Forty images, of 40 to 600 kB by what stands behind their ends."""
    source = images.class_folders(folder / "photos", {"cat": 24, "dog": 24})
    rng = random.Random(5)
    for path in sorted(source.glob("*/*")):
        if path.suffix == ".bmp":
            path.unlink()
        else:
            with open(path, "ab") as file:
                file.write(rng.randbytes(rng.randrange(40_000, 600_000)))
    return source


@pytest.fixture
def storage(program_path, large, folder):
    with storages.storage_of(program_path, large, folder / "storage") as storage:
        yield storage


def whole_of(mounted):
    return {path.name: path.read_bytes() for path in mounted.shards()}


def read_at_random(mounted, whole, seed, nr=40):
    rng = random.Random(seed)
    for _ in range(nr):
        name = rng.choice(sorted(whole))
        with open(mounted / name, "rb", buffering=0) as file:
            at = rng.randrange(len(whole[name]))
            for _ in range(rng.randrange(1, 6)):
                length = rng.randrange(1, 400_000)
                assert os.pread(file.fileno(), length, at) == whole[name][at:at + length]
                at += length


@pytest.mark.parametrize("cache", ["kernel", "none"])
def test_readers_at_once_in_little_memory(mount, large, cache):
    with mount(large, *OPTIONS, "--cache", cache) as mounted:
        whole = whole_of(mounted)
        before = resident(mounted)
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            for done in [pool.submit(read_at_random, mounted, whole, seed)
                         for seed in range(64)]:
                done.result()
        if "release" in str(mounted.program.path):
            assert resident(mounted) - before < 64 << 20
            assert resident(mounted, "VmHWM") < 96 << 20
        programs.wait_until(lambda: metrics(mounted)["tfrecordfs_chunk_bytes"] == 0, 60,
                            "chunks to be given back")


@pytest.mark.fault(fault="24 descriptors", moment="48 readers at once, on slow storage",
                   expected="all bytes right, nobody fails")
def test_readers_at_once_with_few_descriptors(mount, tfrecordfs, storage):
    tfrecordfs.prefix = ["prlimit", "--nofile=24"]
    with mount(storage.path, *OPTIONS, "--cache", "none") as mounted:
        tfrecordfs.prefix = []
        whole = whole_of(mounted)
        # Slow, so that many are open at a time.
        with storage.fault("/", "read", 20), \
                concurrent.futures.ThreadPoolExecutor(48) as pool:
            for done in [pool.submit(read_at_random, mounted, whole, seed, 2)
                         for seed in range(96)]:
                done.result()


def test_a_thousand_open_files(mount, large):
    with mount(large, *OPTIONS) as mounted:
        whole = whole_of(mounted)
        with contextlib.ExitStack() as stack:
            files = [stack.enter_context(open(mounted / f"epochs/{i % 10}" / name, "rb",
                                              buffering=0))
                     for i in range(250) for name in whole]
            assert len(files) == 1000
            rng = random.Random(1)
            records = set()
            for file in files:
                head = os.pread(file.fileno(), 70_000, 0)
                records.add(head[:5000])
                assert len(head) == 70_000
            assert len(records) > 10
            os.pread(rng.choice(files).fileno(), 1 << 20, 50_000)
        again = whole_of(mounted)
        assert again == whole


@pytest.mark.fault(fault="reader killed", moment="in its reads",
                   expected="others go on, nothing is kept for it")
def test_readers_that_are_killed_leave_nothing_behind(mount, large):
    script = "import sys\nwhile True:\n  for p in sys.argv[1:]: open(p, 'rb').read()"
    with mount(large, *OPTIONS, "--cache", "none") as mounted:
        whole = whole_of(mounted)
        for round_ in range(8):
            readers = [subprocess.Popen([sys.executable, "-c", script, *mounted.shards()])
                       for _ in range(4)]
            time.sleep(0.1 + 0.05 * round_)
            for reader in readers:
                reader.send_signal(signal.SIGKILL)
            for reader in readers:
                assert reader.wait(20) == -signal.SIGKILL
        assert whole_of(mounted) == whole
        programs.wait_until(lambda: metrics(mounted)["tfrecordfs_chunk_bytes"] == 0, 60,
                            "chunks to be given back")


@pytest.mark.fault(fault="umount", moment="while a file is open",
                   expected="refused; with --lazy open files are read on")
def test_unmounting_while_readers_read(mount, large, tfrecordfs):
    with mount(large, *OPTIONS, "--cache", "none") as mounted:
        whole = whole_of(mounted)
        name = sorted(whole)[0]
        pid = mounted.pid
        with open(mounted / name, "rb", buffering=0) as file:
            assert os.pread(file.fileno(), 1000, 0) == whole[name][:1000]
            assert tfrecordfs("umount", mounted.path, code=None).code != 0
            assert os.pread(file.fileno(), 1000, 5) == whole[name][5:1005]
            tfrecordfs("umount", "--lazy", mounted.path)
            # Whoever has a file open reads on.
            assert os.pread(file.fileno(), len(whole[name]), 0) == whole[name]
        programs.wait_until(lambda: not programs.is_running(pid), 30, "the mount to end")
        tfrecordfs("mount", large, mounted.path, *OPTIONS, "--index", mounted.index)


@pytest.mark.fault(fault="image hangs", moment="while 8 others read",
                   expected="its readers wait, nobody else")
def test_a_slow_image_delays_whoever_reads_it_and_nobody_else(mount, storage):
    with mount(storage.path, *OPTIONS, "--cache", "none") as mounted:
        whole = whole_of(mounted)
        place = next(row for row in view_model.rows(mounted.path)
                     if row["shard"].endswith("00003-of-00004.tfrecord"))
        others = {name: data for name, data in whole.items() if name != place["shard"]}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            with storage.fault(place["file"], "read", 60_000):
                slow = [pool.submit((mounted / place["shard"]).read_bytes) for _ in range(4)]
                for done in [pool.submit(read_at_random, mounted, others, seed, 10)
                             for seed in range(4)]:
                    done.result(30)
                assert not any(reader.done() for reader in slow)
            for reader in slow:
                assert reader.result(30) == whole[place["shard"]]


@pytest.mark.fault(fault="image hangs", moment="two wait, one is killed",
                   expected="it dies; afterwards all is read")
def test_a_reader_that_waits_for_storage_can_be_killed(mount, storage):
    with mount(storage.path, *OPTIONS, "--cache", "none") as mounted:
        whole = whole_of(mounted)
        row = [row for row in view_model.rows(mounted.path)
               if row["shard"] == sorted(whole)[0]][-1]
        with storage.fault(row["file"], "read", 60_000):
            # Two: one loads, and the other waits for what is loaded.
            readers = [subprocess.Popen(["cat", mounted / row["shard"]],
                                        stdout=subprocess.DEVNULL) for _ in range(2)]
            time.sleep(1)
            for reader in readers:
                assert reader.poll() is None
                reader.send_signal(signal.SIGKILL)
            programs.wait_until(lambda: any(r.poll() is not None for r in readers), 20,
                                "a waiting reader to die")
        for reader in readers:
            reader.wait(20)
        assert whole_of(mounted) == whole


@pytest.mark.parametrize("operation, number", [("open", errno.EIO), ("read", errno.EIO),
                                               ("open", errno.EACCES),
                                               ("read", errno.ESTALE)])
@pytest.mark.fault(fault="EIO, EACCES or ESTALE from below", moment="in open or read of an image",
                   expected="EIO for its record, others are read")
def test_an_image_that_fails_costs_its_own_record_only(mount, storage, operation, number):
    with mount(storage.path, *OPTIONS, "--cache", "none") as mounted:
        whole = whole_of(mounted)
        rows = view_model.rows(mounted.path)
        bad = next(row for row in rows[len(rows) // 2:] if row["record"] != "0")
        data = whole[bad["shard"]]
        ends = list(itertools.accumulate(map(len, view_model.framed(data))))
        start, end = ends[int(bad["record"]) - 1], ends[int(bad["record"])]
        with storage.fault(bad["file"], operation, 0, number):
            with open(mounted / bad["shard"], "rb", buffering=0) as file:
                for at in range(0, len(data), 50_000):
                    try:
                        assert os.pread(file.fileno(), 50_000, at) == data[at:at + 50_000]
                        # Its framing, and what stands before the image, can be read.
                        assert at + 50_000 <= start + 1000 or at >= end - 4
                    except OSError as error:
                        assert error.errno == errno.EIO
                        assert at < end and at + 50_000 > start
            others = {name: d for name, d in whole.items() if name != bad["shard"]}
            assert {name: (mounted / name).read_bytes() for name in others} == others
        assert whole_of(mounted) == whole
