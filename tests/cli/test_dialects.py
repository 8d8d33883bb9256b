# SPDX-License-Identifier: MIT
"""Sources of every kind are known for what they are, without an option."""

import json
import re

import images
import pytest

JPEG = ("jpeg", "RGB")


def photo(path, seed=0, size=(40, 20)):
    return images.write(path, seed, JPEG, size)


def annotation(filename, objects=(), size=(40, 20), folder="VOC2007"):
    """One XML of Pascal VOC; @objects are (class, xmin, ymin, xmax, ymax)."""
    boxes = "".join(
        f"<object><name>{name}</name><pose>Left</pose><truncated>0</truncated>"
        f"<difficult>0</difficult><bndbox><xmin>{xmin}</xmin><ymin>{ymin}</ymin>"
        f"<xmax>{xmax}</xmax><ymax>{ymax}</ymax></bndbox></object>"
        for name, xmin, ymin, xmax, ymax in objects)
    return (f"<annotation><folder>{folder}</folder><filename>{filename}</filename>"
            f"<size><width>{size[0]}</width><height>{size[1]}</height><depth>3</depth></size>"
            f"{boxes}</annotation>")


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def voc(root):
    for i in range(3):
        photo(root / f"JPEGImages/{i}.jpg", i)
        write(root / f"Annotations/{i}.xml",
              annotation(f"{i}.jpg", [("dog", 4, 2, 20, 10), ("cat", 0, 0, 40, 20)][:i]))
    write(root / "ImageSets/Main/train.txt", "0\n2\n")
    write(root / "ImageSets/Main/val.txt", "1\n")
    return []


def voc_beside_images(root):
    for i, split in enumerate(["train", "train", "valid"]):
        photo(root / split / f"{i}.jpg", i)
        write(root / split / f"{i}.xml", annotation(f"{i}.jpg", [("dog", 4, 2, 20, 10)]))
    return []


def pet(root):
    names = ["Abyssinian_1", "Abyssinian_2", "beagle_17"]
    write(root / "annotations/trainval.txt", "".join(f"{name} 1 1 1\n" for name in names))
    for i, name in enumerate(names):
        photo(root / f"images/{name}.jpg", i)
        write(root / f"annotations/xmls/{name}.xml",
              annotation(f"{name}.jpg", [("cat", 1, 1, 9, 9)]))
    return []


def yolo(root):
    write(root / "data.yaml", "train: ../train/images\nval: ../valid/images\n"
          "test: ../test/images\nnc: 2\nnames: ['zebra', 'ant']\n")
    for i, split in enumerate(["train", "train", "valid"]):
        photo(root / split / f"images/{i}.jpg", i)
    write(root / "train/labels/0.txt", "0 0.5 0.5 0.25 0.5\n1 0.1 0.1 0.2 0.2\n")
    write(root / "valid/labels/2.txt", "1 0.5 0.5 1 1\n")
    return []


def imagefolder(root):
    for i, split in enumerate(["train", "train", "test"]):
        photo(root / split / f"{i}.jpg", i)
    write(root / "train/metadata.csv", "file_name,label\n0.jpg,a\n1.jpg,b\n")
    write(root / "test/metadata.csv", "file_name,label\n2.jpg,a\n")
    return []


def imagefolder_with_objects(root):
    lines = []
    for i in range(3):
        photo(root / f"{i}.jpg", i)
        lines.append({"file_name": f"{i}.jpg", "objects":
                      {"bbox": [[4, 2, 16, 8]] * i, "categories": [i] * i}})
    write(root / "metadata.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    return []


def roboflow_boxes(root):
    header = "filename,width,height,class,xmin,ymin,xmax,ymax\n"
    for i, split in enumerate(["train", "train", "valid"]):
        photo(root / split / f"{i}.jpg", i)
    write(root / "train/_annotations.csv", header + "0.jpg,40,20,dog,4,2,20,10\n"
          "1.jpg,40,20,cat,0,0,40,20\n0.jpg,40,20,cat,1,1,2,2\n")
    write(root / "valid/_annotations.csv", header + "2.jpg,40,20,dog,4,2,20,10\n")
    return []


def roboflow_classes(root):
    for i, split in enumerate(["train", "train", "valid"]):
        photo(root / split / f"{i}.jpg", i)
    write(root / "train/_classes.csv", "filename, cat, dog\n0.jpg,1,1\n1.jpg,0,0\n")
    write(root / "valid/_classes.csv", "filename, cat, dog\n2.jpg,0,1\n")
    return []


def listed(root, name, text):
    for i in range(3):
        photo(root / f"my {i}.jpg", i)
    return ["--manifest", write(root.parent / name, text)]


def list_file(root):
    return listed(root, "val.txt", "my 0.jpg 0\nmy 1.jpg 1\nmy 2.jpg 1\n")


def automl(root):
    return listed(root, "automl.csv",
                  "TRAIN,my 0.jpg,cat\nVALIDATION,my 1.jpg,dog\nTEST,my 2.jpg,dog\n")


def flags(root):
    return listed(root, "flags.csv", "filename,cat,dog\nmy 0.jpg,1,1\nmy 1.jpg,0,1\n"
                  "my 2.jpg,0,0\n") + ["--label-column", "cat,dog"]


def detection_csv(root):
    return listed(root, "boxes.csv", "width,height,filename,class,xmin,ymin,xmax,ymax,score\n"
                  "40,20,my 0.jpg,dog,4,2,20,10,1\n40,20,my 1.jpg,cat,4,2,20,10,1\n"
                  "40,20,my 0.jpg,cat,4,2,20,10,1\n40,20,my 2.jpg,,,,,,\n")


SOURCES = [(voc, {"cat": 1, "dog": 2}), (voc_beside_images, {"dog": 3}),
           (pet, {"Abyssinian": 2, "beagle": 1}), (yolo, {"zebra": 1, "ant": 2}),
           (imagefolder, {"a": 2, "b": 1}), (imagefolder_with_objects, {"1": 1, "2": 1}),
           (roboflow_boxes, {"cat": 2, "dog": 2}), (roboflow_classes, {"cat": 1, "dog": 2}),
           (list_file, {"0": 1, "1": 2}), (automl, {"cat": 1, "dog": 2}),
           (flags, {"cat": 1, "dog": 2}), (detection_csv, {"cat": 2, "dog": 1})]
EMPTY = {"missing": "empty"}


@pytest.fixture
def lists(folder):
    """A schema in which an image may have any number of labels."""
    return write(folder / "lists.json", json.dumps({"name": "lists", "features": {
        "image/encoded": "image.encoded", "label": {"from": "label.id", **EMPTY},
        "text": {"from": "label.text", **EMPTY}}}))


@pytest.mark.parametrize("make, classes", SOURCES, ids=[make.__name__ for make, _ in SOURCES])
def test_a_source_is_known_for_what_it_is(tfrecordfs, folder, lists, make, classes):
    source = folder / "source"
    source.mkdir()
    report = tfrecordfs("check", source, *make(source), "--schema", lists, "--json").json
    assert report["images"] == 3 and report["good"] and not report["problems"]
    assert {c["name"]: c["images"] for c in report["classes"]} == classes


def read(tfrecordfs, source, folder, shard, *options):
    """The features of a shard's first record."""
    path = folder / shard
    path.write_bytes(tfrecordfs("cat", source, shard, "--order", "manifest", "--shards", 1,
                                "--index", "none", *options, binary=True).out)
    return tfrecordfs("show", path).out


def test_labels_of_objects_keep_order_and_number(tfrecordfs, folder, lists):
    source = folder / "source"
    voc(source)
    write(source / "Annotations/1.xml", annotation("1.jpg", [
        ("dog", 0, 0, 2, 2), ("ant", 0, 0, 2, 2), ("dog", 0, 0, 3, 3)]))
    shown = read(tfrecordfs, source, folder, "validation-00000-of-00001.tfrecord",
                 "--schema", lists)
    assert ["dog", "ant", "dog"] == re.findall(r"dog|ant|cat", shown), shown


def test_numbers_of_yolo_classes_are_the_ids(tfrecordfs, folder, lists):
    source = folder / "source"
    yolo(source)
    report = tfrecordfs("check", source, "--schema", lists, "--json").json
    assert {c["name"]: c["id"] for c in report["classes"]} == {"zebra": 0, "ant": 1}


def test_ids_from_0_are_noted_where_boxes_are_shown(tfrecordfs, folder, lists):
    """The Object Detection API's label maps have no id 0, nor do we take one for classes."""
    source = folder / "source"
    yolo(source)
    note = "note: class ids start at 0"
    assert note in tfrecordfs("check", source).out
    assert note not in tfrecordfs("check", source, "--schema", lists).out
    assert note not in tfrecordfs("check", source, "--label-base", 1).out
    for base, code in ((0, 1), (1, 0)):
        labels = tfrecordfs("cat", source, "label_map.pbtxt", "--label-base", base).out
        assert f"id: {base}\n" in labels
        write(folder / "map.pbtxt", labels)
        tfrecordfs("check", source, "--labels", folder / "map.pbtxt", code=code)


def test_a_label_map_gives_the_ids(tfrecordfs, folder, lists):
    source = folder / "source"
    pet(source)
    labels = write(folder / "label_map.pbtxt", "item { id: 4 name: 'beagle' }\n"
                   "item { id: 7 name: 'Abyssinian' }\n")
    report = tfrecordfs("check", source, "--schema", lists, "--labels", labels, "--json").json
    assert {c["name"]: c["id"] for c in report["classes"]} == {"beagle": 4, "Abyssinian": 7}


def test_broken_xml_is_told_with_its_place_and_can_be_left_out(tfrecordfs, folder, lists):
    source = folder / "source"
    voc(source)
    write(source / "Annotations/2.xml", "<annotation>\n<object>")
    told = tfrecordfs("check", source, "--schema", lists, code=1).out
    assert "JPEGImages/2.jpg: is badly annotated: Annotations/2.xml:2: " in told
    report = tfrecordfs("check", source, "--schema", lists, "--on-bad=skip", "--json",
                        code=None).json
    assert report["images"] == 2 and [p["kind"] for p in report["problems"]] == ["bad row"]


def add_labels(source):
    write(source / "train/labels/1.txt", "0 0.5 0.5 1 1\n")


def add_annotation(source):
    photo(source / "train/9.jpg", 9)
    write(source / "train/9.xml", annotation("9.jpg"))


def change_annotation(source):
    write(source / "valid/2.xml", annotation("2.jpg", [("newt", 0, 0, 2, 2)]))


def change_metadata(source):
    write(source / "test/metadata.csv", "file_name,label\n2.jpg,newt\n")


@pytest.mark.parametrize("make, change", [
    (yolo, add_labels), (voc_beside_images, add_annotation),
    (voc_beside_images, change_annotation), (imagefolder, change_metadata)],
    ids=lambda f: f.__name__)
def test_what_changed_makes_a_new_index(tfrecordfs, folder, lists, make, change):
    source = folder / "source"
    source.mkdir()
    make(source)

    def reused():
        return tfrecordfs("index", source, "--schema", lists, "--index", folder / "index",
                          "--json").json["index_reused"]

    assert [reused(), reused()] == [False, True]
    change(source)
    assert [reused(), reused()] == [False, True]
