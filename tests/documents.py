# SPDX-License-Identifier: MIT
"""What we tell users, taken apart: README.md, the manual page, --help, and our tests."""

import ast
import pathlib
import re
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[1]
# Without comments, which nobody sees.
README = re.sub(r"<!--.*?-->\n?", "", (TOP / "README.md").read_text(), flags=re.S)
MANUAL = (TOP / "src/cli/tfrecordfs.1").read_text()


def section(title, text=README):
    """What stands under a heading of any level, up to the next."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", text, re.M | re.S)
    assert found, f"README.md has no section {title!r}"
    return found[1]


def code_blocks(text=README):
    """Indented code as texts without the indent."""
    blocks = re.findall(r"(?:\A|\n)\n((?: {4}.*(?:\n|\Z))+)", text)
    return [re.sub(r"^ {4}", "", block, flags=re.M) for block in blocks]


def code_block(beginning, text=README):
    """The one block of code that begins so."""
    (block,) = [block for block in code_blocks(text) if block.startswith(beginning)]
    return block


def commands_of(block):
    """The command lines of a block, without prompts and comments."""
    lines = [re.sub(r"(^|\s+)#.*", "", line) for line in block.splitlines()]
    lines = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [" ".join(line.removeprefix("$ ").split()) for line in lines if line]


def rows(text):
    """The rows of the one table of a section, as lists of cells."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return cells[2:]


def spans(text):
    """What stands between backquotes, blocks of code left out."""
    prose = re.sub(r"^ {4}.*$", "", text, flags=re.M)
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]


def sentences(text):
    """{number: its sentences} of a numbered list."""
    items = re.findall(r"^(\d+)\. (.*?)(?=^\d+\. |\Z)", text, re.M | re.S)
    return {int(number): [s.strip() for s in
                          re.split(r"(?<=\.) (?=[A-Z])", " ".join(item.split()))]
            for number, item in items}


def plain_mdoc(text):
    """Literal text of the manual's source as it is printed."""
    return text.replace("\\e", "\\").replace("\\&", "")


def manual_section(title):
    found = re.search(rf"^\.Sh {title}\n(.*?)(?=^\.Sh |\Z)", MANUAL, re.M | re.S)
    assert found, f"the manual page has no section {title}"
    return found[1]


def manual_displays(title):
    """The displays of a section: each .Bd block, and each .Dl line."""
    found = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed|^\.Dl ([^\n]*\n)", manual_section(title),
                       re.M | re.S)
    return [plain_mdoc(block or line) for block, line in found]


def commands_in_help(tfrecordfs):
    return re.findall(r"^  ([a-z]+) +[\[A-Z]", tfrecordfs("--help").out, re.M)


def options_in_help(tfrecordfs, command):
    """All of them: what --help leaves out is in --help-all, where a command has that."""
    out = tfrecordfs(command, "--help").out
    if "--help-all" in out:
        out = tfrecordfs(command, "--help-all").out
    long_names = re.findall(r"^  (?:-[a-z], )?(--[a-z-]+)", out, re.M)
    return {*long_names, *re.findall(r"^  (-[a-z]), ", out, re.M)}


def profiles(tfrecordfs):
    """The names of all profiles, as the message lists them that an unknown one gets."""
    error = tfrecordfs("mount", "--profile", "?", code=2).error
    return error.rsplit("there are ", 1)[1].split(", ")


def flags_of_profile(tfrecordfs, profile):
    """Every flag of a converter that its profile takes."""
    out = tfrecordfs("mount", "--profile", profile, "--help").out
    own = out.split(f"Profile {profile}: ", 1)[1].split("What it stands for", 1)[0]
    return set(re.findall(r"(?<=[ ])--\w+", own))


def library_directory(prefix="usr"):
    """Where libraries belong below the prefix of a distribution."""
    said = subprocess.run(["gcc", "-print-multiarch"], capture_output=True, text=True, check=True)
    return f"{prefix}/lib/{said.stdout.strip()}".rstrip("/")


def tests_there_are():
    """Every test of this directory: cli/test_show.py::test_x, unit/test_root.c::x."""
    found = set()
    for path in sorted((TOP / "tests").glob("*/test_*.py")):
        name = path.relative_to(TOP / "tests")
        found |= {f"{name}::{node.name}" for node in ast.parse(path.read_text()).body
                  if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
    for path in sorted((TOP / "tests/unit").glob("test_*.c")):
        text = path.read_text()
        found |= {f"unit/{path.name}::{name}" for name in
                  re.findall(r"^static void (\w+)\(void \*\*state\)$", text, re.M)
                  if len(re.findall(rf"\b{name}\b", text)) > 1}
    return found


def assert_tests_exist(names):
    """@names as tests_there_are() has them; called with what a table points to."""
    gone = sorted(set(names) - tests_there_are())
    assert not gone, f"README.md is held to its word by tests that are gone: {gone}"
