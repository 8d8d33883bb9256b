"""Images to measure with: made once, kept in build/bench."""

import io
import os
import random

from PIL import Image


def noise_jpeg(seed, size, quality):
    """A JPEG that compresses as badly as a photograph full of detail."""
    picture = Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def write_folders(directory, nr_images, nr_classes, pictures):
    """nr_images copies of the pictures in turn, in class folders; the directory."""
    stamp = os.path.join(directory, f".complete-{nr_images}-{nr_classes}")
    if os.path.exists(stamp):
        return directory
    for number in range(nr_images):
        folder = os.path.join(directory, f"class-{number % nr_classes:04d}")
        if number < nr_classes:
            os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"image-{number:07d}.jpg"), "wb") as file:
            file.write(pictures[number % len(pictures)])
    open(stamp, "w").close()
    return directory


def photographs(directory, nr_images):
    """About 110 kB each, ten classes."""
    pictures = [noise_jpeg(seed, (450, 333), 83) for seed in range(40)]
    return write_folders(directory, nr_images, 10, pictures)


def small_images(directory, nr_images, nr_classes, tiny=False):
    """About 6 kB each, or 700 bytes where tiny."""
    size = (8, 8) if tiny else (112, 64)
    pictures = [noise_jpeg(seed, size, 60 if tiny else 85) for seed in range(40)]
    return write_folders(directory, nr_images, nr_classes, pictures)


def name_bytes(directory):
    """Bytes of the paths of all images relative to directory."""
    total = 0
    for folder in os.scandir(directory):
        if folder.is_dir():
            total += sum(len(folder.name) + 1 + len(file.name) for file in os.scandir(folder))
    return total
