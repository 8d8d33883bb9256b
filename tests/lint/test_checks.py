# SPDX-License-Identifier: MIT
"""Each check of this folder complains, at the right place, about what it is there for."""

import pathlib
import shutil
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
COPIED = ["Makefile", "README.md", "LICENSE", "src", "include", "examples", "systemd",
          "tests/lint", ".clang-format", ".clang-tidy"]


def append(text):
    return lambda path: path.write_text(path.read_text() + text)


def replace(old, new):
    def change(path):
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))
    return change


# Check, file, what is done to it, and what the check has to say.
FAULTS = {
    "upward include": ("check-layers", "src/base/random.c", append('#include "dataset/plan.h"\n'),
                       "src/base/random.c:{last}: base may not include"),
    "upward public include": ("check-layers", "src/image/jpeg.c",
                              append("#include <tfrecordfs/stream.h>\n"),
                              "src/image/jpeg.c:{last}: image may not include"),
    "bare include": ("check-layers", "src/base/random.c", append('#include "random.h"\n'),
                     "src/base/random.c:{last}: write #include"),
    "foreign layer": ("check-layers", "src/newlayer/new.c", lambda p: p.write_text("\n"),
                      "src/newlayer/new.c: is of no layer"),
    "global name": ("check-symbols", "src/base/random.c",
                    append("int faults(void);\nint faults(void)\n{\n\treturn 0;\n}\n"),
                    "the global symbol faults is not trfs_*"),
    "global variable": ("check-symbols", "src/base/random.c", append("int trfs_faults;\n"),
                        "the variable trfs_faults can change"),
    "static variable": ("check-symbols", "src/base/random.c",
                        append("int trfs_next(void);\nint trfs_next(void)\n{\n"
                               "\tstatic int next = 7;\n\n\treturn next++;\n}\n"),
                        "can change (.data"),
    "header that needs others": ("check-headers", "src/base/random.h",
                                 replace("#endif", "int trfs_x(struct stat *s, off64_t o);\n#endif"),
                                 "base/random.h: does not compile alone"),
    "public header that is no C++": ("check-headers", "include/tfrecordfs/plan.h",
                                     replace("#endif", "int trfs_x(int class);\n#endif"),
                                     "tfrecordfs/plan.h: does not compile alone: clang-14 -x c++"),
    "unbounded copy": ("check-banned", "src/base/random.c",
                       append("void f(char *a) { strcpy(a, a); }\n"),
                       "src/base/random.c:{last}: calls strcpy()"),
    "assert on data": ("check-banned", "src/wire/record.c",
                       append("void f(int a) { assert(a); }\n"),
                       "src/wire/record.c:{last}: calls assert()"),
    "print below cli": ("check-banned", "src/stream/stream.c",
                        append('void f(void) { fprintf(stderr, "x"); }\n'),
                        "src/stream/stream.c:{last}: uses a standard stream"),
    "environment below cli": ("check-banned", "src/index/generation.c",
                              append('void f(void) { getenv("HOME"); }\n'),
                              "src/index/generation.c:{last}: calls getenv()"),
    "FUSE outside fuse": ("check-banned", "src/stream/stream.c",
                          append("#include <fuse_lowlevel.h>\n"),
                          "src/stream/stream.c:{last}: includes fuse_lowlevel.h"),
    "codec outside image": ("check-banned", "src/dataset/plan.c", append("#include <png.h>\n"),
                            "src/dataset/plan.c:{last}: includes png.h"),
    "JSON where none belongs": ("check-banned", "src/index/layout.c",
                                append("#include <jansson.h>\n"),
                                "src/index/layout.c:{last}: includes jansson.h"),
    "unformatted": ("check-format", "src/base/random.c", append("int  x ;\n"),
                    "src/base/random.c:{last}:"),
    "long file": ("check-sizes", "src/base/random.c", append("/* */\n" * 450),
                  "has over 450 lines"),
    "long function": ("check-sizes", "src/base/random.c",
                      append("void f(void)\n{\n" + "\t;\n" * 81 + "}\n"),
                      "this function has 81 lines"),
    "dead code": ("check-tidy", "src/base/random.c",
                  append("int f(int a);\nint f(int a)\n{\n\treturn a == a;\n}\n"),
                  "both sides of operator are equivalent"),
    "division by zero": ("check-cppcheck", "src/base/random.c",
                         append("int f(void);\nint f(void)\n{\n\tint a = 0;\n\n"
                                "\treturn 7 / a;\n}\n"), "Division by zero"),
    "bad manual": ("check-manual", "src/cli/tfrecordfs.1", append(".Nonsense x\n"),
                   "unknown macro"),
    "left after uninstall": ("check-install", "src/install.mk",
                             replace("uninstall:", "uninstall-not:"), "left after make uninstall"),
    "stray file at the top": ("check-top", "TODO.txt", lambda p: p.write_text("x"),
                              "TODO.txt: does not belong"),
}
EXAMPLE_FAULT = ("check-install", "examples/read_window.c", append("#include <tfrecordfs/gone.h>\n"),
                 "examples/read_window.c: does not build")


@pytest.fixture
def tree(folder):
    """A copy of the tree that may be broken, with what was built, so that little is again."""
    copy = folder / "tree"
    copy.mkdir()
    for name in COPIED:
        source = TOP / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, copy / name)
    shutil.copytree(TOP / "build/release", copy / "build/release")
    return copy


@pytest.mark.parametrize("check, file, change, says",
                         [*FAULTS.values(), EXAMPLE_FAULT],
                         ids=[*FAULTS, "example that does not build"])
def test_a_fault_is_found(tree, check, file, change, says):
    path = tree / file
    if not path.exists() and file.startswith(("src/cli", "examples")):
        pytest.skip(f"{file} is not there")
    path.parent.mkdir(exist_ok=True)
    change(path)
    last = len(path.read_text().splitlines())
    command = [tree / "tests/lint" / check, *([file] if check == "check-tidy" else [])]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=280,
                          check=False)
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert says.format(last=last) in said
