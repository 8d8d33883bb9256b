# SPDX-License-Identifier: MIT
"""Memory that runs out at any one place: one sentence, or the right bytes; nothing else."""

import shutil

import images
import layouts
import pytest
import scarcity

ONE_THREAD = ("--threads", 1)
SHARD = "train-00000-of-00001.tfrecord"

def what_lists_the_images(folder):
    return [["check", *layouts.laid_out(folder, name), *ONE_THREAD] for name in layouts.NAMES]


@pytest.fixture
def few(folder):
    """Few images with what makes them differ, bad ones, and groups."""
    names = images.flat(folder / "photos", 12)
    (folder / "photos/bad.jpg").write_bytes(b"no image")
    rows = [[name, ["cat", "dog"][i % 2], ["train", "test", "train"][i % 3], f"p{i % 4}",
             i / 3] for i, name in enumerate(names)]
    manifest = images.write_csv(folder / "few.csv",
                                ["file", "label", "split", "patient_id", "age"],
                                [*rows, ["bad.jpg", "cat", "train", "p1", 1],
                                 ["none.jpg", "dog", "train", "p1", 1]])
    return [folder / "photos", "--manifest", manifest, "--on-bad", "skip", *ONE_THREAD]


def cat(few, name, *options):
    return ["cat", few[0], name, *few[1:], "--index", "none", *options]


SIDE_FILES = ["labels.txt", "labels.csv", "label_map.pbtxt", "class_weights.json", "stats.json",
              "num_examples.txt", "splits.csv", "problems.csv", "leaks.csv", "schema.py",
              "features.json", "dataset.json", "metadata.json", "report.html", "README.txt",
              "SHA256SUMS", "leaks-content.csv", "index/train-00000-of-00001.idx",
              "index/train-00000-of-00001.tfindex", "tfds/photos/1.0.0/dataset_info.json",
              "tfds/photos/1.0.0/features.json", "by-index/train/1/example.json",
              "by-index/train/1/label.txt"]


def what_is_made_of_records(few):
    options = ("--shards", 1, "--split-column", "split")
    return [cat(few, name, *options) for name in [SHARD, *SIDE_FILES]]


VIEWS = ["epochs/3", "epochs/3/from/2", "shards/1", "bysize/1GB", "folds/2/1", "balanced",
         "balanced/under", "balanced/0.5", "by-class/cat", "filter/patient_id=p1",
         "filter/age=1.3333333333333333", "first/3", "schemas/simple",
         "filter/label=dog/epochs/1/folds/2/0/shards/1/balanced"]


def views(few):
    options = ("--shards", 1, "--split", "train=1")
    return [cat(few, f"{view}/{SHARD}", *options) for view in VIEWS]


MADE = [["--resize", 9], ["--fix", "png2jpeg,cmyk"], ["--exif", "apply"],
        ["--check", "full"], ["--schema", "tfds"], ["--extra", "age:float"],
        ["--group", "patient_id", "--split", "train=0.5,test=0.5"],
        ["--take", "validation=3,train"], ["--cut", "round-robin"], ["--cut", "linspace"],
        ["--keep-every", "cat=2", "--augment", "dog=rotate,hflip"]]


def other_choices(few):
    return [cat(few, SHARD, "--shards", 1, *options) for options in MADE]


def of_an_index(few, index, kept):
    """Saved in a directory that is empty each time, and loaded, and made anew."""
    shard = ["cat", few[0], SHARD, *few[1:], "--shards", 1]
    return [["index", *few, "--shards", 1, "--quiet", "--index", index, f"@fresh={index}"],
            [*shard, "--index", index, f"@fresh={index}"],
            [*shard, "--index", kept], [*shard, "--index", kept],
            [*shard, "--index", kept, "--reindex"]]


def of_parts(tfrecordfs, few, index, parts):
    """Of an index that is made in parts, whose contents have to be made; and joined."""
    words = ["index", *few, "--shards", 1, "--resize", 9, "--quiet", "--index"]
    for i in (1, 2):
        tfrecordfs(*words, parts, "--part", f"{i}/2")
    return [[*words, index, "--part", "1/2", f"@fresh={index}"],
            [*words, index, "--part", "1/2", f"@fresh={index}", f"@filled={parts}"],
            [*words, index, "--join", f"@fresh={index}", f"@filled={parts}"],
            [*words, index, "--join", "--reindex", f"@fresh={index}", f"@filled={parts}"]]


def exports_of(tfrecordfs, few, folder):
    """Into a directory that is empty each time; what is whole; what was moved."""
    def command(to, *options):
        return ["export", few[0], folder / to, *few[1:], "--shards", 2, "--index", "none",
                "--side-files", "none", "--quiet", *options]
    (folder / "out").mkdir()
    tfrecordfs(*command("whole"))
    shutil.copytree(folder / "whole", folder / "moved")
    return [command("out", f"@fresh={folder / 'out'}"),
            command("out", "--compression", "gzip", f"@fresh={folder / 'out'}"),
            command("out", "--view", "epochs/3", f"@fresh={folder / 'out'}"),
            command("whole"), command("moved")]


def that_show_records(tfrecordfs, few, folder):
    shard, other, broken = folder / "shard", folder / "other", folder / "broken"
    for path, seed in (shard, 1), (other, 2):
        path.write_bytes(tfrecordfs(*cat(few, SHARD, "--shards", 1, "--seed", seed),
                                    binary=True).out)
    broken.write_bytes(shard.read_bytes()[:-9])
    return [["check", *few], ["check", *few, "--json"], ["show", shard],
            ["show", f"{shard}:3", "--json"], ["verify", shard], ["verify", broken],
            ["verify", shard, "--json"], ["verify", shard, "--against", other],
            ["verify", shard, "--against", other, "--json"], ["verify", shard, broken],
            ["schema"], ["schema", "slim"], ["schema", "coco", "--json"],
            ["schema", "--sources"], ["schema", "--sources", "--json"]]


@pytest.mark.timeout(900)
@pytest.mark.fault(fault="memory, mapping or thread refused", moment="at each place in turn",
                   expected="right bytes, or one sentence that says so")
def test_commands_without_memory_tell_the_truth_or_fail(tfrecordfs, few, folder):
    index, kept = folder / "index", folder / "kept"
    index.mkdir()
    tfrecordfs("index", *few, "--shards", 1, "--index", kept)
    commands = [*views(few), *what_is_made_of_records(few), *other_choices(few),
                *of_an_index(few, index, kept),
                *of_parts(tfrecordfs, few, index, folder / "parts"),
                *exports_of(tfrecordfs, few, folder), *that_show_records(tfrecordfs, few, folder),
                *what_lists_the_images(folder)]
    # One process for all, as a site is looked at once.
    # Under ThreadSanitizer a site is one of a few.
    assert scarcity.try_all(tfrecordfs, commands) > 200
    assert not [path for path in kept.iterdir() if path.suffix == ".tmp"]
    assert tfrecordfs("index", *few, "--shards", 1, "--index", kept, "--json"
                      ).json["index_reused"]


@pytest.mark.fault(fault="memory, mapping or thread refused", moment="in look-ups and reads",
                   expected="ENOMEM or right bytes; right bytes afterwards")
def test_what_a_mount_does_goes_on_after_it_lacked_memory(tfrecordfs, folder):
    source = images.class_folders(folder / "photos", {"cat": 9, "dog": 6})
    paths = ["train-00000-of-00015.tfrecord", "train-00007-of-00015.tfrecord",
             f"shards/1/{SHARD}", "splits.csv",
             "epochs/3/from/2/train-00002-of-00013.tfrecord", "by-index/train/3/example.json",
             "labels.txt", "report.html"]
    assert scarcity.try_all(tfrecordfs, [[source, *paths]], name="serve") > 300
