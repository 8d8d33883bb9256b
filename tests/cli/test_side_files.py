# SPDX-License-Identifier: MIT
"""Small files beside the shards: what is in them, and what they may be called."""

import csv
import json

import pytest

import images

NAMES = ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg", "f.jpg"]


@pytest.fixture
def flat(folder):
    """images/a.jpg to f.jpg"""
    for seed, name in enumerate(NAMES):
        images.write(folder / "images" / name, seed, ("jpeg", "RGB"))
    return folder


def table(flat, header, classes, splits=None):
    """A CSV of all images; its path."""
    rows = [[name, of] + ([splits[i]] if splits else [])
            for i, (name, of) in enumerate(zip(NAMES, classes))]
    images.write_csv(flat / "m.csv", header, rows)
    return ["--manifest", flat / "m.csv", "--file-column", header[0],
            "--label-column", header[1]]


def cat(tfrecordfs, flat, name, *options, **keywords):
    return tfrecordfs("cat", flat / "images", name, *options, **keywords)


def test_slims_labels_are_ids_and_names(tfrecordfs, photos):
    for window, wanted in ([], "0:cat\n1:dog\n2:newt\n"), \
                          (["--offset", 6, "--length", 3], "1:d"), (["--offset", 19], ""):
        assert tfrecordfs("cat", photos, "labels.txt", "--side-files", "slim-labels",
                          *window).out == wanted
    error = tfrecordfs("cat", photos, "labels.txt", "--side-files", "slim-labels",
                       "--offset", 20, code=2).error
    assert "behind the end of labels.txt, which has 19 bytes" in error


def test_ids_are_the_labels_files(tfrecordfs, photos, folder):
    (folder / "labels.csv").write_text("id,class\n30,cat\n4,newt\n5,dog\n6,yak\n")
    out = tfrecordfs("cat", photos, "labels.txt", "--side-files", "slim-labels", "--labels",
                     folder / "labels.csv").out
    assert out == "4:newt\n5:dog\n6:yak\n30:cat\n"


def test_image2tfrecords_tables_are_as_python_writes_them(tfrecordfs, flat):
    headings = ["file, \"the\" name", "Klasse\tß 🐱", "split"]
    classes = ["x,y", "a\"b", "x,y", "größe", "a\"b", "x,y"]
    splits = ["train", "test", "train", "validation", "train", "test"]
    options = [*table(flat, headings, classes, splits), "--name", "set",
               "--side-files", "image2tfrecords"]
    summary = cat(tfrecordfs, flat, "set_summary.json", *options).out
    assert summary == json.dumps({
        "filename_header": headings[0], "class_header": headings[1],
        "class_id_header": headings[1] + "_id", "total_number": 6, "train_number": 3,
        "val_number": 1, "test_number": 2})
    assert summary.isascii()
    rows = [[headings[1], headings[1] + "_id"],
            *([name, number] for number, name in enumerate(sorted(set(classes))))]
    with open(flat / "wanted.csv", "w", newline="", encoding="utf-8") as wanted:
        csv.writer(wanted, lineterminator="\n").writerows(rows)
    labels = cat(tfrecordfs, flat, "labels.csv", *options).out
    assert labels == (flat / "wanted.csv").read_text()


def test_a_table_of_class_ids_goes_through_as_it_is(tfrecordfs, flat):
    text = "kind,number,note\ndog,7,good\ncat,3,\"well, well\"\n"
    (flat / "ids.csv").write_text(text.replace("number", "id").replace("kind", "class"))
    options = [*table(flat, ["file", "class"], ["dog", "cat"] * 3), "--labels",
               flat / "ids.csv", "--side-files", "image2tfrecords"]
    assert cat(tfrecordfs, flat, "labels.csv", *options).out == (flat / "ids.csv").read_text()
    summary = json.loads(cat(tfrecordfs, flat, "_summary.json", *options).out)
    assert summary["class_id_header"] == "id"


def test_the_chest_x_rays_table_has_a_row_a_record_in_their_order(tfrecordfs, flat):
    splits = ["train", "test", "train", "validation", "train", "test"]
    options = [*table(flat, ["image_id", "label", "split"], [1, 0, 0, 1, 1, 0], splits),
               "--shards", 1, "--side-files", "nih-metadata", "--order", "manifest"]
    assert cat(tfrecordfs, flat, "metadata_bin_clf_tfrec.csv", *options).out.splitlines() == [
        "image_name,label,subset", "a.png,1,training", "c.png,0,training", "e.png,1,training",
        "d.png,1,validation", "b.png,0,testing", "f.png,0,testing"]


def test_copies_have_rows_of_their_own(tfrecordfs, flat):
    splits = ["train", "test", "train", "validation", "train", "test"]
    options = [*table(flat, ["image_id", "label", "split"], [1, 1, 0, 1, 1, 0], splits),
               "--shards", 1, "--side-files", "nih-metadata", "--order", "manifest",
               "--augment", "1=hflip", "--keep-every", "0=2", "--split-names",
               "validation=val"]
    assert cat(tfrecordfs, flat, "metadata_bin_clf_tfrec.csv", *options).out.splitlines() == [
        "image_name,label,subset", "a_0.png,1,training", "a_1.png,1,training",
        "e_0.png,1,training", "e_1.png,1,training", "d.png,1,validation", "b.png,1,testing",
        "f.png,0,testing"]


def test_ids_are_those_that_records_show(tfrecordfs, photos):
    assert tfrecordfs("cat", photos, "labels.txt", "--side-files", "slim-labels",
                      "--label-base", 7).out == "7:cat\n8:dog\n9:newt\n"


def test_no_side_file_matches_the_pattern_of_a_splits_shards(tfrecordfs, photos):
    for names in "labels{shard}", "labels.{split}-{shard}":
        result = tfrecordfs("cat", photos, "labels.txt", "--side-files", "slim-labels",
                            "--shard-names", names, code=None)
        assert (result.code == 2) == (names == "labels{shard}"), result
    assert "labels.txt: it would match the pattern of the shards labels*" in tfrecordfs(
        "cat", photos, "labels.txt", "--side-files", "slim-labels", "--shard-names",
        "labels{shard}", code=2).error


@pytest.mark.parametrize("arguments, words", [
    (["labels.txt", "--side-files", "slim-lables"], ['"slim-lables"', 'mean "slim-labels"']),
    (["labels.txt", "--side-files", "slim-labels,,"], ['""']),
    (["labels.txt", "--side-files", "none"], ['no shard "labels.txt"',
                                              "train-00000-of-00016.tfrecord"]),
    (["label.txt", "--side-files", "slim-labels"], ['mean "labels.txt"']),
])
def test_a_name_that_is_none_is_refused_with_the_nearest(tfrecordfs, photos, arguments, words):
    error = tfrecordfs("cat", photos, *arguments, code=2).error
    assert all(word in error for word in words), error


def test_side_files_do_not_make_another_index(tfrecordfs, photos, folder):
    first = tfrecordfs("index", photos, "--index", folder / "i", "--json").json
    again = tfrecordfs("index", photos, "--index", folder / "i", "--json",
                       "--side-files", "slim-labels").json
    assert first["index"] == again["index"] and again["index_reused"] is True


TFDS = ["--side-files", "tfds", "--shards", "2"]


def test_tfds_names_classes_by_id(tfrecordfs, photos, folder):
    (folder / "labels.txt").write_text("2:dog\n0:cat\n4:newt\n")
    assert tfrecordfs("cat", photos, "label.labels.txt", *TFDS, "--name", "pets",
                      "--labels", folder / "labels.txt").out == "cat\n1\ndog\n3\nnewt\n"
    features = json.loads(tfrecordfs("cat", photos, "features.json", *TFDS, "--name", "pets",
                                     "--labels", folder / "labels.txt").out)
    label = features["featuresDict"]["features"].get("label")
    assert label is None or label["classLabel"] == {"numClasses": "5"}


def test_tfds_knows_shards_by_their_template(tfrecordfs, photos):
    info = json.loads(tfrecordfs("cat", photos, "dataset_info.json", *TFDS, "--name", "pets",
                                 "--shard-names", "a/{split}-{shard}-of-{shards}.x").out)
    (split,) = info["splits"]
    assert split["filepathTemplate"] == "a/{SPLIT}-{SHARD_X_OF_Y}.x"
    assert len(split["shardLengths"]) == 2


@pytest.mark.parametrize("options, words", [
    (["--name", "7up"], '"7up" is no name'), (["--name", "a-b"], '"a-b" is no name'),
    (["--name", "a", "--shard-names", "{split}-{number}"], "{shard}-of-{shards}"),
    (["--name", "a", "--split", "train=0.5,x.y=0.5"], "takes no '.'")])
def test_tfds_refuses_names_that_it_would_not_find(tfrecordfs, photos, options, words):
    result = tfrecordfs("cat", photos, "dataset_info.json", *TFDS, *options, code=None)
    assert result.code != 0 and words in result.err, f"{result}"
