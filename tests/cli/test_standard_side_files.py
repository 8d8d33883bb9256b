# SPDX-License-Identifier: MIT
"""The files that stand beside the shards of any data set and of its views."""

import collections
import csv
import hashlib
import io
import json
import math
import random
import shutil

import pytest

import images

NAMES = ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg", "f.jpg"]
SPLIT = ["--split", "train=0.6,validation=0.2,test=0.2", "--shards", "train=3,validation=1,test=2"]
VIEWS = ["", "epochs/3/", "folds/3/1/", "balanced/", "shards/2/", "epochs/1/from/5/",
         "by-class/cat/", "schemas/tfds/"]


@pytest.fixture
def flat(folder):
    """images/a.jpg to f.jpg"""
    for seed, name in enumerate(NAMES):
        images.write(folder / "images" / name, seed, ("jpeg", "RGB"))
    return folder


def cat(tfrecordfs, flat, name, *options, **keywords):
    return tfrecordfs("cat", flat / "images", name, *options, **keywords)


@pytest.fixture
def read(tfrecordfs, photos, folder):
    """read(path, *options): a file of the photos, split in three."""
    def run(path, *options, binary=False, **keywords):
        return tfrecordfs("cat", photos, path, *SPLIT, "--index", folder / "index", *options,
                          binary=binary, **keywords).out
    return run


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def sizes_of_records(shard):
    """(offset, size with framing) of each record, from the lengths in the shard."""
    at = 0
    while at < len(shard):
        size = int.from_bytes(shard[at:at + 8], "little") + 16
        yield at, size
        at += size
    assert at == len(shard)


def sums_of(read, view=""):
    return dict(reversed(line.split("  ", 1)) for line in read(view + "SHA256SUMS").splitlines())


@pytest.mark.parametrize("view", VIEWS)
def test_indexes_sums_and_splits_are_of_the_shards_that_are_there(read, photos, view):
    rows, sums = rows_of(read(view + "splits.csv")), sums_of(read, view)
    stats = json.loads(read(view + "stats.json"))
    shards = {name: said for split in stats["splits"].values()
              for name, said in split["shards"].items()}
    assert list(sums) == list(shards)
    for name, said in shards.items():
        data = read(view + name, binary=True)
        assert hashlib.sha256(data).hexdigest() == sums[name]
        stem = name.removesuffix(".tfrecord")
        lines = "".join(f"{offset} {size}\n" for offset, size in sizes_of_records(data))
        for ending in ".idx", ".tfindex":
            assert read(f"{view}index/{stem}{ending}") == lines
        assert said == {"records": lines.count("\n"), "bytes": len(data)}
        numbers = [int(row["record"]) for row in rows if row["shard"] == name]
        assert numbers == list(range(said["records"]))
        for row, (offset, size) in zip((r for r in rows if r["shard"] == name),
                                       sizes_of_records(data)):
            assert (photos / row["file"]).read_bytes() in data[offset:offset + size]
            assert row["label"] == row["file"].split("/")[0] and row["group"] == ""
            assert name.startswith(row["split"] + "-")


@pytest.mark.parametrize("view", VIEWS)
def test_counts_agree_with_the_records(read, view):
    rows, stats = rows_of(read(view + "splits.csv")), json.loads(read(view + "stats.json"))
    assert stats["records"] == len(rows) and stats["images"] == 34 and stats["problems"] == 0
    assert stats["bytes_shown"] == sum(split["bytes"] for split in stats["splits"].values())
    assert stats["bytes_stored"] > 0
    for split, said in stats["splits"].items():
        mine = [row["label"] for row in rows if row["split"] == split]
        assert said["records"] == len(mine) and said["unlabelled"] == 0
        assert said["classes"] == {c: mine.count(c) for c in ("cat", "dog", "newt")}
        assert said["bytes"] == sum(shard["bytes"] for shard in said["shards"].values())
    train = collections.Counter(row["label"] for row in rows if row["split"] == "train")
    assert read(view + "num_examples.txt") == f"{train.total()}\n"
    weights = json.loads(read(view + "class_weights.json"))
    ids = {"cat": "0", "dog": "1", "newt": "2"}
    assert set(weights) == {ids[name] for name in train}
    assert all(math.isclose(weights[ids[name]], train.total() / (len(train) * count),
                            rel_tol=1e-8) for name, count in train.items())
    everything = collections.Counter(row["label"] for row in rows)
    assert rows_of(read(view + "labels.csv")) == [
        {"class": name, "id": number, "records": str(everything[name])}
        for name, number in ids.items()]


@pytest.mark.parametrize("name", ["labels.txt", "labels.csv"])
@pytest.mark.parametrize("base", [0, 5])
def test_labels_are_read_back_as_they_were(tfrecordfs, photos, folder, name, base):
    (photos / "3:newt").mkdir()
    shutil.copy(photos / "newt" / images.name(28), photos / "3:newt")
    said = tfrecordfs("cat", photos, name, "--label-base", base).out
    assert name == "labels.csv" or said.startswith(f"{base}:3:newt\n")
    (folder / name).write_text(said)
    assert tfrecordfs("cat", photos, name, "--labels", folder / name).out == said


def test_a_name_of_two_lines_has_no_line_in_labels_txt(tfrecordfs, photos):
    (photos / "newt").rename(photos / "ne\nwt")
    assert "no shard" in tfrecordfs("cat", photos, "labels.txt", code=2).error
    assert 'name: \'ne\\012wt\'' in tfrecordfs("cat", photos, "label_map.pbtxt").out
    assert rows_of(tfrecordfs("cat", photos, "labels.csv").out)[2]["class"] == "ne\nwt"


def test_files_of_lines_are_the_same_in_any_window(read):
    numbers = random.Random(7)
    for path in "splits.csv", "SHA256SUMS", "index/train-00000-of-00003.idx":
        whole = read(path)
        for _ in range(12):
            start, length = numbers.randrange(len(whole) + 1), numbers.randrange(300)
            assert read(path, "--offset", start, "--length", length) == (
                whole[start:start + length])


def test_odd_names_survive_csv_and_json(tfrecordfs, folder):
    source = folder / 'so "u,r" ü🐱'
    classes = ['a,b\nc"', "it's \\ größe 🐱", "x\u2028y", "plain"]
    for number, name in enumerate(classes):
        for k in range(3):
            images.write(source / name / f'{k},"\n\r.jpg', 3 * number + k, ("jpeg", "RGB"))
    files = {str(path.relative_to(source)) for path in source.rglob("*.jpg")}
    options = ["--split", "train=0.5,test=0.5"]
    rows = rows_of(tfrecordfs("cat", source, "splits.csv", *options, binary=True).out.decode())
    assert {row["file"] for row in rows} == files and len(rows) == 12
    assert all(row["label"] == row["file"].split("/")[0] for row in rows)
    stats = json.loads(tfrecordfs("cat", source, "stats.json", *options).out)
    assert sorted(stats["splits"]["train"]["classes"]) == sorted(classes)
    assert json.loads(tfrecordfs("cat", source, "dataset.json").out)["source"] == str(source)
    name = json.loads(tfrecordfs("cat", source, "metadata.json").out)["name"]
    assert name == "so__u_r________"
    assert f"{name}\"" in tfrecordfs("cat", source, f"tfds/{name}/1.0.0/dataset_info.json").out


def test_what_is_no_utf8_gets_no_data_set_file(tfrecordfs, photos):
    odd = str(photos.rename(photos.with_name("bytes")).parent).encode() + b"/by\xfftes"
    shutil.move(str(photos.with_name("bytes")).encode(), odd)
    source = odd.decode(errors="surrogateescape")
    assert "no shard" in tfrecordfs("cat", source, "dataset.json", code=2).error
    assert json.loads(tfrecordfs("cat", source, "metadata.json").out)["name"] == "by_tes"


def test_the_data_set_file_shows_the_same_bytes(tfrecordfs, photos, folder, read):
    options = ["--seed", 7, "--label-base", 1, "--shard-names", "{split}_{number:02}.rec"]
    file = folder / "elsewhere" / "d.json"
    file.parent.mkdir()
    file.write_text(read("dataset.json", *options))
    assert json.loads(file.read_text())["source"] == str(photos)
    again = tfrecordfs("cat", file, "SHA256SUMS", "--index", "none").out
    assert again == read("SHA256SUMS", *options) != read("SHA256SUMS")
    assert tfrecordfs("cat", file, "dataset.json", "--index", "none").out == file.read_text()


def test_paths_in_the_data_set_file_lead_there_from_anywhere(tfrecordfs, flat):
    images.write_csv(flat / "m.csv", ["file", "class"], zip(NAMES, ["dog", "cat"] * 3))
    (flat / "l.txt").write_text("dog\ncat\n")
    arguments = ["--manifest", "m.csv", "--labels", "l.txt", "--image-dir", "images"]
    file = flat / "home" / "d.json"
    file.write_text(tfrecordfs("cat", "images", "dataset.json", *arguments, cwd=flat).out)
    said = json.loads(file.read_text())
    assert said["labels"] == str(flat / "l.txt") and said["image-dir"] == [str(flat / "images")]
    assert tfrecordfs("cat", file, "SHA256SUMS", cwd="/").out == tfrecordfs(
        "cat", "images", "SHA256SUMS", *arguments, cwd=flat).out


def test_every_bad_and_odd_image_is_listed_with_the_reason(tfrecordfs, photos):
    (photos / "dog" / "empty, \"really\".jpg").write_bytes(b"")
    (photos / "dog" / "misnamed.png").write_bytes(images.encode(99, ("jpeg", "RGB")))
    (photos / "newt" / "cmyk.jpg").write_bytes(images.encode(98, ("jpeg", "CMYK")))
    rows = rows_of(tfrecordfs("cat", photos, "problems.csv", "--on-bad", "skip").out)
    kinds = {row["file"]: row["problem"] for row in rows}
    assert kinds["dog/empty, \"really\".jpg"] == "bad image"
    assert kinds["dog/misnamed.png"] == "misnamed" and kinds["newt/cmyk.jpg"] == "cmyk"
    assert all(row["reason"] for row in rows)
    assert rows == rows_of(tfrecordfs("cat", photos, "problems.csv", "--on-bad", "skip").out)


def leaky(flat, splits, patients=("p,1", "p,1", "p2", "p2", "", "")):
    images.write_csv(flat / "m.csv", ["file", "class", "patient_id", "split"],
                     [[name, "x", patient, split] for name, patient, split
                      in zip(NAMES, patients, splits)])
    return ["--manifest", flat / "m.csv"]


def test_groups_in_two_splits_are_leaks(tfrecordfs, flat):
    options = leaky(flat, ["train", "test", "train", "train", "train", "test"])
    assert cat(tfrecordfs, flat, "leaks.csv", *options).out.splitlines() == [
        "kind,value,split,file", 'group,"p,1",train,a.jpg', 'group,"p,1",test,b.jpg']
    options = leaky(flat, ["", "", "", "", "", ""], ["p1", "p1", "p2", "p2", "p3", "p3"])
    for group, is_leak in (["--group", "patient_id"], False), ([], True):
        said = cat(tfrecordfs, flat, "leaks.csv", *options, "--split", "train=0.5,test=0.5",
                   "--file-column", "file", "--seed", 1, *group).out
        assert (said != "kind,value,split,file\n") == is_leak


def test_the_same_bytes_in_two_splits_are_leaks(tfrecordfs, flat):
    for one, other in ("a", "d"), ("b", "c"):
        shutil.copy(flat / "images" / f"{one}.jpg", flat / "images" / f"{other}.jpg")
    data = bytearray((flat / "images" / "e.jpg").read_bytes())
    data[-3] ^= 1
    (flat / "images" / "f.jpg").write_bytes(data)
    options = leaky(flat, ["train", "train", "train", "test", "train", "test"])
    digest = hashlib.sha256((flat / "images" / "a.jpg").read_bytes()).hexdigest()
    for view in "", "epochs/2/", "balanced/":
        assert cat(tfrecordfs, flat, view + "leaks-content.csv", *options).out == (
            f"kind,value,split,file\ncontent,{digest},train,a.jpg\n"
            f"content,{digest},test,d.jpg\n")
    assert cat(tfrecordfs, flat, "leaks-content.csv", "--manifest", flat / "m.csv", "--split",
               "train=1").out == "kind,value,split,file\n"


def test_an_image_that_changed_fails_the_search_and_is_named(tfrecordfs, flat, folder):
    shutil.copy(flat / "images" / "a.jpg", flat / "images" / "b.jpg")
    options = [*leaky(flat, ["train", "test"] * 3), "--index", folder / "index"]
    cat(tfrecordfs, flat, "stats.json", *options)
    (flat / "images" / "b.jpg").write_bytes(images.encode(77, ("jpeg", "RGB")))
    error = cat(tfrecordfs, flat, "leaks-content.csv", *options, code=1).error
    assert "leaks-content.csv" in error and "b.jpg changed" in error


def test_tfds_directories_point_at_the_views_shards(read):
    rows = rows_of(read("splits.csv"))
    for view, prefix in ("", "../../../schemas/tfds/"), ("schemas/tfds/", "../../../"):
        info = json.loads(read(view + "tfds/photos/1.0.0/dataset_info.json"))
        assert info["name"] == "photos" and info["version"] == "1.0.0"
        for split in info["splits"]:
            assert split["filepathTemplate"] == prefix + "{SPLIT}-{SHARD_X_OF_Y}.tfrecord"
            wanted = collections.Counter(r["shard"] for r in rows if r["split"] == split["name"])
            assert split["shardLengths"] == [str(wanted[name]) for name in sorted(wanted)]
        features = json.loads(read(view + "tfds/photos/1.0.0/features.json"))
        assert {"image", "label"} <= set(features["featuresDict"]["features"])
        assert read(view + "tfds/photos/1.0.0/label.labels.txt") == "cat\ndog\nnewt\n"


def test_a_standard_file_gives_way_to_shards_and_to_files_asked_for(tfrecordfs, photos):
    names = ["--shard-names", "labels{shard}-{split}"]
    assert "no shard" in tfrecordfs("cat", photos, "labels.txt", *names, code=2).error
    assert tfrecordfs("cat", photos, "stats.json", *names).out
    assert tfrecordfs("cat", photos, "labels.txt", "--side-files", "standard,slim-labels"
                      ).out == "0:cat\n1:dog\n2:newt\n"
    assert tfrecordfs("cat", photos, "labels.txt", "--side-files", "standard"
                      ).out == "cat\ndog\nnewt\n"


def test_files_and_views_that_are_not_there_are_refused(tfrecordfs, photos):
    for path in "epochs/01/labels.txt", "folds/1/0/stats.json", "epochs/1/dataset.json", \
                "index/train-00000.idx", "by-class/yak/labels.txt", "labels.txt/x":
        assert tfrecordfs("cat", photos, path, code=2).error
    assert "no shard" in tfrecordfs("cat", photos, "labels.txt", "--profile", "simple",
                                    code=2).error
