# SPDX-License-Identifier: MIT
"""Fixtures of the tests of views: one mount for all of a file."""

import os
import pathlib
import shutil
import tempfile

import pytest

import images
import program as programs
import view_model

SPLIT = ["--split", "train=0.7,validation=0.1,test=0.2", "--shards", "4"]
COUNTS = {"cat": 60, "dog": 30, "newt": 10}


@pytest.fixture(scope="module")
def place():
    path = pathlib.Path(os.path.realpath(tempfile.mkdtemp(prefix="tfrecordfs-test-")))
    yield path
    programs.force_unmount(path)
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def program(program_path, place):
    (place / "home").mkdir()
    return programs.Program(program_path, place / "home")


@pytest.fixture(scope="module")
def source(place):
    return images.class_folders(place / "photos", COUNTS)


@pytest.fixture(scope="module")
def mounted(program, source, place):
    with programs.mounted(program, source, place / "mnt", *SPLIT,
                          index=place / "index") as mount:
        yield mount


@pytest.fixture(scope="module")
def root(mounted):
    return view_model.Records(mounted.path)
