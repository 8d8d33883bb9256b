# SPDX-License-Identifier: MIT
"""Signals at odd moments, and readers of what a mount says that go: no dead mount is left."""

import contextlib
import os
import select
import signal
import subprocess

import program as programs
import pytest

SHARD = "train-00000-of-00001.tfrecord"


class MountList:
    """Begun before a mount, tells of it within microseconds."""

    def __init__(self, mnt):
        self.file = open("/proc/self/mountinfo", "rb", buffering=0)
        self.words = f" {mnt} ".encode()
        self.changed = select.poll()
        self.changed.register(self.file, select.POLLPRI)

    def wait(self):
        for _ in range(1000):
            self.changed.poll(100)
            self.file.seek(0)
            if self.words in self.file.read():
                self.file.close()
                return
        raise AssertionError("nothing was mounted")


@pytest.fixture
def command(tfrecordfs, photos, mnt, folder):
    tfrecordfs("index", photos, "--shards", 1, "--index", folder / "index")
    return tfrecordfs.command("mount", photos, mnt, "--shards", 1, "--index", folder / "index")


@pytest.fixture
def start(tfrecordfs, command):
    """start(*options, **of_popen): a process that is killed at the end."""
    with contextlib.ExitStack() as stack:
        def begin(*options, **keywords):
            process = subprocess.Popen([*command, *options], stdin=subprocess.DEVNULL,
                                       env=tfrecordfs.environment(), **keywords)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process
        yield begin


def pipe_without_reader():
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def is_shown(mnt):
    with contextlib.suppress(OSError):
        return (mnt / SHARD).stat().st_size > 0
    return False


def end(tfrecordfs, mnt):
    (keeper,) = programs.keepers_of(tfrecordfs, mnt)
    os.kill(keeper, signal.SIGTERM)
    programs.wait_until(lambda: not any(map(programs.is_running,
                                            programs.processes_of(tfrecordfs, mnt))), 30, "the end")
    assert not programs.mounts_below(mnt)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.fault(fault="SIGTERM, SIGINT", moment="between the mount and its first answer",
                   expected="unmounts and ends")
def test_a_signal_just_after_the_mount_unmounts(start, mnt, number):
    for _ in range(10):
        mounts = MountList(mnt)
        process = start("-f", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        mounts.wait()
        process.send_signal(number)
        assert process.wait(60) == 0
        assert not programs.mounts_below(mnt)


@pytest.mark.fault(fault="SIGTERM, SIGINT", moment="before the mount's first answer, to PID 1",
                   expected="unmounts and ends")
def test_a_signal_just_after_the_mount_of_a_first_process_unmounts(tfrecordfs, command, mnt):
    for _ in range(5):
        mounts = MountList(mnt)
        inner = subprocess.Popen(["unshare", "--pid", "--fork", "--kill-child", *command, "-f"],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True, env=tfrecordfs.environment())
        programs.wait_until(lambda: programs.keepers_of(tfrecordfs, mnt) or inner.poll(), 30,
                            "the start")
        if inner.poll():
            pytest.skip(f"no namespace of processes: {inner.communicate()[1]}")
        mounts.wait()
        for pid in programs.keepers_of(tfrecordfs, mnt):
            os.kill(pid, signal.SIGTERM)
        assert inner.wait(60) == 0
        inner.communicate()
        assert not programs.mounts_below(mnt)


@pytest.mark.fault(fault="who reads standard output is gone", moment="when the mount answers",
                   expected="serves on; unmounts when it is ended")
def test_nobody_has_to_read_what_a_mount_says(start, tfrecordfs, mnt):
    writing = pipe_without_reader()
    start("-f", stdout=writing)
    os.close(writing)
    programs.wait_until(lambda: is_shown(mnt), 30, "the mount")
    programs.wait_until(lambda: programs.worker_of(tfrecordfs, mnt), 30, "the worker")
    assert is_shown(mnt)
    end(tfrecordfs, mnt)


@pytest.mark.fault(fault="SIGKILL of the worker", moment="when nobody reads standard error",
                   expected="another serves")
def test_nobody_has_to_read_that_a_worker_died(start, tfrecordfs, mnt):
    writing = pipe_without_reader()
    start("-f", "-q", stderr=writing)
    os.close(writing)
    programs.wait_until(lambda: is_shown(mnt), 30, "the mount")
    programs.kill_worker(tfrecordfs, mnt)
    programs.wait_until(lambda: is_shown(mnt), 30, "the next worker")
    end(tfrecordfs, mnt)


@pytest.mark.fault(fault="SIGKILL of the command", moment="before the mount's first answer",
                   expected="the mount serves all the same")
def test_a_command_that_is_killed_leaves_a_mount_that_serves(start, tfrecordfs, mnt):
    for _ in range(5):
        mounts = MountList(mnt)
        process = start(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        mounts.wait()
        process.kill()
        process.wait()
        programs.wait_until(lambda: is_shown(mnt), 30, "the mount")
        # It answered before that was told, which is when a process without ears would end.
        programs.wait_until(lambda: all(os.readlink(f"/proc/{pid}/fd/1") == "/dev/null" for pid
                                        in programs.keepers_of(tfrecordfs, mnt)), 30, "the keeper")
        assert is_shown(mnt)
        end(tfrecordfs, mnt)
