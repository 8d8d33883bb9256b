# SPDX-License-Identifier: MIT
"""Views at their limits: endless and random paths, many classes, images that go away."""

import errno
import itertools
import os
import pathlib
import random
import time

import pytest

import images
import program as programs
import view_model
from mount.view_fixtures import COUNTS, SPLIT, mounted, place, program, source  # noqa: F401

# pylint: disable=redefined-outer-name

# How looking at a path that is no view's may end.
NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
KINDS = ["balanced", "by-class", "by-index", "bysize", "epochs", "filter", "first", "folds",
         "from", "schemas", "shards"]


def resident(mounted):
    """Bytes of memory of the mount's process."""
    status = pathlib.Path(f"/proc/{mounted.worker}/status").read_text()
    return 1024 * int(status.split("VmRSS:")[1].split()[0])


def look(path):
    """0, or the error; and it is told at once."""
    started = time.monotonic()
    try:
        os.stat(path)
        return 0
    except OSError as error:
        return error.errno
    finally:
        assert time.monotonic() - started < 5, path


# --- Paths ------------------------------------------------------------------------------


def random_component(numbers):
    number = numbers.choice([0, 1, 2, 69, 70, 71, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63,
                             2**64, 10**30])
    return numbers.choice([
        *KINDS, str(number), str(number), f"0{number}", f"-{number}", f"{number}MB",
        f"{number}KiB", "cat", "dog", "label=cat", "label=", "=", "%", "%2F", "train",
        "validation", "index", "tfds", "simple", "slim", "under", "0.5", "0.", "1.0", "e", "٣",
        "x" * numbers.choice([1, 200, 255]), "é", "\n", "train-00000-of-00004.tfrecord",
        ".tfrecordfs", "splits.csv"])


@pytest.mark.parametrize("seed", range(4))
def test_random_paths_are_there_or_not(mounted, seed):
    numbers = random.Random(seed)
    there = 0
    for _ in range(500):
        path = str(mounted.path)
        for _ in range(numbers.randint(1, 12)):
            path += "/" + random_component(numbers)
            error = look(path)
            assert error in (0, *NOT_THERE), (path, os.strerror(error))
            # Mostly on from what is there.
            if error != 0 and numbers.random() < 0.9:
                path = path.rsplit("/", 1)[0]
            there += error == 0
    assert there > 200
    assert look(mounted / "epochs/1") == 0


@pytest.mark.fault(fault="paths of 200 components", moment="looked up",
                   expected="ENOENT")
def test_two_hundred_components_of_every_kind_are_nowhere(mounted):
    steps = ["epochs/1", "shards/2", "bysize/1MB", "folds/5/0", "by-class/cat", "first/3",
             "filter/label=cat", "balanced", "balanced/under", "from/0", "schemas/slim",
             "by-index/train/0"]
    for step in steps:
        path = "/".join(itertools.islice(itertools.cycle([step]), 200))
        assert look(f"{mounted.path}/{path}"[:4090]) == errno.ENOENT
    # All kinds once, and then one more.
    chain = "folds/5/0/filter/label=cat/by-class/cat/first/3/balanced/epochs/1/from/0/shards/1"
    assert look(mounted / chain) == 0
    for step in steps:
        if step not in ("filter/label=cat", "schemas/slim", "by-index/train/0"):
            assert look(mounted / chain / step) == errno.ENOENT, step
    assert look(f"{mounted.path}/" + "epochs/" * 500) == errno.ENOENT
    assert look(f"{mounted.path}/" + "epochs/" * 600) == errno.ENAMETOOLONG
    assert look(f"{mounted.path}/{'x' * 256}") == errno.ENAMETOOLONG


@pytest.mark.slow
@pytest.mark.fault(fault="thousands of views looked up", moment="one after the other",
                   expected="memory stays small")
def test_memory_stays_small_whatever_is_looked_for(mounted):
    view_model.read(mounted / "epochs/1")
    before = resident(mounted)
    # More views than are kept, paths that are nowhere, and the longest there are.
    for epoch in range(3000):
        assert look(mounted / f"epochs/{epoch}/{'shards/3' if epoch % 2 else 'folds/3/0'}") == 0
        assert look(mounted / f"epochs/{epoch}/shards/{10**6 + epoch}") == errno.ENOENT
        assert look(mounted / f"first/{10**9 + epoch}") == errno.ENOENT
    for number in range(20000):
        assert look(mounted / f"by-class/{number}") == errno.ENOENT
    assert resident(mounted) - before < 100 << 20


def test_large_numbers_cost_nothing(mounted):
    before = resident(mounted)
    for path in ("epochs/9223372036854775807", "bysize/4294967297GB", "bysize/9223372TB", "from/0/epochs/0"):
        assert look(mounted / path) == 0
    for path in ("shards/4294967295", "shards/99999", "first/4294967295", "folds/4294967295/0",
                 "folds/1000/0", "from/4294967295", "from/4294967296",
                 "by-index/train/4294967295", "by-index/train/4294967296",
                 "bysize/9223372036854775807MB", "bysize/18446744073709551617KB"):
        assert look(mounted / path) == errno.ENOENT, path
    assert resident(mounted) - before < 16 << 20


# --- Classes ----------------------------------------------------------------------------


def listed(place, program, name, classes, *options):  # noqa: F811
    """A mount of an image for each class."""
    for i in range(len(classes)):
        images.write(place / name / f"{i}.png", 3, ("png", "L"), (2, 2))
    table = images.write_csv(place / f"{name}.csv", ["file", "label"],
                             [[f"{i}.png", c] for i, c in enumerate(classes)])
    return programs.mounted(program, place / name, place / f"{name}-mnt", "--manifest", table,
                            "--shards", "1", *options, index=place / f"index-{name}")


def test_classes_that_are_called_as_parts_of_paths(program, place):
    classes = ["shards", "epochs", "1", "01", "under", "train", "..", "...", "a=b", "%41", "%",
               "x.tfrecord", "index", "日本語", "🐱 cat", "\x7f", "a/b/c", "a  b", "x" * 255]
    spelled = {"..": "%2E.", "...": "%2E..", "%41": "%2541", "%": "%25", "\x7f": "%7F",
               "a/b/c": "a%2Fb%2Fc"}
    with listed(place, program, "parts", classes) as mnt:
        for number, name in enumerate(classes):
            for view in (f"by-class/{spelled.get(name, name)}",
                         f"by-class/{spelled.get(name, name)}/shards/1",
                         f"epochs/1/by-class/{spelled.get(name, name)}/balanced"):
                (row,) = view_model.rows(mnt / view)
                assert (row["file"], row["label"]) == (f"{number}.png", name)
        for name in ("A", "%41", "a%2fb%2fc", "%20", "%2E%2E", "x" * 254):
            assert look(mnt / "by-class" / name) == errno.ENOENT


def test_names_of_classes_that_no_file_could_have(program, place):
    long = ["/" * 86, "y" * 300, "y" * 299 + "z"]
    with listed(place, program, "long", [*long, "short"]) as mnt:
        order = sorted([*long, "short"], key=str.encode)
        for number, name in enumerate(order):
            view = mnt / "by-class" / ("short" if name == "short" else f"%N{number}")
            assert [r["label"] for r in view_model.rows(view)] == [name]
        assert look(mnt / "by-class/%N3") == (errno.ENOENT if order[3] == "short" else 0)
        for name in ("%N9", "%N01", "%N", "%n1", "y" * 255):
            assert look(mnt / "by-class" / name) == errno.ENOENT


@pytest.mark.slow
def test_ten_thousand_classes(program, place):
    count = 10000
    images.write(place / "ten/0.png", 1, ("png", "L"), (1, 1))
    for i in range(1, count):
        os.link(place / "ten/0.png", place / f"ten/{i}.png")
    classes = [f"class {i}" for i in range(count)]
    table = images.write_csv(place / "ten.csv", ["file", "label"],
                             [[f"{i}.png", c] for i, c in enumerate(classes)])
    with programs.mounted(program, place / "ten", place / "ten-mnt", "--manifest", table,
                          "--shards", "4", index=place / "index-ten") as mnt:
        started = time.monotonic()
        for i in range(0, count, 40):
            assert look(mnt / f"by-class/class {i}") == 0
            assert look(mnt / f"by-class/klass {i}") == errno.ENOENT
        assert time.monotonic() - started < 10
        rows = [view_model.rows(mnt / v) for v in ("balanced", "balanced/under", "folds/7/3",
                                                   "first/100", "epochs/3")]
        assert [len(r) for r in rows] == [count, count, count, 100, count]
        assert {r["label"] for r in rows[0]} == set(classes)
        assert len((mnt / "epochs/3/labels.txt").read_text().splitlines()) == count


def test_one_image_of_a_class_in_balanced(program, place):
    classes = ["common"] * 40 + ["rare"]
    with listed(place, program, "rare", classes) as mnt:
        def counts(view):
            labels = [r["label"] for r in view_model.rows(mnt / view)]
            return labels.count("common"), labels.count("rare")

        assert counts("balanced") == (40, 40) and counts("balanced/under") == (1, 1)
        assert counts("balanced/0.5") == (40, 6) and counts("balanced/0.999") == (40, 1)
        assert counts("balanced/first/8") == counts("first/8/balanced")
        assert counts("folds/2/0/balanced")[0] > 0
        assert counts("by-class/rare/balanced") == (0, 1)
        labels = [r["label"] for r in view_model.rows(mnt / "balanced")]
        # Mixed: no forty of a kind one after the other.
        assert max(len(list(run)) for _, run in itertools.groupby(labels)) < 20


def test_images_without_labels_have_views_too(program, place):
    names = images.flat(place / "plain", 20)
    table = images.write_csv(place / "plain.csv", ["file", "site"],
                             [[n, i % 4] for i, n in enumerate(names)])
    schema = images.write_json(place / "plain.json", {
        "name": "plain", "features": {"image/encoded": "image.encoded", "name": "file.path"}})
    with programs.mounted(program, place / "plain", place / "plain-mnt", "--manifest", table,
                          "--schema", schema, "--shards", "2",
                          index=place / "index-plain") as mnt:
        assert len(view_model.rows(mnt / "epochs/1")) == 20
        assert len(view_model.rows(mnt / "filter/site=2")) == 5
        folds = [view_model.rows(mnt / f"folds/4/{i}") for i in range(4)]
        assert [sum(r["split"] == "validation" for r in f) for f in folds] == [5] * 4
        assert len(view_model.rows(mnt / "first/6")) == 6
        assert look(mnt / "balanced") == errno.ENOENT


# --- Images that change -----------------------------------------------------------------


@pytest.mark.fault(fault="image deleted", moment="before a view is read",
                   expected="EIO where its record stands, in every view")
def test_an_image_that_is_gone_fails_where_it_stands_and_nowhere_else(program, place):
    source = images.class_folders(place / "gone", COUNTS)  # noqa: F811
    with programs.mounted(program, source, place / "gone-mnt", *SPLIT,
                          index=place / "index-gone") as mnt:
        row = next(r for r in view_model.rows(mnt / "epochs/2") if r["split"] == "train")
        wanted = view_model.read(mnt / "epochs/2/shards/70")
        sizes = {p.name: p.stat().st_size for p in (mnt / "epochs/3/shards/70").iterdir()
                 if p.is_file()}
        (source / row["file"]).unlink()
        failed = []
        for shard in sorted((mnt / "epochs/3/shards/70").glob("*.tfrecord")):
            try:
                assert list(view_model.framed(shard.read_bytes()))[0] in sum(wanted.values(), [])
            except OSError as error:
                assert error.errno == errno.EIO
                failed.append(shard.name)
        told = [r["shard"] for r in view_model.rows(mnt / "epochs/3/shards/70")
                if r["file"] == row["file"]]
        assert failed == told and len(failed) == 1
        # What is told of them needs no image.
        assert {p.name: p.stat().st_size for p in (mnt / "epochs/3/shards/70").iterdir()
                if p.is_file()} == sizes
        numbers = [r["file"] for r in view_model.rows(mnt.path) if r["split"] == "train"]
        record = mnt / "by-index/train" / str(numbers.index(row["file"]))
        with pytest.raises(OSError) as caught:
            (record / "image").read_bytes()
        assert caught.value.errno == errno.EIO
        assert (record / "label.txt").read_text() == row["label"] + "\n"
        metrics = (mnt / ".tfrecordfs/metrics").read_text()
        assert "tfrecordfs_failed_reads_total 0\n" not in metrics
        assert row["file"] in os.getxattr(mnt.path, "user.tfrecordfs.last_failure").decode()
