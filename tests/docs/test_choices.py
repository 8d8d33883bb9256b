# SPDX-License-Identifier: MIT
"""What README.md says one can choose: each option of its table, and what it does."""

import io
import re

import documents
import images
import oracle
import pytest
from PIL import Image

pytestmark = pytest.mark.fuse_required

CHOICES = documents.rows(documents.section("What you can choose"))


def records(shards):
    """{file: its record} of train."""
    paths = [path for path in shards if path.name.startswith("train")]
    return {r["image/filename"][0].decode(): r for r in oracle.records(*paths)}


def check(terminal, options):
    return terminal(f"tfrecordfs check ./images {options} --json").json


# The tests that show what a row of the table says, beside those below.
SHOWN_BY = {
    "--split": ["cli/test_splits.py::test_shares_are_exact_in_every_class",
                "cli/test_splits.py::test_one_percent_more_images_move_few_between_splits"],
    "--group": ["cli/test_splits.py::test_a_group_is_in_one_split_only"],
    "--shards": ["cli/test_splits.py::test_shards_of_each_split",
                 "docs/test_choices.py::test_shards_of_about_128_megabytes_and_at_least_16"],
    "--schema": ["cli/test_bytes.py::test_class_folders",
                 "cli/test_bytes.py::test_the_simple_schema_whose_keys_begin_one_another",
                 "cli/test_bytes.py::test_a_schema_of_every_source",
                 "cli/test_schema.py::test_json_is_a_schema_to_begin_with"],
    "--order": ["cli/test_splits.py::test_train_is_shuffled_and_the_others_stand_as_listed",
                "cli/test_bytes.py::test_order_manifest_lists_the_rows_as_they_stand",
                "docs/test_choices.py::test_order_local_is_by_path"],
    "--seed": ["cli/test_splits.py::test_another_seed_is_another_split",
               "docs/test_choices.py::"
               "test_the_seed_is_printed_by_the_commands_that_readme_names"],
    "--on-bad": ["cli/test_bad_images.py::test_a_bad_image_is_refused_or_skipped",
                 "cli/test_bad_input.py::test_bad_rows_can_be_skipped_and_are_listed"],
    "--check": ["cli/test_bad_images.py::"
                "test_damage_inside_an_image_is_found_when_every_pixel_is_decoded"],
    "--extra": ["cli/test_contents.py::test_extra_columns_have_the_type_of_their_cells"],
    "--label-base": ["cli/test_contents.py::test_extra_columns_have_the_type_of_their_cells",
                     "cli/test_contents.py::test_labels_can_be_numbers_to_regress_to"],
    "--fix": ["cli/test_contents.py::test_png_becomes_jpeg_as_tensorflow_encodes_it",
              "docs/test_choices.py::test_what_is_made_anew_and_what_is_not"],
    "--resize": ["docs/test_choices.py::test_images_of_another_size"],
    "--exif": ["cli/test_contents.py::test_exif_is_kept_applied_or_shown"],
    "--keep-every": ["docs/test_choices.py::test_classes_thinned_out_and_added_to",
                     "cli/test_contents.py::"
                     "test_augmented_copies_are_named_and_always_the_same"],
    "--side-files": ["cli/test_side_files.py::test_a_name_that_is_none_is_refused_with_the_nearest",
                     "mount/test_view_readers.py::"
                     "test_files_beside_the_shards_are_what_python_reads"],
    "--one-hot": ["cli/test_contents.py::test_pixels_of_masks_and_one_hot"],
    "--formats": ["cli/test_bad_images.py::test_formats_of_doubt_are_let_in_when_named"],
}


def without_gif(work):
    """PNG instead, since GIF images are not decoded."""
    for path in (work / "images").rglob("*.gif"):
        path.write_bytes(images.encode(7, ("png", "P")))


def variants(cell):
    """The ways to type an option that its cell tells of."""
    words = documents.spans(cell)
    option = words[0].split()[0]
    found = [word if word.startswith("--") else f"{option} {word}" for word in words]
    if "a JSON file" in cell:
        found.append(f"{option} ./mine.json")
    return [variant.replace("COLUMN", "patient_id") for variant in found]


# Records of 200 images of which 0.6 are in train, where an option changes that.
RECORDS = {"--keep-every": 200 - 60 * 6 // 10 // 2, "--augment": 200 + 40 * 6 // 10}


@pytest.mark.parametrize("option", [v for cell, _ in CHOICES for v in variants(cell)])
def test_an_option_runs_as_it_is_written(work, option):
    name, *value = option.split()
    work("tfrecordfs schema slim --json > mine.json")
    if name == "--label-type":
        option += " --label-column number --schema ./numbers.json"
        images.write_csv(work / "labels.csv", ["filename", "number"],
                         [[p, i / 3] for i, p in enumerate(images.paths(work / "images"))])
        images.write_json(work / "numbers.json", {"name": "numbers", "features": {
            "number": "label.id"}})
    if name in ("--resize", "--augment"):
        assert "GIF" in documents.section("What you can choose")
        without_gif(work)
    division = "" if name == "--split" else "--split train=0.6,test=0.4"
    report = check(work, f"--manifest labels.csv {division} {option}")
    splits = {s["name"]: s for s in report["splits"]}
    assert sum(s["images"] for s in splits.values()) == RECORDS.get(name, 200)
    if name in ("--split", "--shards") and "=" in value[0]:
        said = dict(part.split("=") for part in value[0].split(","))
        assert set(splits) == set(said)
        for split, number in said.items():
            if name == "--split":
                assert splits[split]["images"] == round(200 * float(number))
            else:
                assert splits[split]["shards"] == int(number)


def test_every_option_of_the_table_is_shown_by_a_test():
    assert {variants(cell)[0].split()[0] for cell, _ in CHOICES} == set(SHOWN_BY)
    documents.assert_tests_exist(name for names in SHOWN_BY.values() for name in names)


def test_what_is_made_anew_and_what_is_not(work):
    with work.mounted("tfrecordfs mount ./images ./mnt --fix png2jpeg,cmyk") as shards:
        read = records(shards)
    kinds = {"anew": 0, "kept": 0}
    for path, record in read.items():
        data = (work / "images" / path).read_bytes()
        picture = Image.open(io.BytesIO(data))
        anew = picture.format == "PNG" or picture.mode == "CMYK"
        kinds["anew" if anew else "kept"] += 1
        shown = Image.open(io.BytesIO(record["image/encoded"][0]))
        assert (record["image/encoded"] == [data]) == (not anew)
        assert not anew or (shown.format, shown.mode) == ("JPEG", "RGB")
    assert min(kinds.values()) > 20


def test_images_of_another_size(work):
    (cell,) = [cell for cell, _ in CHOICES if cell.startswith("`--resize")]
    shorter, exact = variants(cell)
    without_gif(work)
    assert (shorter, exact) == ("--resize 256", "--resize 224x224")
    for option in (shorter, exact):
        with work.mounted(f"tfrecordfs mount ./images ./mnt {option}") as shards:
            sizes = {Image.open(io.BytesIO(r["image/encoded"][0])).size
                     for r in records(shards).values()}
        assert sizes == {(224, 224)} if option == exact else {min(s) for s in sizes} == {256}


def test_classes_thinned_out_and_added_to(work):
    without_gif(work)
    count = "tfrecordfs mount ./images ./mnt --schema simple --keep-every cat=2"
    with work.mounted(f"{count} --augment newt=rotate,hflip") as shards:
        read = list(oracle.records(*shards))
    by_class = [[r["image"][0] for r in read if r["label"] == [i]] for i in range(3)]
    assert [len(images_of) for images_of in by_class] == [30, 100, 80]
    originals = {path.read_bytes() for path in (work / "images").rglob("*.*")}
    assert [sum(data in originals for data in images_of) for images_of in by_class] == [
        30, 100, 40]
    said = work("tfrecordfs check ./images --keep-every cat=2 --augment newt=rotate,hflip").out
    assert "30 images are left out and 40 copies added" in said
    assert re.search(r"^  newt +80 .*\n  all +210$", said, re.M)


def test_shards_of_about_128_megabytes_and_at_least_16(work):
    (said,) = [text for cell, text in CHOICES if cell.startswith("`--shards")]
    assert re.findall(r"\d+", said) == ["128", "16"]
    assert [s["shards"] for s in check(work, "")["splits"]] == [16]
    for i in range(160):
        images.write_sparse_bmp(work / f"big/x/{i:03}.bmp", 4230, 4230)
    with work.mounted("tfrecordfs mount ./big ./mnt") as shards:
        sizes = [path.stat().st_size for path in shards]
    assert sum(sizes) > 8e9 and len(sizes) > 16
    assert 100e6 < min(sizes) <= max(sizes) < 165e6


def test_order_local_is_by_path(work):
    rows = images.paths(work / "images")
    images.write_csv(work / "m.csv", ["filename", "label"], [[p, "x"] for p in reversed(rows)])
    with work.mounted("tfrecordfs mount ./images ./mnt --manifest m.csv --order local "
                      "--shards 1") as shards:
        assert list(records(shards)) == rows


def test_the_seed_is_printed_by_the_commands_that_readme_names(work):
    (said,) = [text for cell, text in CHOICES if cell.startswith("`--seed")]
    assert documents.spans(said) == ["mount", "check"]
    for seed, option in ((42, ""), (7, "--seed 7")):
        for _ in ("new", "from the saved index"):
            assert f"seed {seed}" in work(f"tfrecordfs mount ./images ./mnt {option}").out
            work("tfrecordfs umount ./mnt")
        assert f"seed {seed}" in work(f"tfrecordfs check ./images {option}").out
