# SPDX-License-Identifier: MIT
"""What lists the images, as README.md's table has it, a small source for each.

Each function fills ./images, writes what lists them beside it, and returns what a mount has
to show: {path: (split, values of the layout's feature)}.
"""

import collections.abc
import dataclasses
import io
import json

import images
from PIL import Image

JPEG = ("jpeg", "RGB")
SIZE = (40, 20)
CLASS, BOXES = "image/class/text", "image/object/class/text"
MASK = "image/segmentation/class/encoded"


@dataclasses.dataclass
class Layout:
    """A layout; @typed: what is typed otherwise than in the table, for a second one."""
    lay_out: collections.abc.Callable
    typed: dict = dataclasses.field(default_factory=dict)
    key: str = CLASS


def photos(terminal, names):
    for seed, name in enumerate(names):
        images.write(terminal / "images" / name, seed, JPEG, SIZE)


def of_class_folders(terminal):
    images.class_folders(terminal / "images", {"cat": 20, "dog": 12})
    return {path: ("train", [path.split("/")[0].encode()])
            for path in images.paths(terminal / "images")}


def of_split_folders(terminal):
    images.class_folders(terminal / "images/train", {"cat": 20, "dog": 12})
    images.class_folders(terminal / "images/test", {"cat": 7, "dog": 8}, seed=50)
    return {p: (p.split("/")[0], [p.split("/")[1].encode()])
            for p in images.paths(terminal / "images")}


def listed(terminal):
    """Images whose labels and splits no folder tells, as objects and as expected."""
    names = images.flat(terminal / "images", 24)
    rows = [{"filename": name, "label": ["odd", "even"][i % 2],
             "split": ["train", "test", "train"][i % 3]} for i, name in enumerate(names)]
    return rows, {row["filename"]: (row["split"], [row["label"].encode()]) for row in rows}


def of_csv(terminal):
    rows, expected = listed(terminal)
    images.write_csv(terminal / "labels.csv", list(rows[0]), [list(r.values()) for r in rows])
    return expected


def of_tsv(terminal):
    rows, expected = listed(terminal)
    images.write_csv(terminal / "labels.tsv", list(rows[0]), [list(r.values()) for r in rows],
                     delimiter="\t")
    return expected


def of_json_array(terminal):
    rows, expected = listed(terminal)
    images.write_json(terminal / "info.json", rows)
    return expected


def of_json_object(terminal):
    rows, expected = listed(terminal)
    images.write_json(terminal / "info.json", {"images": rows})
    return expected


def of_jsonl(terminal):
    rows, expected = listed(terminal)
    images.write_jsonl(terminal / "rows.jsonl", rows)
    return expected


def of_list(terminal):
    rows, expected = listed(terminal)
    (terminal / "list.txt").write_text("".join(f"{r['filename']} {r['label']}\n" for r in rows))
    return {path: ("train", label) for path, (_, label) in expected.items()}


def of_flags(terminal):
    names = images.flat(terminal / "images", 8)
    flags = [(1, 0), (0, 1), (1, 1)]
    images.write_csv(terminal / "flags.csv", ["filename", "cat", "dog"],
                     [[name, *flags[i % 3]] for i, name in enumerate(names)])
    return {name: ("train", [c for c, one in zip((b"cat", b"dog"), flags[i % 3]) if one])
            for i, name in enumerate(names)}


def of_metadata_csv(terminal):
    photos(terminal, ["train/0.jpg", "train/1.jpg", "test/2.jpg"])
    (terminal / "images/train/metadata.csv").write_text("file_name,label\n0.jpg,a\n1.jpg,b\n")
    (terminal / "images/test/metadata.csv").write_text("file_name,label\n2.jpg,a\n")
    return {"train/0.jpg": ("train", [b"a"]), "train/1.jpg": ("train", [b"b"]),
            "test/2.jpg": ("test", [b"a"])}


def of_metadata_jsonl(terminal):
    photos(terminal, ["0.jpg", "1.jpg"])
    images.write_jsonl(terminal / "images/metadata.jsonl",
                       [{"file_name": f"{i}.jpg", "label": "ab"[i]} for i in range(2)])
    return {"0.jpg": ("train", [b"a"]), "1.jpg": ("train", [b"b"])}


def coco(names, first=0):
    """Boxes of dog and cat in the first of @names, of a dog in the second, no more."""
    boxes = [(0, 2), (0, 1), (1, 2)]
    return {"images": [{"id": first + i, "file_name": name, "width": SIZE[0], "height": SIZE[1]}
                       for i, name in enumerate(names)],
            "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
            "annotations": [{"id": n, "image_id": first + i, "category_id": category,
                             "bbox": [4, 2, 16, 8], "area": 128, "iscrowd": 0}
                            for n, (i, category) in enumerate(boxes) if i < len(names)]}


def of_coco(terminal):
    names = ["a.jpg", "b.jpg", "c.jpg"]
    photos(terminal, names)
    images.write_json(terminal / "boxes.json", coco(names))
    return {"a.jpg": ("train", [b"dog", b"cat"]), "b.jpg": ("train", [b"dog"]),
            "c.jpg": ("train", [])}


def of_detection_csv(terminal):
    photos(terminal, ["a.jpg", "b.jpg"])
    header = ["filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax"]
    images.write_csv(terminal / "boxes.csv", header, [
        ["a.jpg", *SIZE, "dog", 4, 2, 20, 10], ["b.jpg", *SIZE, "cat", 0, 0, 40, 20],
        ["a.jpg", *SIZE, "cat", 1, 1, 2, 2]])
    return {"a.jpg": ("train", [b"dog", b"cat"]), "b.jpg": ("train", [b"cat"])}


def voc_xml(name, classes):
    boxes = "".join(f"<object><name>{label}</name><bndbox><xmin>4</xmin><ymin>2</ymin>"
                    "<xmax>20</xmax><ymax>10</ymax></bndbox></object>" for label in classes)
    return (f"<annotation><folder>VOC2012</folder><filename>{name}</filename><size>"
            f"<width>{SIZE[0]}</width><height>{SIZE[1]}</height><depth>3</depth></size>"
            f"{boxes}</annotation>")


def of_voc(terminal):
    classes = {"0": ["dog", "cat"], "1": [], "2": ["cat"]}
    photos(terminal, [f"JPEGImages/{name}.jpg" for name in classes])
    for folder in ("Annotations", "ImageSets/Main"):
        (terminal / "images" / folder).mkdir(parents=True)
    for name, there in classes.items():
        (terminal / f"images/Annotations/{name}.xml").write_text(voc_xml(f"{name}.jpg", there))
    (terminal / "images/ImageSets/Main/train.txt").write_text("0\n1\n")
    (terminal / "images/ImageSets/Main/val.txt").write_text("2\n")
    return {f"JPEGImages/{name}.jpg": ("validation" if name == "2" else "train",
                                       [label.encode() for label in there])
            for name, there in classes.items()}


def of_yolo(terminal):
    photos(terminal, ["train/images/0.jpg", "train/images/1.jpg", "valid/images/2.jpg"])
    (terminal / "images/data.yaml").write_text(
        "train: ../train/images\nval: ../valid/images\nnc: 2\nnames: ['zebra', 'ant']\n")
    for name, text in (("train/labels/0", "0 0.5 0.5 0.25 0.5\n1 0.1 0.1 0.2 0.2\n"),
                       ("valid/labels/2", "1 0.5 0.5 1 1\n")):
        path = terminal / f"images/{name}.txt"
        path.parent.mkdir()
        path.write_text(text)
    return {"train/images/0.jpg": ("train", [b"zebra", b"ant"]),
            "train/images/1.jpg": ("train", []),
            "valid/images/2.jpg": ("validation", [b"ant"])}


def of_roboflow(terminal):
    photos(terminal, ["train/a.jpg", "train/b.jpg", "valid/c.jpg"])
    for split, names in (("train", ["a.jpg", "b.jpg"]), ("valid", ["c.jpg"])):
        text = json.dumps(coco(names))
        (terminal / f"images/{split}/_annotations.coco.json").write_text(text)
    return {"train/a.jpg": ("train", [b"dog", b"cat"]), "train/b.jpg": ("train", [b"dog"]),
            "valid/c.jpg": ("validation", [b"dog", b"cat"])}


def masks(terminal, columns):
    """Photographs with masks beside them; @columns(number) are those of its row."""
    expected = {}
    names = [f"photos/{i}.jpg" for i in range(4)]
    photos(terminal, names)
    (terminal / "images/masks").mkdir()
    for i, name in enumerate(names):
        encoded = io.BytesIO()
        Image.new("L", SIZE, i).save(encoded, "PNG")
        (terminal / f"images/masks/{i}.png").write_bytes(encoded.getvalue())
        expected[name] = ("train", [encoded.getvalue()])
    rows = [{"filename": name, **columns(i)} for i, name in enumerate(names)]
    images.write_csv(terminal / "labels.csv", list(rows[0]), [list(r.values()) for r in rows])
    return expected


def of_masks_in_a_column(terminal):
    return masks(terminal, lambda i: {"mask": f"masks/{i}.png"})


def of_masks_in_a_folder(terminal):
    return masks(terminal, lambda i: {"label": "ab"[i % 2]})


# By the first cell of README.md's table.
LAYOUTS = {
    "`images/CLASS/x.jpg`": [Layout(of_class_folders)],
    "`images/train/CLASS/x.jpg`, `images/test/CLASS/x.jpg`": [Layout(of_split_folders)],
    "a CSV or TSV file with a header": [Layout(of_csv), Layout(of_tsv, {".csv": ".tsv"})],
    'a JSON array of objects, or `{"images": [...]}`': [Layout(of_json_array),
                                                       Layout(of_json_object)],
    "JSON Lines": [Layout(of_jsonl)],
    "lines of a path and a label, no header": [Layout(of_list)],
    "a CSV with a column of 0 and 1 for each class": [Layout(of_flags)],
    "Hugging Face's `metadata.csv` or `metadata.jsonl` beside the images": [
        Layout(of_metadata_csv), Layout(of_metadata_jsonl)],
    "boxes in COCO's JSON, or in TF Object Detection's CSV": [
        Layout(of_coco, key=BOXES), Layout(of_detection_csv, {".json": ".csv"}, BOXES)],
    "boxes in Pascal VOC's XML, YOLO's `data.yaml` and text files, or an export of Roboflow": [
        Layout(of_voc, key=BOXES), Layout(of_yolo, key=BOXES), Layout(of_roboflow, key=BOXES)],
    "a column with the paths of masks": [Layout(of_masks_in_a_column, key=MASK)],
    "masks in a folder, called as their images": [Layout(of_masks_in_a_folder, key=MASK)],
}

# What is typed beside the source, by the function that lays it out.
LISTED_BY = {
    "of_csv": ["--manifest", "labels.csv"], "of_tsv": ["--manifest", "labels.tsv"],
    "of_json_array": ["--manifest", "info.json"],
    "of_jsonl": ["--manifest", "rows.jsonl"], "of_list": ["--manifest", "list.txt"],
    "of_flags": ["--manifest", "flags.csv", "--label-column", "cat,dog"],
    "of_coco": ["--manifest", "boxes.json"], "of_detection_csv": ["--manifest", "boxes.csv"],
    "of_masks_in_a_column": ["--manifest", "labels.csv", "--mask-column", "mask",
                             "--schema", "segmentation"],
    "of_masks_in_a_folder": ["--manifest", "labels.csv", "--masks", "images/masks",
                             "--schema", "segmentation"],
}
NAMES = ["of_class_folders", "of_split_folders", "of_metadata_csv", "of_metadata_jsonl",
         "of_voc", "of_yolo", "of_roboflow", *LISTED_BY]


def laid_out(folder, name):
    """Lay it out in a directory of its own; the arguments that name the source."""
    terminal = folder / name
    terminal.mkdir()
    globals()[name](terminal)
    return [terminal / "images"] + [
        terminal / word if (terminal / str(word)).exists() else word
        for word in LISTED_BY.get(name, [])]
