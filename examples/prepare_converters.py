# SPDX-License-Identifier: MIT
"""Arrange real photographs as the users of five converters have them.

    prepare_converters.py FOLDER

    FOLDER/classification   train_images_info.json, validation_images_info.json, images/
    FOLDER/chest_xray       metadata.csv with patients, images/ (stand-ins: grey photographs)
    FOLDER/deeplab_masks    JPEGImages/, SegmentationClassRaw/, ImageSets/Segmentation/
    FOLDER/image2tfrecords  labels.csv, images/
    FOLDER/class_folders    train/CLASS/, validation/CLASS/, labels.txt

The photographs come with scikit-image and scikit-learn (README.md beside this file has
their origins).  A folder that is there already is left as it is.
"""

import csv
import json
import pathlib
import random
import shutil
import sys

from PIL import Image
from prepare_photographs import PHOTOGRAPHS, crop, package_folder

SIDE = 320  # longest side of a crop, in pixels: the examples are about arrangements


def crops(count, mode="RGB"):
    """Small crops of every photograph: (label, scene, number, image)."""
    random_numbers = random.Random(2)
    for label, package, below, files in PHOTOGRAPHS:
        for name in files:
            original = package_folder(package) / below / name
            with Image.open(original) as image:
                for number in range(count):
                    piece = crop(image.convert(mode), random_numbers)
                    piece.thumbnail((SIDE, SIDE))
                    yield label, original.stem, number, piece


def write_csv(path, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def write_classification(folder):
    labels = sorted({label for label, *_ in PHOTOGRAPHS})
    entries = {"train": [], "validation": []}
    (folder / "images").mkdir(parents=True)
    for label, scene, number, image in crops(5):
        name = f"{scene}_{number}.jpg"
        image.save(folder / "images" / name)
        split = entries["validation" if number == 4 else "train"]
        split.append({"file_name": name, "height": image.height, "width": image.width,
                      "id": len(split), "label": labels.index(label)})
    categories = [{"id": i, "name": name} for i, name in enumerate(labels)]
    for split, images in entries.items():
        text = json.dumps({"categories": categories, "images": images}, indent=1)
        (folder / f"{split}_images_info.json").write_text(text)


def write_chest_xray(folder):
    (folder / "images").mkdir(parents=True)
    rows = [["image_id", "label", "patient_id"]]
    for patient, (_, _, number, image) in enumerate(crops(6, mode="L")):
        name = f"{patient // 3:08}_{number:03}.png"
        image.save(folder / "images" / name)
        rows.append([name, int(patient % 4 == 0), patient // 3])
    write_csv(folder / "metadata.csv", rows)


def write_deeplab_masks(folder):
    for below in ("JPEGImages", "SegmentationClassRaw", "ImageSets/Segmentation"):
        (folder / below).mkdir(parents=True)
    lists = {"train": [], "val": []}
    for _, scene, number, image in crops(3):
        name = f"{scene}_{number}"
        image.save(folder / "JPEGImages" / f"{name}.jpg")
        # Bright pixels stand for the object: a mask of classes 0 and 1.
        mask = image.convert("L").point(lambda value: int(value > 128))
        mask.save(folder / "SegmentationClassRaw" / f"{name}.png")
        lists["val" if number == 2 else "train"].append(name)
    lists["trainval"] = lists["train"] + lists["val"]
    for split, names in lists.items():
        path = folder / "ImageSets/Segmentation" / f"{split}.txt"
        path.write_text("".join(f"{name}\n" for name in names))


def write_image2tfrecords(folder):
    (folder / "images").mkdir(parents=True)
    rows = [["id", "label"]]
    for label, scene, number, image in crops(6):
        name = f"{scene}_{number}.png"
        image.resize((32, 32)).save(folder / "images" / name)
        rows.append([name, label])
    write_csv(folder / "labels.csv", rows)


def write_class_folders(folder):
    labels = []
    for label, scene, number, image in crops(5):
        if label not in labels:
            labels.append(label)
        below = folder / ("validation" if number == 4 else "train") / label
        below.mkdir(parents=True, exist_ok=True)
        image.save(below / f"{scene}_{number}.{'png' if number == 0 else 'jpg'}")
    (folder / "labels.txt").write_text("".join(f"{label}\n" for label in labels))


FAMILIES = {
    "classification": write_classification,
    "chest_xray": write_chest_xray,
    "deeplab_masks": write_deeplab_masks,
    "image2tfrecords": write_image2tfrecords,
    "class_folders": write_class_folders,
}


def main(arguments):
    if len(arguments) != 1:
        sys.exit("usage: prepare_converters.py FOLDER")
    top = pathlib.Path(arguments[0])
    for name, write in FAMILIES.items():
        folder = top / name
        if folder.exists():
            print(f"{folder} is there already")
            continue
        # Renamed at the end, so that a folder that is there is complete.
        unfinished = folder.with_name(name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        write(unfinished)
        unfinished.rename(folder)
        print(f"Wrote {folder}")


if __name__ == "__main__":
    main(sys.argv[1:])
