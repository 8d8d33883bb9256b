# SPDX-License-Identifier: MIT
"""A mount of images on storage that fails, hangs, and is changed from below."""

import errno
import functools
import os
import random
import time

import images
import windows

READERS, NR_IMAGES = 8, 40
VICTIMS = ["a/04.bmp", "b/17.bmp"]
OPTIONS = ["--shards", "4", "--order", "manifest", "--side-files", "none"]
SHARDS = [f"train-{i:05}-of-00004.tfrecord" for i in range(4)]
HANGS = 1.5
# The storage is a FUSE file system, too, which costs time by itself.
HANGING, NOT_HANGING = "one file hangs", "no file hangs"


class Faulty:
    """Two images suffer; a read that has nothing to do with them, or comes later, is right."""

    name, readers = "faulty", READERS + 3

    def __init__(self, program, folder, control, seed):
        self.program, self.folder, self.control, self.seed = program, folder, control, seed
        self.below, self.source, self.faults = folder / "images", folder / "storage", folder / "f"
        for i in range(NR_IMAGES):
            size = (150, 140) if i % 2 else (9, 9)
            images.write(self.below / "ab"[i // 10 % 2] / f"{i:02}.bmp", i, ("bmp", "RGB"), size)
        self.options = OPTIONS
        self.whole = {name: program("cat", self.below, name, *OPTIONS, "--index", "none",
                                    binary=True).out for name in SHARDS}
        self.contents = {path: (self.below / path).read_bytes() for path in VICTIMS}
        self.ranges = {name: windows.ranges_with(data, self.contents.values())
                       for name, data in self.whole.items()}
        assert sum(map(len, self.ranges.values())) == len(VICTIMS)
        # Even: nothing is wrong.  Odd: a victim suffers.
        self.moment = control.shared()
        self.is_hanging = control.shared()
        self.counts = {}

    def begin(self, mounted):
        self.mounted = mounted
        self.control.start_readers("faulty readers", self.name, [
            functools.partial(self.read, i) for i in range(READERS)])
        self.control.start_readers("victims' readers", self.name, [
            functools.partial(self.read_a_victim, i) for i in range(2)])
        self.control.start_readers("faulty probe", self.name, [self.probe])

    def read_window(self, fd, name, offset, length, tally, phase=None):
        """Right; or refused, if a victim is in it and suffers."""
        before = self.moment.value
        data = windows.read(fd, length, offset, tally, phase)
        if data is None:
            assert windows.overlaps(self.ranges[name], offset, length), (name, offset, length)
            assert before % 2 or self.moment.value != before, "refused without a fault"
        else:
            assert windows.is_right(data, self.whole[name], self.ranges[name], offset,
                                    length), (name, offset, length, len(data))

    def read(self, number, stop, tally):
        numbers = random.Random(self.seed * 100 + number)
        flags = os.O_DIRECT if number % 2 else 0
        while not stop():
            name = numbers.choice(SHARDS)
            fd = os.open(self.mounted / name, os.O_RDONLY | flags)
            try:
                for _ in range(numbers.randint(1, 15)):
                    offset, length = windows.a_window(numbers, len(self.whole[name]))
                    self.read_window(fd, name, offset, length, tally)
            finally:
                os.close(fd)

    def read_a_victim(self, number, stop, tally):
        (name, (start, end)), = [(name, found[number % len(found)])
                                 for name, found in self.ranges.items() if found][number::2][:1]
        while not stop():
            fd = os.open(self.mounted / name, os.O_RDONLY | os.O_DIRECT)
            try:
                self.read_window(fd, name, start, end - start, tally)
            finally:
                os.close(fd)
            time.sleep(0.02)

    def probe(self, stop, tally):
        """Shards without victims, while one hangs and else."""
        numbers = random.Random(self.seed)
        names = [name for name in SHARDS if not self.ranges[name]]
        assert names
        while not stop():
            name = numbers.choice(names)
            fd = os.open(self.mounted / name, os.O_RDONLY | os.O_DIRECT)
            try:
                for _ in range(20):
                    offset, length = windows.a_window(numbers, len(self.whole[name]))
                    phase = HANGING if self.is_hanging.value else NOT_HANGING
                    self.read_window(fd, name, offset, length, tally, phase)
            finally:
                os.close(fd)

    # --- What befalls the victims -----------------------------------------------------------

    def disturb(self, stop):
        numbers = random.Random(self.seed + 1)
        kinds = [self.truncate, self.grow, self.remove, self.take_permission, self.hang,
                 self.fail_reads, self.fail_opens]
        while not stop():
            for kind in numbers.sample(kinds, len(kinds)):
                if stop():
                    break
                self.moment.value += 1
                kind(self.below / numbers.choice(VICTIMS), numbers)
                self.moment.value += 1
                self.counts[kind.__name__] = self.counts.get(kind.__name__, 0) + 1
                time.sleep(0.2)

    def restore(self, path, status):
        path.write_bytes(self.contents[str(path.relative_to(self.below))])
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    def truncate(self, path, numbers):
        status = path.stat()
        os.truncate(path, numbers.randrange(status.st_size))
        time.sleep(0.3)
        self.restore(path, status)

    def grow(self, path, numbers):
        status = path.stat()
        with open(path, "ab") as file:
            file.write(numbers.randbytes(100))
        time.sleep(0.3)
        self.restore(path, status)

    def remove(self, path, _):
        away = self.folder / "away"
        path.rename(away)
        time.sleep(0.3)
        away.rename(path)

    def take_permission(self, path, _):
        self.fault(path, "open", 0, errno.EACCES)

    def fail_reads(self, path, _):
        self.fault(path, "read", 0, errno.EIO)

    def fail_opens(self, path, _):
        self.fault(path, "open", 0, errno.ESTALE)

    def hang(self, path, _):
        self.fault(path, "read", 600_000, 0, HANGS)

    def fault(self, path, operation, milliseconds, number, seconds=0.3):
        fresh = self.faults.with_suffix(".new")
        fresh.write_text(f"{path.relative_to(self.below)} {operation} {milliseconds} {number}\n")
        fresh.rename(self.faults)
        time.sleep(0.05)
        self.is_hanging.value = milliseconds > 0
        time.sleep(seconds)
        self.is_hanging.value = 0
        self.faults.unlink()

    def check(self):
        for name, data in self.whole.items():
            assert (self.mounted / name).read_bytes() == data, name

    def line(self):
        return "faults: " + ", ".join(f"{name.replace('_', ' ')} {count}"
                                      for name, count in sorted(self.counts.items()))
