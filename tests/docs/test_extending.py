# SPDX-License-Identifier: MIT
"""The worked examples of src/README.md: its lines, typed on a copy of the tree."""

import re

import documents
import images
import oracle
import pytest

pytestmark = pytest.mark.fuse_required

MAP = (documents.TOP / "src/README.md").read_text()
EXAMPLES = documents.TOP / "examples/extending"


@pytest.fixture
def typed(extended, terminal):
    """A terminal in which build/release is what the examples made of it, and the lines of
    the last block that are typed there, below it."""
    images.class_folders(terminal / "images", {"cat": 6, "dog": 9})
    rows = [f"{path} | {path.split('/')[0]}s" for path in images.paths(terminal / "images")]
    (terminal / "labels.pipes").write_text("\n".join(["# file | label", "", *rows]) + "\n")
    (terminal / "build").symlink_to(extended / "build")
    block = documents.code_blocks(documents.section("Worked examples", MAP))[-1]
    commands = documents.commands_of(block)
    assert commands[0] == "make" and len(commands) == 7
    return terminal, commands[1:]


def test_a_dialect_a_view_and_a_side_file_work_as_the_map_says(typed):
    terminal, (mount, cat, umount, *_) = typed
    said = terminal(mount).out
    try:
        assert "as pipes." in said and "15 images belonging to 2 classes" in said
        assert terminal(cat).out == "train 15\ntrain 3\n"
        assert (terminal / "mnt/labels.txt").read_text().split() == ["cats", "dogs"]
        shown = [list(oracle.records(*sorted((terminal / "mnt" / place).glob("train-*"))))
                 for place in (".", "every/5")]
        assert shown[1] == shown[0][4::5]
        assert "every" in {path.name for path in (terminal / "mnt").iterdir()}
        # And as a step among others: the every comes before the order.
        chained = terminal("cat mnt/epochs/3/every/5/shards/2/counts.txt").out
        assert chained == "train 3\n"
    finally:
        terminal(umount)


def test_a_dialect_tells_what_is_wrong_with_a_line(typed):
    terminal, _ = typed
    (terminal / "other").write_text("#pipes\ncat/0000.jpg cat\n")
    said = terminal("build/release/tfrecordfs check images --manifest other", code=1).error
    assert said == 'other:2: has no "|" between a file and a label'


def test_a_profile_mounts_as_the_map_says(typed):
    terminal, (*_, mount, show, umount) = typed
    terminal(mount)
    try:
        names = sorted(path.name for path in (terminal / "out").iterdir())
        assert names == [f"pairs-train-{i:05}.tfrecord" for i in (1, 2, 3)]
        shown = terminal(show).out
        assert "picture" in shown and re.search(r"kind.*cat", shown)
    finally:
        terminal(umount)


def test_every_example_is_typed_by_the_map_and_listed():
    names = {path.name for path in EXAMPLES.iterdir()} - {"README.md"}
    section = documents.section("Worked examples", MAP)
    assert names == set(re.findall(r"examples/extending/([\w.]+)", section))
    listed = documents.rows((EXAMPLES / "README.md").read_text())
    assert names == {re.match(r"\[([\w.]+)\]", row[0])[1] for row in listed}


def test_every_file_that_the_map_names_is_there():
    """Of functions and tables: paths below src/, and functions that a row names."""
    top = documents.TOP / "src"
    paths = set(re.findall(r"\b(?:base|wire|image|manifest|dataset|index|stream|fuse|cli)"
                           r"/\w+\.[ch]\b", MAP))
    examples = {"manifest/pipes.c", "dataset/view_every.c", "stream/side_split_counts.c"}
    paths = {path for path in paths if "NAME" not in path}
    assert len(paths) > 30 and not [path for path in paths - examples
                                    if not (top / path).exists()]
    sources = "\n".join(path.read_text() for path in top.glob("*/*.[ch]"))
    named = set(re.findall(r"`(?:struct )?(trfs_\w+)", MAP))
    assert len(named) > 20
    assert not [name for name in named if not re.search(rf"\b{name}\b", sources)]
