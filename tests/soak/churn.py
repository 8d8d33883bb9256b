# SPDX-License-Identifier: MIT
"""Mounts that come and go, one after the other: ended, torn away, killed, replaced."""

import errno
import os
import random
import signal

import images
import program as programs

OPTIONS = ["--shards", "2"]
# How a file that a dead process had opened answers, until it is opened again.
LOST = (errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.ECONNABORTED, errno.EBADF)


class Churn:
    """Whatever happened to the mount before, the next one shows the same."""

    name, readers = "churn", 1

    def __init__(self, program, folder, control, seed):
        self.program, self.folder, self.control, self.seed = program, folder, control, seed
        self.source = folder / "images"
        for i in range(12):
            images.write(self.source / "ab"[i % 2] / f"{i}.bmp", i, ("bmp", "RGB"), (80, 80))
        self.options, self.path = OPTIONS, folder / "come-and-go"
        self.path.mkdir()
        self.whole = {name: program("cat", self.source, name, *OPTIONS, "--index", "none",
                                    binary=True).out
                      for name in ("train-00000-of-00002.tfrecord", "train-00001-of-00002.tfrecord")}
        self.name_read = sorted(self.whole)[0]
        self.counts = {}

    def begin(self, mounted):
        """What is mounted from the beginning stays so."""
        self.mounted = mounted

    def disturb(self, stop):
        numbers = random.Random(self.seed)
        kinds = [self.end, self.tear_away, self.kill_the_worker, self.kill_the_keeper, self.tell]
        while not stop():
            for kind in numbers.sample(kinds, len(kinds)):
                if stop():
                    break
                self.program("mount", self.source, self.path, *OPTIONS, "--index",
                             self.folder / "index")
                pids = programs.processes_of(self.program, self.path)
                self.compare()
                kind()
                programs.wait_until(lambda: not programs.mounts_below(self.path), 30, "the end")
                programs.wait_until(lambda: not any(map(programs.is_running, pids)), 30,
                                    f"the processes of {self.path} after {kind.__name__}")
                self.counts[kind.__name__] = self.counts.get(kind.__name__, 0) + 1

    def compare(self):
        assert {name: (self.path / name).read_bytes() for name in self.whole} == self.whole

    def open(self):
        return open(self.path / self.name_read, "rb", buffering=0)

    def end(self):
        with self.open() as file:
            assert self.program("umount", self.path, code=None).code != 0
            assert file.read(1000) == self.whole[self.name_read][:1000]
        self.umount()

    def umount(self):
        """With a few tries: commands that are started meanwhile have our files until they run."""
        programs.unmount(self.program, self.path)

    def tear_away(self):
        with self.open() as file:
            self.program("umount", "--lazy", self.path)
            assert os.pread(file.fileno(), 1 << 20, 0) == self.whole[self.name_read]

    def tell(self):
        os.kill(programs.keepers_of(self.program, self.path)[0], signal.SIGTERM)

    def kill_the_worker(self):
        keeper, = programs.keepers_of(self.program, self.path)
        worker, = (pid for pid in programs.processes_of(self.program, self.path)
                   if programs.parent_of(pid) == keeper)
        with self.open() as file:
            os.kill(worker, signal.SIGKILL)
            try:
                data = os.pread(file.fileno(), 5000, 20)
            except OSError as error:
                assert error.errno in LOST, error
            else:
                assert data == self.whole[self.name_read][20:5020]
        # What was asked in between is refused, too: it could be what the worker died of.
        programs.wait_until(self.is_served, 30, "another worker")
        self.compare()
        self.umount()

    def kill_the_keeper(self):
        os.kill(programs.keepers_of(self.program, self.path)[0], signal.SIGKILL)
        programs.wait_until(self.is_dead, 30, "the mount to be dead")
        self.program("mount", self.source, self.path, *OPTIONS, "--index", self.folder / "index",
                     "--replace")
        self.compare()
        self.umount()

    def is_served(self):
        try:
            self.compare()
        except OSError as error:
            assert error.errno in LOST, error
            return False
        return True

    def is_dead(self):
        try:
            os.listdir(self.path)
        except OSError as error:
            return error.errno in LOST
        return False

    def check(self):
        assert {n: (self.mounted / n).read_bytes() for n in self.whole} == self.whole

    def line(self):
        return "mounts: " + ", ".join(f"{name.replace('_', ' ')} {count}"
                                      for name, count in sorted(self.counts.items()))
