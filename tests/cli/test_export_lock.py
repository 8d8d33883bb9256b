# SPDX-License-Identifier: MIT
"""Several exports into one directory: one of them writes, and no bytes of another's."""

import fcntl
import os
import signal

import exports
import program as programs
import pytest
import tracing

OPTIONS = ["--shards", 4, "--index", "none"]


@pytest.fixture
def out(tfrecordfs, photos, folder):
    """An export that is whole."""
    tfrecordfs("export", photos, folder / "out", *OPTIONS)
    return folder / "out"


def is_locked(path):
    """Looked up: who tries to lock it could be in the way of others."""
    if not path.exists():
        return False
    with open("/proc/locks", encoding="ascii") as locks:
        return any(" FLOCK " in line and f":{path.stat().st_ino} " in line for line in locks)


def test_two_at_once(tfrecordfs, folder):
    source = exports.large_source(folder)
    command = ["export", source, folder / "out", "--shards", 24, "--index", "none",
               "--threads", 1]
    first = tfrecordfs.start(*command)
    exports.wait_for_shards(first, folder / "out", 1)
    first.send_signal(signal.SIGSTOP)
    try:
        assert "another tfrecordfs export" in tfrecordfs(*command, code=1).error
    finally:
        first.send_signal(signal.SIGCONT)
        first.communicate()
    assert first.returncode == 0 and exports.check_sums(folder / "out") == 24


def test_a_file_that_can_be_written_is_locked_and_nothing_of_it_is_left(tfrecordfs, photos,
                                                                        folder):
    (folder / "out").mkdir()
    with open(folder / "out" / exports.LOCK, "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another tfrecordfs export" in tfrecordfs("export", photos, folder / "out", *OPTIONS,
                                                         code=1).error
        assert os.listdir(folder / "out") == [exports.LOCK]
    tfrecordfs("export", photos, folder / "out", *OPTIONS)
    assert not (folder / "out" / exports.LOCK).exists()
    tfrecordfs("export", photos, folder / "out", *OPTIONS)
    assert not (folder / "out" / exports.LOCK).exists()
    (folder / "out/cat").mkdir()
    assert "other options" in tfrecordfs("export", photos, folder / "out", *OPTIONS, "--seed", 7,
                                         code=2).error
    assert not (folder / "out" / exports.LOCK).exists()


@pytest.mark.fault(fault="destination cannot be locked", moment="when an export begins",
                   expected="nothing is written; where all is whole that is said")
def test_without_a_lock_nothing_is_written(tfrecordfs, photos, out):
    (out / exports.LOCK).mkdir()
    assert "holds all already" in tfrecordfs("export", photos, out, *OPTIONS).out
    victim = exports.shards(out)[0]
    os.truncate(victim, 10)
    assert "cannot be locked" in tfrecordfs("export", photos, out, *OPTIONS, code=1).error
    assert victim.stat().st_size == 10
    (out / exports.LOCK).rmdir()
    tfrecordfs("export", photos, out, *OPTIONS)
    assert exports.check_sums(out) == 4


@pytest.mark.fault(fault="another export removes or replaces a temporary file",
                   moment="while it is written, where the file system keeps no locks",
                   expected="a sentence; what the other wrote gets no name")
@pytest.mark.parametrize("harm", ["remove", "replace"])
def test_a_temporary_file_that_is_not_ours_any_more(tfrecordfs, folder, harm):
    source = exports.large_source(folder)
    command = ["export", source, folder / "out", "--shards", 24, "--index", "none",
               "--side-files", "none", "--threads", 1]
    process = tfrecordfs.start(*command)
    exports.wait_for_shards(process, folder / "out", 1)
    while not exports.half_written(folder / "out") and process.poll() is None:
        pass
    process.send_signal(signal.SIGSTOP)
    for name in exports.half_written(folder / "out"):
        assert len(name) > len(".tfrecordfs-export-0123456789abcdef-0.tmp") - 1
        (folder / "out" / name).unlink()
        if harm == "replace":
            (folder / "out" / name).write_bytes(b"of another")
    process.send_signal(signal.SIGCONT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and "was taken away or replaced" in err, err
    assert all(path.stat().st_size > 4_000_000 for path in exports.shards(folder / "out"))
    tfrecordfs(*command)
    assert exports.check_sums(folder / "out") == 24
    assert not exports.half_written(folder / "out")


@pytest.mark.fault(fault="a new destination is made by one export and locked by another",
                   moment="when both begin", expected="one of them exports, the other is told")
def test_two_that_start_at_once_into_a_new_directory(tfrecordfs, photos, folder):
    def start(call, path):
        # Stopped once it has done that; it is the process that is started itself (-D).
        with tracing.traced(tfrecordfs, "-D", "-P", path, "-e", f"trace={call}",
                            "-e", f"inject={call}:signal=STOP:when=1"):
            return tfrecordfs.start("export", photos, folder / "out", *OPTIONS,
                                    env=tracing.UNLEAKED)

    lock = folder / "out" / exports.LOCK
    first = start("mkdir", folder / "out")
    programs.wait_until((folder / "out").exists, 30, "the directory")
    second = start("flock", lock)
    programs.wait_until(lambda: is_locked(lock), 30, "the lock")
    first.send_signal(signal.SIGCONT)
    _, error = first.communicate(timeout=60)
    assert first.returncode == 1 and "another tfrecordfs export" in error
    second.send_signal(signal.SIGCONT)
    _, error = second.communicate(timeout=60)
    assert second.returncode == 0, error
    assert exports.check_sums(folder / "out") == 4
