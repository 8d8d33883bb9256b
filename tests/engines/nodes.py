# SPDX-License-Identifier: MIT
"""Machines of a cluster, played by mount namespaces of this one.

Each node has the same source at the same path, but as a copy on a filesystem of its own,
which lists it in another order.  It has its own processors, its own index, and its own
mount, served by a process of its own, which no other node sees.
"""

import contextlib
import os
import pathlib
import random
import shutil
import signal
import subprocess

import program as programs
import view_model
from mount_namespace import MountNamespace

# What each node mounts with.
OPTIONS = ["--split", "train=0.8,test=0.2", "--shards", "8"]

# Where each node has its copy.
FILESYSTEMS = "directory", "tmpfs", "ext4"


def mount_namespace(pid):
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/ns/mnt")
    return None


class Node:
    """One machine: what it runs sees its mounts."""

    def __init__(self, name, place, program_path, cpus):
        self.name, self.place, self.cpus = name, pathlib.Path(place), cpus
        self.source, self.mnt = self.place / "images", self.place / "mnt"
        self.mounts = MountNamespace()
        self.namespace = mount_namespace(self.mounts.holder.pid)
        home = self.place / f"home-{name}"
        home.mkdir()
        self.tfrecordfs = programs.Program(program_path, home)
        self.tfrecordfs.prefix = self.prefix

    @property
    def prefix(self):
        return [*self.mounts.enter, "taskset", "--cpu-list", self.cpus]

    def seen(self, path):
        """A path of this machine, for who stands outside."""
        return pathlib.Path(self.mounts.seen(path))

    def run(self, *command, timeout=120):
        """What a command on this machine prints."""
        done = subprocess.run([*self.prefix, *map(str, command)], capture_output=True,
                              check=False, timeout=timeout, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, f"{self.name}: {command}\n{done.stdout}{done.stderr}"
        return done.stdout.decode()

    def mount(self, *options, index=None):
        return self.tfrecordfs("mount", self.source, self.mnt, *options, "--index",
                               index or self.place / f"index-{self.name}")

    def umount(self):
        programs.wait_until(lambda: self.tfrecordfs("umount", self.mnt, code=None).code == 0,
                            30, f"the end of the mount of {self.name}")

    def reads(self):
        """How often its mount was read."""
        return self.tfrecordfs("status", self.mnt, "--json").json[0]["reads"]

    def processes(self):
        return [int(path.name) for path in pathlib.Path("/proc").glob("[0-9]*")
                if mount_namespace(path.name) == self.namespace]

    def end(self):
        """As the power goes: everything that runs on it, of which the holder is one."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.mounts.end()


def records(node, view="", split="train"):
    """Every record of a split, without its framing, as the node's files have it."""
    return [framed[12:-4] for framed in view_model.read(node.seen(node.mnt) / view)[split]]


def copy_in_order(original, target, files):
    """With the times of the files and directories, as rsync -a copies, in this order."""
    for path in files:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(original / path, target / path)
    for path in [*{file.parent for file in files}, pathlib.Path(".")]:
        shutil.copystat(original / path, target / path)


def give_source(node, original, how, seed):
    """Lay the source out for one machine, in a random order, on a filesystem of its own."""
    files = sorted(p.relative_to(original) for p in original.rglob("*") if p.is_file())
    random.Random(seed).shuffle(files)
    copy = node.place / f"copy-{node.name}"
    copy.mkdir()
    if how == "tmpfs":
        node.run("mount", "-t", "tmpfs", "-o", "size=64m", "copy", copy)
    elif how == "ext4":
        # The order of a directory is that of its names' hashes, of a seed by chance.
        image = node.place / f"disk-{node.name}"
        with open(image, "wb") as file:
            file.truncate(64 << 20)
        # Of 256 bytes, an inode has nanoseconds.
        node.run("mkfs.ext4", "-q", "-N", "8192", "-I", "256", image)
        node.run("mount", "-o", "loop", image, copy)
        node.run("rmdir", copy / "lost+found")
    # Only the machine sees what it mounted, so the files come in by its own root.
    copy_in_order(original, node.seen(copy), files)
    node.run("mount", "--bind", copy, node.source)


@contextlib.contextmanager
def cluster(place, program_path, original):
    """Nodes that have the source of @original; none has mounted it."""
    for name in ("images", "mnt"):
        (place / name).mkdir()
    nodes = []
    last = str(os.cpu_count() - 1)
    try:
        for number, how in enumerate(FILESYSTEMS):
            node = Node("abc"[number], place, program_path, ["0", f"0-{last}", last][number])
            nodes.append(node)
            give_source(node, original, how, seed=number)
        yield nodes
    finally:
        for node in nodes:
            subprocess.run([*node.prefix, "umount", "--lazy", node.mnt], check=False,
                           capture_output=True)
            node.end()
        programs.wait_until(lambda: not any(node.processes() for node in nodes), 30,
                            "the end of the nodes' processes")
