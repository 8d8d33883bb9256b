# SPDX-License-Identifier: MIT
"""A mount of images that nobody changes: any operation, by many at once."""

import functools
import os
import random

import model_source
import mount_model
import windows

WALKS, STEPS = 8, 300


class Steady:
    """Random walks (mount_model.py), and reads whose time is taken."""

    name, readers = "steady", WALKS + 1

    def __init__(self, program, folder, control, seed):
        self.program, self.folder, self.control, self.seed = program, folder, control, seed
        self.source = model_source.make(folder / "images")
        self.model = model_source.model_of(program, self.source, folder / "index")
        self.options = model_source.SPLIT

    def begin(self, mounted):
        self.mounted = mounted
        self.control.start_readers("walks", self.name, [
            functools.partial(self.walk, self.seed * 1000 + i) for i in range(WALKS)])
        self.control.start_readers("steady probe", self.name, [self.probe])

    def walk(self, seed, stop, tally):
        numbers = random.Random(seed)
        while not stop():
            mount_model.Walk(self.mounted.path, self.model, numbers.randrange(10**9)).run(STEPS)
            tally.operations += STEPS

    def probe(self, stop, tally):
        """Past the page cache."""
        numbers, paths = random.Random(self.seed), sorted(self.model.splits)
        while not stop():
            path = numbers.choice(paths)
            whole = self.model.files[path]
            fd = os.open(self.mounted / path, os.O_RDONLY | os.O_DIRECT)
            try:
                for _ in range(20):
                    offset, length = windows.a_window(numbers, len(whole))
                    data = windows.read(fd, length, offset, tally, "plain")
                    assert data == whole[offset:offset + length], (path, offset, length)
            finally:
                os.close(fd)

    def disturb(self, stop):
        """Nothing does."""

    def check(self):
        for path, data in self.model.files.items():
            assert (self.mounted / path).read_bytes() == data, path

    def line(self):
        return ""
