# SPDX-License-Identifier: MIT
"""The oracles themselves: each against shards that the real converter wrote.

The order of the input and the drawn splits are taken from the case, as they came from a
directory's order or an unseeded draw; everything else the oracle works out.

Besides, each was compared once with its converter itself, run under TensorFlow 2.21 on the
sources of sources.py and sources_boxes.py, with directories sorted, draws as ours and
nothing augmented: equal in every record, file name and side file.  Not so compared are
simple, tfds and one-hot masks, which have no converter, deeplab-pixels, and compressed run
lengths, which the converters of COCO refuse.
"""

import csv
import io
import pathlib
import subprocess
import sys

import pytest

pytest.importorskip("tensorflow")

import numpy as np
import tensorflow as tf
from PIL import Image

from . import oracle_coco, oracle_folders, oracle_segmentation, oracle_tables

TOP = pathlib.Path(__file__).resolve().parents[2]
REFERENCES = next((path for path in (TOP.parent / "shared/refs", TOP / "shared/refs")
                   if path.is_dir()), None)
SOURCES = REFERENCES / "sources" if REFERENCES else None

case_required = pytest.mark.skipif(
    REFERENCES is None, reason="../shared/refs, what the real converters wrote, is not here")


def compare(case, written, *options, keys=(), order="cpp", files="", canonical=True):
    """compare.py finds @written equal to the case, in bytes and, with --shards, in order."""
    arguments = [f"--key={key}" for key in keys] + list(options)
    if canonical:
        arguments += ["--canonical", f"--map-order={order}"]
    references = sorted((REFERENCES / case).glob(files)) if files else [REFERENCES / case]
    ours = sorted(written.glob(files)) if files else [written]
    done = subprocess.run(
        [sys.executable, REFERENCES / "compare.py", *arguments, *references, "--", *ours],
        capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert done.stdout.startswith("equal: ")


def same_side_file(case, written, name):
    assert (written / name).read_bytes() == (REFERENCES / case / name).read_bytes()


def lines(path):
    return path.read_text("utf-8").splitlines()


@case_required
def test_classification(folder):
    for split, info in (("train", "train"), ("val", "validation")):
        oracle_coco.write_classification(
            folder / split, image_dir=[SOURCES / "photos"], num_shards=1,
            image_info_file=SOURCES / f"photos/{info}_images_info.json")
    compare("skin", folder, "--shards")


@case_required
def test_coco(folder):
    dropped = oracle_coco.write_coco(
        folder / "train", image_dir=[SOURCES / "coco/images"], num_shards=4,
        object_annotations_file=SOURCES / "coco/instances_train.json")
    compare("coco_vision", folder, "--shards")
    assert len(dropped) == 3


@case_required
def test_image2tfrecords(folder):
    with open(REFERENCES / "image2tfrecords_cifar/split_drawn.csv", newline="") as file:
        drawn = [(row["filename"], row["split"]) for row in csv.DictReader(file)]
    oracle_tables.write_image2tfrecords(
        folder, image_path=SOURCES / "cifar/train", val_size=0.3, test_size=0.1,
        image2class=SOURCES / "cifar/train_labels_ext.csv", dataset_name="cifar10", drawn=drawn)
    compare("image2tfrecords_cifar", folder, "--shards")
    for name in ("labels.csv", "cifar10_summary.json"):
        same_side_file("image2tfrecords_cifar", folder, name)


@case_required
def test_image2tfrecords_draws_as_many_as_the_original():
    _, rows = oracle_tables.table(SOURCES / "cifar/train_labels_ext.csv")
    drawn = oracle_tables.draw(rows, 0.3, 0.1, seed=1)
    assert {split: len(part) for split, part in drawn.items()} == {
        "train": 47, "validation": 19, "test": 4}


@case_required
def test_inception(folder):
    order = {split: lines(REFERENCES / f"inception_image/input_order_{split}.txt")
             for split in ("train", "validation")}
    oracle_folders.write_inception(
        folder, train_directory=SOURCES / "photos/train", train_shards=8,
        validation_directory=SOURCES / "photos/validation", validation_shards=4,
        labels_file=SOURCES / "photos/labels.txt", num_threads=4, order=order)
    for split in order:
        compare("inception_image", folder, "--shards", files=f"{split}-*")


@case_required
def test_slim_flowers(folder):
    (folder / "in").mkdir()
    (folder / "in/flower_photos").symlink_to(SOURCES / "photos/train")
    oracle_folders.write_slim_flowers(
        folder / "out", dataset_dir=folder / "in", validation=20,
        order=lines(REFERENCES / "slim_flowers/input_order.txt"))
    compare("slim_flowers", folder / "out", "--shards", keys=["image/encoded"])
    same_side_file("slim_flowers", folder / "out", "labels.txt")


@case_required
def test_deeplab(folder):
    voc = SOURCES / "voc/VOC2012"
    oracle_segmentation.write_deeplab(
        folder, image_folder=voc / "JPEGImages", image_format="jpg",
        semantic_segmentation_folder=voc / "SegmentationClassRaw",
        list_folder=voc / "ImageSets/Segmentation")
    for split in ("train", "val", "trainval"):
        compare("deeplab_voc", folder, "--shards", files=f"{split}-*")


@case_required
def test_deeplab_pixels(folder):
    oracle_segmentation.write_deeplab_pixels(
        folder / "skin_lesions.tfrecord", image_dir=SOURCES / "lesions/images",
        mask_dir=SOURCES / "lesions/labels", sizes=False,
        order=lines(REFERENCES / "article_raw/input_order.txt"))
    compare("article_raw", folder, "--shards", keys=["image", "label"])


def original_xray_split(folder):
    """The case's split as a column: its rows are in the order of the records."""
    with open(REFERENCES / "nih/metadata_bin_clf_tfrec.csv", newline="") as file:
        written = list(csv.DictReader(file))
    with open(SOURCES / "xray/filtered_metadata/metadata.csv", newline="") as file:
        patients = {row["image_id"].split(".")[0]: row for row in csv.DictReader(file)}
    short = {long: split for split, long in oracle_tables.SUBSETS.items()}
    rows = {}
    for row in written:
        stem = row["image_name"].removesuffix(".png")
        if stem not in patients:
            stem = stem.rsplit("_", 1)[0]
        rows[stem] = [f"{stem}.png", row["label"], patients[stem]["patient_id"],
                      short[row["subset"]]]
    manifest = folder / "metadata.csv"
    oracle_tables.write_table(manifest, ["image_id", "label", "patient_id", "split"],
                              rows.values())
    return manifest


@case_required
def test_nih_xray(folder):
    # Every row of the case was kept, so that none is left out here; the original cuts into
    # files before it leaves rows out, which is why the records are compared as a set.
    oracle_tables.write_nih_xray(
        folder / "out", manifest=original_xray_split(folder), source=SOURCES / "xray/images",
        keep_every={}, augment={1: 1}, block=15)
    same_side_file("nih", folder / "out", "metadata_bin_clf_tfrec.csv")
    compare("nih", folder / "out", "--ignore=image", keys=["image_name"], canonical=False)


def plain_records(paths):
    """Serialised records of @paths that were not augmented, in upb's deterministic order."""
    for record in tf.data.TFRecordDataset([str(p) for p in sorted(paths)]).as_numpy_iterator():
        example = tf.train.Example.FromString(record)
        name = example.features.feature["image_name"].bytes_list.value[0]
        if not name.endswith((b"_0", b"_1")):
            yield example.SerializeToString(deterministic=True)


@case_required
def test_nih_xray_images_that_are_not_augmented_are_equal_in_bytes(folder):
    oracle_tables.write_nih_xray(
        folder / "out", manifest=original_xray_split(folder), source=SOURCES / "xray/images",
        keep_every={}, augment={1: 1}, block=15)
    expected = sorted(plain_records((REFERENCES / "nih").glob("*.tfrec")))
    assert sorted(plain_records((folder / "out").glob("*.tfrec"))) == expected
    assert len(expected) == 18


# --- What no case shows: read in the converters' sources ----------------------------


@pytest.mark.parametrize("box, fits", [
    ([0, 0, 20, 10], True), ([0, 0, 20.001, 10], False), ([0, 0, 20, 10.001], False),
    ([-5, -5, 10, 10], True), ([5, 5, 0, 3], False), ([5, 5, 3, 0], False),
    ([5, 5, -1, 3], False), ([19.5, 9.5, 0.5, 0.5], True)])
def test_which_boxes_coco_drops(box, fits):
    assert oracle_coco.fits({"bbox": box}, {"width": 20, "height": 10}) == fits


def test_xrays_have_red_and_blue_swapped():
    red = io.BytesIO()
    Image.new("RGB", (4, 4), (255, 0, 0)).save(red, "PNG")
    stored = Image.open(io.BytesIO(oracle_tables.xray_jpeg(red.getvalue())))
    assert stored.size == (512, 512)
    assert stored.getpixel((9, 9))[2] > 250 > 5 > stored.getpixel((9, 9))[0]


def test_xrays_are_scaled_by_the_inverse_of_the_scale():
    picked = oracle_tables.nearest(np.arange(186)[:, np.newaxis], 512)[:, 0]
    assert list(np.flatnonzero(picked != np.arange(512) * 186 // 512)) == [256]
    assert picked[256] == 92
