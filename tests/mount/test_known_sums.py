# SPDX-License-Identifier: MIT
"""Checksums and hashes are computed once, and remembered beside the index by later mounts."""

import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess

import images
import program as programs
import pytest

OPTIONS = ["--shards", 2, "--split", "train=1"]
IMAGE = 60000  # bytes and more
NR = 40


@pytest.fixture
def source(folder):
    """Images that are large beside all else that a mount reads."""
    for i in range(NR):
        images.write(folder / f"source/{i % 2}/{i:02}.bmp", i, ("bmp", "RGB"), (150, 140))
    return folder / "source"


def rchar(pid):
    """Bytes that the process has read so far, from anywhere."""
    with open(f"/proc/{pid}/io", encoding="ascii") as lines:
        return int(lines.readline().split()[1])


def footers(mounted):
    """The last four bytes of each record, alone: in no order, and the kernel is told to read
    no further, so that nobody reads ahead."""
    found = {}
    for shard in mounted.shards():
        index = mounted / "index" / (shard.stem + ".idx")
        records = [tuple(map(int, line.split())) for line in index.read_text().splitlines()]
        fd = os.open(shard, os.O_RDONLY)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)
        for offset, size in random.Random(5).sample(records, len(records)):
            found[shard, offset] = os.pread(fd, 4, offset + size - 4)
        os.close(fd)
    return [found[place] for place in sorted(found)]


def read_of_images(mounted):
    """How many bytes reading all footers makes the mount read, and the footers."""
    before = rchar(mounted.worker)
    found = footers(mounted)
    assert len(found) == NR
    return rchar(mounted.worker) - before, found


@pytest.mark.parametrize("options", [[], ["--order", "local"]])
def test_a_later_mount_reads_no_image_for_a_checksum(mount, source, options):
    with mount(source, *OPTIONS, *options) as mounted:
        whole = mounted.contents()
        expected = footers(mounted)
    with mount(source, *OPTIONS, *options) as mounted:
        nr_bytes, found = read_of_images(mounted)
        assert found == expected
        # The kernel asks for whole pages, which hold some of the images.
        assert nr_bytes < NR * 3 * 8192 < NR * IMAGE / 2
        assert mounted.contents() == whole
    assert len(list(mounted.index.glob("*.crc32c"))) == 1
    assert not list(mounted.index.glob("*.sha256")), "nobody asked for hashes"


def test_without_an_index_each_mount_reads_them_again(mount, source):
    for _ in range(2):
        with mount(source, *OPTIONS, index="none") as mounted:
            nr_bytes, _ = read_of_images(mounted)
            assert nr_bytes > NR * IMAGE


def test_hashes_are_remembered_where_they_were_asked_for(mount, source):
    shutil.copyfile(source / "0/00.bmp", source / "1/copy.bmp")
    seen = []
    for _ in range(2):
        with mount(source, "--split", "train=0.5,test=0.5") as mounted:
            before = rchar(mounted.worker)
            text = (mounted / "leaks-content.csv").read_text()
            seen.append((text, rchar(mounted.worker) - before))
    (first, nr_first), (second, nr_second) = seen
    assert first == second
    assert nr_first > NR * IMAGE > 10 * nr_second
    (path,) = mounted.index.glob("*.sha256")
    hashes = path.read_bytes()
    assert all(hashlib.sha256(p.read_bytes()).digest() in hashes for p in source.rglob("*.bmp"))


@pytest.mark.fault(fault="image replaced", moment="between mounts that kept its checksum",
                   expected="never the old checksum")
def test_a_changed_image_never_has_the_old_checksum(mount, tfrecordfs, source):
    """Not even one whose size and time are as they were."""
    def verified(*options):
        with mount(source, *OPTIONS, *options) as mounted:
            tfrecordfs("verify", *mounted.shards())
            return read_of_images(mounted)[1]
    before = verified()
    assert verified() == before
    for i in (4, 11, 12):
        path = source / f"{i % 2}/{i:02}.bmp"
        status, data = path.stat(), bytearray(path.read_bytes())
        data[-1] ^= 1
        new = path.with_name("new")
        new.write_bytes(data)
        os.utime(new, ns=(status.st_atime_ns, status.st_mtime_ns))
        new.rename(path)
    after = verified("--reindex")
    assert verified() == after
    assert sum(a != b for a, b in zip(before, after)) == 3


def test_an_unchanged_image_is_not_read_again_after_others_changed(mount, source):
    with mount(source, *OPTIONS) as mounted:
        before = footers(mounted)
    for i in (4, 11, 12):
        images.write(source / f"{i % 2}/{i:02}.bmp", i + 500, ("bmp", "RGB"), (150, 140))
    with mount(source, *OPTIONS, "--reindex") as mounted:
        nr_bytes, after = read_of_images(mounted)
    assert sum(a != b for a, b in zip(before, after)) == 3
    assert 3 * IMAGE < nr_bytes < NR * 3 * 8192 + 6 * IMAGE


def test_images_that_got_another_number_are_not_read_again(mount, source):
    with mount(source, *OPTIONS) as mounted:
        before = footers(mounted)
    for i in (0, 7, 20):
        (source / f"{i % 2}/{i:02}.bmp").unlink()
        images.write(source / f"{i % 2}/{i + 3:02}-new.bmp", i + 500, ("bmp", "RGB"),
                     (150, 140))
    with mount(source, *OPTIONS) as mounted:
        nr_bytes, after = read_of_images(mounted)
        nr_files = len(list(mounted.index.iterdir()))
    assert len(set(before) & set(after)) == NR - 3
    assert 3 * IMAGE < nr_bytes < NR * 3 * 8192 + 6 * IMAGE
    assert nr_files == 2, "an index and its checksums"


@pytest.mark.fault(fault="SIGKILL of the daemon", moment="after checksums were kept",
                   expected="the next mount knows them")
def test_a_killed_mount_leaves_what_it_knew(mount, tfrecordfs, source, folder):
    (folder / "killed").mkdir()
    tfrecordfs("mount", source, folder / "killed", *OPTIONS, "--index", folder / "index")
    (pid,) = programs.keepers_of(tfrecordfs, folder / "killed")
    for shard in sorted((folder / "killed").glob("*.tfrecord")):
        shard.read_bytes()
    os.kill(pid, signal.SIGKILL)
    programs.wait_until(lambda: not programs.is_running(pid), 20, "the death")
    tfrecordfs("umount", folder / "killed")
    with mount(source, *OPTIONS) as mounted:
        assert read_of_images(mounted)[0] < NR * IMAGE / 2
        tfrecordfs("verify", *mounted.shards())


def test_two_mounts_share_what_they_know(mount, source):
    with mount(source, *OPTIONS) as first, mount(source, *OPTIONS) as second:
        expected = footers(first)
        nr_bytes, found = read_of_images(second)
        assert found == expected and nr_bytes < NR * IMAGE / 2


def damage(path, kind):
    if kind == "cut":
        os.truncate(path, 64 + 12 * NR // 2)
    elif kind == "empty":
        os.truncate(path, 0)
    elif kind == "zeroes":
        path.write_bytes(bytes(path.stat().st_size))
    elif kind == "noise":
        path.write_bytes(path.read_bytes()[:64] + os.urandom(12 * NR))
    elif kind == "gone":
        path.unlink()
    elif kind == "directory":
        path.unlink()
        path.mkdir()


@pytest.mark.parametrize("kind", ["cut", "empty", "zeroes", "noise", "gone", "directory"])
@pytest.mark.fault(fault="checksums kept beside the index damaged",
                   moment="between mounts, and while mounted",
                   expected="right bytes")
def test_damage_is_harmless_before_and_while_it_is_mounted(mount, tfrecordfs, source, kind):
    with mount(source, *OPTIONS) as mounted:
        expected = footers(mounted)
    (path,) = mounted.index.glob("*.crc32c")
    damage(path, kind)
    with mount(source, *OPTIONS) as mounted:
        assert footers(mounted) == expected
    if kind != "directory":
        with mount(source, *OPTIONS) as mounted:
            half = footers(mounted)[:NR // 2]
            damage(path, kind)
            tfrecordfs("verify", *mounted.shards())
            assert half == expected[:NR // 2]
    with mount(source, *OPTIONS) as mounted:
        assert footers(mounted) == expected


@pytest.mark.fault(fault="disk full", moment="when checksums are kept",
                   expected="right bytes, kept in memory")
def test_a_disk_without_room_for_them_serves_all_the_same(mount, tfrecordfs, source, folder):
    tiny = folder / "index"
    tiny.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tiny], check=False,
                      capture_output=True).returncode != 0:
        pytest.skip("only root can mount a tiny tmpfs")
    try:
        tfrecordfs("index", source, *OPTIONS, "--index", tiny)
        with open(tiny / "filler", "wb", buffering=0) as filler, \
                contextlib.suppress(OSError):
            while filler.write(b"x" * 4096):
                pass
        with mount(source, *OPTIONS) as mounted:
            expected = footers(mounted)
            tfrecordfs("verify", *mounted.shards())
            nr_bytes, found = read_of_images(mounted)
            assert found == expected and nr_bytes < NR * IMAGE / 2, "in memory, then"
        assert not list(tiny.glob("*.crc32c"))
    finally:
        subprocess.run(["umount", tiny], check=True)


@pytest.mark.fault(fault="index directory read-only", moment="when checksums are kept",
                   expected="what is known is used")
def test_a_read_only_directory_serves_what_is_known(mount, as_user, source, folder):
    if not as_user.prefix:
        pytest.skip("root is needed to make a directory that others cannot write")
    with mount(source, *OPTIONS) as mounted:
        whole = mounted.contents()
    (path,) = mounted.index.glob("*.crc32c")
    os.truncate(path, 64 + 12 * NR // 2)
    known = path.read_bytes()
    for name, content in whole.items():
        assert as_user("cat", source, name, *OPTIONS, "--index", mounted.index,
                       binary=True).out == content
    assert path.read_bytes() == known
