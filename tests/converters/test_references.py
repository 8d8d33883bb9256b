# SPDX-License-Identifier: MIT
"""The profiles against shards that the real converters wrote, judged twice.

compare.py, which comes with the shards and shares nothing with us, demands the bytes of
deterministic serialization, and order and file names where the input fixes them; verify
--against has to agree.
"""

import csv
import subprocess
import sys

import pytest

pytest.importorskip("tensorflow")

from . import comparison
from .test_oracles import REFERENCES, SOURCES, original_xray_split, plain_records

pytestmark = [
    pytest.mark.fuse_required,
    pytest.mark.skipif(REFERENCES is None, reason="../shared/refs, what the real converters "
                                                  "wrote, is not here")]


@pytest.fixture
def mounted(tfrecordfs, folder):
    """mounted(profile, *flags): a context with folder / "out" mounted."""
    def mount(profile, *flags):
        return comparison.mounted_profile(tfrecordfs, profile, flags, folder / "out",
                                          folder / "index")
    return mount


def compared(case, ours, *options, files="", judge=0):
    """compare.py's words on @ours, a directory with shards; @judge is its exit code."""
    references = sorted((REFERENCES / case).glob(files)) if files else [REFERENCES / case]
    shards = sorted(ours.glob(files)) if files else [ours]
    done = subprocess.run([sys.executable, REFERENCES / "compare.py", *options, *references,
                           "--", *shards], capture_output=True, text=True, check=False)
    assert done.returncode == judge, f"{done.stdout}{done.stderr}"
    return done.stdout


def equal(tfrecordfs, case, ours, *options, files="", exact=False):
    """Both judges find @ours equal to the case, and a case of nothing is no case."""
    options = ["--canonical", "--map-order=upb", *options, *["--shards"] * exact]
    said = compared(case, ours, *options, files=files)
    assert said.startswith("equal: ") and "equal: A 0 records" not in said
    against = sorted((REFERENCES / case).glob(files)) if files else [REFERENCES / case]
    shards = sorted(ours.glob(files)) if files else [ours]
    tfrecordfs("verify", *shards, "--against", *against, *["--exact"] * exact)


def same_side_files(case, ours, *names):
    for name in names:
        assert (ours / name).read_bytes() == (REFERENCES / case / name).read_bytes(), name


def test_coco_vision(tfrecordfs, mounted, folder):
    with mounted("coco", "--logtostderr", f"--image_dir={SOURCES}/coco/images",
                 f"--object_annotations_file={SOURCES}/coco/instances_train.json",
                 f"--output_file_prefix={folder}/out/train", "--num_shards=4") as result:
        equal(tfrecordfs, "coco_vision", folder / "out", exact=True)
        assert "3 of them boxes" in result.out


def test_skin(tfrecordfs, mounted, folder):
    flags = ["--logtostderr", f"--image_dir={SOURCES}/photos", "--num_shards=1"]
    for split, info in (("train", "train"), ("val", "validation")):
        flags += [f"--image_info_file={SOURCES}/photos/{info}_images_info.json",
                  f"--output_file_prefix={folder}/out/{split}"]
    with mounted("classification", *flags):
        equal(tfrecordfs, "skin", folder / "out", exact=True)


def test_inception_image(tfrecordfs, mounted, folder):
    with mounted("inception", f"--train_directory={SOURCES}/photos/train",
                 f"--validation_directory={SOURCES}/photos/validation",
                 f"--output_directory={folder}/out", "--train_shards=8",
                 "--validation_shards=4", "--num_threads=4",
                 f"--labels_file={SOURCES}/photos/labels.txt"):
        for split in ("train", "validation"):
            equal(tfrecordfs, "inception_image", folder / "out", files=f"{split}-*")


def test_slim_flowers(tfrecordfs, mounted, folder):
    (folder / "in").mkdir()
    (folder / "in/flower_photos").symlink_to(SOURCES / "photos/train")
    with mounted("slim-flowers", "--dataset_name=flowers", f"--dataset_dir={folder}/in",
                 "--take=validation=20,train", f"--output_dir={folder}/out"):
        equal(tfrecordfs, "slim_flowers", folder / "out", "--key=image/encoded")
        same_side_files("slim_flowers", folder / "out", "labels.txt")


def test_deeplab_voc(tfrecordfs, mounted, folder):
    voc = SOURCES / "voc/VOC2012"
    with mounted("deeplab", f"--image_folder={voc}/JPEGImages",
                 f"--semantic_segmentation_folder={voc}/SegmentationClassRaw",
                 f"--list_folder={voc}/ImageSets/Segmentation", "--image_format=jpg",
                 f"--output_dir={folder}/out"):
        for split in ("train", "val", "trainval"):
            equal(tfrecordfs, "deeplab_voc", folder / "out", files=f"{split}-*", exact=True)


def cifar_flags(folder):
    return [f"--image_path={SOURCES}/cifar/train", "--dataset_name=cifar10",
            f"--output_dir={folder}/out"]


def test_image2tfrecords_cifar(tfrecordfs, mounted, folder):
    """Which images each split has was drawn without a seed; how many, and all else, not."""
    with mounted("image2tfrecords", *cifar_flags(folder), "--val_size=0.3", "--test_size=0.1",
                 f"--image2class={SOURCES}/cifar/train_labels_ext.csv"):
        equal(tfrecordfs, "image2tfrecords_cifar", folder / "out")
        same_side_files("image2tfrecords_cifar", folder / "out", "labels.csv",
                        "cifar10_summary.json")


def test_image2tfrecords_cifar_with_the_split_that_was_drawn(tfrecordfs, mounted, folder):
    case = REFERENCES / "image2tfrecords_cifar"
    with open(SOURCES / "cifar/train_labels_ext.csv", newline="") as file:
        classes = dict(row[:2] for row in csv.reader(file))
    with open(case / "split_drawn.csv", newline="") as file, \
            open(folder / "drawn.csv", "w", newline="") as drawn:
        writer = csv.writer(drawn)
        writer.writerow(["filename", "class", "split"])
        writer.writerows([row["filename"], classes[row["filename"]], row["split"]]
                         for row in csv.DictReader(file))
    with mounted("image2tfrecords", *cifar_flags(folder), "--dialect=csv", "--order=manifest",
                 f"--image2class={folder}/drawn.csv", f"--labels={case}/labels.csv",
                 "--split-column=split", "--prefer-split-column"):
        equal(tfrecordfs, "image2tfrecords_cifar", folder / "out", exact=True)


def test_nih(mounted, folder):
    """Augmented copies cannot be the same; all others are, and so is everything else."""
    with mounted("nih-xray", "--manifest", original_xray_split(folder), "--augment", "1=rotate",
                 "--shard-size=15", SOURCES / "xray/images", folder / "out"):
        compared("nih", folder / "out", "--key=image_name", "--ignore=image")
        same_side_files("nih", folder / "out", "metadata_bin_clf_tfrec.csv")
        ours = sorted(plain_records((folder / "out").glob("*.tfrec")))
    expected = sorted(plain_records((REFERENCES / "nih").glob("*.tfrec")))
    assert ours == expected and len(expected) == 18


def test_article_raw(tfrecordfs, mounted, folder):
    """The article's first example stores no sizes, so that the schema is one of its own."""
    (folder / "raw.json").write_text(
        '{"name": "raw", "features": {"image": "image.pixels", "label": "mask.pixels"}}')
    with mounted("deeplab-pixels", f"--image_dir={SOURCES}/lesions/images",
                 f"--mask_dir={SOURCES}/lesions/labels", "--schema", folder / "raw.json",
                 folder / "out"):
        equal(tfrecordfs, "article_raw", folder / "out", "--key=image", "--key=label")
