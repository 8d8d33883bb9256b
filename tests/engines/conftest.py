# SPDX-License-Identifier: MIT
"""Nodes with mounts of one source, and what is in it."""

import os
import pathlib
import shutil
import tempfile

import pytest

import images
from engines import nodes as machines

COUNTS = {"cat": 600, "dog": 450, "newt": 150}


def pytest_runtest_setup(item):
    if os.geteuid() != 0 and "cluster" in " ".join(item.fixturenames):
        pytest.skip("mount namespaces with filesystems of their own take root")


@pytest.fixture(scope="module")
def place():
    path = pathlib.Path(os.path.realpath(tempfile.mkdtemp(prefix="tfrecordfs-test-")))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def original(place):
    """Three class folders of small images that every engine's records can carry."""
    return images.class_folders(place / "original", COUNTS)


@pytest.fixture(scope="module")
def cluster(place, program_path, original):
    """Three nodes with copies of the source, not mounted."""
    with machines.cluster(place, program_path, original) as nodes:
        yield nodes


@pytest.fixture(scope="module")
def mounted_cluster(cluster):
    """The three nodes, each with its mount."""
    for node in cluster:
        node.mount(*machines.OPTIONS)
    yield cluster
    for node in cluster:
        node.umount()
