# SPDX-License-Identifier: MIT
"""Building, installing, and using the library as its example says."""

import os
import re
import shutil

import documents
import pytest

EXAMPLE = documents.TOP / "examples/read_window.c"


def test_building_and_installing(make, tree, folder):
    build, install, *packages = documents.commands_of(documents.code_block("make    "))
    assert (build, install) == ("make", "make install PREFIX=/usr")
    # What these two make is installed and used by tests/packages.
    assert packages == ["make deb", "make tarball"]
    before = {path for path in tree.iterdir()}
    make(build)
    assert {path for path in tree.iterdir()} == before, "builds only"
    (folder / "stage").mkdir()
    make(install, env={"DESTDIR": str(folder / "stage")})
    there = {str(p.relative_to(folder / "stage")) for p in (folder / "stage").rglob("*.*")}
    libraries = documents.library_directory()
    assert {f"{libraries}/libtfrecordfs.a", "usr/share/man/man1/tfrecordfs.1",
            f"{libraries}/libtfrecordfs.so.0", f"{libraries}/pkgconfig/tfrecordfs.pc",
            "usr/include/tfrecordfs/tfrecordfs.h"} <= there
    assert os.access(folder / "stage/usr/bin/tfrecordfs", os.X_OK)
    make("make uninstall PREFIX=/usr", env={"DESTDIR": str(folder / "stage")})
    assert not [p for p in (folder / "stage").rglob("*") if p.is_file()]


@pytest.mark.parametrize("library", ["fuse3", "jansson", "libjpeg", "libpng", "libisal",
                                     "libcrypto", "expat", "yaml-0.1"])
def test_a_missing_library_is_named_with_its_package(make, folder, library):
    assert "names the package that is missing" in documents.README
    fake = folder / "pkg-config"
    fake.write_text(f'#!/bin/sh\n[ "$*" != "--exists {library}" ] || exit 1\n'
                    'exec pkg-config "$@"\n')
    fake.chmod(0o755)
    said = make("make", env={"PKG_CONFIG": str(fake)}, code=2).stderr
    assert re.search(rf"the library {library} is missing: apt-get install lib\S+-dev", said)
    # And README.md lists it.
    libraries = documents.section("Building and installing").lower().replace("-", "")
    assert library.removeprefix("lib").split("-")[0] in libraries


@pytest.mark.fuse_required
def test_the_example_is_built_as_it_says_and_shows_what_the_mount_does(prefix, work):
    text = EXAMPLE.read_text()
    (line,) = re.findall(r"^ \*\t(cc (?:.*\\\n \*\t)*.*)", text, re.M)
    line = line.replace("\\\n *\t", "")
    shutil.copy(EXAMPLE, work.directory)
    said = work(line, env={"PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig"),
                           "LD_LIBRARY_PATH": str(prefix / "lib")}).out.splitlines()
    with work.mounted("tfrecordfs mount ./images ./mnt") as shards:
        count = len(shards)
        assert [entry.split() for entry in said[:count]] == [
            [str(path.stat().st_size), path.name] for path in shards]
        assert bytes.fromhex("".join(said[count:])) == shards[0].read_bytes()[:64]


def test_what_is_installed_is_the_program(installed, tfrecordfs):
    assert os.access(installed / "bin/tfrecordfs", os.X_OK)
    version = tfrecordfs("--version").out.split()[1]
    assert f"VERSION := {version}\n" in (documents.TOP / "Makefile").read_text()
