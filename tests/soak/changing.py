# SPDX-License-Identifier: MIT
"""A mount that is reloaded all the time: every open file keeps the data set it was opened in."""

import functools
import os
import random
import subprocess
import time

import images
import windows

PROCESSES, THREADS, NR_IMAGES = 4, 8, 56
OPTIONS = ["--split", "train=0.8,test=0.2", "--shards", "train=4,test=1", "--file-column", "file"]
PATHS = [*[f"train-{i:05}-of-00004.tfrecord" for i in range(4)], "test-00000-of-00001.tfrecord",
         "epochs/5/train-00001-of-00004.tfrecord", "by-class/a/train-00000-of-00004.tfrecord",
         "shards/2/train-00001-of-00002.tfrecord", "splits.csv", "labels.csv"]
NR_GENERATIONS = 100_000


def label(i, state):
    """In the second state some have another class."""
    return "abc"[(i + (state == 1 and i % 9 == 0)) % 3]


def rows(state):
    """In the third some images are gone and others there."""
    numbers = range(NR_IMAGES - 8) if state != 2 else [*range(6, NR_IMAGES - 8),
                                                       *range(NR_IMAGES - 6, NR_IMAGES)]
    return [[f"{i:02}.bmp", label(i, state)] for i in numbers]


class Changing:
    """Four states of a source, in a random order; in the fourth an image has another content."""

    name, readers = "changing", PROCESSES * THREADS + 1

    def __init__(self, program, folder, control, seed):
        self.program, self.folder, self.control, self.seed = program, folder, control, seed
        self.source, self.manifest = folder / "images", folder / "rows.csv"
        for i in range(NR_IMAGES):
            size = (150, 140) if i % 3 == 0 else (9, 9)
            images.write(self.source / f"{i:02}.bmp", i, ("bmp", "RGB"), size)
        self.victim = self.source / "21.bmp"
        self.variants = [folder / "21.first", images.write(folder / "21.second", 900,
                                                           ("bmp", "RGB"), (150, 140))]
        os.link(self.victim, self.variants[0])
        marks = [path.read_bytes()[54:] for path in self.variants]
        self.options = ["--manifest", self.manifest, *OPTIONS]
        self.models, self.ranges = [], []
        for state in range(4):
            self.enter(state)
            model = {path: program("cat", self.source, path, *self.options, "--index", "none",
                                   binary=True).out for path in PATHS}
            self.models.append(model)
            self.ranges.append({path: windows.ranges_with(data, marks)
                                if path.endswith(".tfrecord") else []
                                for path, data in model.items()})
        numbers = random.Random(seed)
        # Never the same twice in a row; generation 0 is the state that is mounted.
        self.order = [0]
        while len(self.order) < NR_GENERATIONS:
            self.order.append((self.order[-1] + numbers.randint(1, 3)) % 4)
        self.begun, self.done = control.shared(), control.shared()
        self.refusals, self.times = 0, []
        self.enter(0)

    def enter(self, state):
        """Have the source in one of its states; each file is replaced at once."""
        fresh = self.folder / "fresh"
        os.link(self.variants[state == 3], fresh)
        fresh.rename(self.victim)
        # Renaming a file over another name of itself does nothing.
        fresh.unlink(missing_ok=True)
        images.write_csv(self.folder / "rows.new", ["file", "label"], rows(state))
        (self.folder / "rows.new").rename(self.manifest)

    def begin(self, mounted):
        self.mounted = mounted
        for process in range(PROCESSES):
            self.control.start_readers(f"changing readers {process}", self.name, [
                functools.partial(self.read, 100 * process + i, None) for i in range(THREADS)])
        self.control.start_readers("changing probe", self.name, [
            functools.partial(self.read, 99_999, "a reload runs")])

    def read(self, number, phase, stop, tally):
        numbers = random.Random(self.seed * 100_000 + number)
        flags = os.O_DIRECT if phase or number % 2 else 0
        while not stop():
            path = numbers.choice(PATHS)
            first = self.done.value
            fd = os.open(self.mounted / path, os.O_RDONLY | flags)
            try:
                last = self.begun.value
                self.read_open(fd, path, range(first, last + 1), numbers, phase, tally)
            finally:
                os.close(fd)

    def read_open(self, fd, path, generations, numbers, phase, tally):
        """All of an open file is of one of the generations that were when it was opened."""
        states = {self.order[number] for number in generations}
        size = os.fstat(fd).st_size
        states = {s for s in states if len(self.models[s][path]) == size}
        assert states, (path, size, list(generations))
        for _ in range(numbers.choice([1, 3, 10, 30])):
            offset, length = windows.a_window(numbers, size)
            is_reloading = self.begun.value != self.done.value
            data = windows.read(fd, length, offset, tally, is_reloading and phase)
            if data is None:
                assert any(windows.overlaps(self.ranges[s][path], offset, length)
                           for s in states), f"{path} {offset} {length} is refused"
                continue
            left = {s for s in states if windows.is_right(data, self.models[s][path],
                                                          self.ranges[s][path], offset, length)}
            assert left, self.describe(path, offset, data, generations, states)
            states = left
            if not phase and numbers.random() < 0.1:
                time.sleep(numbers.random() * 0.5)

    def describe(self, path, offset, data, generations, states):
        """Of what else the bytes are that are of none of @states."""
        end = offset + len(data)
        said = [f"{path} [{offset}, {end}) is of none of the states {states} of the generations "
                f"{list(generations)}, now {self.begun.value} and {self.done.value}"]
        for state, model in enumerate(self.models):
            other = model[path][offset:end]
            places = [i for i in range(min(len(other), len(data))) if other[i] != data[i]]
            said.append(f"state {state}: {len(places)} bytes differ" +
                        (f" from {offset + places[0]} to {offset + places[-1]}" if places else
                         f", {len(data)} of {len(other)} bytes were read")
                        + f"; changing records {self.ranges[state][path]}")
        return "; ".join(said)

    # --- Reloads ------------------------------------------------------------------------------

    def disturb(self, stop):
        numbers = random.Random(self.seed + 7)
        while not stop():
            if numbers.random() < 0.15:
                self.fail_to_reload()
            self.begun.value += 1
            self.enter(self.order[self.begun.value])
            begun = time.monotonic()
            self.program("reload", self.mounted.path)
            self.times.append(time.monotonic() - begun)
            self.done.value += 1
            time.sleep(numbers.choice([0, 0.05, 0.3]))

    def fail_to_reload(self):
        """Nothing changes, and the reason is said."""
        whole = self.manifest.read_bytes()
        self.manifest.write_bytes(b"file,label\ngone.bmp,a\n")
        result = self.program("reload", self.mounted.path, code=None)
        assert result.code != 0 and "gone.bmp" in result.err, result
        self.manifest.write_bytes(whole)
        self.refusals += 1

    def check(self):
        model = self.models[self.order[self.done.value]]
        for path, data in model.items():
            assert (self.mounted / path).read_bytes() == data, path

    def line(self):
        return (f"reloads: {len(self.times)}, in {1000 * sum(self.times) / len(self.times):.0f} ms "
                f"each; {self.refusals} refused" if self.times else "reloads: none")


def has_reload(program):
    return subprocess.run(program.command("reload", "--help"), capture_output=True,
                          check=False).returncode == 0
