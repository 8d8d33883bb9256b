# SPDX-License-Identifier: MIT
"""Write scikit-learn's handwritten digits as PNG files in one folder a class.

    prepare_digits.py FOLDER        makes FOLDER/0/0001.png ... FOLDER/9/0180.png

They are 1,797 real scans of 8 x 8 pixels that come with scikit-learn, so nothing is
fetched.  A folder that is there already is left as it is.
"""

import pathlib
import shutil
import sys

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits


def write_digits(folder):
    digits = load_digits()
    # Counts of 0..16 dark dots become grey levels of 0..255.
    pixels = np.round(digits.images * (255 / 16)).astype(np.uint8)
    written = dict.fromkeys(digits.target_names, 0)
    for image, digit in zip(pixels, digits.target):
        written[digit] += 1
        path = folder / str(digit) / f"{written[digit]:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    return len(pixels), len(written)


def main(arguments):
    if len(arguments) != 1:
        sys.exit("usage: prepare_digits.py FOLDER")
    folder = pathlib.Path(arguments[0])
    if folder.exists():
        print(f"{folder} is there already")
        return
    # Renamed at the end, so that a folder that is there is complete.
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    images, classes = write_digits(unfinished)
    unfinished.rename(folder)
    print(f"Wrote {images:,} PNG files in {classes} folders below {folder}")


if __name__ == "__main__":
    main(sys.argv[1:])
