# SPDX-License-Identifier: MIT
"""Storage that does not answer: who wants what is not there waits, and nobody else."""

import concurrent.futures
import contextlib
import os
import signal
import subprocess
import time

import pytest

import images
import program as programs
import storage as storages
import view_model

OPTIONS = ("--split", "train=1", "--shards", "2", "--order", "manifest")
FOR_EVER = 600_000


@pytest.fixture
def storage(program_path, folder):
    source = folder / "photos"
    for i in range(60):
        images.write(source / "ab"[i % 2] / f"{i:02}.bmp", i, ("bmp", "RGB"), (100, 100))
    with storages.storage_of(program_path, source, folder / "storage") as storage:
        yield storage


def records(mounted):
    """Shard, start, end and image of every record, in order; and what is there.  Nothing
    of it is read by way of the mount."""
    whole = {}
    shards = {row["shard"]: [] for row in view_model.rows(mounted.path)}
    for row in view_model.rows(mounted.path):
        shards[row["shard"]].append(row["file"])
    for shard, files in shards.items():
        data = mounted.program("cat", mounted.source, shard, *OPTIONS, "--index",
                               mounted.index, binary=True).out
        end = 0
        for file, record in zip(files, view_model.framed(data), strict=True):
            start, end = end, end + len(record)
            whole[shard, start, end, file] = record
    return whole


def read(mounted, place):
    """One record by way of a file of its own, as direct reads have it."""
    fd = os.open(mounted / place[0], os.O_RDONLY)
    try:
        return os.pread(fd, place[2] - place[1], place[1])
    finally:
        os.close(fd)


READER = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
fd = os.open(sys.argv[1], os.O_RDONLY)
print("reading", flush=True)
os.pread(fd, int(sys.argv[3]) - int(sys.argv[2]), int(sys.argv[2]))
"""


@contextlib.contextmanager
def readers(mounted, places):
    """Processes that read a record each."""
    processes = [subprocess.Popen(["python3", "-c", READER, mounted / shard, str(start), str(end)],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                 for shard, start, end, _ in places]
    try:
        for process in processes:
            assert process.stdout.readline() == b"reading\n"
        yield processes
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.communicate(timeout=20)


def seconds_of(call, *arguments):
    started = time.monotonic()
    call(*arguments)
    return time.monotonic() - started


@pytest.mark.parametrize("operation", ["read", "open"])
@pytest.mark.parametrize("cache", ["kernel", "none"])
@pytest.mark.fault(fault="source hangs in open or read", moment="while it is read",
                   expected="reads of that record wait, all others go on; right bytes when it "
                            "answers")
def test_others_go_on_while_one_image_hangs(mount, storage, cache, operation):
    with mount(storage.path, *OPTIONS, "--cache", cache) as mounted:
        whole = records(mounted)
        places = list(whole)
        stuck = places[7]
        assert stuck[0] == places[8][0]
        with storage.fault(stuck[3], operation, FOR_EVER), \
                open(mounted / stuck[0], "rb", buffering=0) as same_file, \
                readers(mounted, [stuck] * 3) as waiting:
            # In the same chunk, and in the same window of the kernel; with its cache, those
            # that share a page wait with it.
            beside = [stuck] if cache == "none" else places[6:9]
            for place in places[:20] + places[40:]:
                if place not in beside:
                    assert read(mounted, place) == whole[place]
                if place not in beside and place[0] == stuck[0]:
                    assert os.pread(same_file.fileno(), place[2] - place[1],
                                    place[1]) == whole[place]
            assert [process.poll() for process in waiting] == [None] * 3
            storage.mend()
            for process in waiting:
                assert process.wait(20) == 0
        assert {place: read(mounted, place) for place in places} == whole


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("cache", ["kernel", "none"])
@pytest.mark.fault(fault="source hangs in read", moment="SIGINT, SIGKILL of the reader",
                   expected="the reader ends at once")
def test_who_waits_for_an_image_can_be_interrupted(mount, storage, cache, number):
    with mount(storage.path, *OPTIONS, "--cache", cache) as mounted:
        stuck = list(records(mounted))[7]
        with storage.fault(stuck[3], "read", FOR_EVER), \
                readers(mounted, [stuck] * 4) as waiting:
            time.sleep(0.3)
            for process in waiting:
                process.send_signal(number)
            assert seconds_of(lambda: [p.wait(20) for p in waiting]) < 3
            assert [p.returncode for p in waiting] == [-number] * 4
            # That nobody waits any more does not make it answer.
            with pytest.raises(subprocess.TimeoutExpired), \
                    readers(mounted, [stuck]) as again:
                again[0].wait(0.5)
        assert os.listdir(mounted.path)


@pytest.mark.fault(fault="30 images hang", moment="180 readers of them",
                   expected="others go on; right bytes when they answer")
def test_threads_do_not_run_out_when_many_images_hang(mount, storage):
    with mount(storage.path, *OPTIONS, "--cache", "none") as mounted:
        whole = records(mounted)
        places = list(whole)
        hanging, fine = places[:30], places[31:60:7]
        with contextlib.ExitStack() as stack:
            storage.set(*[(place[3], "read", FOR_EVER, 0) for place in hanging])
            # More than there are threads.
            pool = stack.enter_context(concurrent.futures.ThreadPoolExecutor(180))
            waiting = [pool.submit(read, mounted, hanging[i % 30]) for i in range(180)]
            time.sleep(1.5)
            for place in fine:
                assert read(mounted, place) == whole[place]
            assert os.listdir(mounted.path) and (mounted / "labels.txt").read_text()
            assert not any(future.done() for future in waiting)
            storage.mend()
            for i, future in enumerate(waiting):
                assert future.result(30) == whole[hanging[i % 30]]


@pytest.mark.fault(fault="source hangs in read", moment="SIGTERM of the mount",
                   expected="the mount ends within seconds, readers get an error")
def test_a_mount_ends_while_an_image_hangs(mount, storage, tfrecordfs):
    with mount(storage.path, *OPTIONS, "--cache", "none") as mounted:
        stuck = list(records(mounted))[3]
        pid = mounted.pid
        with storage.fault(stuck[3], "read", FOR_EVER):
            with readers(mounted, [stuck] * 2) as waiting:
                time.sleep(0.3)
                os.kill(pid, signal.SIGTERM)
                programs.wait_until(lambda: not programs.mounts_below(mounted.path), 10,
                                    "the mount to end")
                assert [process.wait(20) for process in waiting] == [1, 1]
            storage.mend()
            programs.wait_until(lambda: not programs.is_running(pid), 20, "the process to end")


@pytest.mark.slow
@pytest.mark.fault(fault="source hangs in read", moment="for more than ten seconds",
                   expected="named with its age in log, status and metrics, and when it is over")
def test_a_stuck_read_is_named_with_its_age(mount, storage, tfrecordfs):
    with mount(storage.path, *OPTIONS, "--cache", "none") as mounted:
        stuck = list(records(mounted))[5]
        with storage.fault(stuck[3], "read", FOR_EVER), readers(mounted, [stuck] * 3):
            def seen():
                return tfrecordfs("status", mounted.path, "--json").json[0]

            assert seen()["stuck"] == []
            programs.wait_until(lambda: seen()["stuck"], 30, "the read to be stuck")
            assert seen()["stuck"][0]["path"] == stuck[3]
            assert seen()["stuck"][0]["seconds"] >= 10 and seen()["waiting_reads"] == 3
            assert stuck[3] in tfrecordfs("status", mounted.path).out
            text = (mounted / ".tfrecordfs/metrics").read_text()
            assert "tfrecordfs_stuck_reads 1\n" in text

            def logged():
                return [line for line in tfrecordfs("log", mounted.path).out.splitlines()
                        if stuck[3] in line]

            programs.wait_until(logged, 20, "the log to name it")
            lines = logged()
            assert len(lines) == 1 and "warning: " in lines[0] and "stuck" in lines[0]
            storage.mend()
            programs.wait_until(lambda: not seen()["stuck"], 20, "the read to end")
            assert f"a read of {stuck[3]} is over" in tfrecordfs("log", mounted.path).out
