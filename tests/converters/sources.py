# SPDX-License-Identifier: MIT
"""Small source trees for every family of converters, the same in every run.

Each function fills a directory that it makes.  Names, formats and sizes are odd on purpose:
what converters do with a grey JPEG or a palette is what has to be reproduced.
"""

import io
import pathlib

from PIL import Image

import images

# Formats, each with what is easily got wrong.
JPEG, GREY, CMYK = ("jpeg", "RGB"), ("jpeg", "L"), ("jpeg", "CMYK")
PNG, ALPHA, PALETTE, PNG_GREY = ("png", "RGB"), ("png", "RGBA"), ("png", "P"), ("png", "L")
GREY_ALPHA, BITS, DEEP = ("png", "LA"), ("png", "1"), ("png", "I;16")
GIF, BMP = ("gif", "P"), ("bmp", "RGB")

ADOBE = 0xEE


def turned_jpeg(seed, size, orientation=6):
    """A JPEG that EXIF says to turn."""
    image = Image.open(io.BytesIO(images.encode(seed, PNG, size)))
    exif = Image.Exif()
    exif[0x0112] = orientation
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", exif=exif)
    return encoded.getvalue()


def progressive_jpeg(seed, size):
    encoded = io.BytesIO()
    Image.open(io.BytesIO(images.encode(seed, PNG, size))).save(encoded, "JPEG",
                                                                progressive=True)
    return encoded.getvalue()


def cmyk_without_adobe(seed, size):
    """A CMYK JPEG whose APP14 segment is gone: its values are not inverted."""
    data = images.encode(seed, CMYK, size)
    at = 2
    while data[at + 1] != ADOBE:
        at += 2 + int.from_bytes(data[at + 2:at + 4], "big")
    return data[:at] + data[at + 2 + int.from_bytes(data[at + 2:at + 4], "big"):]


def put(path, content):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        content = content.encode()
    path.write_bytes(content)
    return path


def put_images(root, contents):
    """@contents: {relative path: bytes, or a pair (format, size) as images.encode has it}."""
    for seed, (name, content) in enumerate(contents.items(), 100):
        if isinstance(content, tuple):
            content = images.encode(seed, *content)
        put(pathlib.Path(root) / name, content)


# --- Class folders ------------------------------------------------------------------


def photos(root):
    """Class folders of everything that decode_jpeg and decode_png take."""
    put_images(root, {
        "train/cat/a cat with spaces.jpg": (JPEG, (31, 17)),
        "train/cat/große Katze é.jpeg": (JPEG, (40, 25)),
        "train/cat/grey.jpg": (GREY, (9, 12)),
        "train/cat/cmyk.jpg": (CMYK, (16, 11)),
        "train/cat/cmyk_plain.jpg": cmyk_without_adobe(1, (13, 8)),
        "train/cat/rgb.png": (PNG, (20, 21)),
        "train/cat/palette.png": (PALETTE, (22, 9)),
        "train/cat/alpha.png": (ALPHA, (19, 23)),
        "train/cat/.hidden.jpg": (JPEG, (5, 7)),
        "train/dog/grey_alpha.png": (GREY_ALPHA, (14, 15)),
        "train/dog/bits.png": (BITS, (33, 10)),
        "train/dog/deep.png": (DEEP, (8, 18)),
        "train/dog/grey.png": (PNG_GREY, (17, 17)),
        "train/dog/UPPER.PNG": (PNG, (12, 13)),
        "train/dog/a.b.c.JPG": progressive_jpeg(2, (24, 31)),
        "train/dog/-turned.jpg": turned_jpeg(3, (30, 18)),
        "train/dog/is_a.png.jpg": (PNG, (11, 10)),
        "train/dog/is_a_jpeg.png": (JPEG, (21, 20)),
        "train/Ñandú/cmyk.png": (CMYK, (15, 14)),
        "train/Ñandú/still.gif": (GIF, (18, 16)),
        "validation/cat/0.jpg": (JPEG, (12, 9)),
        "validation/dog/0.png": (ALPHA, (10, 10)),
        "validation/dog/1.jpg": turned_jpeg(4, (8, 20), 8),
        "validation/Ñandú/2.jpg": (GREY, (6, 6)),
    })
    for number in range(25):
        images.write(root / f"train/Ñandú/{number}.jpg", 200 + number, JPEG)
    # Not sorted, with a label that has no folder, and one line with spaces at its end.
    put(root / "labels.txt", "dog\nunicorn\nÑandú  \ncat\n")


def photos_with_gaps(root):
    """photos, and entries that cannot be decoded: each keeps its place in the shuffle."""
    photos(root)
    put_images(root, {
        "train/cat/a directory/inner.jpg": (JPEG, (9, 9)),
        "train/cat/cut.jpg": images.encode(5, JPEG, (30, 30))[:-40],
        "train/dog/cut.png": images.encode(6, PNG, (30, 30))[:-40],
        "train/dog/notes.txt": "not an image",
        "train/dog/empty.jpg": b"",
        "train/dog/bitmap.jpg": (BMP, (7, 7)),
        "validation/cat/cut.jpg": images.encode(7, JPEG, (20, 20))[:200],
    })


def photos_with_blank_label(root):
    """photos, and a blank line among the labels: it takes a number, and has no images."""
    photos(root)
    put(root / "labels.txt", "dog\n\nÑandú\ncat\n")


def flowers(root):
    """flower_photos as the slim converter finds it; not only folders lie beside it."""
    for label, count in {"tulips": 23, "daisy": 17, "black rose": 5}.items():
        for number in range(count):
            images.write(root / f"flower_photos/{label}/{number} {label}.jpg",
                         300 + len(label) * 40 + number, JPEG)
    put_images(root, {
        "flower_photos/daisy/grey.jpg": (GREY, (20, 12)),
        "flower_photos/daisy/cmyk.jpg": (CMYK, (12, 20)),
        "flower_photos/tulips/turned.JPG": turned_jpeg(8, (25, 14)),
        "flower_photos/tulips/palette.png": (PALETTE, (16, 16)),
        "flower_photos/tulips/is_a.png.jpg": (ALPHA, (10, 14)),
    })
    put(root / "flower_photos/LICENSE.txt", "not a folder")


def imagenet(root):
    """Synset folders, the PNG and a CMYK file of the lists, boxes and metadata."""
    put_images(root, {
        "train/n02105855/n02105855_2933.JPEG": (ALPHA, (21, 22)),
        "train/n02105855/n02105855_1.JPEG": (JPEG, (30, 20)),
        "train/n01739381/n01739381_1309.JPEG": (CMYK, (20, 30)),
        "train/n01739381/n01739381_2.JPEG": (CMYK, (14, 9)),  # not on the list: as it is
        "train/n01739381/n01739381_3.JPEG": (GREY, (15, 16)),
        "train/n01739381/n01739381_4.jpg": (JPEG, (15, 16)),  # another ending: left out
        "train/n01739381/n01739381_5.JPEG": cmyk_without_adobe(9, (12, 10)),
        "train/n13037406/n13037406_4650.JPEG": cmyk_without_adobe(10, (17, 9)),
    })
    for number in range(10, 40):
        images.write(root / f"train/n13037406/n13037406_{number}.JPEG", 400 + number, JPEG)
    for number in range(1, 12):
        synset = ["n13037406", "n01739381", "n02105855"][number % 3]
        images.write(root / f"validation/{synset}/ILSVRC2012_val_{number:08}.JPEG",
                     500 + number, JPEG)
    put(root / "synsets.txt", "n01739381\nn02105855\nn13037406\n")
    put(root / "metadata.txt", "n13037406\tgyromitra\nn02105855\tShetland sheepdog, Shetland\n"
                               "n01739381\tvine snake\nn99999999\tnobody's\n")
    put(root / "boxes.csv",
        "n02105855_2933.JPEG,0.0060,0.2620,0.7545,0.9940\n"
        "n13037406_12.JPEG,0.1,0.2,0.3,0.4\nn13037406_12.JPEG,0,0,1,1\n"
        "n00000000_1.JPEG,0.5,0.5,0.6,0.6\nILSVRC2012_val_00000003.JPEG,.25,.125,.5,.75\n")


def imagenet_gcs(root):
    """As the TPU converter wants it: validation images in one folder, labels in a file."""
    imagenet(root)
    found = sorted((root / "validation").rglob("*.JPEG"), key=lambda path: path.name)
    put(root / "synset_labels.txt", "".join(f"{path.parent.name}\n" for path in found))
    for path in found:
        path.rename(root / "validation" / path.name)
    for folder in {path.parent for path in found}:
        folder.rmdir()


# --- CSV ----------------------------------------------------------------------------


def table(root):
    """A CSV of images with padding, a third column, a class of one and odd file names."""
    names = {"cat": 12, "dog": 10, "ant": 1, "Ñandú, big": 5}
    rows, seed = [], 600
    for round_number in range(12):
        for label, count in names.items():
            if round_number < count:
                kind = [JPEG, PNG, BMP, GREY, ALPHA, CMYK][(seed + round_number) % 6]
                ending = {"jpeg": ["jpg", "JPG", "jpeg"][seed % 3]}.get(kind[0], kind[0])
                name = f"{label.split(',')[0]} {round_number}.v2.{ending}"
                images.write(root / "images" / name, seed, kind)
                rows.append([f" {name} ", f"{label} ", "x"])
                seed += 1
    images.write_csv(root / "labels.csv", ["file name", " class", "other"], rows)
    images.write_csv(root / "ids.csv", [" class", "number"],
                     [["dog", 7], ["cat", 3], ["Ñandú, big", 70000], ["ant", 0]])


def xrays(root):
    """A metadata CSV with a split column, patients of both labels, and PNG of all kinds."""
    kinds = [PNG_GREY, PNG_GREY, ALPHA, PNG_GREY, PNG, DEEP, PALETTE, GREY_ALPHA]
    rows = []
    for number in range(40):
        name = f"{number // 3 + 2:08}_{number % 3:03}.png"
        split = "test" if number % 7 == 3 else "val" if number % 7 == 5 else "train"
        # 64 and 1024 scale without a rest; 186 shows how the scale is rounded.
        size = [(64, 64), (96, 80), (186, 99), (7, 600)][number % 4]
        images.write(root / "images" / name, 700 + number, kinds[number % len(kinds)], size)
        rows.append([name, int(number % 5 in (0, 3)), number // 3 + 2, split])
    images.write_csv(root / "metadata.csv", ["image_id", "label", "patient_id", "split"], rows)


# --- Masks --------------------------------------------------------------------------


def mask(seed, size, classes, palette=False):
    """A PNG of class numbers in bands, with a palette if asked."""
    width, height = size
    image = Image.new("L", size)
    image.putdata([(seed + 3 * x // width + 2 * y // height) % classes
                   for y in range(height) for x in range(width)])
    if palette:
        image = image.convert("P")
        image.putpalette([(i * 37) % 256 for i in range(768)])
    encoded = io.BytesIO()
    image.save(encoded, "PNG")
    return encoded.getvalue()


def segmentation(root, ending="jpg"):
    """VOC-like folders with list files; ids with spaces, and one list that is empty."""
    kinds = {"jpg": [JPEG, GREY, PNG], "png": [PNG, PALETTE, ALPHA, BITS, JPEG]}[ending]
    ids = [f"2007_{number:06}" for number in range(16)] + ["with space", "é.v2"]
    for seed, name in enumerate(ids):
        size = (10 + seed, 30 - seed)
        images.write(root / f"images/{name}.{ending}", 800 + seed, kinds[seed % len(kinds)],
                     size)
        put(root / f"masks/{name}.png", mask(seed, size, 21, palette=seed % 4 == 1))
    for split, part in {"train": ids[9:] + ids[:2], "val": ids[2:9], "trainval": ids,
                        "none": []}.items():
        put(root / f"lists/{split}.txt", "".join(f"{name}\n" for name in part))
    put(root / "lists/notes.md", "not a list\n")


def pixels(root):
    """PNG of every kind with masks of classes 0, 1 and 2; other files are left out."""
    kinds = [PNG, PNG_GREY, PALETTE, ALPHA, GREY_ALPHA, BITS, DEEP]
    for seed in range(15):
        size = (5 + seed, 21 - seed)
        name = f"lesion {seed:02}.png"
        images.write(root / "images" / name, 900 + seed, kinds[seed % len(kinds)], size)
        put(root / "labels" / name, mask(seed, size, 3))
    put(root / "images/Thumbs.db", "not an image")
    images.write(root / "images/photo.jpg", 950, JPEG)
