# SPDX-License-Identifier: MIT
"""Files that cannot be read any more: who is told, how often, and until when."""

import contextlib
import csv
import errno
import os
import signal
import subprocess

import pytest

import images
import program as programs
import storage as storages
import view_model

OPTIONS = ("--split", "train=1", "--shards", "2", "--order", "manifest")


@pytest.fixture
def source(folder):
    source = folder / "source"
    for i in range(12):
        images.write(source / "ab"[i % 2] / f"{i:02}.bmp", i, ("bmp", "RGB"), (60, 60))
    return source


@pytest.fixture
def storage(program_path, source, folder):
    with storages.storage_of(program_path, source, folder / "storage") as storage:
        yield storage


def metrics(mounted):
    lines = (mounted / ".tfrecordfs/metrics").read_text().splitlines()
    return {key.removeprefix("tfrecordfs_"): int(value) for key, value in
            (line.split() for line in lines if not line.startswith("#"))}


def status(mounted):
    return mounted.program("status", mounted.path, "--json").json[0]


def unreadable(mounted):
    with open(mounted / "problems.csv", newline="") as file:
        return {row["file"]: row["reason"] for row in csv.DictReader(file)
                if row["problem"] == "unreadable"}


def records(mounted):
    """Shard, start and end of each image's record."""
    ends, places = {}, {}
    lengths = {path.name: map(len, view_model.framed(path.read_bytes()))
               for path in mounted.shards()}
    for row in view_model.rows(mounted.path):
        start = ends.get(row["shard"], 0)
        ends[row["shard"]] = start + next(lengths[row["shard"]])
        places[row["file"]] = row["shard"], start, ends[row["shard"]]
    return places


def read(mounted, place):
    with open(mounted / place[0], "rb", buffering=0) as file:
        return os.pread(file.fileno(), place[2] - place[1], place[1])


def outcome(mounted, place):
    try:
        return read(mounted, place)
    except OSError as error:
        return error.errno


def test_a_failing_file_is_named_everywhere_until_it_can_be_read_again(mount, source,
                                                                       tfrecordfs):
    with mount(source, *OPTIONS, "--cache", "none") as mounted:
        places = records(mounted)
        whole = {file: read(mounted, place) for file, place in places.items()}
        empty = (mounted / "problems.csv").read_bytes()
        bad = ["a/02.bmp", "b/05.bmp"]
        for file in bad:
            (source / file).rename(source / f"{file}.away")
        for _ in range(3):
            for file, place in places.items():
                assert outcome(mounted, place) == (errno.EIO if file in bad else whole[file])
        reasons = unreadable(mounted)
        assert list(reasons) == bad
        assert "vanished" in reasons[bad[0]] and "times since 20" in reasons[bad[0]]
        assert os.stat(mounted / "problems.csv").st_size == len(
            (mounted / "problems.csv").read_bytes()) > len(empty)
        seen = status(mounted)
        assert seen["failing_images"] == 2 and seen["failed_reads"] >= 6
        assert {one["path"] for one in seen["failing"]} == set(bad)
        assert all(one["times"] >= 3 and one["errno"] == errno.ENOENT
                   for one in seen["failing"])
        assert bad[0] in tfrecordfs("status", mounted.path).out
        counts = metrics(mounted)
        assert counts["failing_images"] == 2
        assert counts['source_errors_total{errno="ENOENT"}'] >= 6
        lines = tfrecordfs("log", mounted.path).out.splitlines()
        assert [sum(file in line for line in lines) for file in bad] == [1, 1]
        for file in bad:
            (source / f"{file}.away").rename(source / file)
        assert {file: read(mounted, place) for file, place in places.items()} == whole
        assert unreadable(mounted) == {} and (mounted / "problems.csv").read_bytes() == empty
        assert metrics(mounted)["failing_images"] == 0
        assert status(mounted)["recovered_images"] == 2
        assert "a/02.bmp can be read again" in tfrecordfs("log", mounted.path).out


def test_a_reload_takes_failing_files_off(mount, source, tfrecordfs):
    with mount(source, *OPTIONS, "--on-bad", "skip", "--cache", "none") as mounted:
        places = records(mounted)
        os.truncate(source / "a/02.bmp", 50)
        images.write(source / "a/04.bmp", 99, ("bmp", "RGB"), (30, 30))
        bad = [file for file, place in places.items() if outcome(mounted, place) == errno.EIO]
        assert bad == list(unreadable(mounted)) == ["a/02.bmp", "a/04.bmp"]
        tfrecordfs("reload", mounted.path)
        for path in mounted.shards():
            path.read_bytes()
        assert unreadable(mounted) == {} and status(mounted)["failing"] == []


def test_a_directory_that_is_renamed_and_renamed_back(mount, source):
    with mount(source, *OPTIONS, "--cache", "none") as mounted:
        places = records(mounted)
        whole = {file: read(mounted, place) for file, place in places.items()}
        (source / "a").rename(source / "away")
        for file, place in places.items():
            assert outcome(mounted, place) == (errno.EIO if file[0] == "a" else whole[file])
        assert status(mounted)["failing_images"] == 6
        (source / "away").rename(source / "a")
        assert {file: read(mounted, place) for file, place in places.items()} == whole


@contextlib.contextmanager
def mounted_by(user, source, path):
    """Where root cannot look, so that program.mounted() cannot either."""
    user("mount", source, path, "--shards", "1", "--index", "none", "--cache", "none")
    try:
        yield path
    finally:
        user("umount", path)


def test_permissions_that_are_taken(source, as_user, folder):
    (folder / "own").mkdir()
    programs.give_to_ordinary_user(folder / "own", source, *source.rglob("*"))
    with mounted_by(as_user, source, folder / "own") as path:
        (source / "b").chmod(0)
        reader = as_user.prefix + ["cat", path / "train-00000-of-00001.tfrecord"]
        done = subprocess.run(reader, capture_output=True, check=False)
        assert done.returncode == 1 and b"Input/output error" in done.stderr
        assert "Permission denied" in as_user("status", path).out
        (source / "b").chmod(0o755)
        subprocess.run(reader, capture_output=True, check=True)


@pytest.mark.parametrize("fault", ["once", "short", "end"])
def test_reads_that_end_early_or_fail_once(mount, storage, fault):
    with mount(storage.path, *OPTIONS, "--cache", "none") as mounted:
        places = records(mounted)
        whole = {file: read(mounted, place) for file, place in places.items()}
        storage.set(("b/05.bmp", fault, 0, errno.EIO))
        seen = {file: outcome(mounted, place) for file, place in places.items()}
        # One failure is tried again; bytes that come in pieces are all of them.
        if fault == "end":
            assert seen.pop("b/05.bmp") == errno.EIO
            del whole["b/05.bmp"]
        assert seen == whole
        assert metrics(mounted)["failing_images"] == (fault == "end")


def test_a_source_whose_server_dies(mount, storage):
    with mount(storage.path, *OPTIONS, "--cache", "none") as mounted:
        places = records(mounted)
        storage.server.send_signal(signal.SIGKILL)
        storage.server.wait(20)
        assert {outcome(mounted, place) for place in places.values()} == {errno.EIO}
        failing = status(mounted)["failing"]
        assert len(failing) == len(places)
        assert {one["errno"] for one in failing} <= {errno.ENOTCONN, errno.ECONNABORTED}
        # What needs no image goes on.
        assert (mounted / "labels.txt").read_text() == "a\nb\n"


def test_a_source_that_is_unmounted_and_mounted_again(mount, storage, program_path, source,
                                                      tfrecordfs):
    with mount(storage.path, *OPTIONS, "--cache", "none") as mounted:
        places = records(mounted)
        whole = {file: read(mounted, place) for file, place in places.items()}
        subprocess.run(["umount", "--lazy", storage.path], check=True)
        # The mount holds its directory, and so the file system under it.
        assert {file: read(mounted, place) for file, place in places.items()} == whole


@pytest.mark.parametrize("size", [0, 100, -1])
def test_an_index_that_is_cut_off_under_the_mount(mount, source, tfrecordfs, folder, size):
    tfrecordfs("index", source, *OPTIONS, "--index", folder / "index")
    with mount(source, *OPTIONS, "--cache", "none") as mounted:
        places = records(mounted)
        whole = {file: read(mounted, place) for file, place in places.items()}
        index, = (folder / "index").glob("*.index")
        assert status(mounted)["index_reused"]
        os.truncate(index, size if size >= 0 else index.stat().st_size - 1)
        # A page that is not there any more kills who looks at it, and another takes over.
        for file, place in places.items():
            assert outcome(mounted, place) in (errno.EIO, errno.ESTALE, whole[file])
        assert tfrecordfs("reload", mounted.path, code=None).code in (0, 3)
        assert {file: read(mounted, records(mounted)[file]) for file in whole} == whole


def test_many_failing_files_are_listed_and_the_worst_are_shown(mount, folder):
    images.write(folder / "many/0.png", 1, ("png", "L"), (1, 1))
    rows = [["0.png", "c"]]
    for i in range(1, 300):
        (folder / f"many/{i}.png").hardlink_to(folder / "many/0.png")
        rows.append([f"{i}.png", "c"])
    images.write_csv(folder / "many.csv", ["file", "label"], rows)
    with mount(folder / "many", "--manifest", folder / "many.csv", "--shards", "1", "--cache",
               "none") as mounted:
        places = records(mounted)
        for i in range(300):
            (folder / f"many/{i}.png").unlink()
        assert {outcome(mounted, place) for place in places.values()} == {errno.EIO}
        seen = status(mounted)
        assert seen["failing_images"] == 300 and len(seen["failing"]) == 20
        assert len(unreadable(mounted)) == seen["failing_images"]
        out = mounted.program("status", mounted.path).out
        assert "and others" in out and len(out.splitlines()) < 25
