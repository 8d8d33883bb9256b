# SPDX-License-Identifier: MIT
"""/dev/fd/N as the mountpoint: somebody else opened /dev/fuse, mounted it and passes it on."""

import contextlib
import ctypes
import os
import signal
import subprocess

import program as programs
import pytest

LIBC = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def opened_and_mounted(path, flags=0, is_mounted=True, kind="fuse.tfrecordfs"):
    """
    A descriptor of /dev/fuse, which is mounted on @path; pfnet's plugin calls the type "fuse",
    whatever is served.
    """
    path.mkdir()
    fd = os.open("/dev/fuse", os.O_RDWR | flags)
    options = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions"
    if is_mounted and LIBC.mount(b"photos", os.fsencode(path), kind.encode(),
                                 1 | 2 | 4, options.encode()) != 0:
        os.close(fd)
        pytest.skip(f"only root can mount: {os.strerror(ctypes.get_errno())}")
    try:
        yield fd
    finally:
        with contextlib.suppress(OSError):
            os.close(fd)
        programs.force_unmount(path)


def serve(program, source, fd, *options, prefix=(), code=0):
    """Start in the background with the descriptor, and close ours."""
    done = subprocess.run([*prefix, *program.command("mount", source, f"/dev/fd/{fd}", *options)],
                          pass_fds=[fd], capture_output=True, check=False, timeout=120,
                          env=program.environment())
    os.close(fd)
    assert done.returncode == code, done
    return done.stdout.decode() if code == 0 else done.stderr.decode()


def wait_for_the_end(program, fd):
    programs.wait_until(lambda: not programs.processes_of(program, f"/dev/fd/{fd}"), 30,
                        "the end of the daemon")


@pytest.mark.parametrize("kind", ["fuse.tfrecordfs", "fuse"])
@pytest.mark.parametrize("flags", [0, os.O_NONBLOCK], ids=["waiting", "nonblocking"])
def test_a_descriptor_that_was_mounted_is_served_until_unmounted(tfrecordfs, photos, folder,
                                                                 flags, kind):
    expected = tfrecordfs("cat", photos, "train-00001-of-00002.tfrecord", "--shards", 2,
                          "--index", "none", binary=True).out
    mnt = folder / "mnt"
    with opened_and_mounted(mnt, flags, kind=kind) as fd:
        said = serve(tfrecordfs, photos, fd, "--shards", 2, "--index", "none")
        assert f"Serving /dev/fd/{fd}" in said
        assert (mnt / "train-00001-of-00002.tfrecord").read_bytes() == expected
        tfrecordfs("status", mnt, "--probe")
        (status,) = tfrecordfs("status", mnt, "--json").json
        assert status["state"] == "serving" and status["source"] == str(photos)
        tfrecordfs("debug", mnt)
        tfrecordfs("umount", mnt)
        wait_for_the_end(tfrecordfs, fd)


@pytest.mark.parametrize("kind", ["fuse.tfrecordfs", "fuse"])
@pytest.mark.fault(fault="SIGKILL of the keeper", moment="of a mount by /dev/fd/N of either type",
                   expected="the probe fails; umount clears the dead mount")
def test_a_dead_mount_of_either_type_is_told_and_unmounted(tfrecordfs, photos, folder, kind):
    mnt = folder / "mnt"
    with opened_and_mounted(mnt, kind=kind) as fd:
        serve(tfrecordfs, photos, fd, "--index", "none")
        (keeper,) = programs.keepers_of(tfrecordfs, f"/dev/fd/{fd}")
        os.kill(keeper, signal.SIGKILL)
        wait_for_the_end(tfrecordfs, fd)
        assert tfrecordfs("status", mnt, "--json", code=3).json[0]["state"] == "dead"
        refused = tfrecordfs("mount", photos, mnt, code=3).error
        assert f"tfrecordfs umount {mnt}" in refused
        tfrecordfs("umount", mnt)
        assert not os.path.ismount(mnt)


def test_a_user_without_any_right_serves_a_descriptor(as_user, photos, folder):
    mnt = folder / "mnt"
    with opened_and_mounted(mnt) as fd:
        as_user.prefix = [*as_user.prefix, "setpriv", "--bounding-set=-all", "--no-new-privs"]
        serve(as_user, photos, fd, "--shards", 1)
        assert len(list(mnt.glob("*.tfrecord"))) == 1
        verified = as_user("verify", mnt / "train-00000-of-00001.tfrecord")
        assert verified.code == 0
        subprocess.run(["umount", mnt], check=True)
        wait_for_the_end(as_user, fd)


@pytest.mark.fault(fault="SIGKILL of the worker", moment="of a mount by /dev/fd/N",
                   expected="another serves")
def test_a_worker_of_a_descriptor_is_replaced(tfrecordfs, photos, folder):
    mnt = folder / "mnt"
    with opened_and_mounted(mnt) as fd:
        serve(tfrecordfs, photos, fd, "--shards", 1, "--index", "none")
        programs.kill_worker(tfrecordfs, f"/dev/fd/{fd}")
        assert tfrecordfs("verify", mnt / "train-00000-of-00001.tfrecord").code == 0
        assert os.getxattr(mnt, "user.tfrecordfs.restarts") == b"1"
        tfrecordfs("umount", mnt)
        wait_for_the_end(tfrecordfs, fd)


@pytest.mark.fault(fault="SIGTERM", moment="of a mount by /dev/fd/N",
                   expected="it ends; who mounted unmounts")
def test_a_daemon_that_is_ended_leaves_a_dead_mount_to_who_mounted(tfrecordfs, photos, folder):
    mnt = folder / "mnt"
    with opened_and_mounted(mnt) as fd:
        serve(tfrecordfs, photos, fd, "--index", "none")
        os.kill(programs.keepers_of(tfrecordfs, f"/dev/fd/{fd}")[0], signal.SIGTERM)
        wait_for_the_end(tfrecordfs, fd)
        with pytest.raises(OSError):
            os.listdir(mnt)
        tfrecordfs("umount", mnt)


def test_standard_input_can_be_the_descriptor(tfrecordfs, photos, folder):
    mnt = folder / "mnt"
    with opened_and_mounted(mnt) as fd:
        done = subprocess.run(tfrecordfs.command("mount", photos, "/dev/fd/0", "--index", "none"),
                              stdin=fd, capture_output=True, check=False, timeout=120,
                              env=tfrecordfs.environment())
        os.close(fd)
        assert done.returncode == 0, done
        assert len(list(mnt.glob("*.tfrecord"))) == 16
        tfrecordfs("umount", mnt)
        wait_for_the_end(tfrecordfs, 0)


@pytest.mark.fault(fault="/dev/fd/N is no mounted /dev/fuse", moment="at the mount",
                   expected="refused with the reason")
def test_a_descriptor_that_cannot_be_served_is_told(tfrecordfs, photos, folder):
    assert "is not open" in tfrecordfs("mount", photos, "/dev/fd/77", code=3).error
    with open("/dev/null", "rb") as null:
        said = serve(tfrecordfs, photos, os.dup(null.fileno()), code=3)
        assert "is not /dev/fuse" in said
    with opened_and_mounted(folder / "mnt", is_mounted=False) as fd:
        assert "is not mounted yet" in serve(tfrecordfs, photos, fd, code=3)
    with opened_and_mounted(folder / "served") as fd:
        assert os.read(fd, 1 << 17)
        said = serve(tfrecordfs, photos, fd, "--index", "none", code=3)
        assert "served by another process before" in said
