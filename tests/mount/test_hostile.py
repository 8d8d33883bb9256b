# SPDX-License-Identifier: MIT
"""Paths, swaps and names that are meant to do harm, at a mount."""

import errno
import os
import pathlib
import time

import hostile
import images
import pytest

import program as programs
from mount.view_fixtures import mounted, place, program, source  # noqa: F401

# pylint: disable=redefined-outer-name

NOWHERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL)
SECRET = b"the secret of another directory"

PATHS = [
    "epochs/18446744073709551616", "epochs/18446744073709551615", "epochs/-1", "epochs/\u0661",
    "folds/0/0", "folds/4294967295/0", "folds/4294967296/0", "folds/5/4294967296", "folds/5/-1",
    "shards/0", "shards/18446744073709551617", "bysize/1B", "bysize/0B", "bysize/18446744073709551616B",
    "bysize/99999999999TB", "first/0", "first/18446744073709551616", "from/18446744073709551616",
    "by-index/train/18446744073709551616", "by-class/%2F..", "by-class/%00", "by-class/%2e%2e",
    "by-class/..%2F..%2Fetc", "by-class/%", "by-class/%G0", "by-class/\x1b[2J", "by-class/\u202e",
    "by-class/" + "%2F" * 85, "filter/label=%2F..", "filter/label=%00", "filter/%00=x",
    "filter/label=" + "x" * 249, "filter/" + "=" * 255, "filter/=", "filter/%2F..%2F=x",
    "filter/label=cat%", "schemas/..%2F..%2Fetc%2Fpasswd", "schemas/%2Fetc%2Fpasswd",
    "schemas/" + "x" * 255, "balanced/1e-400", "balanced/nan", "balanced/0x1p-1", ".tfrecordfs/../x",
    "\x1b[2J", "\u202e", "x" * 255, "\n", "%s%n", "-rf",
]


def error_of(path):
    try:
        os.stat(path)
    except OSError as error:
        return error.errno
    return 0


def resident(mount):
    status = pathlib.Path(f"/proc/{mount.pid}/status").read_text(encoding="ascii")
    return 1024 * int(status.split("VmRSS:")[1].split()[0])


@pytest.mark.fault(fault="path of a view beyond all numbers, with %2F, %00, bidi marks",
                  moment="when it is looked up",
                  expected="ENOENT or ENAMETOOLONG")
@pytest.mark.parametrize("path", PATHS, ids=lambda path: ascii(path)[1:40])
def test_a_path_that_is_no_view_is_nowhere(mounted, path):
    assert error_of(os.fsencode(mounted.path) + b"/" + os.fsencode(path)) in NOWHERE
    assert error_of(f"{mounted.path}/epochs/1/{path}") in NOWHERE


def test_names_that_are_no_text_are_nowhere(mounted):
    for name in (b"\xff", b"\xff" * 255, b"by-class/\xff\xfe", b"filter/\xff=\xff", b"epochs/\x80",
                 b"\xed\xa0\x80", b"filter/label=\xc3"):
        assert error_of(os.fsencode(mounted.path) + b"/" + name) in NOWHERE


@pytest.mark.fault(fault="thousands of paths of views that are none",
                  moment="when they are looked up",
                  expected="no memory is kept")
def test_thousands_of_hostile_paths_cost_no_memory(mounted):
    for name in PATHS:
        error_of(f"{mounted.path}/{name}")
    before = resident(mounted)
    for number in range(40):
        for name in PATHS:
            assert error_of(f"{mounted.path}/epochs/{number}/{name}") in NOWHERE
    for step in ("epochs/1/", "by-class/cat/", "filter/label=cat/", "balanced/", "folds/2/0/"):
        for length in (20, 200, 1000):
            path = (str(mounted.path) + "/" + step * length)[:4095]
            assert error_of(path) in NOWHERE
            # Relative to where one is, a thousand directories deep.
            directory = os.open(mounted.path, os.O_PATH)
            for _ in range(min(length, 4)):
                try:
                    deeper = os.open(step, os.O_PATH, dir_fd=directory)
                except OSError as error:
                    assert error.errno in NOWHERE
                    break
                os.close(directory)
                directory = deeper
            os.close(directory)
    assert resident(mounted) - before < (200 if hostile.is_sanitized(mounted.program) else 12) << 20


@pytest.mark.fault(fault="image or directory swapped for a link out of the source, over and over",
                  moment="while it is read",
                  expected="EIO, the bytes outside never appear")
@pytest.mark.parametrize("what", ["file", "directory"])
def test_a_link_that_is_swapped_in_is_never_read(mount, folder, what):
    real = folder / "source/a/in/0.bmp"
    for number in range(3):
        images.write(folder / f"source/a/in/{number}.bmp", number, ("bmp", "RGB"), (90, 90))
    secret = folder / "outside/0.bmp"
    secret.parent.mkdir()
    secret.write_bytes(real.read_bytes()[:-len(SECRET)] + SECRET)
    status = real.stat()
    os.utime(secret, ns=(status.st_atime_ns, status.st_mtime_ns))
    one, other = (real, secret) if what == "file" else (real.parent, secret.parent)
    (folder / "link").symlink_to(other)
    failed, read = 0, 0
    with mount(folder / "source", "--shards", 1, "--cache", "none") as mounted:
        (shard,) = mounted.shards()
        deadline = time.monotonic() + 2
        with hostile.exchanging(one, folder / "link"):
            while time.monotonic() < deadline or (read + failed < 50):
                try:
                    data = shard.read_bytes()
                    assert SECRET not in data
                    read += 1
                except OSError as error:
                    assert error.errno == errno.EIO
                    failed += 1
                assert SECRET not in (mounted / "report.html").read_bytes()
        assert read + failed >= 50 and failed > 0
        # With all in its place again, all is as it was.
        assert real.read_bytes() in shard.read_bytes()


@pytest.mark.fault(fault="names with escapes, line ends, bidi marks", moment="when a read fails",
                  expected="shown escaped")
def test_hostile_names_are_shown_escaped_at_a_mount(mount, tfrecordfs, folder):
    source = folder / "\x1b[31m\u202esource"
    names = ["\x1b[2Jcat", "\u202etac", "new\nline", "%2F..", "<script>", "c1\u009b31m"]
    for i, name in enumerate(names):
        images.write(source / name / f"\x1b[31m{i}\u202e.bmp", i, ("bmp", "RGB"), (70, 70))
    victim = source / names[0] / "\x1b[31m0\u202e.bmp"
    with mount(source, "--shards", 1, at="\u202e\x1b[31mmnt") as mounted:
        (shard,) = mounted.shards()
        victim.unlink()
        with pytest.raises(OSError):
            shard.read_bytes()
        assert hostile.run(tfrecordfs, "where", shard, 20, "--json", code=0).json
        metrics = (mounted / ".tfrecordfs/metrics").read_text()
        assert not hostile.OBEYED.search(metrics)
        last = os.getxattr(mounted.path, "user.tfrecordfs.last_failure").decode()
        assert not hostile.OBEYED.search(last) and "vanished" in last
        assert not hostile.OBEYED.search((mounted / "report.html").read_text())
        for spelled in ("%1B[2Jcat", "new%0Aline", "%252F..", "<script>"):
            assert (mounted / "by-class" / spelled / "labels.csv").exists(), spelled
        for said in (mounted.result, tfrecordfs("status", mounted.path),
                     tfrecordfs("reload", mounted.path)):
            assert not hostile.OBEYED.search(said.out + said.err)


@pytest.mark.fault(fault="image whose name holds a line of the log", moment="when its read fails",
                  expected="one line, escaped")
def test_a_daemon_with_a_hostile_log_writes_one_line(tfrecordfs, folder):
    source = folder / "source"
    images.write(source / "a/x\n<3>forged\x1b[31m\u202e.bmp", 1, ("bmp", "RGB"), (70, 70))
    images.write(source / "a/y.bmp", 2, ("bmp", "RGB"), (70, 70))
    (folder / "mnt").mkdir()
    process = tfrecordfs.start("mount", source, folder / "mnt", "-f", "--shards", 1, "--index",
                               folder / "index")
    try:
        programs.wait_until(lambda: programs.mounts_below(folder / "mnt"), 60, "the mount")
        next((source / "a").glob("x*")).unlink()
        with pytest.raises(OSError):
            next((folder / "mnt").glob("*.tfrecord")).read_bytes()
    finally:
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert not hostile.OBEYED.search(err)
    assert not [line for line in err.splitlines() if line.startswith("<3>forged")]
