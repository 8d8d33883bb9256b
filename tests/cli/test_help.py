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


@pytest.mark.parametrize("command", DATA_SETS)
def test_the_options_that_help_leaves_out_are_counted_and_listed_on_request(tfrecordfs, command):
    def options(out):
        return re.findall(r"^  (?:-[a-z], )?--([a-z-]+)", out, re.MULTILINE)

    short, full = tfrecordfs(command, "--help").out, tfrecordfs(command, "--help-all").out
    more = int(re.search(r"--help-all lists (\d+) more", short).group(1))
    listed = options(full)
    assert len(listed) == len(set(listed)) == len(options(short)) + more
    assert {"manifest", "split", "shards", "order"} < set(options(short)) < set(listed)
    assert "panoptic" in listed and "panoptic" not in options(short)
    assert max(map(len, full.splitlines())) <= 100


def test_an_unknown_option_names_the_list_that_is_whole(tfrecordfs):
    assert "mount --help-all lists all" in tfrecordfs("mount", "a", "b", "--qqqq", code=2).error
    assert "umount --help lists all" in tfrecordfs("umount", "a", "--qqqq", code=2).error


def test_the_list_of_commands_fits_too(tfrecordfs):
    lines = tfrecordfs("--help").out.splitlines()
    assert len(lines) <= 24 and max(map(len, lines)) <= 100
    listed = re.findall(r"^  ([a-z]+) +[\[A-Z]", "\n".join(lines), re.MULTILINE)
    assert sorted(listed) == sorted(DATA_SETS + OTHERS)
