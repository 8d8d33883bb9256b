# SPDX-License-Identifier: MIT
"""Views of a mount, compared with lists of the root's own records (view_model.py)."""

import collections
import concurrent.futures
import itertools
import mmap
import os
import random
import shutil

import pytest

import images
import program as programs
import view_model
from mount.view_fixtures import COUNTS, SPLIT
from mount.view_fixtures import mounted, place, program, root, source  # noqa: F401

# pylint: disable=redefined-outer-name


# --- Order ----------------------------------------------------------------------------


def test_every_epoch_has_each_record_once_in_an_order_of_its_own(mounted, root):
    orders = [view_model.read(mounted / "epochs" / str(e)) for e in (0, 1, 2, 7, 2**62)]
    for order in orders:
        assert {name: sorted(records) for name, records in order.items()} == {
            name: sorted(records) for name, records in root.splits.items()}
    for one, other in itertools.combinations([root.splits, *orders], 2):
        assert one["train"] != other["train"]
        # Two permutations of 70 agree in about one place.
        assert sum(a == b for a, b in zip(one["train"], other["train"])) < 8


def test_tensorflow_reads_epochs(mounted, root, tf):
    seen = []
    for epoch in range(3):
        files = sorted(tf.io.gfile.glob(f"{mounted.path}/epochs/{epoch}/train-*"))
        assert len(files) == 4
        seen.append([r.numpy() for r in tf.data.TFRecordDataset(files)])
        assert sorted(seen[-1]) == sorted(r[12:-4] for r in root.splits["train"])
        skipped = tf.data.TFRecordDataset(files).skip(30).take(5)
        assert [r.numpy() for r in skipped] == seen[-1][30:35]
        shared = [tf.data.TFRecordDataset(files).shard(3, i).ignore_errors() for i in range(3)]
        assert sorted(r.numpy() for part in shared for r in part) == sorted(seen[-1])
    assert seen[0] != seen[1] != seen[2] != seen[0]


def test_an_epoch_is_the_same_on_another_machine(mounted, program, source, place):
    copy = place / "copy"
    copy.mkdir()
    # Written in another order, so that directories are read in another.
    for path in reversed(images.paths(source)):
        (copy / path).parent.mkdir(exist_ok=True)
        shutil.copy2(source / path, copy / path)
    with programs.mounted(program, copy, place / "other", *SPLIT,
                          index=place / "other-index") as other:
        for view in ("epochs/3", "folds/4/1", "first/20", "balanced", "balanced/0.5"):
            assert view_model.read(other / view) == view_model.read(mounted / view)


def test_resuming_leaves_out_what_was_read(mounted):
    whole = view_model.read(mounted / "epochs/5")
    for start in (0, 1, 17, 69):
        resumed = view_model.read(mounted / f"epochs/5/from/{start}")
        assert resumed["train"] == whole["train"][start:]
        assert resumed["validation"] == whole["validation"]
        assert resumed["test"] == whole["test"]
    assert view_model.read(mounted / "from/3")["train"] == view_model.read(
        mounted.path)["train"][3:]


# --- Cuts -----------------------------------------------------------------------------


@pytest.mark.parametrize("shards", [1, 2, 3, 7, 64, 70])
def test_any_number_of_shards_holds_the_same_records(mounted, root, shards):
    directory = mounted / "shards" / str(shards)
    assert view_model.read(directory) == root.splits
    for split, records in root.splits.items():
        number = min(shards, len(records))
        names = [f"{split}-{i:05}-of-{number:05}.tfrecord" for i in range(number)]
        lengths = [len(list(view_model.framed((directory / n).read_bytes()))) for n in names]
        assert lengths == view_model.even(len(records), number)


def test_shards_by_size_are_about_that_large(mounted, root):
    directory = mounted / "bysize/20KB"
    assert view_model.read(directory) == root.splits
    total = sum(map(len, root.splits["train"]))
    assert len(list(directory.glob("train-*"))) == -(-total // 20000)
    assert len(list((mounted / "bysize/1GB").glob("*.tfrecord"))) == 3
    assert view_model.read(mounted / "bysize/20KiB").keys() == root.splits.keys()


# --- Choices --------------------------------------------------------------------------


@pytest.mark.parametrize("folds", [2, 5, 7])
def test_folds_share_out_what_is_not_tested(mounted, root, folds):
    pool = root.splits["train"] + root.splits["validation"]
    held_out = []
    for fold in range(folds):
        view = view_model.read(mounted / f"folds/{folds}/{fold}")
        assert sorted(view["train"] + view["validation"]) == sorted(pool)
        assert view["test"] == root.splits["test"]
        for name, count in root.counts(pool).items():
            assert root.counts(view["validation"]).get(name, 0) in (
                count // folds, -(-count // folds))
        assert len(view["validation"]) in (len(pool) // folds, -(-len(pool) // folds))
        held_out += view["validation"]
    assert sorted(held_out) == sorted(pool)


def test_folds_keep_groups_together(program, place):
    source = place / "patients"
    names = images.flat(source, 120)
    numbers = random.Random(5)
    patients = [numbers.randrange(25) for _ in names]
    images.write_csv(place / "patients.csv", ["file", "label", "patient"],
                     [[n, "ill" if p % 3 == 0 else "well", p] for n, p in zip(names, patients)])
    with programs.mounted(program, source, place / "grouped", "--manifest",
                          place / "patients.csv", "--group", "patient", "--split",
                          "train=0.8,test=0.2", "--shards", "2",
                          index=place / "index-g") as mounted:
        seen = collections.Counter()
        for fold in range(4):
            rows = view_model.rows(mounted / f"folds/4/{fold}")
            groups = {s: {r["group"] for r in rows if r["split"] == s}
                      for s in ("train", "validation", "test")}
            assert not groups["train"] & groups["validation"]
            assert not (groups["train"] | groups["validation"]) & groups["test"]
            seen.update(r["file"] for r in rows if r["split"] == "validation")
        assert set(seen.values()) == {1} and len(seen) == sum(
            r["split"] == "train" for r in view_model.rows(mounted.path))
        assert not (mounted / "folds/40/0").exists()


def test_a_class_by_itself(mounted, root):
    for name in COUNTS:
        assert view_model.read(mounted / "by-class" / name) == root.of_class(name)


def test_a_quick_subset_keeps_the_proportions(mounted, root):
    for count in (3, 10, 25):
        view = view_model.read(mounted / f"first/{count}")
        for split, records in root.splits.items():
            wanted = min(count, len(records))
            assert len(view[split]) == wanted
            kept = root.counts(view[split])
            for name, (low, high) in view_model.quotas(root.counts(records), wanted).items():
                assert low <= kept.get(name, 0) <= high
            # In their order.
            assert [r for r in records if r in set(view[split])] == view[split]


def test_balance_repeats_and_leaves_out(mounted, root):
    counts = root.counts(root.splits["train"])
    views = {"balanced": dict.fromkeys(counts, max(counts.values())),
             "balanced/over": dict.fromkeys(counts, max(counts.values())),
             "balanced/under": dict.fromkeys(counts, min(counts.values())),
             "balanced/1": counts, "balanced/0": dict.fromkeys(counts, max(counts.values())),
             "balanced/0.5": view_model.power(counts, 0.5)}
    for path, wanted in views.items():
        view = view_model.read(mounted / path)
        assert root.counts(view["train"]) == wanted, path
        assert view["validation"] == root.splits["validation"]
        times = collections.Counter(view["train"])
        for name, count in counts.items():
            mine = [times[r] for r in root.splits["train"] if root.label[r] == name]
            assert max(mine) - min(mine) <= 1, f"{path}: {name} is repeated unevenly"
    # Classes are mixed, not one after the other.
    labels = [root.label[r] for r in view_model.read(mounted / "balanced")["train"]]
    assert sum(a != b for a, b in zip(labels, labels[1:])) > len(labels) // 3


def test_rows_by_the_value_of_a_column(program, place):
    source = place / "columns"
    names = images.flat(source, 40)
    rows = [[n, "cat|dog" if i % 5 == 0 else "dog", ["a b", "é/%=", "", "x"][i % 4], i % 3]
            for i, n in enumerate(names)]
    images.write_csv(place / "columns.csv", ["file", "label", "site", "k=v"], rows)
    with programs.mounted(program, source, place / "columns-mnt", "--manifest",
                          place / "columns.csv", "--label-sep", "|", "--shards", "1",
                          index=place / "index-c") as mounted:
        def files(view):
            return [r["file"] for r in view_model.rows(mounted / view)]

        order = files(".")
        for spelled, value in (("a b", "a b"), ("é%2F%25=", "é/%="), ("", ""), ("x", "x")):
            wanted = {r[0] for r in rows if r[2] == value}
            assert files(f"filter/site={spelled}") == [f for f in order if f in wanted]
        both = {r[0] for r in rows if r[2] == "x" and r[3] == 1}
        for view in ("filter/site=x/filter/k%3Dv=1", "filter/k%3Dv=1/filter/site=x"):
            assert files(view) == [f for f in order if f in both]
        cats = [f for f in order if f in {r[0] for r in rows if "cat" in r[1]}]
        assert files("by-class/cat") == files("filter/label=cat") == cats
        for path in ("site=y", "site", "sites=x", "site=é/%=", "k=v=1", "=x"):
            assert not (mounted / "filter" / path).exists()


def test_another_converters_records(mounted, program, source, place):
    for schema in ("simple", "tfds"):
        with programs.mounted(program, source, place / f"as-{schema}", *SPLIT, "--schema",
                              schema, index=place / "index-s") as other:
            assert view_model.read(mounted / "schemas" / schema) == view_model.read(other.path)
            assert view_model.read(mounted / "epochs/2/schemas" / schema) == view_model.read(
                other / "epochs/2")
    # They need boxes, or masks.
    for schema in ("segmentation", "deeplab", "deeplab-pixels", "nothing"):
        assert not (mounted / "schemas" / schema).exists()


def test_one_record_for_ordinary_tools(mounted, root, program):
    order = view_model.read(mounted / "epochs/4")["train"]
    for number in (0, 5, 69):
        record = mounted / f"epochs/4/by-index/train/{number}"
        assert sorted(os.listdir(record)) == ["example.json", "image", "label.txt"]
        file = root.file[order[number]]
        assert (record / "image").read_bytes() == (mounted.source / file).read_bytes()
        assert (record / "label.txt").read_text() == root.label[order[number]] + "\n"
        assert f'"{file}"' in (record / "example.json").read_text()
    for path in ("train/70", "train/00", "nothing/0", "train/-1"):
        assert not (mounted / "by-index" / path).exists()


# --- Chains ---------------------------------------------------------------------------


def test_a_chain_means_the_same_however_it_is_spelled(mounted):
    steps = ["folds/5/2", "epochs/3", "shards/3", "by-class/dog", "from/4"]
    wanted = None
    for order in itertools.permutations(steps):
        view = view_model.read(mounted / "/".join(order))
        wanted = wanted or view
        assert view == wanted, order


@pytest.mark.parametrize("seed", range(8))
def test_random_chains_agree_with_the_model(mounted, root, seed):
    numbers = random.Random(seed)
    choices = {"by-class": numbers.choice(list(COUNTS)), "first": str(numbers.randint(4, 12)),
               "epochs": str(numbers.randint(0, 9)), "from": str(numbers.randint(0, 3)),
               "shards": str(numbers.randint(1, 3))}
    chosen = numbers.sample(sorted(choices), numbers.randint(2, 5))
    view = view_model.read(mounted / "/".join(f"{k}/{choices[k]}" for k in chosen))
    print(f"seed {seed}: {chosen} of {choices}")
    splits = root.of_class(choices["by-class"]) if "by-class" in chosen else root.splits
    for name, records in splits.items():
        wanted = len(records)
        if "first" in chosen:
            wanted = min(wanted, int(choices["first"]))
        if "from" in chosen and name == "train":
            wanted -= int(choices["from"])
        assert len(view.get(name, [])) == max(wanted, 0)
        assert set(view.get(name, [])) <= set(records)
        assert len(set(view.get(name, []))) == len(view.get(name, []))
        if "epochs" not in chosen:
            kept = set(view.get(name, []))
            assert [r for r in records if r in kept] == view.get(name, [])


def test_windows_and_maps_of_views_are_slices(mounted):
    numbers = random.Random(2)
    for view in ("epochs/9", "folds/3/0", "balanced", "schemas/simple"):
        path = mounted / view / "train-00001-of-00004.tfrecord"
        whole = path.read_bytes()
        assert path.stat().st_size == len(whole)
        with open(path, "rb") as file:
            for _ in range(50):
                start, length = numbers.randrange(len(whole)), numbers.randrange(9000)
                assert os.pread(file.fileno(), length, start) == whole[start:start + length]
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                assert mapped[:] == whole


def test_many_views_at_once(mounted):
    wanted = {epoch: view_model.read(mounted / f"epochs/{epoch}/shards/2")
              for epoch in range(6)}

    def read(number):
        return view_model.read(mounted / f"epochs/{number % 6}/shards/2") == wanted[number % 6]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(100, 160)))
