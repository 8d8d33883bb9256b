# SPDX-License-Identifier: MIT
"""Images that change after the mount: their record fails, the others go on."""

import errno
import os
import re

import images
import pytest

OPTIONS = ["--shards", 1, "--order", "manifest"]


@pytest.fixture
def source(folder):
    source = folder / "source"
    for i in range(9):
        images.write(source / "a" / f"{i}.bmp", i, ("bmp", "RGB"), (200, 200))
    return source


@pytest.fixture
def victim(source):
    return source / "a" / "4.bmp"


def grow(path):
    with open(path, "ab") as file:
        file.write(b"more")


def rewrite_at_same_size(path):
    size = path.stat().st_size
    path.write_bytes(os.urandom(size))


def replace_with_same_times(path):
    status = path.stat()
    other = path.with_suffix(".new")
    other.write_bytes(os.urandom(status.st_size))
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.rename(path)


def swap_for_a_fifo(path):
    path.unlink()
    os.mkfifo(path)


def swap_for_a_link_outside(path):
    outside = path.parents[2] / "outside.bmp"
    outside.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(outside)


CHANGES = {"grown": grow, "truncated": lambda p: os.truncate(p, 100), "deleted": os.unlink,
           "rewritten at its size": rewrite_at_same_size,
           "replaced, with its times": replace_with_same_times,
           "touched": os.utime, "replaced by a FIFO": swap_for_a_fifo,
           "replaced by a directory": lambda p: (p.unlink(), p.mkdir()),
           "replaced by a link that leads out": swap_for_a_link_outside}


def records_of(data):
    """Offset and length of every record, framing included."""
    place = 0
    while place < len(data):
        length = 16 + int.from_bytes(data[place:place + 8], "little")
        yield place, length
        place += length


@pytest.mark.parametrize("change", [
    pytest.param(change, id=name, marks=pytest.mark.fault(
        fault=f"image {name}", moment="between two reads",
        expected="EIO for its record, others are read; named by status"))
    for name, change in CHANGES.items()])
def test_only_the_record_of_a_changed_image_fails(mount, tfrecordfs, source, victim, folder,
                                                  change):
    whole = tfrecordfs("cat", source, "train-00000-of-00001.tfrecord", *OPTIONS,
                       "--index", folder / "index", binary=True).out
    with mount(source, *OPTIONS) as mounted:
        change(victim)
        # Direct reads ask for these windows and no others around them.
        fd = os.open(mounted.shards()[0], os.O_RDONLY | os.O_DIRECT)
        try:
            for number, (offset, length) in enumerate(records_of(whole)):
                if number == 4:
                    with pytest.raises(OSError) as caught:
                        os.pread(fd, length, offset)
                    assert caught.value.errno == errno.EIO
                else:
                    assert os.pread(fd, length, offset) == whole[offset:offset + length]
        finally:
            os.close(fd)
        assert int(os.getxattr(mounted.path, "user.tfrecordfs.failed_reads")) >= 1
        last = os.getxattr(mounted.path, "user.tfrecordfs.last_failure").decode()
        assert victim.name in last
        assert last in tfrecordfs("status", mounted.path).out
        assert tfrecordfs("verify", *mounted.shards(), code=1)


def test_what_failed_before_a_reload_is_not_told_as_if_it_did_now(mount, tfrecordfs, source,
                                                                  victim):
    with mount(source, *OPTIONS, "--on-bad", "skip") as mounted:
        os.utime(victim, (1, 1))
        with pytest.raises(OSError):
            mounted.shards()[0].read_bytes()
        failing = tfrecordfs("status", mounted.path).out
        assert "reload the mount" in " ".join(failing.split())
        tfrecordfs("reload", mounted.path)
        assert mounted.shards()[0].read_bytes()
        out = tfrecordfs("status", mounted.path).out
        assert "reload the mount" not in " ".join(out.split())
        assert re.search(r"failing +nothing", out)


@pytest.mark.fault(fault="image replaced and restored", moment="between two reads",
                   expected="EIO, then its bytes again")
def test_a_restored_image_is_read_again(mount, source, victim):
    with mount(source, *OPTIONS) as mounted:
        status, data = victim.stat(), victim.read_bytes()
        path = mounted.shards()[0]
        victim.write_bytes(b"x" * len(data))
        with pytest.raises(OSError):
            path.read_bytes()
        victim.write_bytes(data)
        os.utime(victim, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert data in path.read_bytes()


@pytest.mark.fault(fault="image deleted", moment="between two reads",
                   expected="the log names it once")
def test_the_log_names_the_image(tfrecordfs, source, victim, folder):
    import program as programs
    (folder / "mnt").mkdir()
    process = tfrecordfs.start("mount", source, folder / "mnt", *OPTIONS, "-f",
                               "--index", folder / "index")
    try:
        programs.wait_until(lambda: programs.mounts_below(folder / "mnt"), 30, "the mount")
        victim.unlink()
        for path in (folder / "mnt").glob("*.tfrecord"):
            with pytest.raises(OSError):
                path.read_bytes()
    finally:
        process.terminate()
        _, err = process.communicate(timeout=30)
    lines = [line for line in err.splitlines() if "a/4.bmp" in line]
    assert len(lines) == 1, "the kernel's repetitions are no news"
    assert lines[0].startswith("tfrecordfs: ") and "vanished" in lines[0]
    assert process.returncode == 0


@pytest.mark.fault(fault="image replaced", moment="between two mounts",
                   expected="--reindex takes it in")
def test_mounting_again_takes_the_change_in(mount, tfrecordfs, source, victim):
    with mount(source, *OPTIONS) as mounted:
        before = mounted.shards()[0].read_bytes()
    images.write(victim, 99, ("bmp", "RGB"), (30, 30))
    with mount(source, *OPTIONS, "--reindex") as mounted:
        after = mounted.shards()[0].read_bytes()
        assert victim.read_bytes() in after and after != before
        tfrecordfs("verify", *mounted.shards())
