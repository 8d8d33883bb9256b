# SPDX-License-Identifier: MIT
"""What a service manager is told: readiness, status, reloads, that the mount answers."""

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

import program as programs
import pytest
import storage as storages

SHARD = "train-00000-of-00001.tfrecord"
SECONDS = 30


class Manager:
    """Listens on a socket as a service manager does; the lines of each message."""

    def __init__(self, address):
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self.heard = []

    def hear(self, seconds):
        """One message, or None."""
        self.socket.settimeout(seconds)
        try:
            lines = self.socket.recv(1 << 16).decode().split("\n")
        except TimeoutError:
            return None
        self.heard.append(lines)
        return lines

    def wait_for(self, line):
        """The first message from now on that has @line, or one that begins so with '*'."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for heard in self.hear(1) or []:
                if heard == line or line.endswith("*") and heard.startswith(line[:-1]):
                    return self.heard[-1]
        raise AssertionError(f"{line} was not heard, but {self.heard}")


@pytest.fixture
def manager(folder):
    manager = Manager(str(folder / "notify"))
    yield manager
    manager.socket.close()


@pytest.fixture
def serve(tfrecordfs, mnt, folder):
    """serve(source, address, *options): a context with the process in the foreground."""
    @contextlib.contextmanager
    def start(source, address, *options, watchdog_ms=None, at=mnt):
        environment = {"NOTIFY_SOCKET": address}
        if watchdog_ms:
            environment["WATCHDOG_USEC"] = str(watchdog_ms * 1000)
        process = tfrecordfs.start("mount", "--foreground", source, at, "--shards", 1,
                                   "--index", folder / "index", "--on-bad", "skip", *options,
                                   env=environment)
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=SECONDS)
        assert process.returncode == 0
    return start


def status_of(lines):
    (status,) = [line for line in lines if line.startswith("STATUS=")]
    return status.removeprefix("STATUS=")


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_all_is_told_in_its_order(serve, photos, folder, mnt, kind):
    address = str(folder / "notify") if kind == "path" else f"@tfrecordfs-test-{os.getpid()}"
    manager = Manager(address)
    with serve(photos, address):
        ready = manager.wait_for("READY=1")
        assert status_of(ready) == "Serving 1 shard, 34 records"
        assert (mnt / SHARD).stat().st_size > 0, "it answers when it says that it is ready"
        manager.wait_for("STATUS=Serving*")
        next((photos / "cat").iterdir()).unlink()
        os.kill(pid_of(mnt), signal.SIGHUP)
        before = time.clock_gettime(time.CLOCK_MONOTONIC)
        reloading = manager.wait_for("RELOADING=1")
        (moment,) = [line for line in reloading if line.startswith("MONOTONIC_USEC=")]
        assert abs(int(moment.split("=")[1]) / 1e6 - before) < 10
        assert status_of(manager.wait_for("EXTEND_TIMEOUT_USEC=*")).startswith("Reloading")
        assert status_of(manager.wait_for("READY=1")) == "Serving 1 shard, 33 records"
    manager.wait_for("STOPPING=1")
    kinds = [lines[0].split("=")[0] for lines in manager.heard]
    assert [kind for kind in kinds if kind != "STATUS"] == [
        "EXTEND_TIMEOUT_USEC", "READY", "RELOADING", "EXTEND_TIMEOUT_USEC", "READY", "STOPPING"]


def pid_of(mnt):
    return int(os.getxattr(mnt, "user.tfrecordfs.pid"))


def worker_of(mnt):
    return int(os.getxattr(mnt, "user.tfrecordfs.worker_pid"))


def test_a_long_scan_asks_for_patience_and_tells_how_far_it_is(serve, program_path, photos,
                                                              manager, folder):
    with storages.storage_of(program_path, photos, folder / "slow") as storage:
        with storage.fault("/", "open", 150):
            with serve(storage.path, manager.address):
                manager.wait_for("READY=1")
    told = [lines for lines in manager.heard if lines[0].startswith("EXTEND_TIMEOUT_USEC=")]
    assert all(int(lines[0].split("=")[1]) >= 60_000_000 for lines in told)
    assert sum(bool(re.fullmatch(r"Scanning.* \d+ %", status_of(lines))) for lines in told) >= 2


def test_an_image_that_fails_degrades_until_a_reload(serve, photos, manager, mnt):
    image = sorted((photos / "cat").iterdir())[0]
    with serve(photos, manager.address):
        manager.wait_for("READY=1")
        image.write_bytes(b"no image")
        with pytest.raises(OSError):
            (mnt / SHARD).read_bytes()
        degraded = status_of(manager.wait_for("STATUS=Degraded*"))
        assert "1 image" in degraded and f"tfrecordfs status {mnt}" in degraded
        os.kill(pid_of(mnt), signal.SIGHUP)
        assert status_of(manager.wait_for("READY=1")) == "Serving 1 shard, 33 records"


@pytest.mark.fault(fault="a mountpoint of a very long name", moment="under a service manager",
                   expected="the status is cut; nothing else is lost")
def test_a_status_that_no_message_holds_is_cut(serve, photos, manager, folder):
    # Each of these bytes is shown as four.
    deep = folder.joinpath(*["\1" * 200] * 6)
    deep.mkdir(parents=True)
    image = sorted((photos / "cat").iterdir())[0]
    with serve(photos, manager.address, at=deep):
        manager.wait_for("READY=1")
        image.write_bytes(b"no image")
        with pytest.raises(OSError):
            (deep / SHARD).read_bytes()
        degraded = status_of(manager.wait_for("STATUS=Degraded*"))
        assert r"\x01\x01" in degraded and len(degraded) < 4000


@pytest.mark.fault(fault="reload fails", moment="under a service manager",
                   expected="the status says why; ready again")
def test_a_reload_that_fails_is_told_and_serving_goes_on(serve, photos, manager, mnt, folder):
    with serve(photos, manager.address):
        manager.wait_for("READY=1")
        photos.rename(folder / "gone")
        os.kill(pid_of(mnt), signal.SIGHUP)
        manager.wait_for("RELOADING=1")
        status = status_of(manager.wait_for("READY=1"))
        assert status.startswith("Serving 1 shard, 34 records; the reload failed")
        (folder / "gone").rename(photos)


@pytest.mark.fault(fault="the process that serves hangs", moment="under a watchdog",
                   expected="the watchdog hears nothing any more")
def test_the_watchdog_hears_of_a_mount_that_answers_alone(serve, photos, manager, mnt):
    with serve(photos, manager.address, watchdog_ms=600):
        manager.wait_for("READY=1")
        for _ in range(3):
            manager.wait_for("WATCHDOG=1")
        keeper, worker = pid_of(mnt), worker_of(mnt)
        os.kill(worker, signal.SIGSTOP)
        try:
            while manager.hear(0.6):
                pass
            assert manager.hear(2) is None
            # Who hangs with the mount holds nothing of it, so that it can be ended.
            children = pathlib.Path(f"/proc/{keeper}/task/{keeper}/children").read_text()
            (asking,) = {int(pid) for pid in children.split()} - {worker}
            assert not os.listdir(f"/proc/{asking}/fd")
        finally:
            os.kill(worker, signal.SIGCONT)
        manager.wait_for("WATCHDOG=1")


@pytest.mark.fault(fault="SIGKILL of the worker", moment="under a watchdog",
                   expected="another serves; the watchdog goes on")
def test_the_watchdog_goes_on_with_another_worker(serve, photos, manager, mnt):
    with serve(photos, manager.address, watchdog_ms=600):
        manager.wait_for("READY=1")
        # Each worker tells what it serves.
        manager.wait_for("STATUS=Serving*")
        os.kill(worker_of(mnt), signal.SIGKILL)
        manager.wait_for("STATUS=Serving*")
        manager.wait_for("WATCHDOG=1")
        assert os.getxattr(mnt, "user.tfrecordfs.restarts") == b"1"


def test_a_watchdog_of_another_process_is_not_fed(serve, photos, manager, monkeypatch):
    monkeypatch.setenv("WATCHDOG_PID", "1")
    with serve(photos, manager.address, watchdog_ms=300):
        manager.wait_for("READY=1")
        while manager.hear(1):
            pass
    assert ["WATCHDOG=1"] not in manager.heard


def test_a_command_that_returns_tells_nobody(tfrecordfs, photos, manager, mnt):
    """It is run by a service's script, say, whose readiness is not ours to tell."""
    environment = {"NOTIFY_SOCKET": manager.address}
    tfrecordfs("mount", photos, mnt, "--index", "none", env=environment)
    tfrecordfs("umount", mnt, env=environment)
    assert manager.hear(0.5) is None


@pytest.mark.parametrize("address", ["", "relative", "/nowhere/notify", "@" + "x" * 200,
                                     "vsock:2:1234"])
@pytest.mark.fault(fault="NOTIFY_SOCKET names no socket", moment="at the mount",
                   expected="ignored")
def test_a_socket_that_is_none_is_ignored(serve, tfrecordfs, photos, mnt, address):
    with serve(photos, address, watchdog_ms=200):
        programs.wait_until(lambda: os.path.ismount(mnt), SECONDS, "the mount")
        assert tfrecordfs("verify", mnt / SHARD).code == 0


def test_a_manager_that_does_not_listen_any_more_stops_nothing(serve, tfrecordfs, photos,
                                                              manager, mnt):
    with serve(photos, manager.address, watchdog_ms=100):
        manager.wait_for("READY=1")
        # Until its queue is full.
        time.sleep(1)
        assert tfrecordfs("verify", mnt / SHARD).code == 0
        manager.socket.close()
        assert tfrecordfs("verify", mnt / SHARD).code == 0
        subprocess.run(tfrecordfs.command("reload", mnt), check=True, capture_output=True,
                       env=tfrecordfs.environment())
