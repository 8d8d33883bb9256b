# SPDX-License-Identifier: MIT
"""check: the report, every problem by name, and what the exit code says of them."""

import json

import images
import pytest


def test_the_report_counts_classes_by_splits(tfrecordfs, photos):
    result = tfrecordfs("check", photos, "--split", "train=0.75,test=0.25")
    lines = result.out.splitlines()
    assert lines[0] == "Found 34 images belonging to 3 classes."
    assert lines[1].split() == ["train", "test", "all"]
    rows = {words[0]: words[1:] for words in (line.split() for line in lines[2:6])}
    assert rows["cat"][2:] == ["17", "50.0%"] and rows["newt"][2:] == ["6", "17.6%"]
    assert rows["all"][2] == "34"
    for split in (0, 1):
        assert sum(int(rows[name][split]) for name in ("cat", "dog", "newt")) == \
            int(rows["all"][split])
    assert "seed 42" in result.out and "No problems." in result.out


def test_how_the_manifest_was_read_is_told(tfrecordfs, photos, folder):
    def told(*options):
        report = tfrecordfs("check", photos, *options, "--json").json
        lines = tfrecordfs("check", photos, *options).out.splitlines()
        (line,) = [line for line in lines if line.startswith("Read ")]
        return line, report["dialect"]

    assert told() == (f"Read {photos} as class folders.", "class folders")
    names = images.paths(photos)
    for name in "a.csv", "b.csv":
        images.write_csv(folder / name, ["file", "label"],
                         [[path, "x"] for path in (names[::2] if name[0] == "a" else
                                                   names[1::2])])
    (folder / "a.json").write_text(json.dumps([{"file": names[0], "label": "x"}]))
    assert told("--manifest", folder / "a.csv") == (f"Read {folder}/a.csv as CSV.", "CSV")
    assert told("--manifest", folder / "a.json")[1] == "JSON"
    parts = ["--part", f"train={folder}/a.csv", "--part", f"test={folder}/b.csv"]
    assert told(*parts) == (f"Read {folder}/a.csv and {folder}/b.csv as CSV.", "CSV")
    assert "Split by what lists the images;" in tfrecordfs("check", photos, *parts).out


def test_what_rows_lost_is_counted_and_told(tfrecordfs, folder):
    images.write(folder / "images" / "a.jpg", 0, ("jpeg", "RGB"), (40, 30))
    boxes = [[0, 0, 10, 10], *([35, 0, 10 + n, 10] for n in range(7))]
    (folder / "i.json").write_text(json.dumps({
        "images": [{"id": 1, "file_name": "a.jpg", "width": 40, "height": 30}],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [{"id": 50 + n, "image_id": 1, "category_id": 1, "bbox": box,
                         "area": 100, "iscrowd": 0} for n, box in enumerate(boxes)]}))
    options = [folder / "images", "--manifest", folder / "i.json"]
    result = tfrecordfs("check", *options)
    said = result.out[result.out.index("note: 7 parts of rows are left out, 7 of them boxes:"):].splitlines()
    assert said[1].endswith("a.jpg: box 2 (id 51) is dropped: it leaves the image on the right "
                            "or at the bottom")
    assert said[6] == "  and 2 more; tfrecordfs check --json lists all"
    assert "No problems." in result.out
    left_out = tfrecordfs("check", *options, "--json").json["left_out"]
    assert [item["file"] for item in left_out] == ["a.jpg"] * 7
    assert "(id 57)" in left_out[-1]["reason"]


def test_json_has_the_same_counts(tfrecordfs, photos):
    report = tfrecordfs("check", photos, "--split", "train=0.75,test=0.25", "--json").json
    assert report["good"] is True and report["problems"] == [] and report["failure"] is None
    assert report["images"] == 34 and report["seed"] == 42
    assert {c["name"]: (c["id"], c["images"]) for c in report["classes"]} == \
        {"cat": (0, 17), "dog": (1, 11), "newt": (2, 6)}
    for split in report["splits"]:
        assert split["images"] == sum(c["splits"][split["name"]] for c in report["classes"])
    assert report["bytes"] == sum(p.stat().st_size for p in photos.rglob("*.*"))
    assert sum(report["formats"].values()) == 34


def test_of_many_classes_the_largest_twenty_are_shown(tfrecordfs, folder):
    counts = {f"class{i:02d}": 1 + (i % 5 == 0) for i in range(45)}
    images.class_folders(folder / "many", counts)
    out = tfrecordfs("check", folder / "many").out
    shown = [line.split()[0] for line in out.splitlines() if line.startswith("  class")]
    # Those of two images, and of the others the first eleven.
    assert shown == sorted([f"class{i:02d}" for i in range(0, 45, 5)]
                           + [f"class{i:02d}" for i in range(14) if i % 5])
    assert "  25 other classes" in out
    assert len(tfrecordfs("check", folder / "many", "--json").json["classes"]) == 45


@pytest.fixture
def doubtful(folder):
    """A manifest with a problem of every kind, and the lines that check prints."""
    source = folder / "flat"
    names = images.flat(source, 6)
    (source / "empty.jpg").write_bytes(b"")
    images.write(source / "x.jpg", 0)
    images.write(source / "y.jpg", 0)
    rows = [[name, "cat"] for name in names]
    rows += [["gone.jpg", "cat"], ["empty.jpg", "dog"], [names[0], "cat"], ["x.jpg", ""],
             ["y.jpg", "cat"], ["y.jpg", "dog"], ["../out.jpg", "cat"]]
    manifest = images.write_csv(folder / "labels.csv", ["filename", "label"], rows)
    lines = ["8: gone.jpg: does not exist", "9: empty.jpg: is empty", "14: ../out.jpg: ",
             "12: y.jpg: is labelled otherwise in line 13",
             "13: y.jpg: is labelled otherwise in line 12", "11: x.jpg: lacks a label",
             f"10: {names[0]}: repeats line 2"]
    return source, manifest, lines


def test_every_problem_is_a_line(tfrecordfs, doubtful):
    source, manifest, lines = doubtful
    result = tfrecordfs("check", source, "--manifest", manifest, code=1)
    printed = [line for line in result.out.splitlines() if line.startswith(f"{manifest}:")]
    assert len(printed) == len(lines)
    for line, expected in zip(printed, lines):
        assert line.startswith(f"{manifest}:{expected}")
    assert "7 problems." in result.out


def test_a_manifest_that_lies_with_the_images_is_offered(tfrecordfs, photos, folder):
    images.write_csv(photos / "labels.csv", ["file", "label"], [["cat/1.jpg", "cat"]])
    error = tfrecordfs("check", "photos", "--manifest", "labels.csv", cwd=photos.parent, code=1).error
    assert '(did you mean "photos/labels.csv"?)' in error


def test_a_dialect_of_files_wants_one(tfrecordfs, photos):
    error = tfrecordfs("check", photos, "--dialect", "json-lines", code=2).error
    assert "--dialect json-lines reads a file: name it with --manifest FILE" in error


def test_labels_that_are_numbers_are_labels(tfrecordfs, photos, folder):
    (name, *_) = images.paths(photos)
    images.write_csv(folder / "ages.csv", ["file", "age"], [[name, 3.5]])
    out = tfrecordfs("check", photos, "--manifest", folder / "ages.csv", "--label-type", "float",
                     "--label-column", "age").out
    assert out.startswith("Found 1 image with numbers as labels.\n") and " 1 shard." in out


def test_quiet_prints_the_problems_alone(tfrecordfs, doubtful, photos):
    source, manifest, lines = doubtful
    out = tfrecordfs("check", source, "--manifest", manifest, "-q", code=1).out
    assert len(out.splitlines()) == len(lines)
    assert tfrecordfs("check", photos, "-q").out == ""


def test_json_has_every_problem(tfrecordfs, doubtful):
    source, manifest, _ = doubtful
    report = tfrecordfs("check", source, "--manifest", manifest, "--json", code=1).json
    assert report["good"] is False and report["images"] == 6
    assert [(p["line"], p["kind"]) for p in report["problems"]] == [
        (8, "missing"), (9, "bad image"), (10, "repeated"), (11, "unlabelled"),
        (12, "contradicted"), (13, "contradicted"), (14, "outside")]


def test_problems_of_class_folders_have_no_line(tfrecordfs, photos):
    (photos / "cat" / "empty.jpg").write_bytes(b"")
    assert "\ncat/empty.jpg: is empty\n" in tfrecordfs("check", photos, code=1).out


def test_oddities_are_notes_and_no_problems(tfrecordfs, folder):
    images.write(folder / "s" / "x" / "1.jpg", 1, ("jpeg", "CMYK"))
    images.write(folder / "s" / "x" / "2.png", 2, ("png", "I;16"))
    images.write(folder / "s" / "x" / "3.jpg", 3, ("png", "RGB"))
    with open(images.write(folder / "s" / "x" / "4.jpg", 4, ("jpeg", "RGB")), "ab") as file:
        file.write(b"more")
    result = tfrecordfs("check", folder / "s", code=0)
    for words in ("CMYK JPEG", "16 bits a sample", "another format than the extension",
                  "behind the image's end"):
        assert words in result.out
    kinds = {o["kind"]: o["first"] for o in
             tfrecordfs("check", folder / "s", "--json").json["oddities"]}
    assert kinds == {"cmyk": "x/1.jpg", "deep": "x/2.png", "misnamed": "x/3.jpg",
                     "trailing": "x/4.jpg"}


def test_a_split_that_would_be_empty_is_a_problem(tfrecordfs, folder):
    images.class_folders(folder / "s", {"a": 2})
    result = tfrecordfs("check", folder / "s", "--split", "train=0.5,validation=0.25,test=0.25",
                        code=1)
    assert "empty" in result.error and "Found 2 images" in result.out
    report = tfrecordfs("check", folder / "s", "--split", "train=0.5,validation=0.25,test=0.25",
                        "--json", code=1).json
    assert report["good"] is False and report["failure"] == result.error


def test_patients_in_two_splits_are_noted(tfrecordfs, folder):
    names = images.flat(folder / "s", 30)
    manifest = images.write_csv(folder / "m.csv", ["filename", "label", "Patient ID"],
                                [[n, "ab"[i % 2], f"p{i // 5}"] for i, n in enumerate(names)])
    options = ["--manifest", manifest, "--split", "train=0.5,test=0.5"]
    result = tfrecordfs("check", folder / "s", *options)
    assert "test shares" in result.out and "--group Patient ID" in result.out
    report = tfrecordfs("check", folder / "s", *options, "--json").json
    assert report["shared_groups"][0]["groups"] > 0
    grouped = tfrecordfs("check", folder / "s", *options, "--group", "Patient ID")
    assert "shares" not in grouped.out.replace("shares of", "")


def test_it_always_looks_anew_and_saves_nothing(tfrecordfs, photos):
    tfrecordfs("check", photos)
    assert not (tfrecordfs.home / "cache").exists()
    victim = next((photos / "cat").iterdir())
    victim.write_bytes(b"")
    assert f"cat/{victim.name}: is empty" in tfrecordfs("check", photos, code=1).out


def test_classes_of_other_scripts_stay_in_line(tfrecordfs, folder):
    images.class_folders(folder / "s", {"Katze": 3, "犬": 2, "ñandú": 4})
    lines = tfrecordfs("check", folder / "s").out.splitlines()[1:4]
    assert len({len(line) for line in lines}) == 1
