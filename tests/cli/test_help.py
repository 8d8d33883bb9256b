# SPDX-License-Identifier: MIT
"""Help that fits the screen and begins with what to type."""

import re

import pytest

DATA_SETS = ["mount", "check", "index", "cat"]
OTHERS = ["umount", "status", "show", "verify", "where", "schema"]


@pytest.mark.parametrize("command", DATA_SETS + OTHERS)
def test_it_fits_a_screen_and_begins_with_the_example(tfrecordfs, command):
    lines = tfrecordfs(command, "--help").out.splitlines()
    assert len(lines) <= (40 if command in DATA_SETS else 24)
    assert max(map(len, lines)) <= 100
    assert lines[0].startswith(f"  tfrecordfs {command}")
    assert not any(line.endswith(" ") for line in lines)


@pytest.mark.parametrize("command", DATA_SETS + OTHERS)
def test_help_and_h_and_the_word_say_the_same(tfrecordfs, command):
    out = tfrecordfs(command, "--help").out
    assert tfrecordfs(command, "-h").out == out and tfrecordfs("help", command).out == out


def test_the_list_of_commands_fits_too(tfrecordfs):
    lines = tfrecordfs("--help").out.splitlines()
    assert len(lines) <= 24 and max(map(len, lines)) <= 100
    listed = re.findall(r"^  ([a-z]+) +[\[A-Z]", "\n".join(lines), re.MULTILINE)
    assert sorted(listed) == sorted(DATA_SETS + OTHERS)
