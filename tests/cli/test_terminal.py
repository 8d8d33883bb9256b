# SPDX-License-Identifier: MIT
"""What a person sees: on terminals of any width, with colours and without."""

import re

import images
import pytest
import terminal

COMMANDS = ["mount", "umount", "reload", "status", "log", "debug", "check", "index", "cat", "show",
            "verify", "where", "schema"]
WIDTHS = [60, 80, 200]

# What may be longer than a line, as it is to be pasted or to be found.
WHOLE = re.compile(r"^(  tfrecordfs |tfrecordfs: |\S+:\d+: |\S+/\S+: )")


def assert_fits(screen, columns):
    wide = [line for line in screen.lines if len(line) > columns and not WHOLE.match(line)]
    assert not wide


@pytest.fixture
def doubtful(folder):
    """Images in folders of long names, some of them broken and some of them odd."""
    source = folder / "images"
    for name in ("cat", "a class of animals whose name is long", "newt"):
        images.class_folders(source, {name: 12})
    (source / "cat/empty.jpg").write_bytes(b"")
    (source / "cat/no.jpg").write_bytes(b"no image at all")
    return source


def test_who_types_nothing_is_told_what_it_is_and_what_to_type(tfrecordfs, folder):
    images.class_folders(folder / "images", {"cat": 4, "dog": 4})
    screen = terminal.run(tfrecordfs, columns=60, code=2)
    assert_fits(screen, 60)
    assert len(screen.lines) <= 14 and "TFRecord" in screen.lines[0]
    assert tfrecordfs(code=2).out == ""
    # The first one can be typed at once.
    (line,) = [line for line in screen.lines if line.startswith("  tfrecordfs check")]
    assert "Found 8 images" in tfrecordfs(*line.split()[1:3], cwd=folder).out


@pytest.mark.parametrize("columns", WIDTHS)
def test_help_fits_the_terminal(tfrecordfs, columns):
    for arguments in [["--help"], *([command, "--help"] for command in COMMANDS),
                      ["mount", "--profile", "inception", "--help"]]:
        screen = terminal.run(tfrecordfs, *arguments, columns=columns)
        assert_fits(screen, min(columns, 80))


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_report_fits_the_terminal(tfrecordfs, doubtful, columns):
    screen = terminal.run(tfrecordfs, "check", doubtful, "--split",
                          "train=0.5,validation=0.25,test=0.25", columns=columns, code=1)
    assert_fits(screen, columns)
    assert "a class of" in screen.text


def test_splits_that_have_no_room_are_told_of(tfrecordfs, doubtful):
    split = "for-training=0.5,for-validation=0.25,for-testing=0.25"
    screen = terminal.run(tfrecordfs, "check", doubtful, "--split", split, columns=60, code=1)
    assert_fits(screen, 60)
    assert "  (a wider terminal shows the splits)" in screen.lines
    screen = terminal.run(tfrecordfs, "check", doubtful, "--split", split, columns=120, code=1)
    assert "wider" not in screen.text and "for-testing" in screen.lines[1]


def test_a_report_that_is_piped_is_not_wrapped(tfrecordfs, doubtful):
    out = tfrecordfs("check", doubtful, code=1).out
    (note,) = [line for line in out.splitlines() if "CMYK" in line]
    assert note.startswith("note: ") and len(note) > 100
    assert "a class of animals whose name is long" in out


def test_findings_are_grouped_the_worst_first_and_end_with_a_verdict(tfrecordfs, folder):
    names = images.flat(folder / "flat", 6)
    (folder / "flat/empty.jpg").write_bytes(b"")
    rows = [[names[0], "cat"], ["gone.jpg", "cat"], [names[0], "cat"], ["empty.jpg", "cat"],
            ["gone2.jpg", "cat"], [names[1], ""]]
    manifest = images.write_csv(folder / "m.csv", ["filename", "label"], rows)
    lines = tfrecordfs("check", folder / "flat", "--manifest", manifest, code=1).out.splitlines()
    found = [re.match(r"(error|\S+:\d+):.*", line) for line in lines]
    assert [match[1].removeprefix(f"{manifest}:") for match in found if match] == [
        "error", "3", "6", "error", "5", "error", "7", "error", "4"]
    assert lines[-1].startswith("5 problems. Mend them; or mount --on-bad skip")


def test_a_split_that_lacks_classes_is_noted(tfrecordfs, folder):
    images.class_folders(folder / "s/train", {"cat": 3, "dog": 3})
    images.class_folders(folder / "s/test", {"cat": 3})
    out = tfrecordfs("check", folder / "s").out
    assert "note: test lacks 1 of 2 classes (dog): results on it say nothing of them" in out


COLOURLESS = [{"NO_COLOR": "1"}, {"NO_COLOR": "0"}, {"TERM": "dumb"}, {"TERM": None}]


@pytest.mark.parametrize("env", COLOURLESS, ids=map(str, COLOURLESS))
def test_no_colours_where_they_are_not_wanted(tfrecordfs, doubtful, env):
    plain = terminal.run(tfrecordfs, "check", doubtful, env=env, code=1)
    assert "\x1b[" not in plain.raw.replace("\r\x1b[K", "")
    coloured = terminal.run(tfrecordfs, "check", doubtful, env={"NO_COLOR": ""}, code=1)
    assert coloured.coloured and coloured.text == plain.text


def test_no_colours_in_files_and_pipes(tfrecordfs, doubtful):
    environment = {"NO_COLOR": None, "TERM": "xterm-256color"}
    for arguments, code in ((["check", doubtful], 1), (["--help"], 0), (["cehck"], 2)):
        result = tfrecordfs(*arguments, code=code, env=environment)
        assert "\x1b" not in result.out + result.err


def test_colours_say_what_words_say(tfrecordfs, doubtful):
    screen = terminal.run(tfrecordfs, "check", doubtful, code=1)
    assert screen.in_style(31) == ["error:", "2 problems."]
    assert set(screen.in_style(33)) == {"note:"}
    for name in ("empty.jpg", "no.jpg"):
        (doubtful / "cat" / name).unlink()
    assert terminal.run(tfrecordfs, "check", doubtful).in_style(32) == ["No problems."]
    assert terminal.run(tfrecordfs, "cehck", code=2).in_style(31) == ["tfrecordfs:"]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """So many images that looking at them takes a while."""
    folder = tmp_path_factory.mktemp("many")
    for i in range(40000):
        if i % 1000 == 0:
            (folder / f"class{i // 1000:02d}").mkdir()
        (folder / f"class{i // 1000:02d}" / f"{i}.png").write_bytes(images.encode(i % 4, ("png", "RGB")))
    return folder


@pytest.mark.parametrize("columns", [45, 60, 80])
def test_the_bar_stays_on_its_line(tfrecordfs, many, columns):
    screen = terminal.run(tfrecordfs, "check", many, "--threads", 1, "--check", "full",
                          columns=columns)
    states = [state for state in screen.drawn if state.startswith("Scanning images")]
    assert len(states) > 2
    assert all(len(state) < columns for state in states)
    assert all(re.match(r"Scanning images +\d+% (\[#* *\] )?\d", state) for state in states)
    assert any("left" in state for state in states)
    assert columns < 80 or all("[#" in state or "[ " in state for state in states)
