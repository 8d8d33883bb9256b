# SPDX-License-Identifier: MIT
"""Fixtures of all Python tests; which build they test says TRFS_PROGRAM."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import pytest

import images
import program as programs

TOP = pathlib.Path(__file__).resolve().parents[1]

pytest_plugins = ["fault_matrix"]


def why_no_fuse():
    try:
        os.close(os.open("/dev/fuse", os.O_RDWR))
    except OSError as error:
        return f"/dev/fuse cannot be opened: {error.strerror}"
    return None


def pytest_runtest_setup(item):
    if item.get_closest_marker("fuse_required") and why_no_fuse():
        pytest.skip(why_no_fuse())


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name == "mount":
            item.add_marker("fuse_required")


def sanitizer_reports():
    """What processes of a sanitized build wrote, once each."""
    folder = os.environ.get("TRFS_SANITIZER_LOGS")
    for report in sorted(pathlib.Path(folder).glob("report.*")) if folder else []:
        text = report.read_text(errors="replace")
        report.unlink()
        yield text


@pytest.fixture(autouse=True)
def no_sanitizer_reports():
    list(sanitizer_reports())
    yield
    reports = list(sanitizer_reports())
    assert not reports, "a sanitizer reports:\n" + "\n".join(reports)


@pytest.fixture
def folder():
    """An empty directory that every user can enter, and where nothing stays mounted."""
    path = pathlib.Path(os.path.realpath(tempfile.mkdtemp(prefix="tfrecordfs-test-")))
    path.chmod(0o755)
    yield path
    left = programs.mounts_below(path)
    programs.force_unmount(path)
    shutil.rmtree(path, ignore_errors=True)
    assert not left, f"left mounted: {left}"


@pytest.fixture(scope="session")
def program_path():
    path = pathlib.Path(os.environ.get("TRFS_PROGRAM", TOP / "build/release/tfrecordfs"))
    assert path.is_file(), f"{path} is not there: run make"
    return path.resolve()


@pytest.fixture
def tfrecordfs(program_path, folder):
    """The program; call it with arguments."""
    home = folder / "home"
    home.mkdir()
    return programs.Program(program_path, home)


@pytest.fixture
def as_user(tfrecordfs, folder):
    """The program as an ordinary user runs it."""
    return programs.as_ordinary_user(tfrecordfs, folder / "user")


@pytest.fixture
def mount(tfrecordfs, folder):
    """mount(source, *options) as a context: yields a program.Mount."""
    used = set()

    @contextlib.contextmanager
    def mount_at(source, *options, at="mnt", index=None, user=None, **keywords):
        name = at if at not in used else f"{at}-{len(used)}"
        used.add(name)
        with programs.mounted(user or tfrecordfs, source, folder / name, *options,
                              index=index or folder / "index", **keywords) as mounted:
            yield mounted

    return mount_at


@pytest.fixture
def fuse_connection():
    """Gives the directory where the kernel tells of a mount, and can be told."""
    top = pathlib.Path("/sys/fs/fuse/connections")
    if not list(top.glob("*")):
        done = subprocess.run(["mount", "-t", "fusectl", "fusectl", top], check=False,
                              capture_output=True)
        if done.returncode != 0 and not os.path.ismount(top):
            pytest.skip("only root can look at the kernel's connections")
    return lambda path: top / str(os.minor(os.stat(path).st_dev))


@pytest.fixture
def mnt(folder):
    """An empty directory to mount on, for who does not let @mount do it."""
    path = folder / "mnt"
    path.mkdir()
    return path


@pytest.fixture
def photos(folder):
    """Three class folders of small images of every kind; the path of the source."""
    return images.class_folders(folder / "photos", {"cat": 17, "dog": 11, "newt": 6})


@pytest.fixture
def aged_source(folder):
    """60 images that were last touched before whatever looks at them."""
    images.class_folders(folder / "images", {"cat": 30, "dog": 20, "fox": 10})
    time.sleep(0.05)
    return folder / "images"


@pytest.fixture(scope="session")
def tf():
    """TensorFlow, imported once and quietly."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    return pytest.importorskip("tensorflow")
