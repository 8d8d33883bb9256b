# SPDX-License-Identifier: MIT
"""Help that fits the screen and begins with what to type."""

import re

import pytest

DATA_SETS = ["mount", "check", "index", "cat", "export"]
OTHERS = ["umount", "reload", "log", "debug", "status", "show", "verify", "where", "schema"]


@pytest.mark.parametrize("command", DATA_SETS + OTHERS)
def test_it_fits_a_screen_and_begins_with_the_example(tfrecordfs, command):
    lines = tfrecordfs(command, "--help").out.splitlines()
    assert len(lines) <= (40 if command in DATA_SETS else 24)
    assert max(map(len, lines)) <= 80
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
    # An index's --part I/N is told from the data set's --part SPLIT=FILE by its value.
    assert [name for name in listed if listed.count(name) > 1] == (
        ["part"] * 2 if command == "index" else [])
    assert len(listed) == len(options(short)) + more
    assert {"manifest", "split", "shards", "order"} < set(options(short)) < set(listed)
    assert "panoptic" in listed and "panoptic" not in options(short)
    assert max(map(len, full.splitlines())) <= 80


def test_an_unknown_option_names_the_list_that_is_whole(tfrecordfs):
    assert "mount --help-all lists all" in tfrecordfs("mount", "a", "b", "--qqqq", code=2).error
    assert "umount --help lists all" in tfrecordfs("umount", "a", "--qqqq", code=2).error


def test_the_list_of_commands_fits_too(tfrecordfs):
    lines = tfrecordfs("--help").out.splitlines()
    assert len(lines) <= 24 and max(map(len, lines)) <= 80
    listed = re.findall(r"^  ([a-z]+) +[\[A-Z]", "\n".join(lines), re.MULTILINE)
    assert sorted(listed) == sorted(DATA_SETS + OTHERS)


def test_a_profiles_flags_and_what_it_stands_for_are_listed(tfrecordfs):
    plain = tfrecordfs("mount", "--help").out
    out = tfrecordfs("mount", "--profile", "inception", "--help").out
    assert out.startswith(plain)
    listed = dict(re.findall(r"^  --(\S+) +(.*)$", out[len(plain):], re.MULTILINE))
    assert listed["labels_file"] == "as --labels"
    assert listed["train_shards"] == "shards of split train; default: 2"
    assert "mountpoint" in listed["output_directory"] and listed["seed"] == "12345"
    assert re.search(r"no effect here: --logtostderr .*--stderrthreshold", out, re.DOTALL)
    assert max(map(len, out.splitlines())) <= 80


def test_a_misspelt_flag_of_a_profile_is_told_its_neighbour(tfrecordfs):
    error = tfrecordfs("mount", "--profile=inception", "--train_directry=x", code=2).error
    assert "did you mean --train_directory?" in error
    error = tfrecordfs("mount", "--train_directory=x", "a", "b", code=2).error
    assert "unknown option --train_directory" in error
    assert "wants --profile inception" in error
    error = tfrecordfs("mount", "--profile=inception", "--output_dir=x", code=2).error
    assert "did you mean --output_directory?" in error
    assert "tfrecordfs mount --profile inception --help lists all" in error


@pytest.mark.parametrize("command, line, missing", [
    ("mount", "--profile inception --train_directory .", ["--output_directory"]),
    ("mount", "--profile inception", ["--train_directory and --output_directory"]),
    ("mount", "--profile inception source", ["--output_directory"]),
    ("check", "--profile inception", ["--train_directory"]),
])
def test_the_flag_that_is_missing_is_named(tfrecordfs, command, line, missing):
    error = tfrecordfs(command, *line.split(), code=2).error
    for flag in missing:
        assert f"or by {flag}, which is missing" in error
    assert f"tfrecordfs {command} --profile inception --help" in error


@pytest.mark.parametrize("options, word", [
    ("split=train=0.8,test=0.2", 'split="train=0.8,test=0.2"'),
    ("shards=train=16,validation=2,seed=7", 'shards="train=16,validation=2"'),
    ("label-column=label,colour", 'label-column="label,colour"'),
])
def test_commas_that_want_quotes_are_told(tfrecordfs, options, word):
    """Of -o here; those of fstab are parsed by the same function, see mount/test_fstab.py."""
    error = tfrecordfs("mount", "a", "b", "-o", options, code=2).error
    assert "unknown option --" in error and word in error and "backslash" in error


def test_a_word_that_is_mistyped_is_not_taken_for_a_value(tfrecordfs):
    error = tfrecordfs("mount", "a", "b", "-o", "split=train=1,shrads=3", code=2).error
    assert "did you mean --shards?" in error and "quotes" not in error
    assert "quotes" not in tfrecordfs("mount", "a", "b", "-o", "seed=7,qqqq", code=2).error


@pytest.mark.parametrize("options", ['split="train=0.8,manifest=labels.csv', 'seed=7,split="'])
def test_a_quote_that_is_not_closed_is_told(tfrecordfs, options):
    error = tfrecordfs("mount", "a", "b", "-o", options, code=2).error
    assert f"a quote is not closed in {options.removeprefix('seed=7,')}" in error


def test_a_profile_that_is_none_is_told_which_there_are(tfrecordfs):
    error = tfrecordfs("mount", "--profile", "slim", "a", "b", code=2).error
    assert "inception" in error and "nih-xray" in error
