# SPDX-License-Identifier: MIT
"""The life of a mount: begun, ended, killed, refused, mounted again from its index."""

import os
import re
import signal
import subprocess
import time

import images
import program as programs
import pytest


@pytest.fixture
def at(tfrecordfs, photos, mnt, folder):
    """Mount at @mnt without looking after it; the folder fixture cleans up."""
    def start(*options, code=0, **keywords):
        return tfrecordfs("mount", photos, mnt, *options, "--index", folder / "index",
                          code=code, **keywords)
    return start


def test_mount_returns_when_the_mount_answers(mount, photos):
    with mount(photos) as mounted:
        assert len(mounted.shards()) == 16
        assert "34 images" in mounted.result.out and "3 classes" in mounted.result.out
        assert re.search(r"seed 42", mounted.result.out)
        assert str(mounted.path) in mounted.result.out


def test_mount_as_json_and_quiet(mount, photos):
    with mount(photos, "--json") as mounted:
        assert mounted.result.json["mountpoint"] == str(mounted.path)
    with mount(photos, "-q") as mounted:
        assert mounted.result.out + mounted.result.err == ""


def test_umount_waits_for_the_end_of_the_process(at, tfrecordfs, mnt):
    at()
    (pid,) = programs.keepers_of(tfrecordfs, mnt)
    tfrecordfs("umount", mnt)
    assert not programs.mounts_below(mnt)
    assert not programs.is_running(pid)


def test_umount_of_what_is_not_mounted(tfrecordfs, mnt):
    assert str(mnt) in tfrecordfs("umount", mnt, code=3).error
    assert tfrecordfs("umount", mnt / "nowhere", code=3).error


@pytest.mark.fault(fault="umount", moment="while a file is open",
                   expected="refused; with --lazy open files are read on")
def test_a_busy_mount_is_not_torn_away_unless_told(at, tfrecordfs, mnt):
    at("--shards", 1)
    with open(mnt / "train-00000-of-00001.tfrecord", "rb") as file:
        assert str(mnt) in tfrecordfs("umount", mnt, code=3).error
        assert file.read(12)
        tfrecordfs("umount", "--lazy", mnt)
        file.seek(0)
        assert len(file.read()) > 1000
    assert not programs.mounts_below(mnt)
    programs.wait_until(lambda: not programs.processes_of(tfrecordfs, mnt), 20,
                        "the end of the daemon")


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.fault(fault="SIGTERM, SIGINT", moment="while mounted",
                   expected="unmounts and ends")
def test_a_signal_unmounts(at, tfrecordfs, mnt, signal_number):
    at()
    (pid,) = programs.keepers_of(tfrecordfs, mnt)
    os.kill(pid, signal_number)
    programs.wait_until(lambda: not programs.mounts_below(mnt), 20, "the unmount")
    programs.wait_until(lambda: not programs.is_running(pid), 20, "the end of the daemon")


def test_sighup_does_not_end_a_mount(mount, photos):
    with mount(photos) as mounted:
        os.kill(mounted.pid, signal.SIGHUP)
        time.sleep(0.2)
        assert mounted.contents()


def test_foreground_stays_until_it_is_ended(tfrecordfs, photos, mnt, folder):
    process = tfrecordfs.start("mount", photos, mnt, "-f", "--index", folder / "index")
    programs.wait_until(lambda: programs.mounts_below(mnt), 30, "the mount")
    assert len(list(mnt.glob("*.tfrecord"))) == 16
    assert process.poll() is None
    process.terminate()
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0 and "34 images" in out
    assert not programs.mounts_below(mnt)


@pytest.mark.fault(fault="SIGKILL of the daemon", moment="while mounted",
                   expected="ENOTCONN, told; --replace mounts anew")
def test_a_dead_mount_is_told_and_replaced(at, tfrecordfs, mnt):
    at()
    (pid,) = programs.keepers_of(tfrecordfs, mnt)
    os.kill(pid, signal.SIGKILL)
    programs.wait_until(lambda: not programs.is_running(pid), 20, "the death")
    with pytest.raises(OSError):
        os.listdir(mnt)
    refused = at(code=3)
    assert "dead" in refused.error and "--replace" in refused.error
    assert tfrecordfs("status", mnt, "--probe", code=3).out == ""
    assert "dead" in tfrecordfs("status", mnt, code=3).out
    at("--replace")
    assert len(list(mnt.glob("*.tfrecord"))) == 16
    tfrecordfs("umount", mnt)


@pytest.mark.fault(fault="SIGKILL of the daemon", moment="while mounted",
                   expected="umount clears the dead mount")
def test_umount_clears_a_dead_mount(at, tfrecordfs, mnt):
    at()
    os.kill(programs.keepers_of(tfrecordfs, mnt)[0], signal.SIGKILL)
    tfrecordfs("umount", mnt)
    assert not programs.mounts_below(mnt)


@pytest.mark.fault(fault="second mount", moment="over a living one",
                   expected="refused, --replace too; the first serves on")
def test_replace_of_a_living_mount_is_refused(at, tfrecordfs, mnt):
    at()
    assert "already" in at("--replace", code=3).error
    assert len(list(mnt.glob("*.tfrecord"))) == 16
    tfrecordfs("umount", mnt)


@pytest.mark.fault(fault="mountpoint missing, not empty, a file, taken", moment="at the mount",
                   expected="refused with what to type")
def test_a_mountpoint_that_is_missing_full_a_file_or_taken(at, tfrecordfs, photos, mnt, folder):
    def refused(path):
        return tfrecordfs("mount", photos, path, "--index", folder / "index", code=3).error
    assert "mkdir -p" in refused(folder / "missing")
    (folder / "full").mkdir()
    (folder / "full" / "file").write_text("")
    assert "not empty" in refused(folder / "full")
    assert "not a directory" in refused(folder / "full" / "file")
    at()
    assert "already" in refused(mnt)
    assert not (folder / "missing").exists()
    tfrecordfs("umount", mnt)


@pytest.mark.fault(fault="image broken", moment="at the mount",
                   expected="refused by name, nothing is mounted")
def test_bad_data_are_refused_before_mounting(at, photos, mnt):
    (photos / "cat" / "broken.jpg").write_bytes(b"")
    assert "cat/broken.jpg" in at(code=1).error
    assert not programs.mounts_below(mnt)


def test_status_lists_mounts(mount, tfrecordfs, photos, folder):
    with mount(photos) as first, mount(photos, "--shards", 2) as second:
        listed = {m["mountpoint"]: m for m in tfrecordfs("status", "--json").json}
        assert listed[str(first.path)]["alive"] is True
        assert listed[str(first.path)]["num_shards"] == 16
        assert listed[str(second.path)]["num_shards"] == 2
        assert listed[str(second.path)]["pid"] == second.pid
        assert str(first.path) in tfrecordfs("status", first.path).out
        tfrecordfs("status", first.path, "--probe")
    tfrecordfs("status", folder / "mnt", "--probe", code=3)


def test_a_second_mount_takes_the_index_and_leaves_it_alone(mount, folder):
    source = folder / "source"
    for i in range(1500):
        path = source / f"{i % 10}" / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(images.encode(i % 40, ("png", "RGB"), (8, 8)))
    with mount(source, "--json") as mounted:
        first, whole = mounted.result.json, mounted.contents()
        (index,) = mounted.index.glob("*.index")
        before = index.stat()
    with mount(source, "--json") as mounted:
        second = mounted.result.json
        assert second["index_reused"] is True and first["index_reused"] is False
        after = index.stat()
        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
        assert mounted.contents() == whole


@pytest.mark.fault(fault="no /dev/fuse", moment="at the mount",
                   expected="refused with the reason")
def test_without_the_device_the_reason_is_told(tfrecordfs, photos, mnt, folder):
    hide = "mount -t tmpfs tmpfs /dev && exec \"$@\""
    command = tfrecordfs.command("mount", photos, mnt, "--index", folder / "index")
    done = subprocess.run(["unshare", "-m", "sh", "-c", hide, "sh", *command], check=False,
                          capture_output=True, text=True, timeout=60,
                          env=tfrecordfs.environment())
    if "unshare" in done.stderr:
        pytest.skip("only root can hide /dev/fuse")
    assert done.returncode == 3
    assert "/dev/fuse is not there" in done.stderr


def test_relative_paths_work(tfrecordfs, photos, mnt, folder):
    tfrecordfs("mount", "photos", "mnt", "--index", "index", cwd=folder)
    assert len(list(mnt.glob("*.tfrecord"))) == 16
    tfrecordfs("verify", *sorted(mnt.glob("*.tfrecord")))
    tfrecordfs("umount", "./mnt/", cwd=folder)


def test_a_mountpoint_inside_the_source_is_no_image(tfrecordfs, photos, folder):
    """A class folder of shards would be odd; what matters is that nothing hangs."""
    inside = photos / "mnt"
    inside.mkdir()
    result = tfrecordfs("mount", photos, inside, "--index", folder / "index", code=None,
                        timeout=60)
    if result.code == 0:
        tfrecordfs("verify", *sorted(inside.glob("*.tfrecord")))
        tfrecordfs("umount", inside)
    else:
        assert result.error
