# SPDX-License-Identifier: MIT
"""Small real images and the sources made of them; the same in every run."""

import csv
import functools
import io
import json
import pathlib
import random
import struct

from PIL import Image

# Format and Pillow mode of the n-th image, so that every few images show every kind.
KINDS = [("jpeg", "RGB"), ("png", "RGB"), ("jpeg", "L"), ("png", "RGBA"), ("png", "P"),
         ("png", "L"), ("gif", "P"), ("bmp", "RGB"), ("png", "LA"), ("jpeg", "CMYK"),
         ("png", "1"), ("png", "I;16")]
EXTENSIONS = {"jpeg": "jpg"}


@functools.lru_cache(maxsize=None)
def encode(seed, kind=None, size=None):
    """One image as bytes; @kind is a pair of KINDS, @size a pair of pixels."""
    numbers = random.Random(seed)
    image_format, mode = kind or KINDS[seed % len(KINDS)]
    width, height = size or (numbers.randint(1, 48), numbers.randint(1, 48))
    channels = len(mode) if mode in ("LA", "RGB", "RGBA", "CMYK") else 1
    if mode == "1":
        image = Image.frombytes("L", (width, height), numbers.randbytes(width * height))
        image = image.convert("1")
    elif mode == "I;16":
        image = Image.frombytes(mode, (width, height), numbers.randbytes(2 * width * height))
    else:
        pixels = numbers.randbytes(width * height * channels)
        image = Image.frombytes(mode, (width, height), pixels)
        if mode == "P":
            image.putpalette(numbers.randbytes(768))
    encoded = io.BytesIO()
    image.save(encoded, image_format)
    return encoded.getvalue()


def write(path, seed, kind=None, size=None):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(seed, kind, size))
    return path


def name(seed):
    image_format = KINDS[seed % len(KINDS)][0]
    return f"{seed:04d}.{EXTENSIONS.get(image_format, image_format)}"


def class_folders(root, counts, seed=0):
    """@root/CLASS/NNNN.ext, @counts[CLASS] of them each; returns @root."""
    root = pathlib.Path(root)
    for label, count in counts.items():
        for _ in range(count):
            write(root / label / name(seed), seed)
            seed += 1
    return root


def flat(root, count, seed=0):
    """@count images directly in @root; returns their names."""
    names = [name(seed + i) for i in range(count)]
    for i, file_name in enumerate(names):
        write(pathlib.Path(root) / file_name, seed + i)
    return names


def small(root, count):
    """@root/0 to 6 of @count images of 16 pixels; returns @root."""
    for i in range(count):
        write(root / f"{i % 7}" / f"{i:04}.png", i % 50, ("png", "RGB"), (4, 4))
    return root


def write_csv(path, header, rows, **options):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n", **options)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def write_json(path, objects):
    path.write_text(json.dumps(objects, ensure_ascii=False), encoding="utf-8")
    return path


def write_jsonl(path, objects):
    path.write_text("".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects),
                    encoding="utf-8")
    return path


def paths(source):
    """Every image of class folders, relative, in the order of their bytes."""
    found = [str(p.relative_to(source)) for p in pathlib.Path(source).rglob("*") if p.is_file()]
    return sorted(found, key=lambda p: [part.encode() for part in pathlib.PurePath(p).parts])


def write_sparse_bmp(path, width, height):
    """A black RGB image of any size that takes next to no room on the disk."""
    size = 54 + (3 * width + 3) // 4 * 4 * height
    header = struct.pack("<2sIHHIIiiHHIIiiII", b"BM", size, 0, 0, 54, 40, width, height, 1, 24,
                         0, size - 54, 2835, 2835, 0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.write(header)
        file.truncate(size)
