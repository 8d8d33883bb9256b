# SPDX-License-Identifier: MIT
"""Debian 12: from nothing but git and make to a package that is used and removed again."""

import re
import shutil

import chroots
import documents
import pytest

RECORDS = 80
TREE = "/root/tfrecordfs"
# What a package needs to be built; its tests of modules run where the tree is tested.
BUILD_NEEDS = ("cp -r .debian debian && apt-get update -q && "
               "apt-get build-dep -qy --no-install-recommends -P nocheck . && rm -r debian")
MAKE_DEB = "DEB_BUILD_PROFILES=nocheck DEB_BUILD_OPTIONS=nocheck make deb"
# What apt, dpkg and others remember of packages that were there.
REMEMBERED = re.compile(r"/(var/(cache|log|lib/(apt|dpkg|systemd))|etc/(ld\.so\.cache|passwd-"
                        r"|group-|shadow-|gshadow-)|run|tmp|root/\.cache|srv|home)(/|$)")


@pytest.fixture(scope="module")
def maker(start_system, put_tree):
    """A system with git and make, and our commits."""
    machine = start_system("bookworm")
    machine.install("git", "make")
    put_tree(machine)
    return machine


@pytest.fixture(scope="module")
def packages(maker, tmp_path_factory):
    """The Debian packages and the tarball, made without network in a clean clone."""
    maker.run(BUILD_NEEDS, cwd=TREE)
    said = maker.run(MAKE_DEB, cwd=TREE, network=False)
    assert "warning:" not in said, said
    maker.run("make tarball", cwd=TREE, network=False)
    place = tmp_path_factory.mktemp("packages")
    for pattern in ("build/deb/*", "build/*.tar.gz"):
        for path in (maker.root / TREE[1:]).glob(pattern):
            if path.is_file():
                shutil.copy(path, place)
    return place


def put_packages(machine, packages):
    (machine.root / "srv/packages").mkdir(parents=True)
    for path in packages.glob("*.deb"):
        if "dbgsym" not in path.name:
            shutil.copy(path, machine.root / "srv/packages")


@pytest.fixture(scope="module")
def before_and_user(start_system, packages, put_images):
    """What a system has before it gets the packages, and the system with them."""
    machine = start_system("bookworm")
    machine.install("man-db", "bash-completion", "zsh", "systemd", "gcc", "libc6-dev", "pkgconf",
                    "mount", "procps")
    before = machine.entries()
    put_packages(machine, packages)
    put_images(machine)
    machine.run("apt-get install -qy --no-install-recommends /srv/packages/*.deb")
    return before, machine


@pytest.fixture
def user(before_and_user):
    return before_and_user[1]


def count_records(machine, place, **keywords):
    said = machine.run(f"tfrecordfs verify {place}/*.tfrecord", **keywords)
    return int(re.search(r"(\d+) records", said)[1])


def test_the_demo_runs_on_nothing_but_git_and_make(maker):
    """As README.md says; it installs the rest itself."""
    assert "make demo" in documents.README
    said = maker.run("make demo", cwd=TREE)
    assert "Installing" in said
    assert not maker.run("findmnt --noheadings --types fuse.tfrecordfs || true").strip()


def test_make_install_and_uninstall_leave_the_system_as_it_was(maker):
    maker.run(f"{BUILD_NEEDS} && make -j2", cwd=TREE)
    before = maker.entries()
    maker.run("make install", cwd=TREE)
    assert maker.run("tfrecordfs --version").startswith("tfrecordfs ")
    assert "libtfrecordfs.so.0" in maker.run("ldconfig --print-cache")
    maker.run("cc examples/read_window.c $(pkg-config --cflags --libs tfrecordfs) "
              "-o /tmp/window && /tmp/window /root/tfrecordfs/examples 2>&1 | grep -q examples; "
              "rm /tmp/window", cwd=TREE)
    maker.run("make uninstall", cwd=TREE)
    after = maker.entries()
    changed = {path for path in before.keys() | after.keys()
               if before.get(path) != after.get(path) and not REMEMBERED.match(path)}
    assert {path for path in changed if not path.startswith(f"{TREE}/build")} == set()


def test_lintian_has_nothing_to_say(packages):
    if not shutil.which("lintian"):
        pytest.skip("lintian is not installed")
    (changes,) = packages.glob("*.changes")
    assert chroots.run("lintian", "--allow-root", "--fail-on", "warning,error", changes) == ""


def test_what_the_package_needs_came_with_it(user):
    assert user.run("command -v fusermount3") == "/usr/bin/fusermount3\n"
    assert "not found" not in user.run("ldd /usr/bin/tfrecordfs")


def test_an_ordinary_user_mounts(user):
    user.run("mkdir mnt && tfrecordfs mount /srv/images mnt --shards 2", user="reader")
    try:
        assert count_records(user, "mnt", user="reader") == RECORDS
        assert user.run("ls mnt", user="reader").split()[-2:] == [
            "train-00000-of-00002.tfrecord", "train-00001-of-00002.tfrecord"]
    finally:
        user.run("tfrecordfs umount mnt && rmdir mnt", user="reader")


def test_root_mounts_by_a_line_of_fstab(user):
    fstab = user.root / "etc/fstab"
    before = fstab.read_text()
    fstab.write_text("/srv/images /mnt/train fuse.tfrecordfs shards=2,split=train=0.5"
                     "\\,test=0.5,ro,nofail,x-systemd.automount 0 0\n")
    try:
        user.run("mkdir /mnt/train && mount /mnt/train")
        assert "fuse.tfrecordfs" in user.run("findmnt /mnt/train")
        assert count_records(user, "/mnt/train") == RECORDS
    finally:
        fstab.write_text(before)
        user.run("umount /mnt/train; rmdir /mnt/train")


@pytest.mark.parametrize("page", ["1 tfrecordfs", "5 tfrecordfs-formats", "7 tfrecordfs-contract",
                                  "8 mount.tfrecordfs"])
def test_the_manual_is_there(user, page):
    assert "SYNOPSIS" in (said := user.run(f"man {page}")) or "DESCRIPTION" in said


def test_shells_complete(user):
    said = user.run("source /usr/share/bash-completion/bash_completion; __load_completion "
                    "tfrecordfs; complete -p tfrecordfs")
    assert said == "complete -F _tfrecordfs tfrecordfs\n"
    assert "_tfrecordfs" in user.run(
        "zsh -c 'autoload -Uz compinit; compinit -D -u; print $_comps[tfrecordfs]'")


def test_units_are_sound_and_none_is_enabled(user):
    units = user.run("dpkg --listfiles tfrecordfs | grep -E 'systemd/system/.*[.]' ").split()
    assert any(unit.endswith("/tfrecordfs@.service") for unit in units)
    user.run("mkdir -p /etc/tfrecordfs && echo '{\"source\": \"/srv/images\"}' > "
             "/etc/tfrecordfs/photos.json")
    try:
        for unit in units:
            assert user.run(f"systemd-analyze verify {unit.replace('@.', '@photos.')}") == ""
        assert not user.run("find /etc/systemd/system -name '*tfrecordfs*'").strip()
    finally:
        user.run("rm -r /etc/tfrecordfs")


def test_programs_are_built_with_the_development_package(user):
    user.run("cc /usr/share/doc/libtfrecordfs-dev/examples/read_window.c "
             "$(pkg-config --cflags --libs tfrecordfs) -o /tmp/window")
    said = user.run("/tmp/window /srv/images; rm /tmp/window")
    assert said.split()[1] == "train-00000-of-00016.tfrecord"


def test_purged_it_is_gone_without_a_trace(before_and_user):
    """The last one, as nothing is left for others."""
    before, user = before_and_user
    user.run("apt-get purge -qy --auto-remove tfrecordfs libtfrecordfs0 libtfrecordfs-dev")
    after = user.entries()
    changed = {path for path in before.keys() | after.keys()
               if before.get(path) != after.get(path) and not REMEMBERED.match(path)}
    assert changed == set()
    assert not {path for path in after if "tfrecordfs" in path
                and not re.match(r"/(srv|home|root|var/log|var/cache/man)/", path)}


@pytest.mark.parametrize("release", ["bookworm", "trixie"])
def test_the_tarball_runs_on_a_system_with_nothing(start_system, packages, put_images, release):
    """Debian 13 too, whose libfuse has another name."""
    machine = start_system(release)
    put_images(machine)
    (archive,) = packages.glob("*.tar.gz")
    shutil.copy(archive, machine.root / "srv")
    machine.run(f"tar -C /usr/local --strip-components=1 -xf /srv/{archive.name}")
    machine.run("mkdir /mnt/train && tfrecordfs mount /srv/images /mnt/train --shards 2")
    assert count_records(machine, "/mnt/train") == RECORDS
    said = machine.run("tfrecordfs status /mnt/train")
    assert f"{RECORDS} records" in said
    machine.run("tfrecordfs umount /mnt/train")
    # Without fusermount3 root can mount, and nobody else.
    machine.run("mkdir mnt && tfrecordfs mount /srv/images mnt", user="reader", code=3)
    machine.install("fuse3")
    machine.run("tfrecordfs mount /srv/images mnt && tfrecordfs umount mnt", user="reader")


def test_the_library_of_this_package_is_of_use_on_debian_13(start_system, packages, put_images):
    """The program is not: it wants libfuse3-3."""
    machine = start_system("trixie")
    put_packages(machine, packages)
    put_images(machine)
    machine.run("apt-get update -q")
    machine.run("apt-get install -qy --no-install-recommends gcc libc6-dev pkgconf "
                "/srv/packages/libtfrecordfs*.deb")
    machine.run("cc /usr/share/doc/libtfrecordfs-dev/examples/read_window.c "
                "$(pkg-config --cflags --libs tfrecordfs) -o /tmp/window")
    assert "train-00000-of-00016.tfrecord" in machine.run("/tmp/window /srv/images")
