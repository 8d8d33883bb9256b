# SPDX-License-Identifier: MIT
"""What README.md says to those who have a converter: the command line, and each profile."""

import json
import re

import documents
import images
import oracle
import pytest

pytestmark = pytest.mark.fuse_required

SECTION = documents.section("From a converter's command line")
PROFILES = documents.rows(SECTION)
SHARDS = "converters/test_profiles.py::test_the_mount_shows_the_files_that_the_converter_writes"
PARSER = "converters/test_profiles.py::test_the_printed_parser_reads_every_record"
ALONE = "converters/test_profiles_alone.py::test_"
# The tests that a row is held to beside those below; where it is SHARDS, cases.py has one.
SHOWN_BY = {
    "classification": SHARDS, "coco": SHARDS, "coco-od": SHARDS, "image2tfrecords": SHARDS,
    "inception": SHARDS, "imagenet": SHARDS, "imagenet-gcs": SHARDS, "slim-flowers": SHARDS,
    "nih-xray": f"{ALONE}nih_xray", "deeplab": SHARDS,
    "deeplab-pixels": f"{ALONE}deeplab_pixels", "pascal": SHARDS, "pet": SHARDS,
    "tfds": f"{ALONE}tfds", "simple": f"{ALONE}simple",
}
# What is said in sentences.
SAID = {
    "TensorFlow parses": PARSER,
    "verify": "converters/test_profiles.py::test_verify_compares_them_and_names_the_first_"
              "difference",
    "five of them at work": "mount/test_examples.py::test_a_converters_example_runs",
}


def named(row):
    return row[0].strip("`")


def flags(number):
    """A row's flags: the converter's, and those of ours."""
    cell = PROFILES[number][2]
    theirs, _, ours = cell.partition("ours: ")
    found = set(re.findall(r"--[\w-]+", theirs)), set(re.findall(r"--[\w-]+", ours))
    if cell.startswith("the same"):
        found[0].update(flags(number - 1)[0])
    return found


def test_every_profile_is_a_row_and_shown_by_a_test(tfrecordfs):
    assert [named(row) for row in PROFILES] == documents.profiles(tfrecordfs)
    assert {named(row) for row in PROFILES} == set(SHOWN_BY)
    documents.assert_tests_exist([*SHOWN_BY.values(), *SAID.values()])
    cases = (documents.TOP / "tests/converters/cases.py").read_text()
    for profile, test in SHOWN_BY.items():
        assert test != SHARDS or re.search(rf'add\([^)]*?, "{profile}", ', cases), profile


@pytest.mark.parametrize("number", range(len(PROFILES)), ids=map(named, PROFILES))
def test_every_flag_of_the_table_is_one_of_its_profile(tfrecordfs, number):
    theirs, ours = flags(number)
    # What a user types to see them.
    assert theirs <= documents.flags_of_profile(tfrecordfs, named(PROFILES[number]))
    assert ours <= documents.options_in_help(tfrecordfs, "mount") | (
        documents.flags_of_profile(tfrecordfs, named(PROFILES[number])))
    assert theirs or ours or named(PROFILES[number]) == "simple"


@pytest.mark.parametrize("profile", map(named, PROFILES))
def test_a_profile_has_a_schema_and_a_parser(tfrecordfs, tf, profile):
    module = {}
    exec(tfrecordfs("schema", profile).out, module)  # pylint: disable=exec-used
    assert module["FEATURES"]
    described = tfrecordfs("mount", "--profile", profile, "--help").out
    assert re.search(rf"^  --schema +{profile}$", described, re.M)


def test_a_converters_command_line_with_another_name(terminal):
    """As it stands; and what it shows is what the same images become by hand."""
    block = documents.code_block("# python build_image_data.py")
    mount, umount = documents.commands_of(block)
    python = " ".join(re.sub(r"^# +", "", line).rstrip("\\") for line in block.splitlines()
                      if line.startswith("#"))
    assert python.split()[2:] == mount.split()[4:] and umount == "tfrecordfs umount out"
    for directory, counts, seed in (("train", {"cat": 7, "dog": 5}, 0),
                                    ("val", {"cat": 2, "dog": 3}, 40)):
        for label, count in counts.items():
            for i in range(count):
                images.write(terminal / directory / label / f"{i}.jpg", seed + i,
                             ("jpeg", "RGB"))
    (terminal / "labels.txt").write_text("dog\ncat\n")
    terminal(mount)
    try:
        (terminal / "the-old-shards").mkdir()
        terminal("cp out/* the-old-shards")
        assert terminal("ls out").out.split() == [
            f"{split}-{i:05}-of-00002" for split in ("train", "validation") for i in range(2)]
        shown = list(oracle.records(*sorted((terminal / "out").glob("train-*"))))
        assert len(shown) == 12
        for record in shown:
            label = record["image/class/text"][0].decode()
            path = terminal / "train" / label / record["image/filename"][0].decode()
            assert record["image/encoded"] == [path.read_bytes()]
            # 0 is kept for the background.
            assert record["image/class/label"] == [{"dog": 1, "cat": 2}[label]]
        verify = "tfrecordfs verify ./out --against ./the-old-shards"
        assert verify in documents.spans(SECTION)
        terminal(verify)
        terminal("rm the-old-shards/train-00001-of-00002")
        terminal(verify, code=1)
    finally:
        terminal("tfrecordfs umount out")


def test_flags_given_again_for_each_split(terminal):
    (given,) = [s for s in documents.spans(SECTION) if s.startswith("--image_info_file=")]
    for split, count in (("train", 9), ("val", 4)):
        names = images.flat(terminal / "images", count, seed=len(split) * 20)
        entries = [{"file_name": name, "id": i, "label": i % 2, "height": 1, "width": 1}
                   for i, name in enumerate(names) if not name.endswith(("gif", "bmp"))]
        (terminal / f"{split}.json").write_text(json.dumps({"images": entries}))
    terminal(f"tfrecordfs mount --profile classification --image_dir=images {given} "
             "--num_shards=2")
    try:
        assert terminal("ls out").out.split() == [
            f"{split}-{i:05}-of-00002.tfrecord" for split in ("train", "val") for i in range(2)]
    finally:
        terminal("tfrecordfs umount out")


def test_our_own_options_win_over_the_profiles(terminal):
    images.class_folders(terminal / "images", {"cat": 4, "dog": 3})
    terminal("tfrecordfs mount --profile tfds --dataset_name=pets --shards 3 images mnt")
    try:
        shards = [name for name in terminal("ls mnt").out.split() if ".tfrecord" in name]
        assert shards == [f"pets-train.tfrecord-{i:05}-of-00003" for i in range(3)]
    finally:
        terminal("tfrecordfs umount mnt")
