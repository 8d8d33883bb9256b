# SPDX-License-Identifier: MIT
"""Names with escapes, line ends and bidi marks: no command shows them to a terminal raw."""

import ast
import csv
import html.parser
import io
import json
import os
import pty
import re
import subprocess

import hostile
import images
import pytest

# Of classes, files and cells; hostile.run() fails where one of them is shown as it is.
NAMES = ["plain", "\x1b[31mred", "new\nline", "tab\t", "\u202egpj.exe", "zero\u200bwidth",
         "\ufeffmark", "c1\u009b31m", "\u2028line", "del\x7f", "\x1b]0;title\a", "%s%n%d",
         "$(id)`id`", "quote\"'`", "<b>", "=1+1", "back\\slash", "\u2066isolated", "x" * 200]
COLUMN = "\x1b[32mcolumn\u202e"


@pytest.fixture
def classes(folder):
    """Folders and files of such names, in a folder of such a name."""
    source = folder / "\x1b[31m\u202esource"
    for i, name in enumerate(NAMES):
        for j in range(2):
            images.write(source / name / f"{name[:100]}{j}.png", 2 * i + j, ("png", "L"), (4, 4))
    return source


@pytest.fixture
def table(folder):
    """A manifest with them as cells."""
    for i in range(len(NAMES)):
        images.write(folder / f"flat/{i}.png", i, ("png", "L"), (4, 4))
    (folder / "flat/0.png").write_bytes("\x1b[31m\u202e no image".encode())
    return images.write_csv(folder / "\x1b[31m\u202e.csv", ["file", "label", COLUMN],
                            [[f"{i}.png", name, name] for i, name in enumerate(NAMES)])


@pytest.mark.fault(fault="names with escapes, line ends, bidi marks",
                  moment="when a report is printed",
                  expected="shown escaped")
def test_reports_show_names_of_folders_escaped(tfrecordfs, classes, folder):
    for options in ([], ["--split", "train=0.5,test=0.5"]):
        result = hostile.run(tfrecordfs, "check", classes, *options, code=0)
        assert r"\x1b[31mred" in result.out and r"\xe2\x80\xaegpj.exe" in result.out
        assert r"new\x0aline" in result.out
    assert hostile.run(tfrecordfs, "check", classes, "--json", code=0).json
    (classes / "plain/plain0.png").write_bytes(b"\x1b[31m no image")
    (classes / "new\nline/\u202e.png").write_bytes(b"")
    result = hostile.run(tfrecordfs, "check", classes)
    assert r"new\x0aline/\xe2\x80\xae.png: is empty" in result.out
    assert hostile.run(tfrecordfs, "index", classes, "--index", folder / "index").error


def test_reports_and_errors_show_cells_and_columns_escaped(tfrecordfs, table, folder):
    arguments = ["check", folder / "flat", "--manifest", table]
    result = hostile.run(tfrecordfs, *arguments, "--extra", COLUMN)
    assert r"\x1b[31mred" in result.out and "is not an image" in result.out
    for options in (["--extra", f"{COLUMN}:int64"], ["--group", "\u202e"], ["--label-column", COLUMN + "x"],
                    ["--keep-every", "\u202e=x"], ["--schema", "\x1b[2J"], ["--split", "\u202e=1"],
                    ["--\x1b[2J"], ["--order", "\u009b"]):
        assert hostile.run(tfrecordfs, *arguments, "--on-bad", "skip", *options, code=(1, 2)).err
    missing = images.write_csv(folder / "m.csv", ["file"], [[f"{name}.png"] for name in NAMES])
    result = hostile.run(tfrecordfs, "check", folder / "flat", "--manifest", missing,
                         code=2)
    assert r"\xe2\x80\xaegpj.exe.png" in result.out


def python_of(text):
    """The names of features, of Python that has nothing but a parser in it."""
    tree = ast.parse(text)
    kinds = [type(node) for node in tree.body]
    assert kinds == [ast.Import, ast.Assign, ast.FunctionDef, ast.FunctionDef], ast.dump(tree)
    return {ast.literal_eval(key) for key in tree.body[1].value.keys}


@pytest.mark.fault(fault="feature name that is code", moment="when schema.py is made",
                  expected="stays a string")
def test_schemas_show_names_escaped_and_their_python_is_only_a_parser(tfrecordfs, folder):
    names = [*NAMES, '")\nimport os; os.system("touch pwned")\n("', '"""', "\\", "\\\"", "\u202e#"]
    path = images.write_json(folder / "s.json", {
        "name": "\x1b[31m\u202e", "description": "\n import os\n",
        "features": {name: "label.id" for name in names}})
    result = hostile.run(tfrecordfs, "schema", path, code=0)
    assert python_of(result.out) == set(names)
    assert set(hostile.run(tfrecordfs, "schema", path, "--json", code=0).json["features"]) == (
        set(names))


@pytest.mark.fault(fault="names with escapes, line ends, bidi marks",
                  moment="when records are shown or verified",
                  expected="shown escaped")
def test_commands_on_records_show_paths_and_keys_escaped(tfrecordfs, folder, classes):
    place = folder / "\x1b[31m\u202edir"
    place.mkdir()
    features = images.write_json(folder / "s.json", {
        "name": "s", "features": {"\x1b[31m\u202e": "label.text", "image": "image.encoded"}})
    options = ["--schema", features, "--shards", 1, "--index", folder / "index"]
    for seed in (1, 2):
        (place / f"{seed}.tfrecord").write_bytes(tfrecordfs(
            "cat", classes, "train-00000-of-00001.tfrecord", *options, "--seed", seed,
            binary=True).out)
    (place / "bad.tfrecord").write_bytes(b"\x1b[31m" * 10)
    good = place / "1.tfrecord"
    for number in range(3):
        result = hostile.run(tfrecordfs, "show", f"{good}:{number}", code=0)
        assert r"\x1b[31m\xe2\x80\xae" in result.out
        assert hostile.run(tfrecordfs, "show", f"{good}:{number}", "--json", code=0).json
    assert hostile.run(tfrecordfs, "verify", place).out
    assert hostile.run(tfrecordfs, "verify", place, "--json").json
    assert hostile.run(tfrecordfs, "verify", good, "--against", place / "2.tfrecord",
                       code=(0, 1)).out
    for arguments in (["show", place / "bad.tfrecord"], ["where", good, 3], ["status", place],
                      ["umount", place], ["mount", place, place / "none"], ["cat", place, "x"]):
        assert hostile.run(tfrecordfs, *arguments, code=(1, 2, 3)).err


def test_paths_that_scripts_read_are_raw_but_not_on_a_terminal(tfrecordfs, classes):
    arguments = ["index", classes, "--index", classes.parent / "\x1b[31mindex"]
    raw = tfrecordfs(*arguments).out.splitlines()[0]
    assert os.path.exists(raw) and "\x1b[31mindex" in raw
    ours, theirs = pty.openpty()
    subprocess.run(tfrecordfs.command(*arguments), stdin=theirs, stdout=theirs, stderr=theirs,
                   env=tfrecordfs.environment(), check=True, timeout=60)
    os.close(theirs)
    shown = os.read(ours, 100000).decode()
    os.close(ours)
    assert r"\x1b[31mindex" in shown
    assert not hostile.OBEYED.search(shown.replace("\r\n", "\n").replace("\r\x1b[K", ""))


# --- Side files -------------------------------------------------------------------------

SCRIPTS = ["<script>alert(1)</script>", "</title></style><img src=x onerror=alert(1)>",
           "\" onmouseover=alert(1) x=\"", "&lt;b&gt;", "item { id: 9 }", "'\n}\nitem {\n  name: 'x"]


@pytest.fixture
def side_file(tfrecordfs, folder):
    """side_file(name): its text, for classes, files and columns of hostile names."""
    names = [*NAMES, *SCRIPTS]
    source = folder / "<script>\x1b\u202e"
    for i, name in enumerate(names):
        images.write(source / f"{name[:60].replace('/', '')}{i}.png", i, ("png", "L"), (4, 4))
    (source / "bad\x1b\u202e<script>.png").write_bytes(b"")
    rows = [[path.name, names[i % len(names)], names[i % len(names)]]
            for i, path in enumerate(sorted(source.iterdir()))]
    table = images.write_csv(folder / "\u202e.csv", ["file", "label", COLUMN], rows)

    def read(name, *options):
        return tfrecordfs("cat", source, name, "--manifest", table, "--on-bad", "skip", "--extra",
                          COLUMN, "--index", folder / "index", *options, binary=True).out.decode()

    read.rows, read.names = rows, names
    return read


class Page(html.parser.HTMLParser):
    """The tags and attributes of a page, but for its pictures."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.text = set(), ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags |= {(tag, name) for name, _ in attrs} | {(tag, None)}

    def handle_data(self, data):
        self.text += data


@pytest.mark.fault(fault="class name that is a script", moment="when report.html is made",
                  expected="stays text")
def test_a_report_has_no_script_and_no_mark_that_turns_text(side_file, tfrecordfs, photos, folder):
    text = side_file("report.html")
    page = Page(text)
    plain = Page(tfrecordfs("cat", photos, "report.html", "--index", folder / "index").out)
    assert not [tag for tag, name in page.tags if tag in ("script", "img") and name != "src"
                and (tag, name) not in plain.tags]
    assert not [name for _, name in page.tags if name and name.startswith("on")]
    assert page.tags - plain.tags <= {("ol", None), ("ul", None), ("li", None), ("code", None),
                                      ("h3", None), ("p", "class")}
    assert "<script>alert(1)</script>" in page.text
    assert not hostile.OBEYED.search(text)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_tables_give_names_back_as_they_were(side_file):
    labels = [row["class"] for row in rows_of(side_file("labels.csv"))]
    wanted = {name.strip(" \t\n") for name in side_file.names}
    assert set(labels) <= wanted and len(labels) >= len(wanted) - 1
    splits = rows_of(side_file("splits.csv"))
    wanted = {(row[0], row[1].strip(" \t\n")) for row in side_file.rows}
    assert {(row["file"], row["label"]) for row in splits} <= wanted
    assert len(splits) == len(wanted) - 1
    assert "bad\x1b\u202e<script>.png" in [row["file"] for row in rows_of(side_file("problems.csv"))]


def test_json_and_python_and_label_maps_are_what_they_are_whatever_is_in_them(side_file):
    for name in ("dataset.json", "stats.json", "features.json", "class_weights.json",
                 "metadata.json"):
        json.loads(side_file(name))
    assert COLUMN in python_of(side_file("schema.py"))
    label_map = side_file("label_map.pbtxt")
    lines = [line for line in label_map.split("\n") if line]
    assert all(re.fullmatch(r"item \{|  id: \d+|  name: '([^'\\]|\\.)*'|\}", line) for line in lines)
    assert lines.count("item {") >= len(side_file.names) - 1
    assert not re.search("[\0-\x08\x0b-\x1f\x7f]", side_file("README.txt"))
