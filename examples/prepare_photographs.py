# SPDX-License-Identifier: MIT
"""Write real photographs, and crops of them, with a manifest that names their labels.

    prepare_photographs.py FOLDER   makes FOLDER/labels.csv and FOLDER/images/...

The photographs come with scikit-image and scikit-learn, so nothing is fetched (README.md
beside this file has their origins and licences).  Each is there as its own file, byte
for byte, and as some crops of different sizes, JPEG and PNG.  Crops of one photograph
share the column "scene": training on one and testing on another would be cheating, which
--group scene prevents.  A folder that is there already is left as it is.
"""

import csv
import importlib.util
import pathlib
import random
import shutil
import sys

from PIL import Image

CROPS = 8

# Label, package, folder below it, files.
PHOTOGRAPHS = [
    ("animals", "skimage", "data", ["chelsea.png", "horse.png"]),
    ("medicine", "skimage", "data", ["cell.png", "ihc.png", "retina.jpg"]),
    ("outdoors", "sklearn", "datasets/images", ["china.jpg", "flower.jpg"]),
    ("outdoors", "skimage", "data", ["rocket.jpg"]),
    ("people", "skimage", "data", ["astronaut.png", "camera.png"]),
    ("textures", "skimage", "data", ["brick.png", "grass.png", "gravel.png"]),
    ("things", "skimage", "data", ["clock_motion.png", "coffee.png", "coins.png"]),
]


def package_folder(package):
    return pathlib.Path(importlib.util.find_spec(package).origin).parent


def crop(image, random_numbers):
    """A piece of at least a third of the height and width, anywhere in the image."""
    width = random_numbers.randint(image.width // 3, image.width)
    height = random_numbers.randint(image.height // 3, image.height)
    left = random_numbers.randint(0, image.width - width)
    top = random_numbers.randint(0, image.height - height)
    return image.crop((left, top, left + width, top + height))


def write_scene(images, original, random_numbers):
    """The photograph itself and its crops; the file names that were written."""
    scene = original.stem
    shutil.copyfile(original, images / original.name)
    names = [original.name]
    with Image.open(original) as image:
        for number in range(1, CROPS + 1):
            suffix, options = random_numbers.choice([("jpg", {"quality": 90}), ("png", {})])
            piece = crop(image, random_numbers)
            if suffix == "jpg" and piece.mode == "RGBA":
                piece = piece.convert("RGB")
            names.append(f"{scene}-{number}.{suffix}")
            piece.save(images / names[-1], **options)
    return names


def write_photographs(folder):
    images = folder / "images"
    images.mkdir(parents=True)
    random_numbers = random.Random(1)
    rows = []
    for label, package, below, files in PHOTOGRAPHS:
        for name in files:
            original = package_folder(package) / below / name
            for written in write_scene(images, original, random_numbers):
                rows.append([written, label, original.stem])
    with open(folder / "labels.csv", "w", newline="") as manifest:
        writer = csv.writer(manifest, lineterminator="\n")
        writer.writerow(["file", "label", "scene"])
        writer.writerows(rows)
    return rows


def main(arguments):
    if len(arguments) != 1:
        sys.exit("usage: prepare_photographs.py FOLDER")
    folder = pathlib.Path(arguments[0])
    if folder.exists():
        print(f"{folder} is there already")
        return
    # Renamed at the end, so that a folder that is there is complete.
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    rows = write_photographs(unfinished)
    unfinished.rename(folder)
    scenes = {scene for _, _, scene in rows}
    print(f"Wrote {len(rows)} images of {len(scenes)} scenes, and labels.csv, below {folder}")


if __name__ == "__main__":
    main(sys.argv[1:])
