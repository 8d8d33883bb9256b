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
    for name in ("cat", "a class of animals whose name is long", "newt",
                 "one more class of animals whose name is as long"):
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
    assert "\n  a clas" in screen.text and "\n  one" in screen.text


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


def report_of(screen):
    """Without the progress before it, of which slow machines show more."""
    return screen.text[screen.text.index("Found "):]


COLOURLESS = [{"NO_COLOR": "1"}, {"NO_COLOR": "0"}, {"TERM": "dumb"}, {"TERM": None}]


@pytest.mark.parametrize("env", COLOURLESS, ids=map(str, COLOURLESS))
def test_no_colours_where_they_are_not_wanted(tfrecordfs, doubtful, env):
    plain = terminal.run(tfrecordfs, "check", doubtful, env=env, code=1)
    assert "\x1b[" not in plain.raw.replace("\r\x1b[K", "")
    coloured = terminal.run(tfrecordfs, "check", doubtful, env={"NO_COLOR": ""}, code=1)
    assert coloured.coloured and report_of(coloured) == report_of(plain)


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
    for i in range(60000):
        if i % 1000 == 0:
            (folder / f"class{i // 1000:02d}").mkdir()
        (folder / f"class{i // 1000:02d}" / f"{i}.png").write_bytes(images.encode(i % 4, ("png", "RGB")))
    return folder


@pytest.mark.parametrize("columns", [45, 60, 80])
def test_the_bar_stays_on_its_line(tfrecordfs, many, columns):
    screen = terminal.run(tfrecordfs, "check", many, "--threads", 1, "--check", "full",
                          columns=columns)
    states = [state for state in screen.drawn if state.startswith("Scanning images")]
    assert len(states) > 1
    assert all(len(state) < columns for state in states)
    assert all(re.match(r"Scanning images +\d+% (\[#* *\] )?\d", state) for state in states)
    assert any("left" in state for state in states)
    assert columns < 80 or all("[#" in state or "[ " in state for state in states)


# Wrong command lines, in a directory with images/, labels.csv and the empty mnt/; and
# what has to be in the one sentence that answers.
MISTYPED = {
    "mount mnt images": "it comes first: tfrecordfs mount images mnt",
    "mount imags mnt": 'did you mean "images"?',
    "check ./imags": 'did you mean "./images"?',
    "mount images labels.csv mnt": "is given with --manifest labels.csv",
    "mount images mnt --manifest label.csv": 'did you mean "labels.csv"?',
    "mount images mnt --labels lables.csv": 'did you mean "labels.csv"?',
    "check images --manifest semi.csv": "separated by semicolons",
    "check images --manifest labels.csv --label-column lable": 'did you mean "label"?',
    "check images --manifest labels.csv --extra agee": 'did you mean "age"?',
    "check images --manifest labels.csv --extra age:integer": "bytes, int64 or float",
    "check images --side-files standrd": 'did you mean "standard"?',
    "check images --side-files labels.txt": "there are none, ",
    "mount images mtn": "mkdir -p mtn",
    "mount labels.csv mnt": "with --manifest",
    "help mont": 'did you mean "mount"?',
    "check unknown-key.json": 'did you mean "split"?',
    "check no-source.json": 'did you mean "source"?',
}


@pytest.mark.parametrize("line", MISTYPED)
def test_what_is_mistyped_is_answered_with_what_to_type(tfrecordfs, folder, line):
    rows = [[path, "x", 3] for path in images.paths(
        images.class_folders(folder / "images", {"cat": 4, "dog": 4}))]
    images.write_csv(folder / "labels.csv", ["file", "label", "age"], rows)
    (folder / "mnt").mkdir()
    (folder / "semi.csv").write_text("a;b\n1;2\n")
    (folder / "unknown-key.json").write_text('{"source": "images", "spilt": "train=1"}')
    (folder / "no-source.json").write_text('{"sorce": "images"}')
    result = tfrecordfs(*line.split(), code=None, cwd=folder)
    assert result.code in (1, 2, 3) and MISTYPED[line] in result.error


def test_nothing_is_guessed_where_nothing_is_near(tfrecordfs, folder):
    (folder / "images").mkdir()
    assert "did you mean" not in tfrecordfs("check", "photographs", code=1, cwd=folder).error


@pytest.mark.fuse_required
def test_what_a_mount_prints_fits_and_can_be_pasted(tfrecordfs, tf, photos, folder):
    """Mountpoints of one word and of two; on the terminal and piped."""
    import subprocess
    import program as programs
    for name in ("mnt", "my mount"):
        mnt = folder / name
        mnt.mkdir()
        try:
            screen = terminal.run(tfrecordfs, "mount", photos, name, columns=60, cwd=folder)
            assert screen.in_style(32) == ["Mounted"]
            steps = screen.lines[[line[:5] for line in screen.lines].index("Look:"):]
            assert all(len(line) <= 60 for line in steps if "tfrecordfs show" not in line)
            index = steps.index("Train:")
            shells = [line.split(":", 1)[-1] if line[0] != " " else line
                      for line in steps[:index] + steps[index + 3:-1]]
            path = f"{tfrecordfs.path.parent}:/usr/bin:/bin"
            assert len(shells) == 4
            for line in shells:
                subprocess.run(["sh", "-c", line], cwd=folder, check=True, capture_output=True,
                               env=tfrecordfs.environment({"PATH": path}))
            python = "\n".join(steps[index + 1:index + 3])
            read = eval(python.replace(name, str(mnt)), {"tf": tf})  # pylint: disable=eval-used
            assert sum(1 for _ in read) == 34
            assert steps[-1].startswith("End: ")
            subprocess.run(["sh", "-c", steps[-1].removeprefix("End:")], cwd=folder, check=True,
                           env=tfrecordfs.environment({"PATH": path}))
            assert not programs.mounts_below(mnt)
        finally:
            programs.force_unmount(mnt)
