# SPDX-License-Identifier: MIT
"""Mounts with directories and side files in them."""

import errno
import os
import stat
import subprocess

import program as programs
import pytest

SPLIT = ["--split", "train=0.8,test=0.2", "--shards", "train=3,test=1"]
# Names of views are listed beside all else in the root.
VIEWS = ["by-class", "by-index", "bysize", "epochs", "filter", "first", "folds", "from",
         "schemas", "shards"]
NESTED = [*SPLIT, "--shard-names", "{split}/{split}-{shard}-of-{shards}",
          "--side-files", "slim-labels"]
LABELS = "0:cat\n1:dog\n2:newt\n"


@pytest.fixture
def nested(mount, photos):
    with mount(photos, *NESTED) as mounted:
        yield mounted


def below(path):
    return sorted(str(entry.relative_to(path)) for entry in path.rglob("*"))


def test_names_with_slashes_are_files_in_directories(nested):
    assert below(nested.path) == sorted([
        *VIEWS, "labels.txt", "test", "test/test-00000-of-00001", "train",
        "train/train-00000-of-00003", "train/train-00001-of-00003",
        "train/train-00002-of-00003"])
    assert sorted(os.listdir(nested.path)) == os.listdir(nested.path)
    assert sorted(os.listdir(nested / "train")) == os.listdir(nested / "train")
    for name, subdirectories in ("", 13), ("train", 0), ("test", 0):
        status = (nested / name).stat()
        assert stat.S_ISDIR(status.st_mode) and status.st_mode & 0o777 == 0o555
        assert status.st_nlink == 2 + subdirectories
    assert os.path.samefile(nested / "train" / "..", nested.path)
    found = subprocess.run(["find", nested.path, "-name", "train-*"], check=True,
                           capture_output=True, text=True).stdout
    assert len(found.splitlines()) == 3


def test_what_is_not_there(nested):
    for name in ("train/train-00003-of-00003", "train-00000-of-00003", "train/train", "x",
                 "test/train-00000-of-00003", "train/labels.txt"):
        with pytest.raises(FileNotFoundError):
            os.stat(nested / name)
    for path in "labels.txt/x", "train/train-00000-of-00003/x":
        with pytest.raises(NotADirectoryError):
            os.stat(nested / path)
    with pytest.raises(NotADirectoryError):
        os.listdir(nested / "labels.txt")
    with pytest.raises(IsADirectoryError):
        (nested / "train").read_bytes()


def test_the_records_are_those_of_a_flat_mount(mount, photos, nested, tfrecordfs):
    with mount(photos, *SPLIT) as flat:
        for shard in flat.shards():
            name = shard.name.removesuffix(".tfrecord")
            assert (nested / name.split("-")[0] / name).read_bytes() == shard.read_bytes()
        assert "agree in 4 files" in tfrecordfs("verify", flat.path, "--against",
                                                nested.path).out


def test_commands_take_names_with_slashes(nested, photos, tfrecordfs):
    name = "train/train-00001-of-00003"
    content = tfrecordfs("cat", photos, name, *NESTED, binary=True).out
    assert content == (nested / name).read_bytes()
    assert tfrecordfs("show", f"{nested / name}:0", "--json").json["record"] == 0
    where = tfrecordfs("where", nested / name, 0, "--json").json
    assert where["image"].startswith(f"{photos}/") and where["exists"] is True
    verified = tfrecordfs("verify", nested.path, "--json").json
    assert [file["file"].removeprefix(f"{nested.path}/") for file in verified["files"]] == [
        "test/test-00000-of-00001", "train/train-00000-of-00003",
        "train/train-00001-of-00003", "train/train-00002-of-00003"]


def test_what_mount_prints_can_be_pasted(nested, tf):
    hint = nested.result.out.split("Train: ")[1].splitlines()[0]
    assert f'glob("{nested.path}/train/train-*")' in hint
    files = tf.io.gfile.glob(f"{nested.path}/train/train-*")
    assert len(files) == 3
    assert sum(1 for _ in tf.data.TFRecordDataset(files)) == 28


def test_a_mountpoint_that_is_a_pattern_can_be_pasted_too(tfrecordfs, photos, folder, tf):
    mnt = folder / 'a[b]*c?"d'
    mnt.mkdir()
    try:
        out = tfrecordfs("mount", photos, mnt, "--shards", 3, "--index", folder / "index").out
        python = out.split("Train: ")[1].splitlines()[0]
        assert sum(1 for _ in eval(python, {"tf": tf})) == 34  # pylint: disable=eval-used
    finally:
        programs.unmount(tfrecordfs, mnt)


def test_a_side_file_is_there_with_its_size_and_its_bytes(nested):
    path = nested / "labels.txt"
    status = path.stat()
    assert stat.S_ISREG(status.st_mode) and status.st_mode & 0o777 == 0o444
    assert (status.st_size, status.st_nlink) == (len(LABELS), 1)
    assert path.read_text() == LABELS
    with open(path, "rb") as file:
        for offset in range(len(LABELS) + 3):
            assert os.pread(file.fileno(), 4, offset) == LABELS.encode()[offset:offset + 4]
    with pytest.raises(OSError) as caught:
        open(path, "r+b")
    assert caught.value.errno == errno.EROFS
    assert os.listxattr(path) == []


def attributes(path):
    return {name.removeprefix("user.tfrecordfs."): os.getxattr(path, name).decode()
            for name in os.listxattr(path)}


def test_directories_tell_what_is_beneath(nested):
    train = attributes(nested / "train")
    assert train == {"view": "", "num_examples": "28", "num_shards": "3",
                     "size": str(sum(p.stat().st_size for p in (nested / "train").iterdir()))}
    root = attributes(nested.path)
    assert (root["num_examples"], root["num_shards"]) == ("34", "4")
    assert "source" not in train and root["source"] == str(nested.source)
    # Four are in .tfrecordfs/, which no listing shows.
    assert os.statvfs(nested.path).f_files == 23


def test_a_thousand_shards_in_a_directory_are_all_listed(mount, photos):
    with mount(photos, "--shards", 1024, "--cut", "ceiling", "--shard-names",
               "a/b/{split}-{shard}-of-{shards}") as mounted:
        names = os.listdir(mounted / "a" / "b")
        assert names == [f"train-{i:05}-of-01024" for i in range(1024)]
        sizes = [(mounted / "a" / "b" / name).stat().st_size for name in names]
        assert sum(size > 0 for size in sizes) == 34
        assert (mounted / "a" / "b" / names[-1]).read_bytes() == b""


def test_two_files_of_one_name_cannot_be_mounted(tfrecordfs, photos, folder):
    (folder / "mnt").mkdir()
    result = tfrecordfs("mount", photos, folder / "mnt", "--side-files", "slim-labels",
                        "--shards", 1, "--shard-names", "labels.txt", code=None)
    assert result.code in (2, 3) and "labels.txt" in result.error
