# SPDX-License-Identifier: MIT
"""One index for several machines: read-only, of other users, and of copies of the source.

A machine is a mount namespace of its own.
"""

import contextlib
import os
import shutil
import subprocess

import images
import program as programs
import pytest
from mount_namespace import MountNamespace

OPTIONS = ["--shards", 3, "--seed", 5]


class Machine:
    """A mount namespace, and the program in it."""

    def __init__(self, program, folder, name):
        self.directory = folder / name
        self.directory.mkdir()
        self.directory.chmod(0o755)
        self.mounts = MountNamespace()
        self.enter = self.mounts.enter
        self.program = programs.Program(program.path, self.directory)
        self.program.prefix = self.enter
        self.mnt = self.directory / "mnt"
        self.mnt.mkdir()

    def run(self, *words):
        return subprocess.run([*self.enter, *map(str, words)], capture_output=True, check=True)

    def mount(self, source, *options, index):
        """What mount printed; @index_reused tells whether the shared index was."""
        self.result = self.program("mount", source, self.mnt, *OPTIONS, *options, "--index",
                                   index)
        return self.result

    def contents(self):
        """{name: bytes} of all shards, read in the namespace."""
        listed = self.run(*self.reader, "ls", self.mnt).stdout.decode().split()
        return {name: self.run(*self.reader, "cat", self.mnt / name).stdout
                for name in listed if name.endswith(".tfrecord")}

    reader = ()

    def end(self):
        with contextlib.suppress(subprocess.SubprocessError):
            self.run("umount", self.mnt)
        self.mounts.end()
        programs.wait_until(lambda: not programs.processes_of(self.program, self.mnt), 30,
                            "the end of the daemon")


class OfUser(Machine):
    """The same where an ordinary user mounts, who may open /dev/fuse there."""

    def __init__(self, program, folder, name):
        super().__init__(program, folder, name)
        device = self.directory / "fuse"
        os.mknod(device, 0o666 | 0o020000, os.makedev(10, 229))
        device.chmod(0o666)
        self.run("mount", "--bind", device, "/dev/fuse")
        copy = self.directory / "tfrecordfs"
        shutil.copy(program.path, copy)
        programs.give_to_ordinary_user(self.directory, self.mnt)
        self.reader = ["setpriv", f"--reuid={programs.NOBODY}", f"--regid={programs.NOBODY}",
                       "--clear-groups"]
        self.program = programs.Program(copy, self.directory)
        self.program.prefix = [*self.enter, *self.reader]


@pytest.fixture
def machines(tfrecordfs, folder):
    """machines(name, kind): a new one."""
    if subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode:
        pytest.skip("namespaces cannot be made here")
    made = []

    def make(name, kind=Machine):
        made.append(kind(tfrecordfs, folder, name))
        return made[-1]
    yield make
    for machine in made:
        machine.end()


@pytest.fixture
def shared(tfrecordfs, photos, folder):
    """A directory with the index, as it is before anybody mounts."""
    tfrecordfs("index", photos, *OPTIONS, "--index", folder / "shared")
    (folder / "shared").chmod(0o555)
    yield folder / "shared"
    (folder / "shared").chmod(0o755)


@pytest.fixture
def right(tfrecordfs, photos):
    """The bytes of all shards."""
    return {f"train-{i:05}-of-00003.tfrecord":
            tfrecordfs("cat", photos, f"train-{i:05}-of-00003.tfrecord", *OPTIONS, "--index",
                       "none", binary=True).out for i in range(3)}


def state(directory):
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
            for path in directory.iterdir()}


@pytest.mark.fault(fault="index directory read-only, shared by several machines",
                   moment="at the mount and while read",
                   expected="its index is used, nothing is written, same bytes")
def test_machines_and_users_share_an_index_that_none_can_write(machines, photos, shared, right):
    before = state(shared)
    kinds = [Machine, OfUser, Machine, OfUser]
    all_of_them = [machines(f"m{i}", kind) for i, kind in enumerate(kinds)]
    for machine in all_of_them:
        machine.run("mount", "--bind", shared, shared)
        machine.run("mount", "-o", "remount,bind,ro", shared)
        said = machine.mount(photos, "--log-level", "info", index=shared)
        assert "Index reused" in said.out and "index" not in said.err
    for machine in all_of_them:
        assert machine.contents() == right
        assert machine.contents() == right
        lines = machine.program("log", machine.mnt).out.splitlines()
        assert len([line for line in lines if "checksums" in line]) == 1
        assert not [line for line in lines if "error" in line or "warning" in line]
    assert state(shared) == before


def test_without_asking_for_it_nothing_is_said_of_checksums(machines, photos, shared):
    machine = machines("m")
    machine.run("mount", "--bind", shared, shared)
    machine.run("mount", "-o", "remount,bind,ro", shared)
    machine.mount(photos, index=shared)
    machine.contents()
    assert machine.program("log", machine.mnt).out == ""


def listed(photos, folder):
    """A manifest that all machines have, of images that each has a copy of."""
    rows = [[path, path.split("/")[0]] for path in images.paths(photos)]
    return ["--manifest", images.write_csv(folder / "m.csv", ["file", "label"], rows)]


def with_copy(machine, photos, folder):
    """As rsync -a copies: the same names, contents and times, other inodes."""
    copy = folder / f"copy-{machine.mnt.parent.name}"
    shutil.copytree(photos, copy, copy_function=shutil.copy2)
    for path in [photos, *photos.rglob("*")]:
        shutil.copystat(path, copy / path.relative_to(photos))
    machine.run("mount", "--bind", copy, photos)
    return copy


@pytest.mark.parametrize("is_listed", [False, True], ids=["folders", "manifest"])
@pytest.mark.fault(fault="index of another copy of the source", moment="at the mount",
                   expected="told in one line, indexed anew, right bytes")
def test_an_index_of_another_copy_is_not_used(machines, tfrecordfs, photos, folder, is_listed,
                                              right):
    options = listed(photos, folder) if is_listed else []
    first, second = machines("first"), machines("second")
    with_copy(second, photos, folder)
    first.mount(photos, *options, index=folder / "shared")
    expected = first.contents()
    said = second.mount(photos, *options, index=folder / "shared")
    (line,) = said.err.splitlines()
    assert "indexed anew" in line and ("other files" in line) == is_listed
    assert second.contents() == expected and len(expected) == 3
    # The first one's index was replaced under it.
    assert first.contents() == expected
    assert is_listed or expected == right


def test_copies_with_an_index_directory_each_reuse_their_own(machines, photos, folder):
    for name in "first", "second":
        machine = machines(name)
        with_copy(machine, photos, folder)
        machine.program("index", photos, *OPTIONS, "--index", folder / f"index-{name}")
        assert "Index reused" in machine.mount(photos, index=folder / f"index-{name}").out
        assert len(machine.contents()) == 3


def test_one_changed_image_of_many_does_not_look_like_another_copy(mount, photos, folder):
    options = listed(photos, folder)
    with mount(photos, *options):
        pass
    changed = sorted(photos.rglob("*.png"))[0]
    changed.write_bytes(changed.read_bytes() + b"\0")
    with mount(photos, *options) as mounted:
        assert "Index reused" in mounted.result.out
