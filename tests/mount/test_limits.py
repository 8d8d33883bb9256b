# SPDX-License-Identifier: MIT
"""Mounts that may have no more threads, memory or place, and whose index is taken away."""

import concurrent.futures
import contextlib
import errno
import hashlib
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys

import pytest

import images
import program as programs
from mount.test_scale import beyond, metrics  # noqa: F401
from mount.test_users import open_device, own  # noqa: F401

OPTIONS = ("--split", "train=1", "--shards", "4")


@pytest.fixture
def large(folder):
    """Images of 300 kB by what stands behind their ends."""
    source = images.class_folders(folder / "photos", {"cat": 12, "dog": 12})
    for number, path in enumerate(sorted(source.glob("*/*"))):
        if path.suffix == ".bmp":
            path.unlink()
        else:
            with open(path, "ab") as file:
                file.write(random.Random(number).randbytes(300_000))
    return source


READ_AT_ONCE = """
import concurrent.futures, hashlib, pathlib, sys
paths = sorted(pathlib.Path(sys.argv[1]).glob("*.tfrecord"))
def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
with concurrent.futures.ThreadPoolExecutor(24) as pool:
    print(*pool.map(digest, paths * 12))
"""


def count_tasks():
    """Of nobody, with processes that have ended and that nobody has asked for."""
    count = 0
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if path.stat().st_uid == programs.NOBODY:
                count += len(list((path / "task").iterdir()))
    return count


def digests(as_user, path):
    done = subprocess.run([*as_user.prefix, sys.executable, "-c", READ_AT_ONCE, path],
                          capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.split()


@pytest.mark.slow
@pytest.mark.fault(fault="limit of processes (ulimit -u)", moment="at the mount",
                   expected="refused in a sentence, or it serves")
@pytest.mark.fault(fault="no more threads may be started", moment="while 24 readers read",
                   expected="all bytes right, with the threads there are")
def test_an_ordinary_user_with_few_processes(as_user, own, large):  # noqa: F811
    as_user("mount", large, own, *OPTIONS)
    wanted = digests(as_user, own)
    programs.unmount(as_user, own)
    said, prefix = set(), as_user.prefix
    for more in range(100):
        as_user.prefix = ["prlimit", f"--nproc={count_tasks() + more}", *prefix]
        done = as_user("mount", large, own, *OPTIONS, code=None)
        if done.code == 0:
            break
        assert done.code == 3
        assert "no more" in done.error, done
        assert not programs.mounts_below(own)
        said.add(done.error.split(":")[0])
    as_user.prefix = prefix
    assert {"starting in the background", f"serving {own}"} <= said
    (keeper,) = programs.keepers_of(as_user, own)
    (worker,) = set(programs.processes_of(as_user, own)) - {keeper}
    subprocess.run([*prefix, "prlimit", f"--pid={worker}", "--nproc=1:"], check=True)
    assert digests(as_user, own) == wanted
    programs.unmount(as_user, own)


def read_or_fail(path, expected, seed):
    """Some windows, each of which is right or cannot be read for want of memory."""
    numbers = random.Random(seed)
    for _ in range(8):
        place = numbers.randrange(len(expected))
        length = numbers.randrange(1, 1 << 21)
        try:
            with open(path, "rb", buffering=0) as file:
                data = os.pread(file.fileno(), length, place)
        except OSError as error:
            assert error.errno in (errno.ENOMEM, errno.EIO, errno.EAGAIN)
        else:
            whole = expected[place:place + length]
            # A read that fails further on ends with what it has.
            assert data == whole[:len(data)] and data


@pytest.mark.slow
@pytest.mark.fault(fault="limit of address space (ulimit -v)", moment="while 16 readers read",
                   expected="right bytes or ENOMEM, EIO or EAGAIN; afterwards all is read")
def test_a_worker_that_gets_no_more_memory_fails_reads_and_goes_on(mount, large):
    with mount(large, *OPTIONS, at="plain") as mounted:
        whole = mounted.contents()
    names = sorted(whole)
    for margin in (1 << 20, 128 << 20):
        with mount(large, *OPTIONS, "--cache", "none") as mounted:
            worker = mounted.worker
            with open(f"/proc/{worker}/statm", encoding="ascii") as file:
                limit = int(file.read().split()[0]) * resource.getpagesize() + margin
            resource.prlimit(worker, resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                list(pool.map(lambda i: read_or_fail(
                    mounted / names[i % 4], whole[names[i % 4]], i), range(48)))
            resource.prlimit(worker, resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
            assert mounted.contents() == whole and mounted.worker == worker


@pytest.mark.fault(fault="index directory removed", moment="while mounted",
                   expected="reads, checksums and reloads go on without")
def test_an_index_directory_that_is_removed(mount, large, tfrecordfs):
    with mount(large, *OPTIONS, "--cache", "none") as mounted:
        shutil.rmtree(mounted.index)
        whole = mounted.contents()
        assert (mounted / "SHA256SUMS").read_text().count("\n") == 4
        assert mounted.contents() == whole
        assert metrics(mounted)["tfrecordfs_failed_reads_total"] == 0
        assert "serving" in tfrecordfs("status", mounted.path).out
        tfrecordfs("reload", mounted.path)
        assert mounted.contents() == whole
        # Who is confined has no right to make it again.
        confined = "landlock" in tfrecordfs("status", mounted.path).out
    assert mounted.index.exists() is not confined


@pytest.mark.slow
@pytest.mark.fault(fault="container of 64 MiB of memory", moment="while 220 MB are read in it",
                   expected="all bytes right, nobody is killed")
def test_shards_far_larger_than_the_memory_of_the_container(mount, beyond,  # noqa: F811
                                                            folder, tfrecordfs):
    source, model = beyond
    with programs.control_group(64 << 20) as group:
        enter = ["sh", "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "sh"]
        tfrecordfs.prefix = enter
        with mount(source, "--split", "train=1", "--shards", "20", "--order", "local",
                   "--schema", folder / "large.json") as mounted:
            tfrecordfs.prefix = []
            done = subprocess.run([*enter, "sha256sum", mounted.shards()[4]], check=True,
                                  capture_output=True, text=True)
            wanted = hashlib.sha256()
            for number in range(38, 47):
                wanted.update(model.record(number))
            assert done.stdout.split()[0] == wanted.hexdigest()
            names = ("memory.oom_control", "memory.events")
            told = next(group / name for name in names if (group / name).exists()).read_text()
            assert "oom_kill 0" in told
