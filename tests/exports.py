# SPDX-License-Identifier: MIT
"""What tests of export look at: files, who they are, and their checksums."""

import contextlib
import os
import random
import subprocess
import time

import images
import pytest

RECORD = ".tfrecordfs-export"
LOCK = ".tfrecordfs-export-lock"
SUMS = "SHA256SUMS"


def large_source(folder, count=24, side=1200):
    """So many images of 4 MB that cannot be compressed, each a shard of its own."""
    numbers = random.Random(1)
    for i in range(count):
        path = folder / f"large/a/{i:02}.bmp"
        path.parent.mkdir(parents=True, exist_ok=True)
        images.write_sparse_bmp(path, side, side)
        with open(path, "r+b") as file:
            file.seek(54)
            file.write(numbers.randbytes(3 * side * side))
    return folder / "large"


def contents(directory):
    """{path: bytes} of all that is there but for the record."""
    return {str(path.relative_to(directory)): path.read_bytes()
            for path in directory.rglob("*") if path.is_file() and path.name not in (RECORD, LOCK)}


def shards(directory, pattern="*.tfrecord"):
    return sorted(directory.glob(pattern)) if directory.exists() else []


def who(directory, pattern="*.tfrecord"):
    """{name: (inode, time)}: files that were not written again stay the same."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns)
            for path in shards(directory, pattern)}


def check_sums(directory):
    """As a user checks them; how many were right."""
    done = subprocess.run(["sha256sum", "-c", SUMS], cwd=directory, check=False,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.count(": OK\n")


def half_written(directory):
    return [path.name for path in directory.iterdir() if path.suffix == ".tmp"]


def wait_for_shards(process, directory, number, pattern="*.tfrecord"):
    """Until so many are there, or the process has ended."""
    deadline = time.monotonic() + 60
    while len(shards(directory, pattern)) < number and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)


@contextlib.contextmanager
def tiny_disk(path, size):
    """A file system of its own with so many bytes."""
    path.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path],
                      check=False, capture_output=True).returncode != 0:
        pytest.skip("only root can mount a tiny tmpfs")
    try:
        yield path
    finally:
        subprocess.run(["umount", path], check=True)


def fill(path, left):
    """A file "filler" that leaves so many bytes, while others write as well."""
    with open(path / "filler", "wb") as filler:
        while True:
            with contextlib.suppress(OSError):
                os.posix_fallocate(filler.fileno(), 0, free_bytes(path) - left)
                return


def free_bytes(path):
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize
