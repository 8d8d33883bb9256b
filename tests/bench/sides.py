"""Places to read from, readers, and how both make a side of a comparison."""

import contextlib
import enum
import os
import shutil
import sys
import time

from harness import (TOOLS, can_drop_caches, drop_caches, evict, has_option, mounted, Pass,
                     parse_pass, read_counted, read_files, run, shards)


class Start(enum.Enum):
    """What is in the page cache when a side starts."""
    COLD = "nothing"
    WARM = "the images, or the copies"
    EVICTED = "the images, but not the copies"


COLD, WARM, EVICTED = Start

NOT_ROOT = "not root: caches cannot be dropped"
MEMORY = "/dev/shm"


class Mount:
    """A fresh mount of images; view: the directory in it that is read."""

    def __init__(self, images, *options, view=""):
        self.images, self.options, self.view = images, options, view

    @contextlib.contextmanager
    def open(self):
        with mounted(self.images.source, self.images.index, *self.options) as (point, _):
            yield os.path.join(point, self.view) if self.view else point

    def start(self, state, _):
        if state in (WARM, EVICTED):
            self.images.warm()


class Copies:
    """The materialised shards."""

    def __init__(self, images):
        self.images = images

    @contextlib.contextmanager
    def open(self):
        yield self.images.copies

    def start(self, state, directory):
        files = shards(directory)
        if state == EVICTED:
            evict(files)
        if state == WARM:
            read_counted(files, 1)


def c_reader(how, readers=1):
    """256 KiB at a time and both checksums; plain: 1 MiB; map: mmap, both checksums."""
    return lambda directory: parse_pass(run(f"{TOOLS}/read_shards", how, readers,
                                            *shards(directory)))


def random_reader(readers=1):
    """Every record once, in random order, by the index of each shard."""
    return lambda directory: parse_pass(run(f"{TOOLS}/read_random", readers,
                                            *shards(directory)))


def cp_reader(directory):
    """cp of all shards into memory; what came is verified after the clock has stopped."""
    target = os.path.join(MEMORY, f"tfrecordfs-bench-{os.getpid()}")
    os.makedirs(target)
    try:
        start = time.perf_counter()
        run("cp", *shards(directory), target)
        spent = time.perf_counter() - start
        seen = read_counted(shards(target), 1)
    finally:
        shutil.rmtree(target)
    return Pass(spent, seen.bytes, seen.records, seen.digest)


def worker_reader(worker, what, **arguments):
    """A pass by a worker process (workers.py) over the shards."""
    def read(directory):
        told = worker.ask(what, files=shards(directory), **arguments)
        return Pass(told["seconds"], told.get("bytes"), told["records"])
    return read


def passes(place, reader, start, number=1):
    """A side: seconds of one pass after the other, named 1, 2, ..."""
    if start == COLD and not can_drop_caches():
        return NOT_ROOT
    images = place.images

    def side(_):
        images.copies, images.expected  # made before caches are dropped
        costs = {}
        with place.open() as directory:
            place.start(start, directory)
            if start == COLD:
                drop_caches()
            for count in range(1, number + 1):
                seen = reader(directory)
                images.check(seen, f"pass {count} of {directory}")
                costs[str(count)] = seen.seconds
            if seen.digest in (None, 0) and seen.bytes:
                # What a plain reader read is in the page cache still: verify that.
                images.check(read_counted(shards(directory), 2), directory)
        return costs
    return side


def plain_passes(place, readers, start, number=1):
    """As passes(), by a reader that does not look at what it reads."""
    def read(directory):
        seen = c_reader("plain", readers)(directory)
        return Pass(seen.seconds, seen.bytes)
    return passes(place, read, start, number)


def image_files(images, threads, start):
    """A side: seconds of reading the image files themselves, in C."""
    if start == COLD and not can_drop_caches():
        return NOT_ROOT

    def side(_):
        files = images.files
        if start == COLD:
            drop_caches()
        else:
            images.warm()
        seen = read_files(files, threads)
        if seen.bytes != images.image_bytes:
            sys.exit(f"{images.source}: {seen.bytes} bytes, and not {images.image_bytes}")
        return {"1": seen.seconds}
    return side


def missing_option(name):
    return None if has_option(name) else f"mount has no {name} yet"
