# SPDX-License-Identifier: MIT
"""Mounts of ordinary users, through the setuid fusermount3."""

import os
import pathlib
import subprocess

import program as programs
import pytest


@pytest.fixture
def open_device(as_user):
    """Makes sure that the ordinary user may open /dev/fuse."""
    done = subprocess.run([*as_user.prefix, "sh", "-c", "exec 3<>/dev/fuse"], check=False,
                          capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"an ordinary user may not open /dev/fuse: {done.stderr.strip()}")


@pytest.fixture
def own(as_user, open_device):
    """A mountpoint of the ordinary user's own."""
    path = as_user.home / "mnt"
    path.mkdir()
    programs.give_to_ordinary_user(path)
    return path


def user_reads(as_user, path):
    """What the ordinary user reads (root may not look into another user's mount)."""
    done = subprocess.run([*as_user.prefix, "cat", path], capture_output=True, check=True)
    return done.stdout


def is_confined(as_user, path):
    (keeper,) = programs.keepers_of(as_user, path)
    (worker,) = [pid for pid in programs.processes_of(as_user, path) if pid != keeper]
    status = pathlib.Path(f"/proc/{worker}/status").read_text()
    return "NoNewPrivs:\t1" in status and "CapEff:\t0000000000000000" in status


def test_an_ordinary_user_mounts_reads_and_unmounts(as_user, own, photos, folder):
    expected = as_user("cat", photos, "train-00000-of-00001.tfrecord", "--shards", 1,
                       "--index", "none", binary=True).out
    as_user("mount", photos, own, "--shards", 1)
    assert programs.mounts_below(own)
    assert user_reads(as_user, own / "train-00000-of-00001.tfrecord") == expected
    assert is_confined(as_user, own)
    as_user("status", own, "--probe")
    as_user("verify", own / "train-00000-of-00001.tfrecord")
    assert list((as_user.home / "cache" / "tfrecordfs").iterdir())
    as_user("umount", own)
    assert not programs.mounts_below(own)
    programs.wait_until(lambda: not programs.processes_of(as_user, own), 20,
                        "the end of the daemon")


def test_images_that_belong_to_another_user_are_read(as_user, own, photos):
    """In a directory of the user's own, where their times of access cannot be left alone."""
    programs.give_to_ordinary_user(photos)
    expected = as_user("cat", photos, "train-00000-of-00001.tfrecord", "--shards", 1,
                       "--index", "none", binary=True).out
    as_user("mount", photos, own, "--shards", 1)
    assert user_reads(as_user, own / "train-00000-of-00001.tfrecord") == expected
    as_user("umount", own)


def test_images_that_only_a_group_may_read_are_shown_to_who_mounts(as_user, own, photos):
    if not as_user.prefix:
        pytest.skip("only root can give images to a group of others")
    os.chown(photos, 0, 0)
    for path in photos.rglob("*"):
        os.chown(path, 0, programs.NOBODY)
        path.chmod(0o750 if path.is_dir() else 0o640)
    as_user("mount", photos, own, "--shards", 1)
    assert user_reads(as_user, own / "train-00000-of-00001.tfrecord")
    as_user("umount", own)


@pytest.mark.fault(fault="SIGKILL of the daemon", moment="of an ordinary user",
                   expected="--replace mounts anew")
def test_a_dead_mount_of_an_ordinary_user_is_replaced(as_user, own, photos):
    as_user("mount", photos, own, "--shards", 1)
    (pid,) = programs.keepers_of(as_user, own)
    os.kill(pid, 9)
    programs.wait_until(lambda: not programs.is_running(pid), 20, "the death")
    assert "dead" in as_user("mount", photos, own, "--shards", 1, code=3).error
    as_user("mount", photos, own, "--shards", 1, "--replace")
    assert user_reads(as_user, own / "train-00000-of-00001.tfrecord")
    as_user("umount", own)


@pytest.mark.fault(fault="no fusermount3", moment="at the mount of an ordinary user",
                   expected="refused with the reason")
def test_without_fusermount3_the_reason_is_told(as_user, own, photos, folder):
    if not as_user.prefix:
        pytest.skip("only root can hide fusermount3")
    (folder / "nothing").write_text("")
    (folder / "nothing").chmod(0o644)
    helper = os.path.realpath("/usr/bin/fusermount3")
    hide = f"mount --bind {folder / 'nothing'} {helper} && exec \"$@\""
    done = subprocess.run(["unshare", "-m", "sh", "-c", hide, "sh",
                           *as_user.command("mount", photos, own)], check=False, timeout=60,
                          capture_output=True, text=True, env=as_user.environment())
    assert done.returncode == 3
    assert "fusermount3" in done.stderr and "apt-get install fuse3" in done.stderr


@pytest.mark.fault(fault="/dev/fuse may not be opened", moment="at the mount",
                   expected="refused with the reason")
def test_a_device_that_may_not_be_opened_is_told(as_user, photos, folder):
    if not as_user.prefix:
        pytest.skip("only root can take /dev/fuse away from others")
    path = as_user.home / "mnt"
    path.mkdir()
    programs.give_to_ordinary_user(path)
    hide = ("mount -t tmpfs tmpfs /mnt && mknod /mnt/fuse c 10 229 && chmod 600 /mnt/fuse && "
            "mount --bind /mnt/fuse /dev/fuse && exec \"$@\"")
    done = subprocess.run(["unshare", "-m", "sh", "-c", hide, "sh",
                           *as_user.command("mount", photos, path)], check=False, timeout=60,
                          capture_output=True, text=True, env=as_user.environment())
    assert done.returncode == 3
    assert "/dev/fuse" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.fault(fault="mountpoint of another user", moment="at the mount",
                   expected="refused with the reason")
def test_a_mountpoint_of_another_user_is_refused_readably(as_user, open_device, photos, folder):
    if not as_user.prefix:
        pytest.skip("root is needed to make a directory of another user")
    (folder / "roots").mkdir()
    result = as_user("mount", photos, folder / "roots", "--shards", 1, code=3)
    assert str(folder / "roots") in result.error and "of your own" in result.error
    # fusermount3's own line is in it, and not beside it.
    assert len(result.err.splitlines()) == 1
