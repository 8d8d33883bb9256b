# SPDX-License-Identifier: MIT
"""Every converter's command line, as it is typed today, beside the oracle of the same.

A case's flags are the converter's own, with its spelling; what stands for the directory it
writes to is the mountpoint.  Flags that are ours alone are marked so.
"""

import collections.abc
import dataclasses

from . import (oracle_coco, oracle_folders, oracle_segmentation, oracle_tables, oracle_voc,
               sources, sources_boxes)


@dataclasses.dataclass
class Case:
    """One conversion.

    make(source) fills a source tree; flags(source, output) is the command line;
    write(source, output) is the oracle.  @label is an int64 feature that verify's test
    changes; @code the exit code of mount.
    """
    name: str
    profile: str
    make: collections.abc.Callable
    flags: collections.abc.Callable
    write: collections.abc.Callable
    label: str = "image/class/label"
    code: int = 0
    masks: tuple = ()  # features with PNG files that are made: compared by pixels
    words: tuple = ()  # regular expressions of what the mount's report has to say


CASES = []


def add(*arguments, **keywords):
    CASES.append(Case(*arguments, **keywords))


def named(name):
    return next(case for case in CASES if case.name == name)


# --- classification, coco, coco-od --------------------------------------------------


def classification_flags(source, output, boxes=False):
    flags = ["--logtostderr", f"--image_dir={source}/images"]
    for split, shards in (("train", 4), ("val", 1)):
        flags += [f"--image_info_file={source}/{split}_info.json",
                  f"--output_file_prefix={output}/{split}", f"--num_shards={shards}"]
        if boxes:
            flags.append(f"--object_annotations_file={source}/{split}_boxes.json")
    return flags


def classification_write(source, output, boxes=False):
    for split, shards in (("train", 4), ("val", 1)):
        oracle_coco.write_classification(
            output / split, image_dir=[source / "images"], num_shards=shards,
            image_info_file=source / f"{split}_info.json",
            object_annotations_file=source / f"{split}_boxes.json" if boxes else None)


def with_boxes(function):
    return lambda source, output: function(source, output, boxes=True)


add("classification", "classification", sources_boxes.classification, classification_flags,
    classification_write, label="image/label")
add("classification-boxes", "classification", sources_boxes.classification,
    with_boxes(classification_flags), with_boxes(classification_write), label="image/label")
add("classification-one", "classification", sources_boxes.classification,
    lambda source, output: ["--image_dir", source / "images", "--image_info_file",
                            source / "val_info.json", "--output_file_prefix", output / "v"],
    lambda source, output: oracle_coco.write_classification(
        output / "v", image_dir=[source / "images"], image_info_file=source / "val_info.json"),
    label="image/label")

DROPPED = r"(?i)\b5\b.*(box|annotation|object)"  # sources_boxes.coco_annotations() says which

COCO_MASKS = ("image/object/mask", "image/segmentation/class/encoded",
              "image/panoptic/category_mask", "image/panoptic/instance_mask")

COCO = {
    "boxes": dict(object_annotations_file="instances.json", num_shards=4),
    "masks": dict(object_annotations_file="instances.json", include_masks=True, num_shards=3),
    "masks-compressed": dict(object_annotations_file="instances_compressed.json",
                             include_masks=True, num_shards=2),
    "info-file": dict(image_info_file="image_info.json", num_shards=12,
                      object_annotations_file="instances.json"),
    "captions": dict(caption_annotations_file="captions.json", num_shards=2),
    "everything": dict(
        image_info_file="image_info.json", object_annotations_file="instances.json",
        caption_annotations_file="captions.json", panoptic_annotations_file="panoptic.json",
        panoptic_masks_dir="panoptic", include_masks=True, include_panoptic_masks=True,
        num_shards=2),
    "panoptic": dict(image_info_file="image_info.json", num_shards=1,
                     panoptic_annotations_file="panoptic.json", panoptic_masks_dir="panoptic"),
    "panoptic-skip-crowd": dict(
        image_info_file="image_info.json", panoptic_annotations_file="panoptic.json",
        panoptic_masks_dir="panoptic", panoptic_skip_crowd=True, include_panoptic_masks=True,
        num_shards=1),
}


def spelled(value, source):
    """A flag's value: files are below @source."""
    return str(value).lower() if isinstance(value, bool) else (
        source / value if isinstance(value, str) else value)


def coco_case(name, arguments, directories=("images",)):
    def flags(source, output):
        given = [f"--image_dir={source / directory}" for directory in directories]
        return given + [f"--output_file_prefix={output}/coco"] + [
            f"--{flag}" if value is True else f"--{flag}={spelled(value, source)}"
            for flag, value in arguments.items()]

    def write(source, output):
        return oracle_coco.write_coco(
            output / "coco", image_dir=[source / directory for directory in directories],
            **{key: source / value if isinstance(value, str) else value
               for key, value in arguments.items()})

    has_objects = "object_annotations_file" in arguments
    add(f"coco-{name}", "coco", sources_boxes.coco, flags, write, masks=COCO_MASKS,
        label="image/object/class/label" if has_objects else "image/width",
        words=(DROPPED,) if arguments.get("object_annotations_file") == "instances.json"
        else ())


for coco_name, coco_arguments in COCO.items():
    coco_case(coco_name, coco_arguments)
coco_case("two-directories", COCO["boxes"], ("images_a", "images_b"))

add("coco-two-prefixes", "coco", sources_boxes.coco,
    lambda source, output: [
        f"--image_dir={source}/images",
        f"--object_annotations_file={source}/instances.json",
        f"--output_file_prefix={output}/train", "--num_shards=3",
        f"--object_annotations_file={source}/instances_compressed.json",
        f"--output_file_prefix={output}/val", "--num_shards=2"],
    lambda source, output: [oracle_coco.write_coco(
        output / split, image_dir=[source / "images"], num_shards=shards,
        object_annotations_file=source / file)
        for split, file, shards in (("train", "instances.json", 3),
                                    ("val", "instances_compressed.json", 2))],
    label="image/object/class/label")


def coco_od_flags(source, output, masks=False):
    files = {"train": "instances", "val": "instances_compressed", "testdev": "image_info"}
    flags = [f"--{split}_annotations_file={source}/{file}.json"
             for split, file in files.items()]
    flags += [f"--train_image_dir={source}/images", f"--val_image_dir={source}/images_val",
              f"--test_image_dir={source}/images"]
    return ["--logtostderr", *flags, f"--output_dir={output}"] + ["--include_masks"] * masks


def coco_od_write(source, output, masks=False):
    files = {"train": "instances", "val": "instances_compressed", "testdev": "image_info"}
    oracle_coco.write_coco_od(
        output, include_masks=masks,
        directories=dict.fromkeys(files, source / "images") | {"val": source / "images_val"},
        annotations={split: source / f"{file}.json" for split, file in files.items()})


add("coco-od", "coco-od", sources_boxes.coco, coco_od_flags, coco_od_write,
    label="image/object/is_crowd")
add("coco-od-masks", "coco-od", sources_boxes.coco,
    lambda source, output: coco_od_flags(source, output, True),
    lambda source, output: coco_od_write(source, output, True),
    label="image/object/is_crowd", masks=COCO_MASKS)


# --- Class folders ------------------------------------------------------------------


def inception_case(name, make, train_shards, validation_shards, threads, options=(), **more):
    add(name, "inception", make,
        lambda source, output: [
            f"--train_directory={source}/train", f"--validation_directory={source}/validation",
            f"--output_directory={output}", f"--train_shards={train_shards}",
            f"--validation_shards={validation_shards}", f"--num_threads={threads}",
            f"--labels_file={source}/labels.txt", *options],
        lambda source, output: oracle_folders.write_inception(
            output, train_directory=source / "train", labels_file=source / "labels.txt",
            validation_directory=source / "validation", train_shards=train_shards,
            validation_shards=validation_shards, num_threads=threads), **more)


inception_case("inception", sources.photos, 8, 4, 4)
inception_case("inception-threads", sources.photos, 6, 3, 3)
inception_case("inception-blank-label", sources.photos_with_blank_label, 2, 2, 1)
# --on-bad is ours: the original prints SKIPPED and goes on.
inception_case("inception-gaps", sources.photos_with_gaps, 4, 2, 2, code=None,
               options=["--on-bad=skip"], words=("skipped 7", r"cut\.png", r"notes\.txt"))
add("inception-defaults", "inception", sources.photos,
    lambda source, output: [
        f"--train_directory={source}/train", f"--validation_directory={source}/validation",
        f"--output_directory={output}", f"--labels_file={source}/labels.txt"],
    lambda source, output: oracle_folders.write_inception(
        output, train_directory=source / "train", labels_file=source / "labels.txt",
        validation_directory=source / "validation"))

IMAGENET_FILES = {"labels_file": "synsets.txt", "imagenet_metadata_file": "metadata.txt",
                  "bounding_box_file": "boxes.csv"}


def imagenet_case(name, **counts):
    add(name, "imagenet", sources.imagenet,
        lambda source, output: [
            f"--train_directory={source}/train", f"--validation_directory={source}/validation",
            f"--output_directory={output}", *[f"--{k}={v}" for k, v in counts.items()],
            *[f"--{k}={source / v}" for k, v in IMAGENET_FILES.items()]],
        lambda source, output: oracle_folders.write_imagenet(
            output, train_directory=source / "train",
            validation_directory=source / "validation", **counts,
            **{k: source / v for k, v in IMAGENET_FILES.items()}))


imagenet_case("imagenet", train_shards=8, validation_shards=4, num_threads=2)
imagenet_case("imagenet-defaults")

add("imagenet-gcs", "imagenet-gcs", sources.imagenet_gcs,
    lambda source, output: [f"--raw_data_dir={source}", f"--local_scratch_dir={output}",
                            "--gcs_upload=false"],
    lambda source, output: oracle_folders.write_imagenet_gcs(output, raw_data_dir=source))

# --take and where the mount goes are ours: _NUM_VALIDATION is a constant of the original,
# which writes into dataset_dir itself.
add("slim-flowers", "slim-flowers", sources.flowers,
    lambda source, output: ["--dataset_name=flowers", f"--dataset_dir={source}",
                            "--take", "validation=20,train", f"--output_dir={output}"],
    lambda source, output: oracle_folders.write_slim_flowers(output, dataset_dir=source,
                                                             validation=20))
add("slim-flowers-small", "slim-flowers", sources.flowers,
    lambda source, output: ["--dataset_name=flowers", f"--dataset_dir={source}",
                            "--take=validation=3,train", output],
    lambda source, output: oracle_folders.write_slim_flowers(output, dataset_dir=source,
                                                             validation=3))


# --- CSV ----------------------------------------------------------------------------


def image2tfrecords_case(name, class2id=False, **numbers):
    add(name, "image2tfrecords", sources.table,
        lambda source, output: [
            f"--image_path={source}/images", f"--image2class={source}/labels.csv",
            *[f"--class2id={source}/ids.csv"] * class2id, "--dataset_name=my set",
            f"--output_dir={output}", *[f"--{k}={v}" for k, v in numbers.items()]],
        lambda source, output: oracle_tables.write_image2tfrecords(
            output, image_path=source / "images", image2class=source / "labels.csv",
            class2id=source / "ids.csv" if class2id else None, dataset_name="my set",
            **numbers))


# --seed is ours: the original draws without one.
image2tfrecords_case("image2tfrecords", val_size=0.3, test_size=0.1, seed=7)
image2tfrecords_case("image2tfrecords-ids", True, val_size=0.2, test_size=0.8, num_shards=2,
                     seed=1)
image2tfrecords_case("image2tfrecords-all-train")


# --- Masks --------------------------------------------------------------------------


def deeplab_case(name, ending, given):
    add(name, "deeplab", lambda source: sources.segmentation(source, ending),
        lambda source, output: [
            f"--image_folder={source}/images", f"--list_folder={source}/lists",
            f"--semantic_segmentation_folder={source}/masks", *given, f"--output_dir={output}"],
        lambda source, output: oracle_segmentation.write_deeplab(
            output, image_folder=source / "images", list_folder=source / "lists",
            semantic_segmentation_folder=source / "masks", image_format=ending),
        label="image/height")


deeplab_case("deeplab", "jpg", ["--image_format=jpg"])
deeplab_case("deeplab-png", "png", ["--label_format=png"])

# --- VOC XML ------------------------------------------------------------------------


def pascal_case(name, year, part, ignore=False):
    add(name, "pascal", sources_boxes.voc,
        lambda source, output: [
            f"--data_dir={source}", f"--year={year}", f"--set={part}",
            "--annotations_dir=Annotations", f"--label_map_path={source}/label_map.pbtxt",
            *["--ignore_difficult_instances"] * ignore, f"--output_path={output}/voc.record"],
        lambda source, output: oracle_voc.write_pascal(
            output / "voc.record", data_dir=source, year=year, set=part,
            label_map_path=source / "label_map.pbtxt", ignore_difficult_instances=ignore),
        label="image/object/class/label")


pascal_case("pascal", "VOC2012", "train")
pascal_case("pascal-merged", "merged", "val")
pascal_case("pascal-easy", "VOC2007", "train", ignore=True)


def pet_case(name, given, masks=(), **arguments):
    add(name, "pet", sources_boxes.pets,
        lambda source, output: [f"--data_dir={source}", f"--output_dir={output}",
                                f"--label_map_path={source}/label_map.pbtxt", *given,
                                "--on-bad=skip"],
        lambda source, output: oracle_voc.write_pet(
            output, data_dir=source, label_map_path=source / "label_map.pbtxt", **arguments),
        label="image/object/class/label", code=None, masks=masks)


# --on-bad is ours: the original warns and goes on.  The exit code may be 1, in doubt.
pet_case("pet", [])
pet_case("pet-masks", ["--nofaces_only", "--num_shards=3"], masks=["image/object/mask"],
         faces_only=False, num_shards=3)
pet_case("pet-numerical", ["--faces_only=false", "--mask_type=numerical", "--num_shards=1"],
         faces_only=False, num_shards=1, mask_type="numerical")
