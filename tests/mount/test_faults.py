# SPDX-License-Identifier: MIT
"""Files that cannot be read any more: who is told, how often, and until when."""

import contextlib
import csv
import errno
import itertools
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
    """Shard, start and end of each image's record; and the records.  Nothing is read by
    way of the mount, which would keep files open."""
    places, whole, ends = {}, {}, {}
    data = {path.name: mounted.program("cat", mounted.source, path.name, *OPTIONS, "--index",
                                       mounted.index, binary=True).out
            for path in mounted.shards()}
    for row in view_model.rows(mounted.path):
        shard, start = row["shard"], ends.get(row["shard"], 0)
        end = start + 16 + int.from_bytes(data[shard][start:start + 8], "little")
        ends[shard] = end
        places[row["file"]] = shard, start, end
        whole[row["file"]] = data[shard][start:end]
    return places, whole


def read(mounted, place):
    with open(mounted / place[0], "rb", buffering=0) as file:
        return os.pread(file.fileno(), place[2] - place[1], place[1])


def outcome(mounted, place):
    try:
        return read(mounted, place)
    except OSError as error:
        return error.errno


@pytest.mark.fault(fault="image vanishes and comes back", moment="while it is read",
                   expected="EIO; named once in the log, in status, metrics and problems.csv until "
                            "it can be read")
def test_a_failing_file_is_named_everywhere_until_it_can_be_read_again(mount, source,
                                                                       tfrecordfs):
    with mount(source, *OPTIONS, "--cache", "none") as mounted:
        places, whole = records(mounted)
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


@pytest.mark.fault(fault="image truncated or replaced", moment="before a reload",
                   expected="EIO, then the new data set, and nothing fails")
def test_a_reload_takes_failing_files_off(mount, source, tfrecordfs):
    with mount(source, *OPTIONS, "--on-bad", "skip", "--cache", "none") as mounted:
        places, _ = records(mounted)
        os.truncate(source / "a/02.bmp", 50)
        images.write(source / "a/04.bmp", 99, ("bmp", "RGB"), (30, 30))
        bad = [file for file, place in places.items() if outcome(mounted, place) == errno.EIO]
        assert bad == list(unreadable(mounted)) == ["a/02.bmp", "a/04.bmp"]
        tfrecordfs("reload", mounted.path)
        for path in mounted.shards():
            path.read_bytes()
        assert unreadable(mounted) == {} and status(mounted)["failing"] == []


@pytest.mark.fault(fault="directory renamed and renamed back", moment="while mounted",
                   expected="EIO for its records, then right bytes; others go on")
def test_a_directory_that_is_renamed_and_renamed_back(mount, source):
    with mount(source, *OPTIONS, "--cache", "none") as mounted:
        places, whole = records(mounted)
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


@pytest.mark.fault(fault="permissions taken", moment="while mounted",
                   expected="EIO, EACCES in status; right bytes when given back")
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
@pytest.mark.fault(fault="EIO once, short reads, early end", moment="while it is read",
                   expected="right bytes; EIO where bytes are missing")
def test_reads_that_end_early_or_fail_once(mount, storage, fault):
    with mount(storage.path, *OPTIONS, "--cache", "none") as mounted:
        places, whole = records(mounted)
        storage.set(("b/05.bmp", fault, 0, errno.EIO))
        seen = {file: outcome(mounted, place) for file, place in places.items()}
        # One failure is tried again; bytes that come in pieces are all of them.
        if fault == "end":
            assert seen.pop("b/05.bmp") == errno.EIO
            del whole["b/05.bmp"]
        assert seen == whole
        assert metrics(mounted)["failing_images"] == (fault == "end")


@pytest.mark.fault(fault="source server killed (ENOTCONN)", moment="while mounted",
                   expected="EIO, all named; what needs no image goes on")
def test_a_source_whose_server_dies(mount, storage):
    with mount(storage.path, *OPTIONS, "--cache", "none") as mounted:
        places, _ = records(mounted)
        storage.server.send_signal(signal.SIGKILL)
        storage.server.wait(20)
        assert {outcome(mounted, place) for place in places.values()} == {errno.EIO}
        failing = status(mounted)["failing"]
        assert len(failing) == len(places)
        assert {one["errno"] for one in failing} <= {errno.ENOTCONN, errno.ECONNABORTED}
        # What needs no image goes on.
        assert (mounted / "labels.txt").read_text() == "a\nb\n"


@pytest.mark.fault(fault="source unmounted lazily", moment="while mounted",
                   expected="right bytes")
def test_a_source_that_is_unmounted_and_mounted_again(mount, storage, program_path, source,
                                                      tfrecordfs):
    with mount(storage.path, *OPTIONS, "--cache", "none") as mounted:
        places, whole = records(mounted)
        subprocess.run(["umount", "--lazy", storage.path], check=True)
        # The mount holds its directory, and so the file system under it.
        assert {file: read(mounted, place) for file, place in places.items()} == whole


# Without a page there is a SIGBUS, which sanitizers report as they should.
@pytest.mark.parametrize("size", [pytest.param(0, marks=pytest.mark.slow), 100, -1])
@pytest.mark.fault(fault="saved index truncated (SIGBUS)", moment="while mounted",
                   expected="an error, never wrong bytes; a reload builds another")
def test_an_index_that_is_cut_off_under_the_mount(mount, source, tfrecordfs, folder, size):
    tfrecordfs("index", source, *OPTIONS, "--index", folder / "index")
    with mount(source, *OPTIONS, "--cache", "none") as mounted:
        places, whole = records(mounted)
        index, = (folder / "index").glob("*.index")
        assert status(mounted)["index_reused"]
        os.truncate(index, size if size >= 0 else index.stat().st_size - 1)
        # A page that is not there any more kills who looks at it, and another takes over.
        for file, place in places.items():
            assert outcome(mounted, place) in (errno.EIO, errno.ESTALE, whole[file])
        assert tfrecordfs("reload", mounted.path, code=None).code in (0, 3)
        places, _ = records(mounted)
        assert {file: read(mounted, place) for file, place in places.items()} == whole


@pytest.mark.fault(fault="all images deleted", moment="while mounted",
                   expected="EIO; listed in problems.csv, the worst in status")
def test_many_failing_files_are_listed_and_the_worst_are_shown(mount, folder):
    images.write(folder / "many/0.png", 1, ("png", "L"), (1, 1))
    rows = [["0.png", "c"]]
    for i in range(1, 300):
        (folder / f"many/{i}.png").hardlink_to(folder / "many/0.png")
        rows.append([f"{i}.png", "c"])
    images.write_csv(folder / "many.csv", ["file", "label"], rows)
    with mount(folder / "many", "--manifest", folder / "many.csv", "--shards", "1", "--cache",
               "none") as mounted:
        shard, = mounted.shards()
        ends = [0, *itertools.accumulate(map(len, view_model.framed(shard.read_bytes())))]
        for i in range(300):
            (folder / f"many/{i}.png").unlink()
        assert {outcome(mounted, (shard.name, *place))
                for place in itertools.pairwise(ends)} == {errno.EIO}
        seen = status(mounted)
        assert seen["failing_images"] == 300 and len(seen["failing"]) == 20
        assert len(unreadable(mounted)) == seen["failing_images"]
        out = mounted.program("status", mounted.path).out
        assert "and others" in out and len(out.splitlines()) < 25
