# SPDX-License-Identifier: MIT
"""What `make install` puts where, what can be built with it, and that it goes away again."""

import os
import re
import subprocess

import documents
import pytest

HEADERS = sorted((documents.TOP / "include/tfrecordfs").glob("*.h"))
CPLUSPLUS = """
#include <tfrecordfs/tfrecordfs.h>
#include <iostream>

int main(int argc, char **argv)
{
	trfs_options options;
	trfs_generation *generation = nullptr;
	trfs_error err = {};

	trfs_options_init(&options);
	options.source = argc > 1 ? argv[1] : ".";
	if (trfs_generation_open(&options, nullptr, false, nullptr, &generation, &err) < 0) {
		std::cerr << err.message << "\\n";
		return 1;
	}
	std::cout << trfs_catalog_nr_examples(trfs_generation_catalog(generation)) << "\\n";
	trfs_generation_free(generation);
}
"""


def run(*command, **keywords):
    """Its output; any exit code but 0 is a failure."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False, timeout=120, **keywords)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def entries(directory):
    """Every entry below, with where links lead."""
    return {str(path.relative_to(directory)): os.readlink(path) if path.is_symlink() else ""
            for path in directory.rglob("*")}


def declared_functions():
    code = "\n".join(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S) for path in HEADERS)
    return set(re.findall(r"\b(trfs_\w+)\(", code))


def exported(library):
    said = run("nm", "--dynamic", "--defined-only", library)
    return dict(re.findall(r"^\S+ [^A] (\w+)@@(\w+)$", said, re.M)), said


@pytest.fixture
def pkg_config(prefix):
    def ask(*options):
        return run("pkg-config", *options, "tfrecordfs",
                   env={**os.environ, "PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}).split()
    return ask


def test_the_shared_library_shows_the_functions_of_the_headers_and_no_others(prefix):
    shown, said = exported(prefix / "lib/libtfrecordfs.so")
    assert set(shown) == declared_functions()
    assert set(shown.values()) == {"TFRECORDFS_0"}
    assert len(shown) == len([line for line in said.splitlines() if " A " not in line])


def test_the_package_knows_every_symbol():
    text = (documents.TOP / ".debian/libtfrecordfs0.symbols").read_text()
    assert set(re.findall(r"^ (trfs_\w+)@TFRECORDFS_0 ", text, re.M)) == declared_functions()


def test_the_shared_library_has_its_name_and_needs_no_fuse(prefix):
    said = run("readelf", "--dynamic", prefix / "lib/libtfrecordfs.so")
    assert "Library soname: [libtfrecordfs.so.0]" in said
    assert "libjpeg" in said and "fuse" not in said
    links = entries(prefix / "lib")
    assert links["libtfrecordfs.so"] == "libtfrecordfs.so.0"
    assert (prefix / "lib" / links["libtfrecordfs.so.0"]).is_file()


@pytest.mark.parametrize("header", [path.name for path in HEADERS])
@pytest.mark.parametrize("compiler", ["gcc -std=c11 -x c", "g++ -std=c++11 -x c++"])
def test_an_installed_header_stands_alone(prefix, pkg_config, folder, header, compiler):
    assert (prefix / "include/tfrecordfs" / header).is_file()
    source = folder / "source"
    source.write_text(f"#include <tfrecordfs/{header}>\n")
    run(*compiler.split(), "-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
        *pkg_config("--cflags"), source)


@pytest.mark.parametrize("linked", ["shared", "static"])
def test_programs_are_built_with_pkg_config_and_run(prefix, pkg_config, work, linked):
    flags = pkg_config("--cflags", "--libs", *(["--static"] if linked == "static" else []))
    if linked == "static":
        at = flags.index("-ltfrecordfs")
        flags[at:at + 1] = ["-Wl,-Bstatic", "-ltfrecordfs", "-Wl,-Bdynamic"]
    (work / "count.cc").write_text(CPLUSPLUS)
    run("gcc", "-o", work / "window", documents.TOP / "examples/read_window.c", *flags)
    run("g++", "-o", work / "count", work / "count.cc", *flags)
    needs = run("readelf", "--dynamic", work / "window")
    assert ("libtfrecordfs.so.0" in needs) == (linked == "shared")
    environment = {**os.environ, "LD_LIBRARY_PATH": str(prefix / "lib")}
    shown = run(work / "window", work / "images", env=environment).splitlines()
    assert shown[0].split()[1] == "train-00000-of-00016.tfrecord" and len(shown) == 16 + 4
    assert run(work / "count", work / "images", env=environment) == "200\n"


def test_nothing_is_left_after_uninstall(make, folder):
    stage = folder / "stage"
    # As on a system: these are there, whoever installs.
    for name in ("bin", "sbin", "lib", "include", "share/man"):
        (stage / "usr/local" / name).mkdir(parents=True, exist_ok=True)
    for name in ("sbin", "lib"):
        (stage / "usr" / name).mkdir()
    before = entries(stage)
    make("make install", env={"DESTDIR": str(stage)})
    there = entries(stage)
    assert there["usr/sbin/mount.tfrecordfs"] == "../local/bin/tfrecordfs"
    for path in ("bin/tfrecordfs", "lib/libtfrecordfs.a", "lib/libtfrecordfs.so.0.1.0",
                 "lib/pkgconfig/tfrecordfs.pc", "share/man/man1/tfrecordfs.1",
                 "share/man/man7/tfrecordfs-contract.7", "lib/systemd/system/tfrecordfs@.service",
                 "share/bash-completion/completions/tfrecordfs", "include/tfrecordfs/plan.h",
                 "share/zsh/site-functions/_tfrecordfs",
                 "share/fish/vendor_completions.d/tfrecordfs.fish"):
        assert f"usr/local/{path}" in there
    make("make uninstall", env={"DESTDIR": str(stage)})
    assert entries(stage) == before


def test_directories_can_be_chosen(make, folder):
    stage = folder / "stage"
    make("make install PREFIX=/usr LIBDIR=/usr/lib/here BINDIR=/opt/bin SBINDIR=/sbin "
         "MANDIR=/usr/man", env={"DESTDIR": str(stage)})
    there = entries(stage)
    assert {"usr/lib/here/libtfrecordfs.so.0", "opt/bin/tfrecordfs",
            "usr/man/man1/tfrecordfs.1"} <= set(there)
    assert there["sbin/mount.tfrecordfs"] == "../opt/bin/tfrecordfs"
    assert "libdir=/usr/lib/here\n" in (stage / "usr/lib/here/pkgconfig/tfrecordfs.pc").read_text()
    units = sorted((stage / "usr/lib/systemd").rglob("*.service"))
    assert units and all("/usr/local/bin" not in unit.read_text() for unit in units)
    assert "=/opt/bin/tfrecordfs " in units[0].read_text()


def test_where_mount_does_not_look_for_its_helper_it_is_said(make, folder):
    said = make(f"make install PREFIX={folder / 'prefix'}").stdout
    assert f"mount(8) looks for mount.tfrecordfs in /sbin, not in {folder}/prefix/sbin" in said
    assert "note:" not in make("make install", env={"DESTDIR": str(folder / "stage")}).stdout


def test_manual_pages_are_found(installed):
    said = run("man", "--where", "tfrecordfs", "tfrecordfs-contract", "tfrecordfs-formats",
               env={**os.environ, "MANPATH": str(installed / "share/man")})
    assert said.splitlines() == [str(installed / f"share/man/{page}") for page in (
        "man1/tfrecordfs.1", "man7/tfrecordfs-contract.7", "man5/tfrecordfs-formats.5")]


def test_the_tarball_is_the_same_whoever_makes_it(make, tree):
    archive = tree / "build" / f"tfrecordfs-0.1.0-{os.uname().machine}-linux.tar.gz"
    made = []
    for line in ("make tarball", "umask 077; touch README.md src/cli/tfrecordfs.1; make tarball"):
        make(line, env={"SOURCE_DATE_EPOCH": "1700000000"})
        made.append(archive.read_bytes())
    assert made[0] == made[1]
    program = tree / "build/release/portable" / archive.name.removesuffix(".tar.gz") / "bin"
    needs = re.findall(r"NEEDED.*\[(.*)\]",
                       run("readelf", "--dynamic", program / "tfrecordfs"))
    assert set(needs) <= {"libc.so.6", "libm.so.6", "libisal.so.2", "ld-linux-x86-64.so.2"}


def test_one_version_is_said_everywhere():
    version = re.search(r"^VERSION := (.*)$", (documents.TOP / "Makefile").read_text(), re.M)[1]
    changes = (documents.TOP / ".debian/changelog").read_text()
    assert changes.startswith(f"tfrecordfs ({version}) ")


def test_help_lists_every_target(make):
    listed = set(re.findall(r"^  ([a-z-]+)  ", make("make help").stdout, re.M))
    text = "".join((documents.TOP / name).read_text() for name in ("Makefile", "src/install.mk"))
    assert listed == set(re.findall(r"^([a-z-]+):.* ## ", text, re.M))
    assert {"install", "uninstall", "deb", "tarball", "check-all"} <= listed
