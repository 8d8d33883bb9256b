# SPDX-License-Identifier: MIT
"""Debian 13, with gcc 14 and libfuse 3.17: built, tested and mounted there."""

import re

import pytest

TREE = "/root/tfrecordfs"


@pytest.fixture(scope="module")
def maker(start_system, put_tree, put_images):
    """A system with what the build needs, and everything built without a warning."""
    machine = start_system("trixie")
    machine.install("git", "make")
    put_tree(machine)
    put_images(machine)
    machine.run("cp -r .debian debian && apt-get build-dep -qy --no-install-recommends . && "
                "rm -r debian", cwd=TREE)
    machine.install("fuse3")
    machine.run("make -j2 WERROR=1 unit-build", cwd=TREE)
    return machine


def test_it_is_built_with_the_libfuse_of_debian_13(maker):
    said = maker.run("build/release/tfrecordfs --version; ldd build/release/tfrecordfs; "
                     "pkg-config --modversion fuse3", cwd=TREE)
    assert "libfuse3.so.4" in said
    assert re.search(r"^3\.(1[7-9]|[2-9]\d)\.", said, re.M)


def test_the_tests_of_modules_pass(maker):
    said = maker.run("tests/run unit", cwd=TREE)
    assert re.search(r"^\d{3,} passed, 0 failed", said, re.M), said


def test_images_are_mounted_and_read(maker):
    maker.run("mkdir -p /mnt/train && build/release/tfrecordfs mount /srv/images /mnt/train "
              "--shards 2", cwd=TREE)
    said = maker.run("build/release/tfrecordfs verify /mnt/train/*.tfrecord", cwd=TREE)
    assert "80 records" in said
    maker.run("touch /srv/images/cat/* && build/release/tfrecordfs reload /mnt/train", cwd=TREE)
    maker.run("cat /mnt/train/epochs/3/*.tfrecord > /dev/null")
    maker.run("build/release/tfrecordfs umount /mnt/train && rmdir /mnt/train", cwd=TREE)


def test_an_ordinary_user_mounts(maker):
    maker.run("cp build/release/tfrecordfs /usr/local/bin/", cwd=TREE)
    maker.run("mkdir mnt && tfrecordfs mount /srv/images mnt --shards 2 && "
              "tfrecordfs verify mnt/*.tfrecord && tfrecordfs umount mnt", user="reader")


def test_a_package_is_built_installed_and_removed(maker):
    maker.run("DEB_BUILD_PROFILES=nocheck DEB_BUILD_OPTIONS=nocheck make deb", cwd=TREE,
              network=False)
    maker.run("apt-get install -qy --no-install-recommends $PWD/build/deb/tfrecordfs_*.deb",
              cwd=TREE)
    assert "libfuse3-4" in maker.run("dpkg-query --show --showformat='${Depends}' tfrecordfs")
    maker.run("mkdir mnt2 && /usr/bin/tfrecordfs mount /srv/images mnt2 && "
              "/usr/bin/tfrecordfs umount mnt2", user="reader")
    maker.run("apt-get purge -qy tfrecordfs")
    assert not maker.run("find /usr /etc /var -name '*tfrecordfs*' ! -path '/usr/local/*' "
                         "! -path '/var/cache/apt/*'").strip()
