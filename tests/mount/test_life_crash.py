# SPDX-License-Identifier: MIT
"""Processes of a mount that die: readers get an error or bytes, and the mount goes on."""

import contextlib
import errno
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import images
import program as programs
import pytest
import storage as storages

SHARDS = 4
# Reads a file as a whole, past the kernel's memory; prints the bytes or the error's name.
READER = """
import errno, os, sys
try:
    with open(sys.argv[1], "rb", buffering=0) as file:
        print("opened", flush=True)
        sys.stdout.buffer.write(file.readall())
except OSError as error:
    print(errno.errorcode[error.errno])
"""


class Crashing:
    """A mount in the foreground, and who serves it."""

    def __init__(self, program, process, path):
        self.program, self.process, self.path = program, process, path

    def worker(self):
        """None while there is none."""
        return programs.worker_of(self.program, self.path)

    def kill_worker(self, number=signal.SIGKILL):
        programs.kill_worker(self.program, self.path, number=number)

    def contents(self):
        return {path.name: path.read_bytes() for path in sorted(self.path.glob("*.tfrecord"))}

    def end(self):
        """What it said."""
        self.process.terminate()
        _, said = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, said
        return said


@contextlib.contextmanager
def crashing(program, source, path, *options, index="none"):
    path.mkdir()
    # Sanitizers would report the signals that we send.
    env = {name: os.environ.get(name, "") + ":handle_segv=0:handle_abort=0:handle_sigbus=0"
           for name in ("ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")}
    process = program.start("mount", source, path, "-f", "--shards", SHARDS, "--cache", "none",
                            "--index", index, *options, env=env)
    try:
        programs.wait_until(lambda: os.path.ismount(path), 60, "the mount")
        list(path.iterdir())
        yield Crashing(program, process, path)
    finally:
        process.kill()
        process.communicate()
        programs.force_unmount(path)


def start_reader(path):
    return subprocess.Popen([sys.executable, "-c", READER, path], stdout=subprocess.PIPE)


def finish(reader):
    """What it read or what went wrong; within a time, as readers must not hang."""
    out, _ = reader.communicate(timeout=60)
    return out.removeprefix(b"opened\n")


def restarts(path):
    """0 also where the question was in the hands of one that dies."""
    with contextlib.suppress(OSError):
        return int(os.getxattr(path, "user.tfrecordfs.restarts"))
    return 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
@pytest.mark.fault(fault="SIGKILL, SIGSEGV or SIGABRT of the worker", moment="while mounted",
                   expected="another serves, and says so")
def test_a_worker_that_dies_is_replaced(tfrecordfs, photos, folder, number):
    with crashing(tfrecordfs, photos, folder / "mnt") as mounted:
        before = mounted.contents()
        assert len(before) == SHARDS
        assert tfrecordfs("status", mounted.path, "--json").json[0]["restarts"] == 0
        mounted.kill_worker(number)
        assert mounted.contents() == before
        (status,) = tfrecordfs("status", mounted.path, "--json").json
        assert (status["restarts"], status["pid"]) == (1, mounted.process.pid)
        assert "replaced 1 time)" in tfrecordfs("status", mounted.path).out
        said = mounted.end()
    assert f"signal {number.value} ({signal.strsignal(number)})" in said and "replaced" in said


@pytest.mark.fault(fault="SIGKILL of the worker", moment="while many read",
                   expected="errors, then right bytes; nobody hangs")
def test_readers_go_on_while_workers_die(tfrecordfs, photos, folder):
    with crashing(tfrecordfs, photos, folder / "mnt") as mounted:
        right = mounted.contents()
        seen = []
        for _ in range(3):
            readers = [start_reader(mounted.path / name) for name in right for _ in range(3)]
            time.sleep(random.Random(1).random() * 0.05)
            mounted.kill_worker()
            seen += [(pathlib.Path(reader.args[-1]).name, finish(reader)) for reader in readers]
        wrong = [got for name, got in seen if got != right[name]]
        assert set(wrong) <= {b"EIO\n", b"ESTALE\n"} and len(wrong) < len(seen)
        assert mounted.contents() == right
        mounted.end()


def stop(pid):
    """Until every thread has stopped."""
    os.kill(pid, signal.SIGSTOP)
    threads = list(pathlib.Path(f"/proc/{pid}/task").glob("*/stat"))
    programs.wait_until(lambda: all(") T " in path.read_text() for path in threads), 30,
                        "the threads to stop")


@pytest.mark.fault(fault="SIGKILL of the worker", moment="with a read in its hands",
                   expected="that read fails")
def test_a_read_in_the_hands_of_a_worker_that_dies_fails(tfrecordfs, photos, folder,
                                                         fuse_connection):
    with storages.storage_of(tfrecordfs.path, photos, folder / "slow") as storage, \
            crashing(tfrecordfs, storage.path, folder / "mnt") as mounted:
        right = mounted.contents()
        name = sorted(right)[1]
        storage.set(("/", "read", 1000, 0))
        reader = start_reader(mounted.path / name)
        assert reader.stdout.readline() == b"opened\n"
        # Requests that have no answer yet, taken up by a worker or not.
        waiting = fuse_connection(mounted.path) / "waiting"
        programs.wait_until(lambda: int(waiting.read_text()) > 0, 30, "the read")
        time.sleep(0.2)
        mounted.kill_worker()
        assert finish(reader) == b"EIO\n"
        storage.mend()
        assert finish(start_reader(mounted.path / name)) == right[name]
        mounted.end()


@pytest.mark.fault(fault="SIGKILL of the worker", moment="with a read that it had not taken up",
                   expected="the next answers it")
def test_a_read_that_no_worker_has_taken_up_is_answered_by_the_next(tfrecordfs, photos, folder):
    with crashing(tfrecordfs, photos, folder / "mnt") as mounted:
        right = mounted.contents()
        name = sorted(right)[2]
        stop(mounted.worker())
        reader = subprocess.Popen(["cat", mounted.path / name], stdout=subprocess.PIPE)
        time.sleep(0.2)
        mounted.kill_worker()
        assert finish(reader) == right[name]
        mounted.end()


@pytest.mark.fault(fault="SIGKILL of the worker", moment="while files are open",
                   expected="ESTALE until they are opened again")
def test_files_that_were_open_are_opened_again(tfrecordfs, photos, folder):
    with crashing(tfrecordfs, photos, folder / "mnt") as mounted:
        right = mounted.contents()
        name = sorted(right)[0]
        with open(mounted.path / name, "rb", buffering=0) as before:
            assert before.read(16) == right[name][:16]
            mounted.kill_worker()
            with pytest.raises(OSError) as caught:
                before.read()
            assert caught.value.errno in (errno.EIO, errno.ESTALE)
            assert (mounted.path / name).read_bytes() == right[name]
        assert mounted.contents() == right
        mounted.end()


@pytest.mark.fault(fault="SIGKILL of the worker", moment="after the source changed",
                   expected="the next shows what was mounted")
def test_the_next_worker_shows_what_the_first_showed(tfrecordfs, photos, folder):
    """A source that changed in between would be another data set under the same names."""
    with crashing(tfrecordfs, photos, folder / "mnt") as mounted:
        before = mounted.contents()
        listing = (mounted.path / "splits.csv").read_bytes()
        images.write(photos / "cat" / "zzz.png", 4711, ("png", "RGB"))
        images.write(photos / "axolotl" / "1.png", 4712, ("png", "RGB"))
        mounted.kill_worker()
        assert mounted.contents() == before
        assert (mounted.path / "splits.csv").read_bytes() == listing
        assert tfrecordfs("verify", *sorted(mounted.path.glob("*.tfrecord")))
        mounted.end()


def test_a_worker_that_died_of_its_mapped_index_is_followed_by_one_with_another(
        tfrecordfs, photos, folder):
    """A bus error is what a failing disk under a mapped file ends a process with."""
    tfrecordfs("index", photos, "--shards", SHARDS, "--index", folder / "index")
    with crashing(tfrecordfs, photos, folder / "mnt", index=folder / "index") as mounted:
        right = mounted.contents()
        (index,) = (folder / "index").glob("*.index")
        first = mounted.worker()
        os.truncate(index, 0)

        def is_replaced():
            if restarts(mounted.path) > 0:
                return True
            # Unless it has looked, and died, already; the next one is left alone.
            with contextlib.suppress(TypeError, ProcessLookupError):
                if mounted.worker() == first:
                    os.kill(first, signal.SIGBUS)
            return False

        programs.wait_until(is_replaced, 30, "the next worker")
        assert mounted.contents() == right
        assert "signal 7" in mounted.end()
    assert tfrecordfs("index", photos, "--shards", SHARDS, "--index", folder / "index",
                      "--json").json["index_reused"] is True


@pytest.mark.fault(fault="SIGKILL of every worker", moment="one after the other",
                   expected="the mount ends")
def test_workers_that_die_one_after_the_other_end_the_mount(tfrecordfs, photos, folder):
    with crashing(tfrecordfs, photos, folder / "mnt") as mounted:
        for _ in range(5):
            mounted.kill_worker()
        os.kill(mounted.worker(), signal.SIGKILL)
        _, said = mounted.process.communicate(timeout=60)
        assert mounted.process.returncode == 3
        assert "the mount is ended" in said.splitlines()[-1]
        assert not programs.mounts_below(folder)


@pytest.mark.fault(fault="SIGKILL of the keeper", moment="while mounted",
                   expected="the worker ends, too")
def test_workers_die_with_their_keeper(tfrecordfs, photos, folder):
    with crashing(tfrecordfs, photos, folder / "mnt") as mounted:
        worker = mounted.worker()
        assert worker
        with open(sorted(mounted.path.glob("*.tfrecord"))[0], "rb", buffering=0) as file:
            mounted.process.kill()
            mounted.process.communicate(timeout=60)
            programs.wait_until(lambda: not programs.is_running(worker), 30, "the worker's end")
            with pytest.raises(OSError) as caught:
                file.read()
            assert caught.value.errno in (errno.ENOTCONN, errno.ECONNABORTED)
        tfrecordfs("umount", mounted.path)


@pytest.mark.slow
@pytest.mark.fault(fault="worker stopped", moment="when the mount ends",
                   expected="it is killed")
def test_a_worker_that_does_not_end_is_killed(tfrecordfs, photos, folder):
    with crashing(tfrecordfs, photos, folder / "mnt") as mounted:
        stop(mounted.worker())
        begun = time.monotonic()
        mounted.end()
        assert time.monotonic() - begun < 15
        assert not programs.mounts_below(folder)


@pytest.mark.fault(fault="SIGKILL of the command", moment="at any time of the mount",
                   expected="the next can mount")
def test_a_command_that_is_killed_at_any_time_leaves_what_the_next_can_mount(
        tfrecordfs, photos, folder):
    """It may be gone before the mount, between, or after it: all the same to the next."""
    mnt = folder / "mnt"
    mnt.mkdir()
    numbers = random.Random(3)
    for _ in range(4):
        process = tfrecordfs.start("mount", photos, mnt, "--index", folder / "index")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=numbers.uniform(0, 0.3))
        process.kill()
        process.communicate()
        programs.wait_until(lambda: os.path.ismount(mnt)
                            or not programs.processes_of(tfrecordfs, mnt), 30, "the outcome")
        for keeper in programs.keepers_of(tfrecordfs, mnt):
            os.kill(keeper, signal.SIGKILL)
        programs.wait_until(lambda: not programs.processes_of(tfrecordfs, mnt), 30, "its end")
        tfrecordfs("mount", photos, mnt, "--replace", "--index", folder / "index")
        assert len(list(mnt.glob("*.tfrecord"))) == 16
        tfrecordfs("umount", mnt)
