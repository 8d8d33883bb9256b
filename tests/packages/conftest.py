# SPDX-License-Identifier: MIT
"""Fresh systems; what is made in one of them is kept for the others of its release."""

import shutil

import chroots
import documents
import images
import pytest

CLASSES = {"cat": 40, "dog": 40}


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name == "packages":
            item.add_marker("fuse_required")


@pytest.fixture(scope="session")
def start_system():
    """start_system(release): as debootstrap makes it, and a user called reader besides."""
    if chroots.why_not():
        pytest.skip(f"no fresh Debian system can be made: {chroots.why_not()}")
    chroots.leave_the_mounts_of_others()
    started = []

    def start(release):
        context = chroots.system(release)
        started.append(context)
        machine = context.__enter__()  # pylint: disable=unnecessary-dunder-call
        machine.run("useradd --create-home reader")
        return machine

    yield start
    for context in reversed(started):
        context.__exit__(None, None, None)


@pytest.fixture(scope="session")
def put_tree():
    """put_tree(system): our own commits in /root/tfrecordfs, and what is not committed yet."""
    def put(machine):
        origin = machine.root / "root/origin"
        chroots.run("git", "clone", "--quiet", "--bare", "--no-local", documents.TOP, origin)
        machine.run("git clone --quiet /root/origin /root/tfrecordfs")
        changes = chroots.run("git", "-C", documents.TOP, "diff", "--binary", "HEAD")
        if changes:
            (machine.root / "root/changes").write_text(changes)
            machine.run("git apply /root/changes", cwd="/root/tfrecordfs")
    return put


@pytest.fixture(scope="session")
def put_images(tmp_path_factory):
    """put_images(system): /srv/images, that everybody may read, in two class folders."""
    source = tmp_path_factory.mktemp("images") / "images"
    images.class_folders(source, CLASSES)

    def put(machine):
        shutil.copytree(source, machine.root / "srv/images")
        machine.run("chmod -R a+rX /srv/images")
    return put
