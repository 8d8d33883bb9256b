# SPDX-License-Identifier: MIT
"""How a mount ends: busy, lazily, by a signal while it is read, by others."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

import program as programs
import pytest

# Reads a shard again and again past the kernel's memory; says how it ended.
READER = """
import errno, os, sys
try:
    fd = os.open(sys.argv[1], os.O_RDONLY)
    while True:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        assert os.pread(fd, 1 << 20, 0)
        print("read", flush=True)
except OSError as error:
    print(errno.errorcode[error.errno], flush=True)
"""


@pytest.fixture
def at(tfrecordfs, photos, mnt, folder):
    def start(*options, code=0, path=mnt):
        return tfrecordfs("mount", photos, path, "--shards", 1, *options, "--index",
                          folder / "index", code=code)
    return start


SHARD = "train-00000-of-00001.tfrecord"


@contextlib.contextmanager
def other_file_system(program, source, path, kind):
    """One with a file; those of FUSE are served by tests/faults/faulty_source.c."""
    server = None
    if kind == "tmpfs":
        done = subprocess.run(["mount", "-t", kind, kind, path], check=False, capture_output=True)
        if done.returncode != 0:
            pytest.skip("only root can mount something else there")
        (path / "file").write_text("somebody's")
    else:
        options = [f"-osubtype={kind.partition('.')[2]}"] if "." in kind else []
        server = subprocess.Popen([program.path.parent / "tests/faults/faulty_source", source,
                                   path, path.parent / "faults", *options],
                                  env={"LSAN_OPTIONS": "detect_leaks=0"})
        programs.wait_until(lambda: os.path.ismount(path), 30, "the other file system")
    try:
        yield
    finally:
        programs.force_unmount(path)
        if server:
            server.wait(30)


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.fault(fault="SIGTERM", moment="during a read that hangs",
                   expected="reader, process and mount end")
def test_a_signal_during_a_read_ends_reader_process_and_mount(at, tfrecordfs, mnt,
                                                              signal_number):
    at("--cache", "none")
    (keeper,) = programs.keepers_of(tfrecordfs, mnt)
    readers = [subprocess.Popen([sys.executable, "-c", READER, mnt / SHARD], text=True,
                                stdout=subprocess.PIPE) for _ in range(3)]
    assert all(reader.stdout.readline() == "read\n" for reader in readers)
    os.kill(keeper, signal_number)
    for reader in readers:
        out, _ = reader.communicate(timeout=30)
        assert out.splitlines()[-1] in ("ENOTCONN", "ECONNABORTED", "EIO", "ENODEV")
    programs.wait_until(lambda: not programs.processes_of(tfrecordfs, mnt), 30, "the end")
    assert not programs.mounts_below(mnt)


@pytest.mark.fault(fault="umount --lazy", moment="while files are open",
                   expected="they are read to their end")
def test_a_lazy_unmount_lets_open_files_be_read_to_their_end(at, tfrecordfs, mnt):
    at("--cache", "none")
    expected = (mnt / SHARD).read_bytes()
    with open(mnt / SHARD, "rb", buffering=0) as file:
        first = file.read(1000)
        tfrecordfs("umount", "--lazy", mnt)
        assert not os.path.ismount(mnt)
        time.sleep(0.2)
        assert len(programs.keepers_of(tfrecordfs, mnt)) == 1
        rest = b"".join(iter(lambda: file.read(7000), b""))
        assert first + rest == expected
    programs.wait_until(lambda: not programs.processes_of(tfrecordfs, mnt), 30, "the end")


def test_a_mount_goes_on_after_an_unmount_that_was_refused(at, tfrecordfs, mnt):
    at("--cache", "none")
    with open(mnt / SHARD, "rb", buffering=0) as file:
        expected = file.read()
        refused = tfrecordfs("umount", mnt, code=3).error
        assert "in use" in refused and "--lazy" in refused
        assert subprocess.run(["umount", mnt], check=False, capture_output=True).returncode
        assert (mnt / SHARD).read_bytes() == expected
        tfrecordfs("status", mnt, "--probe")
    tfrecordfs("umount", mnt)


@pytest.mark.parametrize("command", [["fusermount3", "-u"], ["umount"], ["umount", "-l"]],
                         ids=" ".join)
def test_others_end_a_mount_too(at, tfrecordfs, mnt, command):
    at()
    subprocess.run([*command, mnt], check=True, capture_output=True)
    programs.wait_until(lambda: not programs.processes_of(tfrecordfs, mnt), 30, "the end")
    assert not programs.mounts_below(mnt)


@pytest.mark.parametrize("kind", ["tmpfs", "fuse", "fuse.other"])
def test_what_is_not_ours_is_left_alone(tfrecordfs, photos, mnt, kind):
    """tfrecordfs umount as root, which could end anything."""
    with other_file_system(tfrecordfs, photos, mnt, kind):
        for command in (["umount"], ["umount", "--lazy"]):
            assert "nothing of ours is mounted" in tfrecordfs(*command, mnt, code=3).error
        refused = tfrecordfs("mount", photos, mnt, code=3).error
        assert "tfrecordfs umount" not in refused
        assert ("already" if kind != "tmpfs" else "not empty") in refused
        assert tfrecordfs("status", "--probe", mnt, code=3).out == ""
        assert len(os.listdir(mnt)) > 0 and os.path.ismount(mnt)


def test_a_link_to_a_mountpoint_is_as_good(at, tfrecordfs, mnt, folder):
    at()
    (folder / "link").symlink_to("mnt")
    tfrecordfs("status", "--probe", folder / "link")
    tfrecordfs("umount", "link", cwd=folder)
    assert not os.path.ismount(mnt) and not programs.processes_of(tfrecordfs, mnt)


@pytest.mark.fault(fault="the number of who serves is another's here", moment="umount",
                   expected="unmounted; nobody waits for the other")
def test_a_process_of_another_namespace_is_not_waited_for(tfrecordfs, photos, mnt):
    """As a container's, which has number 1 there."""
    process = subprocess.Popen(["unshare", "--pid", "--fork", *tfrecordfs.command(
        "mount", "-f", photos, mnt, "--index", "none")], stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, env=tfrecordfs.environment())
    try:
        programs.wait_until(lambda: os.path.ismount(mnt) or process.poll() is not None, 60,
                            "the mount")
        if process.poll() is not None:
            pytest.skip(f"no namespace of processes: {process.communicate()[1]}")
        assert os.getxattr(mnt, "user.tfrecordfs.pid") == b"1"
        begun = time.monotonic()
        tfrecordfs("umount", mnt)
        assert time.monotonic() - begun < 4
        assert process.wait(60) == 0
    finally:
        programs.force_unmount(mnt)
        process.communicate(timeout=60)


def test_another_user_may_not_end_a_mount(at, tfrecordfs, as_user, mnt):
    if not as_user.prefix:
        pytest.skip("root is needed to mount as one user and unmount as another")
    at()
    assert str(mnt) in as_user("umount", mnt, code=3).error
    assert str(mnt) in as_user("umount", "--lazy", mnt, code=3).error
    assert (mnt / SHARD).read_bytes()
    tfrecordfs("umount", mnt)


@pytest.mark.fault(fault="several mounts", moment="at once, on one mountpoint",
                   expected="one is made, the others are refused")
def test_a_mountpoint_takes_one_mount(at, tfrecordfs, mnt):
    at()
    assert "already" in at(code=3).error
    expected = (mnt / SHARD).read_bytes()
    # At the same time, when neither can see the other's mount yet: one is on top.
    tfrecordfs("umount", mnt)
    results = []
    threads = [threading.Thread(target=lambda: results.append(at(code=None))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert any(result.code == 0 for result in results)
    for result in results:
        assert result.code == 0 or result.error
    assert (mnt / SHARD).read_bytes() == expected
    while os.path.ismount(mnt):
        tfrecordfs("umount", mnt)
    programs.wait_until(lambda: not programs.processes_of(tfrecordfs, mnt), 30, "the end")


@pytest.mark.fault(fault="mountpoint removed", moment="in another mount namespace",
                   expected="the mount ends")
def test_a_mountpoint_that_is_removed_elsewhere_ends_the_mount(at, tfrecordfs, mnt):
    """In another namespace, where nothing is mounted on it, the directory can be removed."""
    at()
    done = subprocess.run(["unshare", "--mount", "sh", "-c", 'umount "$1" && rmdir "$1"', "sh",
                           mnt], check=False, capture_output=True, text=True)
    if "unshare" in done.stderr:
        pytest.skip("only root can make a namespace of mounts")
    assert done.returncode == 0, done
    assert not mnt.exists()
    programs.wait_until(lambda: not programs.processes_of(tfrecordfs, mnt), 30, "the end")
    assert not programs.mounts_below(mnt)


@pytest.mark.fault(fault="mountpoint renamed", moment="in another mount namespace",
                   expected="the mount goes along")
def test_a_mountpoint_that_is_renamed_elsewhere_takes_its_mount_along(at, tfrecordfs, mnt,
                                                                      folder):
    at()
    done = subprocess.run(["unshare", "--mount", "sh", "-c", 'umount "$1" && mv "$1" "$2"', "sh",
                           mnt, folder / "moved"], check=False, capture_output=True, text=True)
    if "unshare" in done.stderr:
        pytest.skip("only root can make a namespace of mounts")
    assert done.returncode == 0, done
    (keeper,) = programs.keepers_of(tfrecordfs, mnt)
    assert (folder / "moved" / SHARD).read_bytes()
    os.kill(keeper, signal.SIGTERM)
    programs.wait_until(lambda: not programs.is_running(keeper), 30, "the end")
    assert not programs.mounts_below(folder)


def test_a_mount_that_ends_leaves_others_on_its_place_alone(at, tfrecordfs, mnt):
    """One that was unmounted lazily lives on while files are open, and may be ended then."""
    at()
    with open(mnt / SHARD, "rb", buffering=0) as file:
        (keeper,) = programs.keepers_of(tfrecordfs, mnt)
        tfrecordfs("umount", "--lazy", mnt)
        at()
        assert file.read(16)
        os.kill(keeper, signal.SIGTERM)
        programs.wait_until(lambda: not programs.is_running(keeper), 30, "the end")
        assert (mnt / SHARD).read_bytes()
    tfrecordfs("umount", mnt)


@pytest.mark.fault(fault="mounted anew", moment="before the daemon of the last mount has ended",
                   expected="the new mount stays")
def test_a_daemon_that_ends_late_leaves_the_next_mount_alone(at, tfrecordfs, mnt):
    """The kernel gives the next mount the number that the last one had."""
    at()
    number = os.stat(mnt).st_dev
    before = programs.processes_of(tfrecordfs, mnt)
    for pid in before:
        os.kill(pid, signal.SIGSTOP)
    subprocess.run(["umount", "--lazy", mnt], check=True)

    def has_the_number():
        at()
        if os.stat(mnt).st_dev == number:
            return True
        # Another mount of this machine has it for now.
        tfrecordfs("umount", mnt)
        return False

    programs.wait_until(has_the_number, 60, "the same number")
    for pid in before:
        os.kill(pid, signal.SIGCONT)
    programs.wait_until(lambda: not any(map(programs.is_running, before)), 30, "the end")
    assert (mnt / SHARD).read_bytes()
    tfrecordfs("umount", mnt)


@pytest.mark.fault(fault="connection aborted by root", moment="while mounted",
                   expected="process and mount end")
def test_a_connection_that_is_cut_ends_the_mount(at, tfrecordfs, mnt, fuse_connection):
    at()
    (fuse_connection(mnt) / "abort").write_text("1")
    programs.wait_until(lambda: not programs.processes_of(tfrecordfs, mnt), 30, "the end")
    assert not programs.mounts_below(mnt)


@pytest.mark.fault(fault="mount bound elsewhere by root", moment="SIGTERM",
                   expected="both places are unmounted")
def test_a_signal_unmounts_where_others_bound_the_mount_too(at, tfrecordfs, mnt, folder):
    at()
    (folder / "bound").mkdir()
    (folder / "train").mkdir()
    bind = subprocess.run(["mount", "--bind", mnt, folder / "bound"], check=False,
                          capture_output=True)
    if bind.returncode != 0:
        tfrecordfs("umount", mnt)
        pytest.skip("only root can bind mounts")
    subprocess.run(["mount", "--bind", mnt / "shards", folder / "train"], check=True)
    # What lies on one of these is somebody else's.
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder / "train"], check=True)
    (keeper,) = programs.keepers_of(tfrecordfs, mnt)
    os.kill(keeper, signal.SIGTERM)
    programs.wait_until(lambda: not programs.is_running(keeper), 30, "the end")
    assert not os.path.ismount(mnt) and not os.path.ismount(folder / "bound")
    assert os.listdir(mnt) == [] and os.listdir(folder / "train") == []
    # What lies beneath it has to wait for whoever unmounts that.
    subprocess.run(["umount", folder / "train"], check=True)
    subprocess.run(["umount", folder / "train"], check=True)


@pytest.mark.fault(fault="connection aborted by root", moment="while the mount is bound elsewhere",
                   expected="process and mount end")
def test_a_connection_that_is_cut_ends_the_mount_that_was_bound_elsewhere(
        at, tfrecordfs, mnt, folder, fuse_connection):
    at()
    (folder / "bound").mkdir()
    subprocess.run(["mount", "--bind", mnt, folder / "bound"], check=True)
    (fuse_connection(mnt) / "abort").write_text("1")
    programs.wait_until(lambda: not programs.processes_of(tfrecordfs, mnt), 30, "the end")
    assert str(mnt) not in programs.mounts_below(folder)
    # Nothing says any more that this is not another's.
    subprocess.run(["umount", folder / "bound"], check=True)


def test_a_mount_that_ends_leaves_what_is_mounted_on_it_alone(at, tfrecordfs, mnt):
    at()
    on_top = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", mnt], check=False,
                            capture_output=True)
    if on_top.returncode != 0:
        tfrecordfs("umount", mnt)
        pytest.skip("only root can mount something else there")
    (mnt / "file").write_text("somebody's")
    (keeper,) = programs.keepers_of(tfrecordfs, mnt)
    os.kill(keeper, signal.SIGTERM)
    programs.wait_until(lambda: not programs.is_running(keeper), 30, "the end")
    assert (mnt / "file").read_text() == "somebody's"
    subprocess.run(["umount", mnt], check=True)
    tfrecordfs("umount", mnt)


def test_a_signal_ends_the_mount_of_an_ordinary_user(as_user, photos):
    if subprocess.run([*as_user.prefix, "sh", "-c", "exec 3<>/dev/fuse"], check=False,
                      capture_output=True).returncode != 0:
        pytest.skip("an ordinary user may not open /dev/fuse")
    mnt = as_user.home / "mnt"
    mnt.mkdir()
    programs.give_to_ordinary_user(mnt)
    as_user("mount", photos, mnt, "--shards", 1)
    (keeper,) = programs.keepers_of(as_user, mnt)
    os.kill(keeper, signal.SIGTERM)
    programs.wait_until(lambda: not programs.processes_of(as_user, mnt), 30, "the end")
    assert not programs.mounts_below(mnt)
