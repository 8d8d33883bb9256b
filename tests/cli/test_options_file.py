# SPDX-License-Identifier: MIT
"""A data set file in the place of SOURCE: the same options, in JSON."""

import json

import images
import pytest


@pytest.fixture
def data_set(tfrecordfs, folder):
    """check of a data set file with these members, beside a source with a manifest."""
    names = images.flat(folder / "pictures", 12)
    images.write_csv(folder / "labels.csv", ["filename", "label", "who"],
                     [[n, "ab"[i % 2], f"p{i // 2}"] for i, n in enumerate(names)])
    path = folder / "sets" / "mine.json"
    path.parent.mkdir()

    def check(content, *options, **keywords):
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return tfrecordfs("check", path, *options, "--json", **keywords)

    check.path = path
    return check


BASE = {"source": "../pictures", "manifest": "../labels.csv"}


def test_it_says_the_same_as_the_command_line(tfrecordfs, data_set, folder):
    options = {"split": "train=0.5,test=0.5", "shards": 2, "seed": 7, "group": "who",
               "stratify": False, "order": "manifest"}
    from_file = data_set(BASE | options).json
    typed = tfrecordfs("check", folder / "pictures", "--manifest", folder / "labels.csv",
                       "--split", "train=0.5,test=0.5", "--shards", 2, "--seed", 7, "--group",
                       "who", "--no-stratify", "--order", "manifest", "--json").json
    assert from_file.pop("manifest").endswith("/labels.csv") and typed.pop("manifest")
    assert from_file == typed
    assert [s["shards"] for s in typed["splits"]] == [2, 2] and typed["seed"] == 7


def test_paths_are_relative_to_the_file(tfrecordfs, data_set, folder):
    (data_set.path.parent / "own.json").write_text('{"features": {"i": "image.encoded"}}')
    members = BASE | {"schema": "./own.json"}
    data_set(members)
    for cwd, name in ((folder, "sets/mine.json"), (folder / "sets", "mine.json")):
        assert tfrecordfs("check", name, "--json", cwd=cwd).json["images"] == 12
    absolute = {"source": str(folder / "pictures"), "manifest": str(folder / "labels.csv")}
    assert data_set(absolute).json["images"] == 12


def test_the_command_line_wins(data_set):
    members = BASE | {"split": "train=0.5,test=0.5", "seed": 7, "stratify": False}
    report = data_set(members, "--seed", 9, "--split", "train=0.75,other=0.25").json
    assert report["seed"] == 9
    assert [s["name"] for s in report["splits"]] == ["train", "other"]


def test_every_command_of_data_sets_takes_it(tfrecordfs, data_set, folder):
    data_set(BASE | {"shards": 1})
    shard = "train-00000-of-00001.tfrecord"
    index = ["--index", folder / "index"]
    assert tfrecordfs("index", data_set.path, *index, "--json").json["shards"] == 1
    from_file = tfrecordfs("cat", data_set.path, shard, *index, binary=True).out
    assert from_file == tfrecordfs("cat", folder / "pictures", shard, "--manifest",
                                   folder / "labels.csv", "--shards", 1, *index,
                                   binary=True).out


def test_underscores_and_aliases_are_names_too(data_set):
    members = BASE | {"num_shards": 3, "label_column": "label", "on-bad": "skip"}
    assert data_set(members).json["splits"][0]["shards"] == 3
    error = data_set(BASE | {"num_shards": 3, "shards": 4}, code=2).error
    assert '"shards" is there twice' in error


@pytest.mark.parametrize("members, words", [
    ({"shrads": 3}, ['unknown member "shrads"', 'did you mean "shards"']),
    ({"allow-other": True}, ["option of the command", "--allow-other"]),
    ({"shards": [3]}, ['"shards" must be a text', "a list"]),
    ({"split": {"train": 1}}, ['"split" must be a text', "an object", "NAME=SHARE"]),
    ({"stratify": "no"}, ['"stratify" must be true or false']),
    ({"seed": "7"}, ['"seed" must be a whole number']),
    ({"seed": 1.5}, ['"seed" must be a whole number']),
    ({"seed": -1}, ["seed", "-1"]),
    ({"order": "random"}, ["order", "shuffled, manifest, local, classes, python or python-train"]),
    ({"manifest": None}, ['"manifest" must be a text', "null"]),
    ({"source": 3}, ['"source" must be a text']),
])
def test_wrong_members_are_told(data_set, members, words):
    error = data_set(json.dumps(BASE | members, indent=2), code=2).error
    line = "" if "source" in members else f"line {3 if 'manifest' in members else 4}: "
    assert error.startswith(f"{data_set.path}: {line}")
    for word in words:
        assert word in error


def test_a_wrong_member_is_told_even_where_the_command_line_wins(data_set):
    assert "order" in data_set(BASE | {"order": "x"}, "--order", "local", code=2).error


@pytest.mark.parametrize("version, is_newer", [
    ("999.1", True), ("0.0.1", False), ("", False), ("nonsense", False), ("999-rc1", True)])
@pytest.mark.fault(fault="data set file of a newer version", moment="when it is read",
                   expected="the member, its line, and both versions in one sentence")
def test_a_file_of_a_newer_version_is_told(tfrecordfs, data_set, version, is_newer):
    ours = tfrecordfs("--version").out.split()[1]
    written = {"tfrecordfs": version} | BASE
    assert data_set(written).json["images"] == 12
    for members, said in ({"shrads": 3}, 'unknown member "shrads" (did you mean "shards"?)'), (
            {"order": "sideways"}, "sideways"):
        error = data_set(json.dumps(written | members, indent=1), code=2).error
        assert error.startswith(f"{data_set.path}: line 5: ") and said in error
        assert (f"written by tfrecordfs {version}, and this is {ours}" in error) == is_newer


def test_a_version_that_is_no_text_is_told(data_set):
    assert '"tfrecordfs" must be a text' in data_set(BASE | {"tfrecordfs": 1}, code=2).error


def test_a_mount_says_which_version_it_is(tfrecordfs, photos):
    version = json.loads(tfrecordfs("cat", photos, "dataset.json").out)["tfrecordfs"]
    assert tfrecordfs("--version").out.split()[1] == version


def test_what_is_no_data_set_file_is_told(tfrecordfs, data_set, folder):
    assert f"{data_set.path}:2:" in data_set('{"source": "x",\n "seed" 3}', code=2).error
    assert '"source" is missing' in data_set({"seed": 3}, code=2).error
    for content in ("[1]", "", "filename,label\n"):
        assert "--manifest" in data_set(content, code=2).error
    assert "--manifest" in tfrecordfs("check", folder / "labels.csv", code=2).error
    data_set.path.write_text("{" + " " * (2 << 20) + "}")
    assert "large file" in tfrecordfs("check", data_set.path, code=2).error
