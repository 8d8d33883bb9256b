# SPDX-License-Identifier: MIT
"""How a mount can be started, whatever it inherits: descriptors, terminal, umask, limits."""

import contextlib
import itertools
import os
import pathlib
import pty
import resource
import signal
import socket
import subprocess
import time

import program as programs
import pytest

SHARD = "train-00000-of-00001.tfrecord"


@pytest.fixture
def command(tfrecordfs, photos, mnt, folder):
    """A command line that mounts, and the one shard that it then shows."""
    return tfrecordfs.command("mount", photos, mnt, "--shards", 1, "--index", folder / "index")


@pytest.fixture
def expected(tfrecordfs, photos, folder):
    return tfrecordfs("cat", photos, SHARD, "--shards", 1, "--index", folder / "index",
                      binary=True).out


def check(tfrecordfs, mnt, expected):
    """That it serves, with nothing but its own descriptors; then end it."""
    assert (mnt / SHARD).read_bytes() == expected
    for pid in programs.processes_of(tfrecordfs, mnt):
        for number in range(3):
            assert os.readlink(f"/proc/{pid}/fd/{number}") == "/dev/null"
    tfrecordfs("umount", mnt)


def start_with(closed):
    """Runs after fork(): what is not closed is as it was."""
    def close():
        for number in closed:
            os.close(number)
    return close


@pytest.mark.fault(fault="descriptors 0 to 2 closed", moment="at the start",
                   expected="mounts and serves")
def test_any_of_the_standard_descriptors_may_be_closed(tfrecordfs, command, mnt, expected):
    for closed in itertools.chain.from_iterable(
            itertools.combinations(range(3), nr) for nr in range(1, 4)):
        done = subprocess.run(command, preexec_fn=start_with(closed), check=False, timeout=120,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=tfrecordfs.environment())
        assert done.returncode == 0, (closed, done)
        assert (b"34 images" in done.stdout) == (1 not in closed)
        check(tfrecordfs, mnt, expected)


def test_standard_descriptors_may_be_sockets(tfrecordfs, command, mnt, expected):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        done = subprocess.run(command, stdin=theirs, stdout=theirs, stderr=theirs, check=False,
                              timeout=120, env=tfrecordfs.environment())
        assert done.returncode == 0
        theirs.close()
        said = b""
        # To its end: the daemon does not hold the other side open.
        ours.settimeout(60)
        while piece := ours.recv(65536):
            said += piece
    assert b"34 images" in said
    check(tfrecordfs, mnt, expected)


def test_the_daemon_holds_nothing_that_the_command_inherited(tfrecordfs, command, mnt, expected):
    """Who waits for the end of a pipe, or for a lock, waits for the command alone."""
    reading, writing = os.pipe()
    subprocess.run(command, check=True, pass_fds=[writing], capture_output=True, timeout=120,
                   env=tfrecordfs.environment())
    os.close(writing)
    os.set_blocking(reading, False)
    assert os.read(reading, 1) == b""
    os.close(reading)
    check(tfrecordfs, mnt, expected)


def test_the_command_returns_when_the_mount_answers_and_leaves_no_zombie(
        tfrecordfs, command, mnt, expected):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=tfrecordfs.environment())
    # Descriptors of the daemon would keep this waiting for ever.
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert os.path.ismount(mnt)
    (keeper,) = programs.keepers_of(tfrecordfs, mnt)
    assert programs.parent_of(keeper) != os.getpid()
    assert os.getsid(keeper) == keeper != os.getsid(0)
    check(tfrecordfs, mnt, expected)
    programs.wait_until(lambda: not os.path.exists(f"/proc/{keeper}")
                        or not programs.is_running(keeper), 30, "its end")


@pytest.mark.fault(fault="terminal closed", moment="while mounted",
                   expected="serves on")
def test_a_mount_outlives_the_terminal_that_it_was_started_from(tfrecordfs, command, mnt,
                                                               expected):
    terminal, shell_side = pty.openpty()

    def take_terminal():
        os.setsid()
        os.close(os.open(os.ttyname(0), os.O_RDWR))

    done = subprocess.Popen(["sh", "-c", '"$@" && sleep 100', "sh", *command],
                            stdin=shell_side, stdout=shell_side, stderr=shell_side,
                            preexec_fn=take_terminal, env=tfrecordfs.environment())
    os.close(shell_side)
    programs.wait_until(lambda: programs.mounts_below(mnt), 60, "the mount")
    assert len(list(mnt.iterdir())) > 1
    time.sleep(0.2)
    # The line is dropped: SIGHUP to everybody there.
    os.close(terminal)
    assert done.wait(timeout=60) == -signal.SIGHUP
    check(tfrecordfs, mnt, expected)


@pytest.mark.fault(fault="terminal closed", moment="of a mount in the foreground",
                   expected="serves on")
def test_a_foreground_mount_outlives_a_hang_up(tfrecordfs, command, mnt, expected):
    process = subprocess.Popen([*command, "-f"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True,
                               env=tfrecordfs.environment())
    programs.wait_until(lambda: programs.mounts_below(mnt), 60, "the mount")
    assert (mnt / SHARD).read_bytes() == expected
    os.killpg(process.pid, signal.SIGHUP)
    time.sleep(0.2)
    assert (mnt / SHARD).read_bytes() == expected and process.poll() is None
    tfrecordfs("umount", mnt)
    assert process.wait(timeout=60) == 0


@pytest.mark.parametrize("umask", [0o077, 0o000])
def test_the_umask_is_of_no_importance(tfrecordfs, command, mnt, expected, umask):
    subprocess.run(command, check=True, umask=umask, capture_output=True, timeout=120,
                   env=tfrecordfs.environment())
    assert (mnt / SHARD).stat().st_mode & 0o7777 == 0o444
    assert mnt.stat().st_mode & 0o7777 == 0o555
    check(tfrecordfs, mnt, expected)


@pytest.mark.fault(fault="working directory removed", moment="while mounted",
                   expected="serves on")
def test_the_directory_it_was_started_in_may_vanish(tfrecordfs, photos, mnt, folder, expected):
    """With paths that were relative to it."""
    here = folder / "here"
    here.mkdir()
    (here / "source").symlink_to(photos)
    (here / "mnt").symlink_to(mnt)
    tfrecordfs("mount", "source", "mnt", "--shards", 1, "--index", "../index", cwd=here)
    for path in here.iterdir():
        path.unlink()
    here.rmdir()
    check(tfrecordfs, mnt, expected)


def test_a_directory_that_vanished_before_is_no_reason_to_fail(tfrecordfs, command, mnt,
                                                               expected, folder):
    (folder / "gone").mkdir()
    done = subprocess.run(["sh", "-c", 'rmdir ../gone && exec "$@"', "sh", *command],
                          cwd=folder / "gone", check=False, capture_output=True, timeout=120,
                          env=tfrecordfs.environment())
    assert done.returncode == 0, done
    check(tfrecordfs, mnt, expected)


@pytest.mark.fault(fault="few descriptors", moment="while mounted",
                   expected="all is read")
def test_a_low_limit_of_open_files_is_inherited_and_lived_with(tfrecordfs, command, mnt,
                                                              expected):
    """More files can be open in the mount than its processes may open."""
    subprocess.run(["prlimit", "--nofile=32", *command], check=True, capture_output=True,
                   timeout=120, env=tfrecordfs.environment())
    for pid in programs.processes_of(tfrecordfs, mnt):
        assert resource.prlimit(pid, resource.RLIMIT_NOFILE) == (32, 32)
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(open(mnt / SHARD, "rb", buffering=0)) for _ in range(100)]
        assert all(file.read(1 << 20) == expected for file in files)
    check(tfrecordfs, mnt, expected)


def test_a_mount_is_the_first_process_of_a_container(tfrecordfs, command, mnt, expected):
    """PID 1 gets no signal that it has no handler for, and everybody's orphans."""
    inner = subprocess.Popen(
        ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", *command, "-f"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=tfrecordfs.environment())
    try:
        out = inner.stdout.readline()
        if not out:
            pytest.skip("only root can make a namespace of processes")
        keeper = None

        def find():
            nonlocal keeper
            pids = programs.keepers_of(tfrecordfs, mnt)
            keeper = pids[0] if pids else None
            return keeper and os.path.ismount(f"/proc/{keeper}/root{mnt}")

        programs.wait_until(find, 60, "the mount")
        inside = pathlib.Path(f"/proc/{keeper}/root{mnt}")
        assert (inside / SHARD).read_bytes() == expected
        assert os.getxattr(inside, "user.tfrecordfs.pid") == b"1"
        os.kill(keeper, signal.SIGTERM)
        assert inner.wait(timeout=60) == 0
        assert not programs.is_running(keeper)
    finally:
        inner.kill()
        inner.communicate()
