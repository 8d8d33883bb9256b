# SPDX-License-Identifier: MIT
"""The demo and the examples, as a newcomer runs them."""

import os
import pathlib
import re
import subprocess

import program as programs
import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]


def run(*command, code=0):
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=280,
                          env=dict(os.environ, NO_COLOR="1"))
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_demo_runs_twice_and_leaves_nothing_mounted(program_path):
    if program_path != TOP / "build/release/tfrecordfs":
        pytest.skip("the demo shows the release build")
    for _ in range(2):
        done = run(TOP / "examples/demo")
        assert re.search(r"accuracy on \d+ test images: 0\.9[5-9]", done.stdout)
        assert done.stdout.count("the same bytes") >= 2
        assert done.stderr == ""
        assert not programs.mounts_below(TOP / "build/demo")
    assert done.stdout.rstrip().endswith("examples/converters/run all")


# What has to be in an example's output: shards, a record as TensorFlow parses it, and what
# the profile is about.
CONVERTERS = {
    "classification": [r" train-00003-of-00004\.tfrecord$", r" val-00000-of-00001\.tfrecord$",
                       r"^80 records in 5 shards", r"image/label +\d+$"],
    "chest_xray": [r"shares \d+ values of patient_id with train", r" train00\.tfrec$",
                   r"^  \(in train, \d\d images are left out and \d\d copies added\)$",
                   r"^image_name,label,subset$", r"^\w+_1\.png,1,training$", r"image_name +b'"],
    "deeplab_masks": [r" trainval-00003-of-00004\.tfrecord$", r"^96 records in 12 shards",
                      r"image/segmentation/class/encoded +[\d,]+ bytes$"],
    "image2tfrecords": [r" photos_test_00002-of-00002\.tfrecord$", r"^label,label_id$",
                        r'"total_number": 96', r"^96 records in 6 shards"],
    "class_folders": [r" train-00003-of-00004$", r" validation-00001-of-00002$",
                      r"^80 records in 6 shards", r"image/format +b'JPEG'$"],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CONVERTERS)
def test_a_converters_example_runs(program_path, name):
    """Twice, as the second run finds what the first one left."""
    if program_path != TOP / "build/release/tfrecordfs":
        pytest.skip("the examples show the release build")
    for _ in range(2):
        done = run(TOP / "examples/converters/run", name)
        for words in CONVERTERS[name]:
            assert re.search(words, done.stdout, re.M), f"{words}\n{done.stdout}"
        assert done.stderr == ""
        assert not programs.mounts_below(TOP / "build/demo")
    # After --group no note of shared patients is left.
    assert not re.search(r"note: .*shares", done.stdout.rpartition("$ tfrecordfs mount")[2])


def test_every_example_of_a_converter_is_run_and_listed():
    folder = TOP / "examples/converters"
    there = {path.name for path in folder.iterdir()} - {"README.md", "run", "read_back.py"}
    assert there == set(CONVERTERS)
    listed = re.findall(r"^\| `(\w+)` \|", (folder / "README.md").read_text(), re.M)
    assert listed == list(CONVERTERS)
    for example in (TOP / "examples").iterdir():
        if example.name not in ("README.md", "__pycache__"):
            assert f"`{example.name}" in (TOP / "examples/README.md").read_text(), example
    said = run(folder / "run", "nonsense", code=2).stderr
    assert all(name in said for name in CONVERTERS)
