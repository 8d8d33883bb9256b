# SPDX-License-Identifier: MIT
"""Bad input of each profile: one sentence with file and line, and nothing is mounted.

What is expected is loose: the file, the line or the id, and a word of what is wrong.
"""

import json
import re
import xml.etree.ElementTree as ElementTree

import pytest

pytest.importorskip("tensorflow")

import images
import program as programs

from . import comparison, sources, sources_boxes
from .cases import named

pytestmark = pytest.mark.fuse_required


@pytest.fixture
def refused(tfrecordfs, folder):
    """refused(profile, flags, *words): the words stand, in any order, in what is said."""
    def refuse(profile, flags, *words):
        (folder / "out").mkdir(exist_ok=True)
        result = tfrecordfs("mount", "--profile", profile, *flags, "--index",
                            folder / "index", code=None, timeout=60)
        programs.force_unmount(folder / "out")  # of what should not be mounted
        said = result.out + result.err
        assert result.code in (1, 2), f"{result}"
        assert result.error, f"{result}"
        for word in words:
            assert re.search(word, said), f"{word!r} is not said:\n{result}"
        return result
    return refuse


@pytest.fixture
def source(folder):
    path = folder / "source"
    path.mkdir()
    return path


def replace(path, old, new):
    """Change a text file in one place; the line that changed, from 1."""
    text = path.read_text("utf-8")
    assert text.count(old), f"{path} has no {old}"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[:text.index(old)].count("\n") + 1


def at(name, *lines):
    """A regular expression of a place: "name:7", or "name" and further on "line 7"."""
    any_line = "|".join(map(str, lines)) or r"\d+"
    return rf"{re.escape(name)}(:({any_line})\b|.*\bline ({any_line})\b)"


def spread(path):
    """JSON written again with a value a line, so that lines say something."""
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False,
                               indent=1), "utf-8")


# --- JSON ---------------------------------------------------------------------------

# What is changed in the instances, and what has to be said besides the file and its line.
BAD_COCO = {
    "a height in quotes": ('"height": 48', '"height": "48"', "height"),
    "a height below 1": ('"height": 48', '"height": -48', "height"),
    "no file name": ('"file_name": "b.png"', '"name": "b.png"', "file_name"),
    "a file name that is a number": ('"file_name": "b.png"', '"file_name": 7', "file_name"),
    "an id that is an object": ('"id": 30', '"id": {}', "id"),
    "an unknown category": ('"category_id": 47', '"category_id": 4711', "4711"),
    "a category in words": ('"category_id": 47', '"category_id": "cat"', "category_id"),
    "a box in words": ('"bbox": [\n    10,', '"bbox": [\n    "10",', "bbox"),
    "a box of three": ('"bbox": [\n    10,', '"bbox": [', "bbox"),
    "an area in words": ('"area": 123.456', '"area": "large"', "area"),
    "a crowd in words": ('"iscrowd": 1', '"iscrowd": "yes"', "iscrowd"),
    "a category without a name": ('"name": "café cup",', "", "name"),
    "a comma too many": ('"annotations": [', '"annotations": [,', ""),
    "an image that is not there": ('"file_name": "b.png"', '"file_name": "gone.png"',
                                   r"gone\.png"),
    "an image outside": ('"file_name": "b.png"', '"file_name": "../../secret.png"',
                         r"secret\.png"),
}


@pytest.mark.parametrize("old, new, word", BAD_COCO.values(), ids=BAD_COCO)
def test_coco(refused, source, folder, old, new, word):
    sources_boxes.coco(source)
    spread(source / "instances.json")
    line = replace(source / "instances.json", old, new)
    # The line of the value, or of the object that it is in.
    refused("coco", named("coco-boxes").flags(source, folder / "out"),
            at("instances.json", *range(max(1, line - 24), line + 16)), word)


BAD_MASKS = {
    "a polygon of one point": ([[1, 2]], "polygon|segmentation"),
    "words": ([["a", "b", "c", "d", "e", "f"]], "segmentation|polygon"),
    "runs that are too long": ({"size": [40, 40], "counts": [0, 10000]}, "run|counts"),
    "runs of another size": ({"size": [40, 41], "counts": [0, 1640]},
                             "size|41 ?[x×] ?40"),
    "a negative run": ({"size": [40, 40], "counts": [-1, 1601]}, "run|counts"),
    "text that is cut off": ({"size": [40, 40], "counts": "`"}, "run|counts"),
}


@pytest.mark.parametrize("segmentation, word", BAD_MASKS.values(), ids=BAD_MASKS)
def test_coco_masks(refused, source, folder, segmentation, word):
    sources_boxes.coco(source)
    document = sources_boxes.coco_document([sources_boxes.annotation(
        30, 1, [0, 0, 40, 40], segmentation, iscrowd=int(isinstance(segmentation, dict)))])
    images.write_json(source / "instances.json", document)
    refused("coco", named("coco-masks").flags(source, folder / "out"),
            at("instances.json", 1), word)


@pytest.mark.parametrize("flag, name", [
    ("--image_info_file", "info"), ("--object_annotations_file", "instances"),
    ("--caption_annotations_file", "captions")])
def test_a_json_file_that_is_missing_or_of_another_kind(refused, source, folder, flag, name):
    sources_boxes.coco(source)
    given = [f"--image_dir={source}/images", f"--output_file_prefix={folder}/out/x"]
    refused("coco", [*given, f"{flag}={source}/{name}-gone.json"], rf"{name}-gone\.json")
    (source / f"{name}.json").write_text('{\n"images": 7}\n')
    refused("coco", [*given, f"{flag}={source}/{name}.json"], rf"{name}\.json:?2?", "images")


def test_coco_needs_an_image_in_exactly_one_directory(refused, source, folder):
    sources_boxes.coco(source)
    flags = named("coco-two-directories").flags(source, folder / "out")
    first, second = sorted([source / "images_a/b.png", source / "images_b/b.png"],
                           key=lambda path: not path.exists())
    second.write_bytes(first.read_bytes())
    refused("coco", flags, r"b\.png", "images_a", "images_b")
    first.unlink()
    second.unlink()
    refused("coco", flags, r"b\.png")


@pytest.mark.parametrize("name, dropped", [
    ("coco-boxes", ["000000000009.jpg", "turned.jpg", "cmyk.jpg", "all dropped.jpg"]),
    ("coco-od", ["000000000009.jpg", "turned.jpg", "cmyk.jpg", "all dropped.jpg"]),
    ("classification-boxes", ["train/class 2/5 é.jpe", "train/class 2/17 é.jpe"])])
def test_dropped_boxes_are_listed_and_do_not_fail(tfrecordfs, source, folder, name, dropped):
    case = named(name)
    case.make(source)
    with comparison.mounted_profile(tfrecordfs, case.profile,
                                    case.flags(source, folder / "out"), folder / "out",
                                    folder / "index") as result:
        for image in dropped:
            assert image in result.out + result.err, f"{image} is not named\n{result}"


BAD_PANOPTIC = {
    "missing": (lambda path: path.unlink(), "panoptic"),
    "of another size": (lambda path: images.write(path, 1, ("png", "RGB"), (3, 4)),
                        "size|3 ?[x×] ?4"),
    "grey": (lambda path: images.write(path, 1, ("png", "L"), (64, 48)), "RGB"),
    "no PNG": (lambda path: path.write_bytes(b"text"), "PNG|not an image"),
}


@pytest.mark.parametrize("change, word", BAD_PANOPTIC.values(), ids=BAD_PANOPTIC)
def test_panoptic_masks(refused, source, folder, change, word):
    sources_boxes.coco(source)
    change(source / "panoptic/000000000009.png")
    refused("coco", named("coco-panoptic").flags(source, folder / "out"),
            r"000000000009\.png", word)


BAD_CLASSIFICATION = {
    "no label": ('"label": 0,', "", "label"),
    "a label in words": ('"label": 0', '"label": "cat"', "label"),
    "a label with a fraction": ('"label": 0', '"label": 0.5', "label"),
    "no images": ('"images"', '"pictures"', "images"),
    "a width that is true": ('"width": 23', '"width": true', "width"),
}


@pytest.mark.parametrize("old, new, word", BAD_CLASSIFICATION.values(), ids=BAD_CLASSIFICATION)
def test_classification(refused, source, folder, old, new, word):
    sources_boxes.classification(source)
    spread(source / "train_info.json")
    replace(source / "train_info.json", old, new)
    refused("classification", named("classification").flags(source, folder / "out"),
            r"train_info\.json(:\d+)?", word)


def test_classification_boxes_of_wrong_types(refused, source, folder):
    sources_boxes.classification(source)
    spread(source / "train_boxes.json")
    # Not of image 0: of its boxes only the last one is looked at.
    line = replace(source / "train_boxes.json", '"xmin": 1.25', '"xmin": "1.25"')
    refused("classification", named("classification-boxes").flags(source, folder / "out"),
            at("train_boxes.json", *range(line - 12, line + 12)), "xmin")


# --- Class folders ------------------------------------------------------------------


def test_inception_refuses_what_its_converter_does(refused, source, folder):
    sources.photos(source)
    def flags(**changes):
        given = dict(train_directory=source / "train", output_directory=folder / "out",
                     validation_directory=source / "validation", train_shards=4,
                     validation_shards=2, num_threads=2, labels_file=source / "labels.txt")
        return [f"--{key}={value}" for key, value in (given | changes).items()]
    refused("inception", flags(train_shards=3), "3", "2|threads")
    refused("inception", flags(labels_file=source / "gone.txt"), r"gone\.txt")
    refused("inception", flags(train_directory=source / "gone"), "gone")
    refused("inception", [*flags(), "--no_such_flag=1"], "no_such_flag")


def test_inception_tells_of_files_that_cannot_be_decoded(tfrecordfs, source, folder):
    """Refused, or left out as the original does and listed; never silently."""
    sources.photos_with_gaps(source)
    flags = [flag for flag in named("inception-gaps").flags(source, folder / "out")
             if "on-bad" not in str(flag)]
    (folder / "out").mkdir()
    result = tfrecordfs("mount", "--profile", "inception", *flags, "--index", folder / "index",
                        code=None)
    programs.force_unmount(folder / "out")
    said = result.out + result.err
    assert result.code in (0, 1)
    # The first five are named, the others counted.
    for words in ("7 of 56", "train/dog/cut.png", "train/dog/notes.txt", "2 more"):
        assert words in said, f"{result}"


def test_slim_flowers(refused, source, folder):
    sources.flowers(source)
    flags = named("slim-flowers").flags(source, folder / "out")
    picture = source / "flower_photos/tulips/turned.JPG"
    picture.write_bytes(picture.read_bytes()[:-30])
    refused("slim-flowers", flags, r"tulips/turned\.JPG")
    picture.unlink()
    refused("slim-flowers", [f for f in flags if "dataset_dir" not in str(f)]
            + [f"--dataset_dir={source}/tulips"], "flower_photos|tulips")


@pytest.mark.parametrize("file, content, words", [
    ("metadata.txt", "n13037406\tgyromitra\nn01739381 no tab\n", [at("metadata.txt", 2)]),
    ("metadata.txt", "n13037406\tgyromitra\n", [r"metadata\.txt", "n01739381|n02105855"]),
    ("boxes.csv", "a.JPEG,0.1,0.2,0.3\n", [at("boxes.csv", 1)]),
    ("boxes.csv", "a.JPEG,0,0,1,1\nb.JPEG,0,0,one,1\n", [at("boxes.csv", 2), "one"])])
def test_imagenet(refused, source, folder, file, content, words):
    sources.imagenet(source)
    (source / file).write_text(content)
    refused("imagenet", named("imagenet").flags(source, folder / "out"), *words)


def test_imagenet_gcs_has_a_label_for_every_image(refused, source, folder):
    sources.imagenet_gcs(source)
    (source / "synset_labels.txt").write_text("n01739381\n" * 3)
    refused("imagenet-gcs", named("imagenet-gcs").flags(source, folder / "out"),
            r"synset_labels\.txt", "3")


# --- CSV ----------------------------------------------------------------------------


def test_image2tfrecords(refused, source, folder):
    sources.table(source)
    flags = named("image2tfrecords-ids").flags(source, folder / "out")
    rows = (source / "labels.csv").read_text("utf-8").splitlines()
    changed = ["val_size" not in str(flag) for flag in flags]
    too_much = [flag for flag, keep in zip(flags, changed) if keep] + ["--val_size=0.5"]
    refused("image2tfrecords", too_much, "val_size|val-size|test_size|test-size", "1")
    (source / "labels.csv").write_text("\n".join([*rows, "gone.png,cat,x"]) + "\n")
    refused("image2tfrecords", flags, at("labels.csv", len(rows) + 1), r"gone\.png")
    (source / "labels.csv").write_text("\n".join([*rows[:3], rows[3].split(",")[0]]) + "\n")
    refused("image2tfrecords", flags, at("labels.csv", 4))
    (source / "labels.csv").write_text("\n".join(rows) + "\n")
    replace(source / "ids.csv", "dog,7", "dog,seven")
    refused("image2tfrecords", flags, at("ids.csv", 2), "seven")
    replace(source / "ids.csv", "dog,seven\n", "")
    refused("image2tfrecords", flags, r"ids\.csv", "dog")


def test_nih_xray(refused, source, folder):
    sources.xrays(source)
    flags = ["--manifest", source / "metadata.csv", "--keep-every", "0=2", source / "images",
             folder / "out"]
    refused("nih-xray", ["--keep-every", "7=2", *flags], "7")
    refused("nih-xray", ["--augment", "1=melt", *flags], "melt")
    refused("nih-xray", ["--keep-every", "0=none", *flags], "none")
    line = replace(source / "metadata.csv", "00000004_001.png", "gone.png")
    refused("nih-xray", flags, at("metadata.csv", line), r"gone\.png")


# --- Masks --------------------------------------------------------------------------


def test_deeplab(refused, source, folder):
    sources.segmentation(source)
    flags = named("deeplab").flags(source, folder / "out")
    good = (source / "masks/2007_000003.png").read_bytes()
    (source / "masks/2007_000003.png").write_bytes(sources.mask(1, (14, 27), 21))
    refused("deeplab", flags, "2007_000003", "14 ?[x×] ?27", "13 ?[x×] ?27")
    (source / "masks/2007_000003.png").unlink()
    refused("deeplab", flags, r"2007_000003\.png|2007_000003.*mask")
    (source / "masks/2007_000003.png").write_bytes(good)
    with open(source / "lists/val.txt", "a", encoding="utf-8") as file:
        file.write("absent_id\n")
    refused("deeplab", flags, at("val.txt", 8), "absent_id")


def test_deeplab_pixels(refused, source, folder):
    sources.pixels(source)
    flags = [f"--image_dir={source}/images", f"--mask_dir={source}/labels", folder / "out"]
    refused("deeplab-pixels", ["--max-pixels", "50", *flags], r"lesion \d+", "50")
    (source / "labels/lesion 03.png").write_bytes(sources.mask(3, (8, 17), 3))
    refused("deeplab-pixels", flags, "lesion 03", "8 ?[x×] ?17", "8 ?[x×] ?18")
    (source / "labels/lesion 03.png").unlink()
    refused("deeplab-pixels", flags, "lesion 03")


def test_mask_values_without_a_class_are_refused_or_cannot_be_read(tfrecordfs, source, folder):
    """Masks are decoded when read, so the mount may not know; a zeroed pixel is no answer."""
    sources.pixels(source)
    (folder / "out").mkdir()
    result = tfrecordfs("mount", "--profile", "deeplab-pixels", "--one-hot", 2,
                        f"--image_dir={source}/images", f"--mask_dir={source}/labels",
                        folder / "out", "--index", folder / "index", code=None)
    try:
        if result.code == 0:
            (shard,) = (folder / "out").glob("*.tfrecord")
            with pytest.raises(OSError):
                shard.read_bytes()
        else:
            assert re.search(r"lesion \d+", result.out + result.err), f"{result}"
    finally:
        programs.force_unmount(folder / "out")


# --- VOC XML ------------------------------------------------------------------------

BAD_XML = {
    "an end that is missing": ("</annotation>", "", ""),
    "a tag that is not closed": ("</size>", "", ""),
    "another tag's end": ("</size>", "</sizes>", ""),
    "an entity": ("<folder>VOC2012", "<folder>&x;", ""),
    "no size": ("<size>", "<sizes>", ""),
    "a width in words": ("<width>33", "<width>wide", "width"),
    "a width of nothing": ("<width>33", "<width>0", "width"),
    "no file name": ("filename>", "file>", "filename"),
    "a corner in words": ("<xmin>1<", "<xmin>one<", "xmin"),
    "an unknown class": ("<name>cat<", "<name>unicorn<", "unicorn"),
}


def test_the_xml_is_sound_before_it_is_broken(source):
    sources_boxes.voc(source)
    ElementTree.parse(source / "VOC2012/Annotations/2012_000020.xml")


@pytest.mark.parametrize("old, new, word", BAD_XML.values(), ids=BAD_XML)
def test_pascal(refused, source, folder, old, new, word):
    sources_boxes.voc(source)
    path = source / "VOC2012/Annotations/2012_000020.xml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    refused("pascal", named("pascal").flags(source, folder / "out"),
            at("2012_000020.xml"), word)


def test_pascal_lists_and_label_maps(refused, source, folder):
    sources_boxes.voc(source)
    flags = named("pascal").flags(source, folder / "out")
    main = source / "VOC2012/ImageSets/Main/aeroplane_train.txt"
    good = main.read_text()
    main.write_text(good + "2012_999999 -1\n")
    refused("pascal", flags, at("aeroplane_train.txt", good.count("\n") + 1),
            "2012_999999")
    main.write_text(good)
    line = replace(source / "label_map.pbtxt", "id: 2", "id: two")
    refused("pascal", flags, at("label_map.pbtxt", line), "two")
    replace(source / "label_map.pbtxt", "id: two", "id: -2")
    refused("pascal", flags, at("label_map.pbtxt", line), "-2")
    refused("pascal", [f for f in flags if "--set" not in str(f)] + ["--set=moon"],
            r"moon|aeroplane_moon\.txt")


def test_pascal_wants_jpeg(refused, source, folder):
    sources_boxes.voc(source)
    images.write(source / "VOC2012/JPEGImages/2012_000021.jpg", 5, sources.PNG, (33, 22))
    refused("pascal", named("pascal").flags(source, folder / "out"), "2012_000021", "JPEG")


def test_pet(refused, source, folder):
    def flags(name):
        return [flag for flag in named(name).flags(source, folder / "out")
                if "on-bad" not in str(flag)]

    sources_boxes.pets(source)
    refused("pet", flags("pet"), "american_bulldog_7", "Maine_Coon_11", "JPEG")
    trimap = source / "annotations/trimaps/Abyssinian_3.png"
    trimap.unlink()
    refused("pet", flags("pet-masks"), "Abyssinian_3")
    # Not Abyssinian: none of those has an object, so nobody asks for their id.
    replace(source / "label_map.pbtxt", "Maine_Coon", "Unicorn")
    refused("pet", flags("pet"), "Maine_Coon", "label_map|class")


def test_tfds_names(refused, source, folder):
    """TFDS itself would not find shards of such a name."""
    images.class_folders(source / "photos", {"cat": 3})
    refused("tfds", ["--dataset_name=1 bad", source / "photos", folder / "out"], "1 bad")
