# SPDX-License-Identifier: MIT
"""In a container: as its first process, without rights, and with somebody else who mounts."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading

import fuse_plugin
import program as programs
import pytest
import storage as storages

SHARD = "train-00000-of-00001.tfrecord"
PLUGIN = pathlib.Path(fuse_plugin.__file__)
SECONDS = 30
FUSE = "65735546"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make these containers")


class Container:
    """A process that is number 1 of its own, with mounts of its own."""

    def __init__(self, process, keeper, mnt):
        self.process, self.keeper = process, keeper
        self.mnt = pathlib.Path(f"/proc/{keeper}/root{mnt}")
        # Outlives the process.
        self.mounts = os.open(f"/proc/{keeper}/ns/mnt", os.O_RDONLY)

    def is_mounted_on(self, path):
        """By the type of file system, as /proc there is of other processes than us."""
        done = subprocess.run(["nsenter", f"--mount=/proc/self/fd/{self.mounts}", "stat", "-f",
                               "-c", "%t", path], pass_fds=[self.mounts], check=True,
                              capture_output=True, text=True)
        return done.stdout.strip() == FUSE


@pytest.fixture
def first_process(tfrecordfs, mnt, folder):
    """first_process(source): a context with the container."""
    @contextlib.contextmanager
    def start(source, wait_for_mount=True):
        command = tfrecordfs.command("mount", "--foreground", source, mnt, "--shards", 1,
                                     "--index", folder / "index")
        process = subprocess.Popen(["unshare", "--fork", "--pid", "--mount-proc", *command],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True,
                                   env=tfrecordfs.environment())
        try:
            programs.wait_until(lambda: programs.keepers_of(tfrecordfs, mnt), SECONDS, "start")
            container = Container(process, programs.keepers_of(tfrecordfs, mnt)[0], mnt)
            if wait_for_mount:
                programs.wait_until(lambda: (container.mnt / SHARD).exists(), SECONDS, "the mount")
            yield container
            os.close(container.mounts)
        finally:
            for pid in programs.keepers_of(tfrecordfs, mnt):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.communicate(timeout=SECONDS)
    return start


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.fault(fault="SIGTERM, as docker stop sends", moment="to the first process",
                   expected="it unmounts and ends")
def test_the_first_process_ends_by_a_signal_and_unmounts(first_process, photos, mnt, number):
    with first_process(photos) as container:
        numbers = pathlib.Path(f"/proc/{container.keeper}/status").read_text()
        assert f"NSpid:\t{container.keeper}\t1\n" in numbers
        assert container.is_mounted_on(mnt)
        with open(container.mnt / SHARD, "rb") as still_open:
            assert still_open.read(1)
            os.kill(container.keeper, number)
            assert container.process.wait(SECONDS) == 0
        assert not container.is_mounted_on(mnt)


def catches(pid, number):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^SigCgt:\t(\w+)$", status, re.M)[1], 16) >> (number - 1) & 1


@pytest.mark.fault(fault="SIGTERM, as docker stop sends", moment="while the index is built",
                   expected="it ends at once")
def test_the_first_process_ends_while_it_scans(first_process, program_path, photos, folder):
    """No signal ends a first process that has no handler for it."""
    with storages.storage_of(program_path, photos, folder / "slow") as storage:
        with storage.fault("/", "open", 300):
            with first_process(storage.path, wait_for_mount=False) as container:
                programs.wait_until(lambda: catches(container.keeper, signal.SIGTERM), SECONDS,
                                    "the program to begin")
                os.kill(container.keeper, signal.SIGTERM)
                assert container.process.wait(SECONDS) == 128 + signal.SIGTERM


def children_of(pid):
    return [int(path.name) for path in pathlib.Path("/proc").glob("[0-9]*")
            if programs.parent_of(int(path.name)) == pid]


def test_the_first_process_collects_whoever_becomes_its_child(first_process, photos):
    with first_process(photos) as container:
        assert len(children_of(container.keeper)) == 1
        # Who is their parent ends first.
        subprocess.run(["nsenter", "--target", str(container.keeper), "--pid", "sh", "-c",
                        "for i in 1 2 3 4 5; do (sleep 1 &); done"], check=True)
        assert len(children_of(container.keeper)) == 6
        programs.wait_until(lambda: len(children_of(container.keeper)) == 1, SECONDS,
                            "the worker to be the only child")
        os.kill(container.keeper, signal.SIGTERM)
        assert container.process.wait(SECONDS) == 0


@pytest.mark.parametrize("hide, word", [
    ("true", "--cap-add SYS_ADMIN"),
    ("mount --bind /dev/null /usr/bin/fusermount3", "apt-get install fuse3"),
], ids=["with fusermount3", "without"])
@pytest.mark.fault(fault="a container without the right to mount", moment="at the mount",
                   expected="one sentence with what to start it with")
def test_a_container_without_the_right_to_mount_is_told(tfrecordfs, photos, mnt, hide, word):
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c",
         f'{hide} && exec setpriv --bounding-set=-sys_admin "$@"', "sh",
         *tfrecordfs.command("mount", "--quiet", photos, mnt, "--index", "none")],
        capture_output=True, text=True, check=False, env=tfrecordfs.environment())
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert line.startswith("tfrecordfs: ") and word in line


@pytest.fixture
def plugin(folder):
    plugin = fuse_plugin.Plugin(folder / "plugin.socket")
    yield plugin
    plugin.socket.close()


@pytest.fixture
def python_of_all(folder):
    """A Python that an ordinary user may run, with the plugin's file."""
    copy = folder / "fuse_plugin.py"
    shutil.copy(PLUGIN, copy)
    python = os.path.realpath(sys.executable)
    done = subprocess.run(["setpriv", f"--reuid={programs.NOBODY}", "--clear-groups",
                           f"--regid={programs.NOBODY}", python, "-c", ""], check=False)
    return [python if done.returncode == 0 else "/usr/bin/python3", copy]


# A user and a mount namespace of its own, in which there are no devices at all.
ALONE = ["unshare", "--user", "--map-root-user", "--mount", "--propagation", "private", "sh", "-c",
         'mount -t tmpfs none /dev && exec "$@"', "sh"]


def test_a_plugin_hands_a_mount_to_who_may_do_nothing(as_user, plugin, photos, mnt,
                                                      python_of_all, folder):
    expected = as_user("cat", photos, SHARD, "--shards", 1, "--index", "none", binary=True).out
    read = []
    reader = threading.Thread(target=lambda: read.append((mnt / SHARD).read_bytes()))
    process = subprocess.Popen([*as_user.prefix, *ALONE, *python_of_all, "run", plugin.address,
                                as_user.path, photos, mnt, "--shards", "1", "--index", "none"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env=as_user.environment())
    try:
        # Whoever comes before all is indexed waits, and is answered.
        programs.wait_until(lambda: programs.mounts_below(mnt), SECONDS, "the plugin")
        reader.start()
        reader.join(SECONDS)
        assert read == [expected]
        status = pathlib.Path(f"/proc/{programs.keepers_of(as_user)[0]}/status").read_text()
        assert f"Uid:\t{programs.NOBODY}\t" in status
        process.terminate()
        assert process.wait(SECONDS) == 0
    finally:
        process.kill()
        said = process.communicate()
    assert "Serving /dev/fd/" in said[0] and "tfrecordfs: " not in said[1]
    programs.force_unmount(mnt)


@pytest.mark.parametrize("hide", [
    # Instead of the real one, as in the image of a container that has no device either.
    'mount --bind "$1/fusermount3" /usr/bin/fusermount3 && mount -t tmpfs none /dev',
    # Beside it, found by PATH.
    'mount --bind /dev/null /usr/bin/fusermount3 && mount -t tmpfs none /dev && '
    'export PATH="$1:$PATH"',
], ids=["in its place", "by PATH"])
def test_a_fusermount3_that_has_a_plugin_mount_is_used(as_user, plugin, photos, mnt, hide,
                                                       python_of_all, folder):
    expected = as_user("cat", photos, SHARD, "--shards", 1, "--index", "none", binary=True).out
    proxy = folder / "fusermount3"
    proxy.write_text(f"#!{python_of_all[0]}\n" + PLUGIN.read_text())
    proxy.chmod(0o755)
    programs.give_to_ordinary_user(mnt)
    environment = as_user.environment({"FUSE_PLUGIN_SOCKET": plugin.address,
                                       "NOTIFY_SOCKET": str(folder / "nobody")})
    process = subprocess.Popen(
        ["unshare", "--mount", "--propagation", "slave", "sh", "-c", f'{hide} && shift && exec "$@"',
         "sh", folder, *as_user.prefix,
         *as_user.command("mount", "--foreground", photos, mnt, "--shards", 1,
                          "--index", "none")[len(as_user.prefix):]],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment)
    try:
        programs.wait_until(lambda: os.path.ismount(mnt) or process.poll() is not None, SECONDS,
                            "the mount")
        assert process.poll() is None, process.communicate()
        assert (mnt / SHARD).read_bytes() == expected
        process.terminate()
        assert process.wait(SECONDS) == 0
    finally:
        process.kill()
        said = process.communicate()
    assert "tfrecordfs: " not in said[1]
    # It had it unmounted, too.
    programs.wait_until(lambda: not os.path.ismount(mnt), SECONDS, "the plugin to unmount")
    assert plugin.heard[0] == f"mount {mnt}" and f"unmount {mnt}" in plugin.heard
    (environment,) = [line for line in plugin.heard if line.startswith("environment ")]
    assert "_FUSE_COMMFD" in environment and "NOTIFY_SOCKET" not in environment
