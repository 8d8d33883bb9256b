# SPDX-License-Identifier: MIT
"""README.md, pasted from above to below into one shell, as a reader does."""

import os
import pty
import re
import subprocess

import documents
import images
import program as programs
import pytest

# What is not for a shell, or takes the whole machine; and the test that shows it instead.
INSTEAD = {
    "make demo": ("installs packages, and runs all tests",
                  "mount/test_examples.py::test_the_demo_runs_twice_and_leaves_nothing_mounted"),
    "tf.data.": ("Python", "docs/test_readme.py::test_the_one_line_and_tensorflow"),
    "for epoch": ("Python", "docs/test_views.py::test_an_epoch_as_readme_reads_it"),
    '{ "name": "age"': ("a file", "docs/test_readme.py::test_your_own_schema"),
    "make    ": ("installs into the system", "docs/test_library.py::test_building_and_installing"),
    "./images, labels.csv": ("a drawing", "docs/test_names.py::test_the_drawing_is_a_drawing"),
}
DONE = "pasted up to here"


def is_shown_otherwise(block):
    return any(block.startswith(beginning) for beginning in INSTEAD)


@pytest.fixture
def reader(terminal):
    """A directory of what README.md talks of."""
    os.rmdir(terminal / "mnt")
    images.class_folders(terminal / "images", {"cat": 30, "dog": 50, "newt": 20})
    for directory, seed in (("train", 0), ("val", 40)):
        for label in ("cat", "dog"):
            for i in range(4):
                images.write(terminal / directory / label / f"{i}.jpg", seed + i, ("jpeg", "RGB"))
    (terminal / "labels.txt").write_text("dog\ncat\n")
    return terminal


def paste(terminal, text):
    """Type @text into an interactive shell, at its prompt; what stands on the terminal then.

    The shell ends at the first line that fails, so that what follows is not done."""
    ours, theirs = pty.openpty()
    environment = terminal.program.environment({"PS1": "$ ", "PS2": "> ", "TERM": "dumb"})
    environment["PATH"] = f"{terminal.program.path.parent}:{os.environ['PATH']}"
    shell = subprocess.Popen(["bash", "--norc", "--noprofile", "-i"], stdin=theirs, stdout=theirs,
                             stderr=theirs, cwd=terminal.directory, env=environment,
                             start_new_session=True)
    os.close(theirs)
    os.write(ours, f"set -e\n{text}\necho {DONE.replace(' ', '_')}\nexit\n".encode())
    seen = b""
    try:
        while piece := os.read(ours, 65536):
            seen += piece
    except OSError:  # The shell has closed its terminal.
        pass
    finally:
        os.close(ours)
    return shell.wait(60), seen.decode(errors="replace")


@pytest.mark.fuse_required
def test_a_reader_who_pastes_every_command_gets_to_the_end(reader):
    blocks = [block for block in documents.code_blocks() if not is_shown_otherwise(block)]
    assert len(blocks) >= 3
    try:
        code, seen = paste(reader, "".join(blocks))
        assert code == 0 and f"\n{DONE.replace(' ', '_')}\r" in seen, seen
        assert not re.search(r"^tfrecordfs: ", seen, re.M), seen
        # Each did what it is there for.
        assert "No problems." in seen and "image/class/label" in seen
        assert seen.count("Mounted ") == 3 and len(re.findall(r"-of-000\d\d\.tfrecord\r\n", seen)) == 36
        assert not programs.mounts_below(reader.directory)
    finally:
        programs.force_unmount(reader.directory)


def test_every_block_is_pasted_or_shown_by_another_test():
    for beginning, (reason, _) in INSTEAD.items():
        assert reason and any(block.startswith(beginning) for block in documents.code_blocks())
    documents.assert_tests_exist(test for _, test in INSTEAD.values())
    for block in documents.code_blocks():
        if not is_shown_otherwise(block):
            assert all(re.match(r"tfrecordfs |mkdir |ls |cat ", line)
                       for line in documents.commands_of(block)), block
