# SPDX-License-Identifier: MIT
"""Small source trees with boxes: COCO JSON of all its kinds, VOC XML, pets."""

import pathlib

import numpy as np
from PIL import Image

import images

from .sources import CMYK, GREY, JPEG, PALETTE, PNG, put, turned_jpeg

CATEGORIES = [{"id": 1, "name": "person", "isthing": 1}, {"id": 17, "name": "cat", "isthing": 1},
              {"id": 47, "name": "café cup", "isthing": 1},
              {"id": 92, "name": "banner", "isthing": 0},
              {"id": 184, "name": "tree-merged", "isthing": 0}]

# Path, kind, width, height and id; the paths are as the JSON has them.
COCO_IMAGES = [
    ("000000000009.jpg", JPEG, 64, 48, 9), ("sub folder/grün.jpg", GREY, 33, 50, 25),
    ("b.png", PNG, 40, 40, 30), ("turned.jpg", None, 50, 30, 34), ("p.png", PALETTE, 21, 35, 36),
    ("cmyk.jpg", CMYK, 30, 22, 42), ("no boxes.jpg", JPEG, 20, 20, 49),
    ("all dropped.jpg", JPEG, 25, 25, 61), ("last.jpg", JPEG, 37, 41, 9007199254740993)]


def rectangle(x, y, width, height):
    return [x, y, x + width, y, x + width, y + height, x, y + height]


def triangle(x, y, width, height):
    return [x, y + height, x + width / 2, y, x + width, y + height]


def run_lengths(width, height):
    """Uncompressed, column by column: the left half is set."""
    half = width // 2
    return {"size": [height, width], "counts": [0, half * height, (width - half) * height]}


def compressed(counts):
    """Run lengths as COCO's text: differences to the run before the last, 5 bits each."""
    text = []
    for i, count in enumerate(counts):
        value = count - counts[i - 2] if i > 2 else count
        more = True
        while more:
            digit = value & 0x1f
            value >>= 5
            more = value != (-1 if digit & 0x10 else 0)
            text.append(chr((digit | 0x20 if more else digit) + 48))
    return "".join(text)


def annotation(image_id, category, box, polygons=None, **more):
    return {"image_id": image_id, "category_id": category, "bbox": box, "iscrowd": 0,
            "segmentation": polygons or [rectangle(*box)], "area": box[2] * box[3]} | more


def coco_annotations():
    crowd = {"iscrowd": 1}
    return [
        annotation(25, 17, [1, 2, 30, 40]),
        annotation(9, 1, [0.5, 1.25, 63.5, 46.75], [triangle(0.5, 1.25, 63.5, 46.75)],
                   area=123.456),
        annotation(9, 47, [10, 10, 20, 20], [rectangle(10, 10, 5, 5), triangle(15, 15, 15, 14)]),
        annotation(9, 17, [3, 4, 0, 10]),  # dropped: no width
        annotation(30, 1, [0, 0, 40, 40], run_lengths(40, 40), **crowd),
        annotation(34, 1, [-2.5, 0, 20, 30]),  # a negative corner is kept
        annotation(34, 92, [40, 1, 10.000001, 5]),  # dropped: over the edge by a little
        annotation(36, 17, [20.9, 34.9, 0.1, 0.1]),
        annotation(42, 1, [0, 0, 29.99, 21.99], [[1, 1, 28, 3, 25, 20, 14, 11, 2, 19]]),
        annotation(42, 17, [1, 1, 5, -1]),  # dropped: negative height
        annotation(61, 17, [0, 0, 26, 3]), annotation(61, 1, [0, 20, 3, 6]),  # dropped, both
        annotation(9007199254740993, 1, [1, 1, 35, 39], [triangle(1, 1, 35, 39)], area=7),
        annotation(9, 1, [0, 0, 64, 48], run_lengths(64, 48), area=1536.0, **crowd),
        annotation(123456, 1, [0, 0, 1, 1]),  # of an image that is not listed
    ]


def coco_document(annotations):
    numbered = [a | {"id": i} for i, a in enumerate(annotations, 1)]
    entries = [{"license": 1, "file_name": path, "coco_url": "", "height": height,
                "width": width, "date_captured": "2013-11-14 17:02:52", "id": number}
               for path, _, width, height, number in COCO_IMAGES]
    return {"info": {"year": 2017}, "licenses": [{"id": 1}], "images": entries,
            "annotations": numbered, "categories": CATEGORIES}


def coco(root):
    """All files of a COCO data set, its images in one directory, and again in two."""
    for seed, (path, kind, width, height, _) in enumerate(COCO_IMAGES, 1000):
        data = (images.encode(seed, kind, (width, height)) if kind
                else turned_jpeg(seed, (width, height)))
        put(root / "images" / path, data)
        put(root / f"images_{'ab'[seed % 2]}" / path, data)
        # Another split may have images of the same names.
        put(root / "images_val" / path, images.encode(seed + 50, JPEG, (width, height)))
    root = pathlib.Path(root)
    images.write_json(root / "instances.json", coco_document(coco_annotations()))
    texts = [coco_annotations()[4], *coco_annotations()[:3]]
    texts[0]["segmentation"] = {"size": [40, 40], "counts": compressed([45, 30, 10, 900, 615])}
    images.write_json(root / "instances_compressed.json", coco_document(texts))
    images.write_json(root / "captions.json", coco_document([
        {"image_id": 25, "caption": "Zwei Kätzchen.\n"}, {"image_id": 9, "caption": ""},
        {"image_id": 25, "caption": "“Quoted”, with 猫"}, {"image_id": 61, "caption": "3"}]))
    info = coco_document([])
    del info["annotations"]
    info["images"].reverse()
    images.write_json(root / "image_info.json", info)
    panoptic(root)


def panoptic(root):
    """Masks whose colours are ids above 255, with a crowd and a colour of no segment."""
    annotations = []
    for path, _, width, height, number in COCO_IMAGES[:5]:
        ids = [7, 300, 3226956, 70000]
        mask = np.zeros((height, width), np.int64)
        mask[:, :width // 2] = ids[0]
        mask[:height // 2, width // 2:] = ids[1]
        mask[height // 2:, width // 2:width - 2] = ids[2]
        mask[height - 3:, :3] = ids[3]
        colours = np.stack([mask & 255, mask >> 8 & 255, mask >> 16], axis=-1)
        name = pathlib.PurePath(path).stem + ".png"
        (root / "panoptic").mkdir(exist_ok=True)
        Image.fromarray(colours.astype(np.uint8)).save(root / "panoptic" / name)
        segments = [{"id": i, "category_id": category, "iscrowd": int(i == 300), "area": 1}
                    for i, category in zip(ids[:3], (17, 1, 184))]
        annotations.append({"image_id": number, "file_name": name, "segments_info": segments})
    images.write_json(root / "panoptic.json", coco_document(annotations))


def classification(root):
    """The JSON of the classification variant, with its odd boxes, in two splits."""
    kinds = [JPEG, PNG, GREY, CMYK, PALETTE]
    for split, count in {"train": 23, "val": 6}.items():
        entries, boxes = [], []
        for number in range(count):
            kind, size = kinds[number % 5], (20 + number, 50 - number)
            path = f"{split}/class {number % 3}/{number} é.{kind[0][:3]}"
            images.write(root / "images" / path, 1100 + number, kind, size)
            entries.append({"label": number % 3, "file_name": path, "height": size[1],
                            "width": size[0], "id": number})
            if number % 4 != 3:
                # Every sixth is wider than its image; xmax is a whole number, xmin is none.
                boxes.append({"image_id": number, "xmin": 1.25 * number, "ymin": 1,
                              "xmax": 5000 if number % 6 == 5 else size[0] + number,
                              "ymax": 9.5, "category_id": number % 3, "is_crowd": 0,
                              "category_names": f"class {number % 3} é",
                              "area": 100 / (number + 1)})
        boxes.append(dict(boxes[0], xmin=2, area=3))  # the last one of an image wins
        categories = [{"id": i, "name": f"class {i}"} for i in range(3)]
        info = {"categories": categories, "images": entries}
        images.write_json(root / f"{split}_info.json", info)
        images.write_json(root / f"{split}_boxes.json", info | {"annotations": boxes})


# --- VOC XML ------------------------------------------------------------------------


def voc_object(name, box, difficult=0, truncated=0, pose="Left", part=""):
    corners = "".join(f"<{key}>{value}</{key}>"
                      for key, value in zip(("xmin", "ymin", "xmax", "ymax"), box))
    return (f"<object><name>{name}</name><pose>{pose}</pose><truncated>{truncated}</truncated>"
            f"<difficult>{difficult}</difficult><bndbox>{corners}</bndbox>{part}</object>")


def voc_xml(folder, filename, size, objects):
    return (f"<annotation>\n\t<folder>{folder}</folder>\n\t<filename>{filename}</filename>\n"
            f"\t<source><database>made</database></source>\n\t<size><width>{size[0]}</width>"
            f"<height>{size[1]}</height><depth>3</depth></size>\n\t<segmented>0</segmented>\n\t"
            + "\n\t".join(objects) + "\n</annotation>\n")


def label_map(names):
    """As the shipped files: items with blank lines between, some with double quotes."""
    return "\n".join(f"item {{\n  id: {i}\n  name: {quote}{name}{quote}\n}}\n"
                     for i, (name, quote) in enumerate(zip(names, "'\"" * len(names)), 1))


def voc(root):
    """Two years of VOC: parts, difficult objects, fractions, an image without objects."""
    part = "<part><name>head</name><bndbox><xmin>1</xmin></bndbox></part>"
    objects = [
        [voc_object("cat", (1, 2, 30, 20.5))],
        [voc_object("dog", (3.25, 1, 9, 8), 1, 1, "Unspecified"),
         voc_object("cat", (1, 1, 12, 12), 0, 1, "Frontal", part)],
        [], [voc_object("aeroplane", (0, 0, 33, 21), 1)],
        [voc_object("café", (1, 1, 2, 2), pose="Rear")]]
    for year, first in (("VOC2007", 0), ("VOC2012", 20)):
        ids = [f"{year[3:]}_{number:06}" for number in range(first, first + 12)]
        for seed, name in enumerate(ids, first + 1200):
            size = (33, 21 + seed % 5)
            images.write(root / f"{year}/JPEGImages/{name}.jpg", seed,
                         [JPEG, GREY, CMYK][seed % 3], size)
            put(root / f"{year}/Annotations/{name}.xml",
                voc_xml(year, f"{name}.jpg", size, objects[seed % 5]))
        for split, part_of in {"train": ids[7::-1], "val": ids[8:]}.items():
            put(root / f"{year}/ImageSets/Main/aeroplane_{split}.txt",
                "".join(f"{name} {'  1' if i % 2 else '-1'}\n" for i, name in enumerate(part_of)))
    put(root / "label_map.pbtxt", label_map(["aeroplane", "cat", "dog", "café"]))


def pets(root):
    """Breeds in file names, trimaps of 1 to 3, a missing XML and an image that is no JPEG."""
    breeds = ["Abyssinian", "american_bulldog", "Maine_Coon"]
    listed = []
    for number in range(23):
        name, size = f"{breeds[number % 3]}_{number}", (30 + number, 40 - number)
        listed.append(f"{name} {number % 3 + 1} 1 1")
        images.write(root / f"images/{name}.jpg", 1300 + number,
                     PNG if number == 11 else JPEG, size)
        trimap = Image.new("L", size, 2)
        trimap.paste(3, (3, 5, 20, 15))
        trimap.paste(1, (5, 7, 18, 12))
        (root / "annotations/trimaps").mkdir(parents=True, exist_ok=True)
        trimap.save(root / f"annotations/trimaps/{name}.png")
        if number != 7:
            boxes = [voc_object("cat", (4, 4, 11.5, 9), pose="Frontal")] * (number % 3)
            put(root / f"annotations/xmls/{name}.xml",
                voc_xml("OXIIIT", f"{name}.jpg", size, boxes))
    put(root / "annotations/trainval.txt", "\n".join(listed) + "\n")
    put(root / "label_map.pbtxt", label_map(breeds))
