# SPDX-License-Identifier: MIT
"""A terminal in a directory where the data of the documents lie."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

import documents
import images
import program as programs
import pytest

CLASSES = {"cat": 60, "dog": 100, "newt": 40}
HEADER = ["filename", "label", "split", "patient_id", "age"]


class Terminal:
    """Runs lines as they stand in a document, in one directory."""

    def __init__(self, program, directory):
        self.program, self.directory = program, directory

    def __call__(self, line, code=0, env=None):
        environment = self.program.environment(env)
        environment["PATH"] = f"{self.program.path.parent}:{os.environ['PATH']}"
        done = subprocess.run(["bash", "-c", line], cwd=self.directory, timeout=120,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              env=environment)
        result = programs.Result([line], done.returncode,
                                 done.stdout.decode(errors="replace"), done.stderr.decode())
        assert result.code == code, f"expected exit code {code}\n{result}"
        return result

    def __truediv__(self, name):
        return self.directory / name

    @contextlib.contextmanager
    def mounted(self, line, **keywords):
        """Run a line that mounts ./mnt; yields its shards, and unmounts."""
        self(line, **keywords)
        try:
            yield sorted((self / "mnt").glob("*.tfrecord"))
        finally:
            self("tfrecordfs umount ./mnt")


@pytest.fixture
def terminal(tfrecordfs, folder):
    """In an empty directory but for ./mnt."""
    directory = folder / "work"
    (directory / "mnt").mkdir(parents=True)
    return Terminal(tfrecordfs, directory)


def manifest_rows(source):
    """Rows of HEADER: the class, three of four in train, and three images a patient."""
    return [[path, path.split("/")[0], "test" if i % 4 == 3 else "train", f"p{i // 3}",
             "" if i % 5 == 0 else i % 90] for i, path in enumerate(images.paths(source))]


@pytest.fixture
def work(terminal):
    """The terminal, with 200 images in three class folders and with labels.csv."""
    images.class_folders(terminal / "images", CLASSES)
    images.write_csv(terminal / "labels.csv", HEADER, manifest_rows(terminal / "images"))
    (terminal / "labels.txt").write_text("newt\ndog\ncat\n")
    return terminal


@pytest.fixture(scope="session")
def session_folder():
    """Removed at the end, since what is built is large."""
    with tempfile.TemporaryDirectory(prefix="tfrecordfs-docs-") as path:
        yield pathlib.Path(path)


@pytest.fixture(scope="session")
def tree(session_folder, program_path):
    """A copy of the tree with what was built, for make to work in."""
    copy = session_folder / "tree"
    copy.mkdir()
    for name in ("Makefile", "README.md", "LICENSE", "src", "include", "examples", "tests/bench",
                 "tests/unit", "tests/fuzz", "systemd", ".debian"):
        source = documents.TOP / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, copy / name)
    shutil.copytree(program_path.parent, copy / "build/release")
    return copy


def run_make(tree, line, code=0, env=None):
    """A line of make in the tree, with the flags of the build, so that little is built."""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("WERROR", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "DESTDIR")}
    if "-Werror" in (tree / "build/release/flags").read_text():
        environment["WERROR"] = "1"
    done = subprocess.run(["bash", "-c", line], cwd=tree, capture_output=True, text=True,
                          timeout=280, check=False, env=environment | (env or {}))
    assert done.returncode == code, f"$ {line}\n{done.stdout}{done.stderr}"
    return done


@pytest.fixture
def make(tree):
    return lambda line, **keywords: run_make(tree, line, **keywords)


@pytest.fixture(scope="session")
def installed(tree, session_folder):
    """Where `make install` with no PREFIX put everything, as seen through DESTDIR."""
    stage = session_folder / "stage"
    run_make(tree, "make install", env={"DESTDIR": str(stage)})
    return stage / "usr/local"


@pytest.fixture(scope="session")
def prefix(tree, session_folder):
    """A prefix of its own, so that libraries can be used from it as they stand."""
    place = session_folder / "prefix"
    run_make(tree, f"make install PREFIX={place}")
    return place


@pytest.fixture(scope="session")
def extended(session_folder, program_path):
    """A copy of the tree that the worked examples of src/README.md were typed in, and built
    there; nothing but what they change is built anew."""
    copy = session_folder / "extended"
    copy.mkdir()
    for name in ("src", "include", "examples/extending"):
        shutil.copytree(documents.TOP / name, copy / name)
    shutil.copy2(documents.TOP / "Makefile", copy)
    shutil.copytree(program_path.parent, copy / "build/release",
                    ignore=shutil.ignore_patterns("tests"))
    section = documents.section("Worked examples", (copy / "src/README.md").read_text())
    for block in documents.code_blocks(section):
        for line in block.splitlines():
            if not line.startswith("build/") and not line.startswith("cat "):
                run_make(copy, line)
    return copy
