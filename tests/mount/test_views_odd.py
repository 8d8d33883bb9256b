# SPDX-License-Identifier: MIT
"""Views that are not there, endless ones, what they say of themselves, odd data sets."""

import mmap
import os
import pathlib
import subprocess
import time

import pytest

import images
import program as programs
import view_model
from mount.view_fixtures import mounted, place, program, source  # noqa: F401

# pylint: disable=redefined-outer-name


NOWHERE = [
    "epochs/07", "epochs/-1", "epochs/+1", "epochs/1 ", "epochs/9223372036854775808",
    "epochs/99999999999999999999999", "epochs/x", "epochs/0x1", "shards/0", "shards/71",
    "shards/100000", "shards/01", "bysize/20", "bysize/0MB", "bysize/1.5MB", "bysize/1mb",
    "folds/1/0", "folds/5/5", "folds/81/0", "folds/1001/0", "folds/05/0", "first/0",
    "first/71", "from/70", "from/00", "balanced/2", "balanced/0.50", "balanced/.5",
    "balanced/0.1234", "by-class/bird", "by-class/cat ", "filter/label", "schemas/slimm",
    "epochs/1/epochs/2", "epochs/1/epochs/1", "shards/2/bysize/1MB", "by-class/cat/by-class/dog",
    "epochs/1/x", "views/1", "epochs/1/train-00004-of-00004.tfrecord",
    "shards/2/train-00000-of-00004.tfrecord", "balanced/by-class", "from/69/by-class/newt",
]


@pytest.mark.parametrize("path", NOWHERE)
def test_what_is_no_view_is_not_there(mounted, path):
    if path == "balanced/by-class":
        assert os.listdir(mounted / path) == []
        return
    with pytest.raises(FileNotFoundError):
        os.stat(f"{mounted.path}/{path}")


def test_endless_chains_end(mounted):
    for step in ("epochs/1", "by-class/cat", "filter/label=cat", "balanced", "from"):
        path = str(mounted.path) + f"/{step}" * ((4000 - len(str(mounted.path))) //
                                                (len(step) + 1))
        started = time.monotonic()
        with pytest.raises(OSError):
            os.stat(path)
        assert time.monotonic() - started < 20


def test_a_listing_of_everything_ends_and_copies_only_what_is_listed(mounted, folder):
    listed = [p for p in pathlib.Path(mounted.path).rglob("*")]
    for command in (["find", mounted.path], ["du", "-a", mounted.path]):
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        assert len(out.splitlines()) == len(listed) + 1
    assert not (set(os.listdir(mounted.path)) & {"balanced", ".tfrecordfs", "SHA256SUMS"})
    subprocess.run(["rsync", "-a", f"{mounted.path}/", folder / "copy"], check=True)
    assert {p.name: p.read_bytes() for p in (folder / "copy").glob("*.tfrecord")} == (
        mounted.contents())
    assert sum(p.is_file() for p in (folder / "copy").rglob("*")) == sum(
        p.is_file() for p in listed)
    with open(folder / "copy/SHA256SUMS", "wb") as file:
        file.write((mounted / "SHA256SUMS").read_bytes())
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], check=True,
                   cwd=folder / "copy", capture_output=True)


def test_views_say_what_they_are(mounted):
    def attribute(path, name):
        return os.getxattr(mounted / path, f"user.tfrecordfs.{name}").decode()

    assert attribute("epochs/7/shards/2", "view") == "epochs/7/shards/2"
    assert attribute("epochs/7", "num_examples") == "100"
    assert attribute("epochs/7/train-00000-of-00004.tfrecord", "num_examples") == "17"
    assert attribute("epochs/7/train-00000-of-00004.tfrecord", "view") == "epochs/7"
    assert len(attribute(".", "fingerprint")) == 64
    where = attribute("epochs/7/train-00000-of-00004.tfrecord", "where.0").split(" ", 3)
    assert where[3] == view_model.rows(mounted / "epochs/7")[0]["file"] or where[0] == "0"


def metrics(mounted):
    text = (mounted / ".tfrecordfs/metrics").read_text()
    return {line.split()[0]: float(line.split()[1]) for line in text.splitlines()
            if not line.startswith("#")}


def test_metrics_count(mounted):
    before = metrics(mounted)
    view_model.read(mounted / "epochs/123")
    after = metrics(mounted)
    assert after["tfrecordfs_reads_total"] > before["tfrecordfs_reads_total"]
    assert after["tfrecordfs_view_directories"] > before["tfrecordfs_view_directories"]
    assert after["tfrecordfs_images"] == 100 and after["tfrecordfs_failed_reads_total"] == 0
    assert (mounted / ".tfrecordfs/version").read_text().strip()


def forget():
    """Make the kernel drop inodes that nothing holds."""
    pathlib.Path("/proc/sys/vm/drop_caches").write_text("3")


@pytest.mark.long
def test_views_that_nobody_uses_take_no_memory(mounted):
    if os.geteuid() != 0:
        pytest.skip("only root can make the kernel forget")
    for epoch in range(1000, 1200):
        list((mounted / f"epochs/{epoch}").glob("*.tfrecord"))
    assert metrics(mounted)["tfrecordfs_view_directories"] >= 200
    held = mounted / "folds/3/1/epochs/5"
    shard = "train-00000-of-00004.tfrecord"
    whole = (held / shard).read_bytes()
    directory = os.open(held, os.O_RDONLY | os.O_DIRECTORY)
    with open(held / shard, "rb") as file, mmap.mmap(file.fileno(), 0,
                                                     access=mmap.ACCESS_READ) as mapped:
        forget()
        programs.wait_until(lambda: metrics(mounted)["tfrecordfs_views"] == 1, 60,
                            "all views but the one of the open file to be forgotten")
        forget()
        assert metrics(mounted)["tfrecordfs_view_directories"] < 20
        assert os.pread(file.fileno(), len(whole), 0) == whole and mapped[:] == whole
        assert shard in os.listdir(directory)
        again = os.open(shard, os.O_RDONLY, dir_fd=directory)
        assert os.read(again, len(whole)) == whole
        os.close(again)
    os.close(directory)
    forget()
    assert metrics(mounted)["tfrecordfs_view_directories"] == 0
    programs.wait_until(lambda: metrics(mounted)["tfrecordfs_views"] == 0, 60,
                        "views to be forgotten")
    assert metrics(mounted)["tfrecordfs_view_bytes"] == 0


# --- Odd data sets --------------------------------------------------------------------


def test_odd_names_of_classes(program, place):
    names = ["a b", "é", "50%", "...dots", "x=y", "tab\there", "new\nline", "#1", "'q'"]
    rows = []
    for i, name in enumerate(names):
        images.write(place / f"odd/{i}.jpg", i, ("jpeg", "RGB"))
        rows.append([f"{i}.jpg", name])
    images.write(place / "odd/9.jpg", 9, ("jpeg", "RGB"))
    rows.append(["9.jpg", "with/slash"])
    images.write_csv(place / "odd.csv", ["file", "label"], rows)
    spelled = {"50%": "50%25", "...dots": "%2E..dots", "tab\there": "tab%09here",
               "new\nline": "new%0Aline", "with/slash": "with%2Fslash"}
    with programs.mounted(program, place / "odd", place / "odd-mnt", "--manifest",
                          place / "odd.csv", "--shards", "1", index=place / "index-o") as mnt:
        for file, name in rows:
            view = mnt / "by-class" / spelled.get(name, name)
            assert [r["file"] for r in view_model.rows(view)] == [file]
        for name in ("50%", "%35%30%25", "x%3Dy", "%2e..dots"):
            assert not (mnt / "by-class" / name).exists()


def test_one_image_and_one_class(program, place):
    images.write(place / "one/only/0.jpg", 0, ("jpeg", "RGB"))
    with programs.mounted(program, place / "one", place / "one-mnt",
                          index=place / "index-1") as mnt:
        whole = view_model.read(mnt.path)
        for view in ("epochs/1", "shards/1", "balanced", "balanced/under", "balanced/0.3",
                     "by-class/only", "first/1", "bysize/1KB", "from/0"):
            assert view_model.read(mnt / view) == whole
        for view in ("folds/2/0", "from/1", "shards/2", "first/2"):
            assert not (mnt / view).exists()


def test_thousands_of_classes_of_one_image(program, place):
    count = 1000
    images.write(place / "many/0.png", 1, ("png", "L"), (1, 1))
    for i in range(1, count):
        os.link(place / "many/0.png", place / f"many/{i}.png")
    images.write_csv(place / "many.csv", ["file", "label"],
                     [[f"{i}.png", f"c{i // 2 if i < 20 else i}"] for i in range(count)])
    with programs.mounted(program, place / "many", place / "many-mnt", "--manifest",
                          place / "many.csv", "--shards", "2", index=place / "index-m") as mnt:
        assert len(view_model.rows(mnt / "balanced")) == 2 * (count - 10)
        assert len(view_model.rows(mnt / "balanced/under")) == count - 10
        assert len(view_model.rows(mnt / "by-class/c3")) == 2
        folds = [view_model.rows(mnt / f"folds/5/{i}") for i in range(5)]
        assert [sum(r["split"] == "validation" for r in rows) for rows in folds] == [200] * 5
