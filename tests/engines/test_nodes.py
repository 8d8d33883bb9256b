# SPDX-License-Identifier: MIT
"""Mounts on several machines that know nothing of each other show the same."""

import pytest

from engines.nodes import OPTIONS

pytestmark = pytest.mark.fuse_required

VIEWS = ["", "epochs/7/", "epochs/7/from/50/", "shards/5/", "bysize/1MB/", "folds/3/1/",
         "balanced/", "by-class/newt/", "first/30/", "schemas/simple/",
         "folds/3/2/epochs/4/shards/3/"]


def listing(node, view=""):
    """Names, sizes, modes, times and inodes of everything that a listing shows."""
    return node.run("find", node.mnt / view, "-printf", "%P %s %m %T@ %i\n")


def sums(node, view=""):
    """What sha256sum says of the mount's own list, and that list."""
    node.run("sh", "-c", f"cd {node.mnt / view} && sha256sum --check --strict SHA256SUMS")
    return node.run("cat", node.mnt / view / "SHA256SUMS")


def test_the_nodes_are_as_different_as_machines(cluster):
    orders = [node.run("ls", "-U", node.source / "cat").split() for node in cluster]
    assert len({tuple(order) for order in orders}) == 3 and len(set(map(len, orders))) == 1
    assert len({node.run("stat", "--format=%d", node.source) for node in cluster}) == 3
    assert len({node.run("nproc") for node in cluster}) == 2


def test_all_show_the_same_from_the_first_mount_on(cluster):
    """Cold and from the saved index, with nobody in between who tells them anything."""
    shown = []
    for turn in "first", "second":
        for node in cluster:
            said = node.mount(*OPTIONS)
            assert ("Index saved" in said.out) == (turn == "first"), said
            assert not list(node.mnt.iterdir()), f"seen outside of {node.name}"
            shown.append((listing(node), [sums(node, view) for view in VIEWS]))
            node.umount()
    names = [line.split()[0] for line in shown[0][0].splitlines()]
    assert sum(name.endswith(".tfrecord") for name in names) == 16
    assert len(shown) == 6
    for listed, told in shown[1:]:
        assert listed == shown[0][0]
        assert told == shown[0][1]
