# SPDX-License-Identifier: MIT
"""Parts of an index whose machines are killed, or that several make and join at once."""

import concurrent.futures
import random
import shutil
import subprocess
import time

import images
import pytest
import tracing

SHARD = "train-00000-of-00001.tfrecord"


@pytest.fixture
def source(folder):
    """Of enough images that a part takes a while."""
    return images.small(folder / "source", 600)


@pytest.fixture
def run(tfrecordfs, source, folder):
    def run(*words, **keywords):
        return tfrecordfs("index", source, "--shards", 1, "--index", folder / "index", *words,
                          **keywords)
    return run


@pytest.fixture
def right(tfrecordfs, source):
    return tfrecordfs("cat", source, SHARD, "--shards", 1, "--index", "none", binary=True).out


@pytest.fixture
def check(tfrecordfs, source, folder, right):
    """The index is there, current, and all that is there; its bytes are right."""
    def check():
        (path,) = (folder / "index").iterdir()
        assert path.suffix == ".index"
        found = tfrecordfs("cat", source, SHARD, "--shards", 1, "--index", folder / "index",
                           binary=True)
        assert (found.out, found.err) == (right, "")
    return check


def names(folder):
    return sorted(path.name for path in (folder / "index").iterdir())


@pytest.mark.fault(fault="SIGKILL of a machine that makes a part of an index",
                   moment="at each call that writes", expected="no part, or a whole one")
def test_a_part_that_is_killed_at_any_call_is_there_or_not(tfrecordfs, run, check, folder):
    run("--part", "2/2")
    kept = folder / "kept"
    shutil.copytree(folder / "index", kept)
    found = []
    for call in ("pwrite64:when=1", "fsync:when=1", "renameat:when=1", "fsync:when=2"):
        with tracing.traced(tfrecordfs, "-e", f"inject={call.replace(':', ':signal=KILL:')}"):
            run("--part", "1/2", code=-9)
        joined = run("--join", code=None)
        found.append(joined.code)
        assert joined.code == 0 or "part 1 of 2 is missing" in joined.error
        if joined.code != 0:
            run("--part", "1/2")
            assert not [name for name in names(folder) if name.endswith(".tmp")]
            run("--join")
        check()
        shutil.rmtree(folder / "index")
        shutil.copytree(kept, folder / "index")
    # The signal comes before its call is made.
    assert found == [1, 1, 1, 0]


@pytest.mark.fault(fault="SIGKILL of who joins parts", moment="at any time",
                   expected="the parts, or the index; the next join does")
def test_a_join_that_is_killed_at_any_time_is_done_by_the_next(tfrecordfs, run, check, source,
                                                               folder):
    begun = time.monotonic()
    for i in range(1, 4):
        run("--part", f"{i}/3")
    shutil.copytree(folder / "index", folder / "kept")
    begun = time.monotonic()
    run("--join")
    seconds = time.monotonic() - begun
    numbers = random.Random(8)
    for _ in range(8):
        shutil.rmtree(folder / "index")
        shutil.copytree(folder / "kept", folder / "index")
        process = tfrecordfs.start("index", source, "--shards", 1, "--index",
                                   folder / "index", "--join")
        try:
            process.communicate(timeout=numbers.uniform(0, seconds))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        run("--join")
        # Parts that are left of a join that was killed while it removed them.
        for path in (folder / "index").glob("*.part-*"):
            path.unlink()
        run("--reindex")
        check()


@pytest.mark.fault(fault="several machines join the same parts", moment="at once",
                   expected="one whole index, and no part is left")
def test_machines_that_join_at_once_leave_one_whole_index(run, check):
    for i in range(1, 6):
        run("--part", f"{i}/5")
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        results = [result.result() for result in
                   [threads.submit(run, "--join") for _ in range(4)]]
    assert [result.err for result in results] == [""] * 4
    check()


def test_machines_that_make_parts_at_once_make_all(run, check, folder):
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        for result in [threads.submit(run, "--part", f"{i % 8 + 1}/8") for i in range(16)]:
            result.result()
    assert len(names(folder)) == 8
    run("--join")
    check()


@pytest.mark.fault(fault="a part is made anew", moment="while parts are joined",
                   expected="the index is whole; what was made since stays")
def test_parts_that_are_made_while_others_join(run, right, tfrecordfs, source, folder):
    for i in range(1, 4):
        run("--part", f"{i}/3")
    with concurrent.futures.ThreadPoolExecutor(3) as threads:
        running = [threads.submit(run, "--join", code=None)]
        running += [threads.submit(run, "--part", f"{i}/3", "--reindex") for i in (1, 2, 3)]
        results = [result.result() for result in running]
    assert all(result.code == 0 for result in results)
    found = tfrecordfs("cat", source, SHARD, "--shards", 1, "--index", folder / "index",
                       binary=True)
    assert (found.out, found.err) == (right, "")


@pytest.mark.fault(fault="disk full", moment="when a part of an index is written",
                   expected="told; nothing half written is left")
def test_a_limit_of_file_sizes_is_told_and_leaves_nothing_half_written(tfrecordfs, run, folder):
    tfrecordfs.prefix = ["prlimit", "--fsize=300"]
    assert "File too large" in run("--part", "1/2", code=1).error
    assert names(folder) == []


def test_parts_that_cannot_be_removed_are_joined_all_the_same(as_user, source, folder):
    if not as_user.prefix:
        pytest.skip("root removes everything")
    (folder / "index").mkdir()
    (folder / "index").chmod(0o777)
    words = ["index", source, "--index", folder / "index"]
    for i in (1, 2):
        as_user(*words, "--part", f"{i}/2")
    (folder / "index").chmod(0o755)
    assert "Permission denied" in as_user(*words, "--join", code=1).err
    assert len(names(folder)) == 2
