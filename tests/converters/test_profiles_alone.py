# SPDX-License-Identifier: MIT
"""Profiles of which something is ours to choose: their order, names or augmented copies."""

import csv
import json
import os
import pathlib

import pytest

pytest.importorskip("tensorflow")

import tensorflow as tf

import images

from . import comparison, oracle_segmentation, oracle_tables, sources
from .oracle_common import ints, serialize, texts

pytestmark = pytest.mark.fuse_required


@pytest.fixture
def mounted(tfrecordfs, folder):
    """mounted(profile, *flags): a context with the mount's path, and what mount printed."""
    def mount(profile, *flags, at="out", **keywords):
        return comparison.mounted_profile(tfrecordfs, profile, flags, folder / at,
                                          folder / "index", **keywords)
    return mount


def examples(path):
    """{key: list of values} of every record of a shard."""
    for record in comparison.records_of(pathlib.Path(path).read_bytes()):
        feature = tf.train.Example.FromString(record).features.feature
        yield {key: list(getattr(f, f.WhichOneof("kind")).value) for key, f in feature.items()}


# --- nih-xray -----------------------------------------------------------------------

KEEP, TURNED, MIRRORED = "0=2", "1=rotate,hflip", "1=hflip"


@pytest.fixture
def xrays(folder):
    sources.xrays(folder / "source")
    return folder / "source"


def write_xrays(source, output, copies, block=500):
    oracle_tables.write_nih_xray(output, manifest=source / "metadata.csv",
                                 source=source / "images", keep_every={0: 2},
                                 augment={1: copies}, block=block)


def assert_same_xrays(ours, expected, copies):
    """All of every record; of augmented copies their size, and that they were changed."""
    assert sorted(comparison.shards_of(ours)) == sorted(comparison.shards_of(expected))
    suffixes = tuple(f"_{i}".encode() for i in range(1, copies + 1))
    augmented = 0
    for name in comparison.shards_of(expected):
        got = comparison.records_of(ours[name])
        want = comparison.records_of(expected[name])
        assert len(got) == len(want), name
        for one, other in zip(got, want):
            left = tf.train.Example.FromString(one).features.feature
            right = tf.train.Example.FromString(other).features.feature
            stem = right["image_name"].bytes_list.value[0]
            if stem.count(b"_") == 2 and stem.endswith(suffixes):
                augmented += 1
                pixels = tf.io.decode_jpeg(left["image"].bytes_list.value[0])
                assert pixels.shape == (512, 512, 3), stem
                assert left["image"] != right["image"], f"{stem} is not augmented"
                assert left["image_name"] == right["image_name"]
                assert left["label"] == right["label"]
            else:
                assert one == other, (name, stem, comparison.values(one),
                                      comparison.values(other))
    return augmented


@pytest.mark.parametrize("augment", [[TURNED], [TURNED, MIRRORED]], ids=["once", "twice"])
def test_nih_xray(mounted, xrays, folder, augment):
    write_xrays(xrays, folder / "expected", len(augment))
    flags = [f"--augment={which}" for which in augment]
    with mounted("nih-xray", "--manifest", xrays / "metadata.csv", "--keep-every", KEEP,
                 *flags, xrays / "images", folder / "out") as result:
        ours, expected = (comparison.contents(folder / part) for part in ("out", "expected"))
    rows = list(csv.DictReader(open(xrays / "metadata.csv", encoding="utf-8")))
    positive = sum(row["split"] == "train" and row["label"] == "1" for row in rows)
    assert assert_same_xrays(ours, expected, len(augment)) == positive * len(augment) > 0
    comparison.assert_same_side_files(ours, expected)
    # Patients of several splits are counted and told.
    assert "patient" in result.out + result.err


def test_nih_xray_is_cut_by_source_images_and_not_by_records(mounted, xrays, folder):
    write_xrays(xrays, folder / "expected", 1, block=9)
    with mounted("nih-xray", "--manifest", xrays / "metadata.csv", "--keep-every", KEEP,
                 "--augment", TURNED, "--shard-size", 9, xrays / "images", folder / "out"):
        ours = comparison.contents(folder / "out")
    expected = comparison.contents(folder / "expected")
    assert "train02.tfrec" in expected
    assert assert_same_xrays(ours, expected, 1) > 0


def test_nih_xray_augments_the_same_in_every_mount(mounted, xrays, folder):
    seen = []
    for _ in range(2):
        with mounted("nih-xray", "--manifest", xrays / "metadata.csv", "--augment", TURNED,
                     "--reindex", xrays / "images", folder / "out"):
            seen.append(comparison.contents(folder / "out"))
    assert seen[0] == seen[1]


def test_nih_xray_keeps_patients_whole(mounted, xrays, folder):
    rows = list(csv.reader(open(xrays / "metadata.csv", encoding="utf-8")))
    images.write_csv(xrays / "unsplit.csv", rows[0][:3], [row[:3] for row in rows[1:]])
    with mounted("nih-xray", "--manifest", xrays / "unsplit.csv", "--group", "patient_id",
                 xrays / "images", folder / "out"):
        where = {}
        for path in sorted((folder / "out").glob("*.tfrec")):
            for example in examples(path):
                patient = example["image_name"][0].split(b"_")[0]
                where.setdefault(patient, set()).add(path.name[:3])
    assert len(where) == len({row[2] for row in rows[1:]})
    assert all(len(splits) == 1 for splits in where.values())
    assert {"tra", "val", "tes"} == set.union(*where.values())


# --- deeplab-pixels -----------------------------------------------------------------


@pytest.mark.parametrize("given, arguments", [
    ([], {}), (["--one-hot", "3"], {"classes": 3}),
    (["--one-hot", "3", "--one-hot-type", "uint8"], {"classes": 3, "dtype": "uint8"})],
    ids=["classes", "one-hot", "one-hot-uint8"])
def test_deeplab_pixels(tfrecordfs, mounted, folder, given, arguments):
    """The article names one file itself; the profile does not say its name."""
    source = folder / "source"
    sources.pixels(source)
    oracle_segmentation.write_deeplab_pixels(
        folder / "expected", image_dir=source / "images", mask_dir=source / "labels",
        **arguments)
    with mounted("deeplab-pixels", f"--image_dir={source}/images",
                 f"--mask_dir={source}/labels", *given, folder / "out"):
        shards = comparison.shards_of(comparison.contents(folder / "out"))
        assert len(shards) == 1, sorted(shards)
        (name, data), = shards.items()
        expected = (folder / "expected").read_bytes()
        assert data == expected, comparison.first_difference(data, expected)
        tfrecordfs("verify", folder / "out" / name, "--against", folder / "expected")
        if not given:
            parser = comparison.parser_of(tfrecordfs, "deeplab-pixels")
            assert comparison.parse_all(parser, folder / "out", [name]) == 15


# --- simple and tfds ----------------------------------------------------------------


@pytest.fixture
def class_folders(folder):
    source = images.class_folders(folder / "source", {"cat": 17, "dog": 11, "Ñandú": 6})
    images.write(source / "cat/a b.v2.JPG", 60, sources.CMYK)
    return source


def expected_records(source, record_of):
    """{path: serialised record}, ids by sorted class names."""
    classes = sorted((p.name for p in source.iterdir() if p.is_dir()), key=str.encode)
    return {path: serialize(record_of(path, classes.index(path.parent.name)))
            for path in source.rglob("*") if path.is_file()}


def shown_records(mount):
    """All records of a mount, and how many each shard has."""
    shards = comparison.shards_of(comparison.contents(mount))
    records = {name: comparison.records_of(data) for name, data in sorted(shards.items())}
    return [r for part in records.values() for r in part], {k: len(v) for k, v in records.items()}


def test_simple(tfrecordfs, mounted, class_folders, folder):
    expected = expected_records(class_folders, lambda path, label: {
        "image": texts(path.read_bytes()), "image_name": texts(path.stem), "label": ints(label)})
    with mounted("simple", "--shards", 3, class_folders, folder / "out"):
        records, counts = shown_records(folder / "out")
        parser = comparison.parser_of(tfrecordfs, "simple")
        assert comparison.parse_all(parser, folder / "out", counts) == 35
    assert sorted(records) == sorted(expected.values())
    assert sorted(counts) == [f"train-{i:05}-of-00003.tfrecord" for i in range(3)]


def tfds_record(path, label, name):
    return {"image": texts(path.read_bytes()), "image/filename": texts(os.fspath(name)),
            "label": ints(label)}


def test_tfds(tfrecordfs, mounted, class_folders, folder):
    with mounted("tfds", "--dataset_name=my_photos", "--shards=3", class_folders,
                 folder / "out"):
        records, counts = shown_records(folder / "out")
        files = comparison.contents(folder / "out")
        parser = comparison.parser_of(tfrecordfs, "tfds")
        assert comparison.parse_all(parser, folder / "out", counts) == 35
    assert sorted(counts) == [f"my_photos-train.tfrecord-{i:05}-of-00003" for i in range(3)]
    # ImageFolder has whole paths there; those below the source are as good.
    whole = b"image/filename" in records[0] and os.fsencode(class_folders) in records[0]
    expected = expected_records(class_folders, lambda path, label: tfds_record(
        path, label, path if whole else path.relative_to(class_folders)))
    assert sorted(records) == sorted(expected.values())
    info = json.loads(files["dataset_info.json"])
    assert files["dataset_info.json"].decode() == json.dumps(info, indent=2, sort_keys=True)
    (split,) = info["splits"]
    assert (info["name"], split["name"]) == ("my_photos", "train")
    assert split["shardLengths"] == [str(counts[name]) for name in sorted(counts)]
    assert int(split["numBytes"]) == sum(map(len, records))
    features = json.loads(files["features.json"])
    assert files["features.json"].decode() == json.dumps(features, indent=4, sort_keys=True)
    fields = features["featuresDict"]["features"]
    assert fields["label"]["classLabel"]["numClasses"] == "3"
    assert set(fields) == {"image", "label", "image/filename"}
    assert files["label.labels.txt"].decode() == "cat\ndog\nÑandú\n"
