# SPDX-License-Identifier: MIT
"""What a mount looks like as a file system: names, attributes, and nothing to write."""

import errno
import json
import os
import subprocess
import stat

import pytest

SPLIT = ["--split", "train=0.7,validation=0.15,test=0.15",
         "--shards", "train=12,validation=2,test=1"]


@pytest.fixture
def mounted(mount, photos):
    with mount(photos, *SPLIT) as mounted:
        yield mounted


VIEWS = ["by-class", "by-index", "bysize", "epochs", "filter", "first", "folds", "from",
         "schemas", "shards"]


def test_the_listing_is_sorted_and_holds_shards_views_and_side_files(mounted):
    with os.scandir(mounted.path) as entries:
        names = [entry.name for entry in entries]
    assert names == sorted(names)
    assert [name for name in names if (mounted / name).is_dir()] == sorted(
        [*VIEWS, "index", "tfds"])
    # What a pattern finds is shards alone.
    assert [name for name in names if name.startswith(("test", "train", "validation"))] == (
        [f"test-{i:05}-of-00001.tfrecord" for i in range(1)]
        + [f"train-{i:05}-of-00012.tfrecord" for i in range(12)]
        + [f"validation-{i:05}-of-00002.tfrecord" for i in range(2)])


def test_files_are_regular_and_read_only(mounted):
    for path in mounted.shards():
        status = path.stat()
        assert stat.S_ISREG(status.st_mode)
        assert status.st_mode & 0o222 == 0 and status.st_mode & 0o444 == 0o444
        assert status.st_nlink == 1
    assert stat.S_ISDIR(mounted.path.stat().st_mode)
    inodes = [path.stat().st_ino for path in mounted.shards()]
    assert len(set(inodes)) == len(inodes)


def test_what_is_not_there(mounted):
    for name in ("train-00012-of-00012.tfrecord", "train-00000-of-00016.tfrecord",
                 "train-0-of-12.tfrecord", "train", "Train-00000-of-00012.tfrecord", "x" * 255):
        with pytest.raises(FileNotFoundError):
            os.stat(mounted / name)
    with pytest.raises(NotADirectoryError):
        os.stat(mounted / "train-00000-of-00012.tfrecord" / "x")


WRITES = {
    "open for writing": lambda m, f: os.open(f, os.O_WRONLY),
    "open for both": lambda m, f: os.open(f, os.O_RDWR),
    "open and truncate": lambda m, f: os.open(f, os.O_RDONLY | os.O_TRUNC),
    "open to append": lambda m, f: os.open(f, os.O_WRONLY | os.O_APPEND),
    "create": lambda m, f: os.open(m / "new", os.O_WRONLY | os.O_CREAT),
    "unnamed file": lambda m, f: os.open(m, os.O_WRONLY | os.O_TMPFILE),
    "truncate": lambda m, f: os.truncate(f, 0),
    "unlink": lambda m, f: os.unlink(f),
    "mkdir": lambda m, f: os.mkdir(m / "new"),
    "rename": lambda m, f: os.rename(f, m / "new"),
    "rename in": lambda m, f: os.rename(m / "gone", m / "new"),
    "link": lambda m, f: os.link(f, m / "new"),
    "symlink": lambda m, f: os.symlink("x", m / "new"),
    "mknod": lambda m, f: os.mknod(m / "new"),
    "mkfifo": lambda m, f: os.mkfifo(m / "new"),
    "chmod": lambda m, f: os.chmod(f, 0o644),
    "chown": lambda m, f: os.chown(f, 1, 1),
    "utime": lambda m, f: os.utime(f),
    "setxattr": lambda m, f: os.setxattr(f, "user.x", b"1"),
    "removexattr": lambda m, f: os.removexattr(f, "user.tfrecordfs.split"),
    "chmod of the root": lambda m, f: os.chmod(m, 0o777),
}


@pytest.mark.parametrize("name", WRITES)
def test_every_call_that_would_write_gives_erofs(mounted, name):
    with pytest.raises(OSError) as caught:
        WRITES[name](mounted.path, mounted.shards()[0])
    # A rename of what is not there may say so first.
    allowed = {errno.EROFS, errno.ENOENT} if name == "rename in" else {errno.EROFS}
    assert caught.value.errno in allowed


# What the kernel's own read-only flag answers otherwise; O_TMPFILE is not ours to refuse.
REMOUNTED = sorted(WRITES.keys() - {"unnamed file"})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can remount")
def test_writes_are_refused_even_when_remounted_read_write(mounted):
    subprocess.run(["mount", "-i", "-o", "remount,rw", mounted.path], check=True)
    for name in REMOUNTED:
        with pytest.raises(OSError) as caught:
            WRITES[name](mounted.path, mounted.shards()[0])
        assert caught.value.errno in {errno.EROFS, errno.ENOENT, errno.EACCES}, name


def test_a_name_longer_than_files_have_says_so(mounted):
    with pytest.raises(OSError) as caught:
        os.stat(mounted / ("x" * 256))
    assert caught.value.errno == errno.ENAMETOOLONG


def test_rmdir_gives_erofs(mounted):
    with pytest.raises(OSError) as caught:
        os.rmdir(mounted / "new")
    assert caught.value.errno in (errno.EROFS, errno.ENOENT)


def test_statfs_tells_the_size_and_that_it_is_read_only(mounted):
    status = os.statvfs(mounted.path)
    shown = sum(path.stat().st_size for path in mounted.shards())
    assert status.f_flag & os.ST_RDONLY
    assert status.f_bfree == 0 and status.f_bavail == 0
    assert shown <= status.f_blocks * status.f_frsize <= shown + 2 * 4096 * 15
    assert status.f_namemax >= 255


def test_du_sees_what_ls_sees(mounted):
    for path in mounted.shards():
        assert abs(path.stat().st_blocks * 512 - path.stat().st_size) < 4096


def test_attributes_of_shards(mounted):
    path = mounted / "train-00003-of-00012.tfrecord"
    names = os.listxattr(path)
    values = {name.removeprefix("user.tfrecordfs."): os.getxattr(path, name).decode()
              for name in names}
    assert values["split"] == "train" and values["shard"] == "3"
    total = sum(int(os.getxattr(p, "user.tfrecordfs.num_examples")) for p in mounted.shards())
    assert total == 34
    with pytest.raises(OSError) as caught:
        os.getxattr(path, "user.tfrecordfs.nonsense")
    assert caught.value.errno == errno.ENODATA


def test_attributes_of_the_root(mounted):
    values = {name.removeprefix("user.tfrecordfs."): os.getxattr(mounted.path, name).decode()
              for name in os.listxattr(mounted.path)}
    assert values["num_examples"] == "34" and values["num_shards"] == "15"
    assert values["source"] == str(mounted.source)
    assert int(values["pid"]) == mounted.pid


def test_times_are_those_of_the_images_and_their_folders(mounted, photos):
    newest = max(path.stat().st_mtime_ns for path in (photos, *photos.rglob("*")))
    assert {path.stat().st_mtime_ns for path in mounted.shards()} == {newest}


def test_where_names_the_image_behind_a_byte(mounted, tf, tfrecordfs):
    import oracle
    path = mounted / "train-00000-of-00012.tfrecord"
    order = oracle.files_in(path)
    place = 0
    data = path.read_bytes()
    for name in order:
        length = 16 + int.from_bytes(data[place:place + 8], "little")
        for offset in (place, place + 11, place + length - 1):
            assert name in tfrecordfs("where", path, offset).out
        assert name in json.dumps(tfrecordfs("where", path, place + 5, "--json").json)
        place += length
    assert place == len(data)
    tfrecordfs("where", path, len(data), code=1)
    tfrecordfs("where", path, "many", code=2)


def test_verify_and_show_of_a_mount(mounted, tfrecordfs):
    tfrecordfs("verify", *mounted.shards())
    for path in mounted.shards():
        assert "image/encoded" in tfrecordfs("show", f"{path}:0").out
    tfrecordfs("show", f"{mounted.shards()[0]}:10000", code=1)
