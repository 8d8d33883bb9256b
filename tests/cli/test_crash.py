# SPDX-License-Identifier: MIT
"""Indexing that is killed, or done twice at once: the next run finds an index or none.

Every single call of saving is tests/unit/test_index_crash.c's; here are real processes.
"""

import concurrent.futures
import random
import subprocess
import time

import images
import pytest

SHARD = "train-00000-of-00001.tfrecord"


@pytest.fixture
def source(folder):
    """Of enough images that indexing takes a while."""
    return images.small(folder / "source", 600)


@pytest.fixture
def run(tfrecordfs, source, folder):
    def run(*options, command="cat", **keywords):
        return tfrecordfs(command, source, *([SHARD] if command == "cat" else []), "--shards", 1,
                          "--index", folder / "index", *options, binary=command == "cat",
                          **keywords)
    return run


def names(folder):
    return sorted(path.name for path in (folder / "index").iterdir())


def kill_after(tfrecordfs, source, folder, seconds, *options):
    """Whether indexing was killed before it came to its end."""
    process = tfrecordfs.start("index", source, "--shards", 1, "--index", folder / "index",
                               *options)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode == -9


@pytest.mark.fault(fault="SIGKILL in indexing", moment="at any time",
                   expected="the next run indexes, same bytes")
def test_indexing_that_is_killed_at_any_time_is_done_by_the_next_run(
        tfrecordfs, run, source, folder):
    begun = time.monotonic()
    right = run("--index", "none").out
    seconds = time.monotonic() - begun
    numbers = random.Random(7)
    killed = 0
    for _ in range(5):
        for path in (folder / "index").glob("*.index"):
            path.unlink()
        killed += kill_after(tfrecordfs, source, folder, numbers.uniform(0, seconds))
        result = run()
        assert result.out == right
        assert result.err == "", "an index was half written"
        assert [name for name in names(folder) if name.endswith(".tmp")] == []
    assert killed > 0


@pytest.mark.fault(fault="several that index", moment="at once",
                   expected="one whole index is left")
def test_processes_that_index_at_once_leave_one_whole_index(tfrecordfs, run, source, folder):
    right = run("--index", "none").out
    victim = tfrecordfs.start("index", source, "--shards", 1, "--index", folder / "index")
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        running = [threads.submit(run) for _ in range(4)]
        time.sleep(0.02)
        victim.kill()
        results = [result.result() for result in running]
    victim.communicate()
    for result in results:
        assert (result.out, result.err) == (right, "")
    run("--reindex", "--json", command="index")
    assert run("--json", command="index").json["index_reused"] is True
    assert [name for name in names(folder) if name.endswith(".tmp")] == []
    assert run().out == right


@pytest.mark.fault(fault="SIGKILL in saving", moment="before the index is complete",
                   expected="what is left goes with the next")
def test_a_leftover_goes_with_the_next_index_that_is_saved(run, folder):
    (folder / "index").mkdir()
    leftover = folder / "index" / ".tfrecordfs-4711-0.tmp"
    leftover.write_bytes(b"half an index")
    others = folder / "index" / "not-ours.tmp"
    others.write_bytes(b"somebody's")
    run(command="index")
    assert not leftover.exists() and others.exists()
