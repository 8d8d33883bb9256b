# SPDX-License-Identifier: MIT
"""Which image is in which split, in which order, in which shard; always the same."""

import collections
import os
import random
import shutil

import images
import oracle
import pytest

pytestmark = pytest.mark.usefixtures("tf")

SHARES = ["--split", "train=0.7,validation=0.2,test=0.1"]
SPLITS = ["train", "validation", "test"]


@pytest.fixture
def members(tfrecordfs, folder):
    """{split: its images in order} of a data set, all of a split in one shard."""
    def read(source, *options, splits=SPLITS):
        found = {}
        for split in splits:
            shard = folder / "shard"
            shard.write_bytes(tfrecordfs("cat", source, f"{split}-00000-of-00001.tfrecord",
                                         *options, "--shards", 1, "--index", "none",
                                         binary=True).out)
            found[split] = oracle.files_in(shard)
        return found
    return read


@pytest.fixture
def balanced(folder):
    return images.class_folders(folder / "balanced", {"a": 100, "b": 50, "c": 50})


def classes_of(paths):
    return collections.Counter(path.split("/")[0] for path in paths)


def test_shares_are_exact_in_every_class(members, balanced):
    splits = members(balanced, *SHARES)
    assert {s: classes_of(paths) for s, paths in splits.items()} == {
        "train": {"a": 70, "b": 35, "c": 35},
        "validation": {"a": 20, "b": 10, "c": 10},
        "test": {"a": 10, "b": 5, "c": 5}}
    assert sorted(sum(splits.values(), [])) == sorted(images.paths(balanced))


def test_without_stratify_only_the_totals_are_exact(members, balanced):
    splits = members(balanced, *SHARES, "--no-stratify")
    assert {s: len(paths) for s, paths in splits.items()} == {
        "train": 140, "validation": 40, "test": 20}
    assert classes_of(splits["train"]) != {"a": 70, "b": 35, "c": 35}


def test_train_is_shuffled_and_the_others_stand_as_listed(members, balanced):
    splits = members(balanced, *SHARES)
    listed = {path: i for i, path in enumerate(images.paths(balanced))}
    order = [listed[path] for path in splits["train"]]
    assert order != sorted(order)
    # As a true permutation: neighbours are nearly never neighbours in the listing.
    assert sum(abs(a - b) == 1 for a, b in zip(order, order[1:])) < 10
    for split in ("validation", "test"):
        assert [listed[p] for p in splits[split]] == sorted(listed[p] for p in splits[split])


def test_another_seed_is_another_split(members, balanced):
    first, second = members(balanced, *SHARES), members(balanced, *SHARES, "--seed", 43)
    assert set(first["test"]) != set(second["test"])
    assert members(balanced, *SHARES, "--seed", 42) == first


def test_threads_and_the_order_of_directories_change_nothing(tfrecordfs, photos, folder):
    copy = folder / "copy"
    paths = images.paths(photos)
    for path in random.Random(9).sample(paths, len(paths)):
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(photos / path, copy / path)
        os.utime(copy / path, (0, 1_000_000_000))

    def whole(source, *options):
        return [tfrecordfs("cat", source, f"{split}-00000-of-00001.tfrecord", *SHARES,
                           "--shards", 1, "--index", "none", *options, binary=True).out
                for split in SPLITS]
    expected = whole(photos, "--threads", 1)
    assert whole(photos, "--threads", 2) == expected
    assert whole(photos, "--threads", 8) == expected
    assert whole(copy, "--threads", 8) == expected


def test_one_percent_more_images_move_few_between_splits(members, folder):
    source = images.class_folders(folder / "growing", {"a": 300, "b": 200})
    before = members(source, *SHARES)
    images.class_folders(source, {"a": 3, "b": 2}, seed=5000)
    after = members(source, *SHARES)
    split_of = {path: split for split, paths in after.items() for path in paths}
    moved = [path for split, paths in before.items() for path in paths
             if split_of[path] != split]
    assert len(moved) <= 5


def test_a_group_is_in_one_split_only(members, folder):
    names = images.flat(folder / "images", 120)
    groups = {name: f"patient {i // 4}" for i, name in enumerate(names)}
    images.write_csv(folder / "m.csv", ["file", "label", "patient_id"],
                     [[name, "ill" if i % 8 < 3 else "well", groups[name]]
                      for i, name in enumerate(names)])
    splits = members(folder / "images", "--manifest", folder / "m.csv", *SHARES,
                     "--group", "patient_id")
    seen = [{groups[name] for name in paths} for paths in splits.values()]
    assert sum(map(len, seen)) == len(set.union(*seen)) == 30
    assert [len(paths) for paths in splits.values()] == [84, 24, 12]
    # Without --group some patient is in several: the test above can fail.
    loose = members(folder / "images", "--manifest", folder / "m.csv", *SHARES)
    assert sum(len({groups[name] for name in paths}) for paths in loose.values()) > 30


def test_splits_of_the_manifest(members, folder):
    names = images.flat(folder / "images", 12)
    said = ["training", "VAL", "test", "train"]
    images.write_csv(folder / "m.csv", ["file", "label", "split"],
                     [[name, "x", said[i % 4]] for i, name in enumerate(names)])
    splits = members(folder / "images", "--manifest", folder / "m.csv", "--order", "manifest")
    assert splits == {"train": [n for i, n in enumerate(names) if i % 4 in (0, 3)],
                      "validation": names[1::4], "test": names[2::4]}


def test_split_folders_above_the_class_folders(members, folder):
    source = folder / "source"
    images.class_folders(source / "train", {"a": 3, "b": 3})
    images.class_folders(source / "test", {"a": 2, "b": 1}, seed=50)
    splits = members(source, splits=["train", "test"])
    assert {s: len(paths) for s, paths in splits.items()} == {"train": 6, "test": 3}
    assert all(path.startswith("test/") for path in splits["test"])


def test_shards_differ_by_one_record_at_most(tfrecordfs, balanced, folder):
    counts = []
    for i in range(7):
        (folder / "shard").write_bytes(
            tfrecordfs("cat", balanced, f"train-{i:05}-of-00007.tfrecord", "--shards", 7,
                       "--index", folder / "index", binary=True).out)
        counts.append(len(oracle.files_in(folder / "shard")))
    assert sum(counts) == 200
    assert set(counts) == {28, 29}


def test_shards_of_each_split(tfrecordfs, balanced, folder):
    options = [*SHARES, "--shards", "train=4,validation=2,test=1", "--index", folder / "index"]
    for name in ("train-00003-of-00004", "validation-00001-of-00002", "test-00000-of-00001"):
        assert tfrecordfs("cat", balanced, f"{name}.tfrecord", *options, binary=True).out
    tfrecordfs("cat", balanced, "train-00004-of-00004.tfrecord", *options, code=None)
