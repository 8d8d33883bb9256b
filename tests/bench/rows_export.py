"""Real files: export of a data set, against copies of shards that are there already."""

import contextlib
import os
import shutil
import time

import show
from harness import PROGRAM, WORK, mounted, read_counted, run, shards
from measure import Comparison, Row, at_least
from sides import MEMORY


@contextlib.contextmanager
def place(directory):
    path = os.path.join(directory, f"tfrecordfs-export-{os.getpid()}")
    shutil.rmtree(path, ignore_errors=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def export(images, where, source=None):
    """Seconds of the command, of @source where it is not the images; all is on the disk."""
    def side(_):
        images.copies, images.expected
        images.warm()
        with contextlib.ExitStack() as stack:
            target = stack.enter_context(place(where))
            of = source and stack.enter_context(source(images)) or images.source
            options = [] if source else ["--index", images.index]
            start = time.perf_counter()
            run(PROGRAM, "export", of, target, "--side-files", "none", "--quiet", *options)
            spent = time.perf_counter() - start
            images.check(read_counted(shards(target), 2), target)
        return spent
    return side


@contextlib.contextmanager
def mount_of(images):
    with mounted(images.source, images.index) as (point, _):
        yield point


def copies(images, where, *after):
    """Seconds of cp of the copies, until they are on the disk, and of a command after it."""
    def side(_):
        files = shards(images.copies)
        read_counted(files, 2)
        with place(where) as target:
            os.makedirs(target)
            start = time.perf_counter()
            run("cp", *files, target)
            run("sync", "-f", target)
            if after:
                run(*after, *shards(target))
            return time.perf_counter() - start
    return side


def into(images, where, name):
    return Comparison("export", show.gigabytes(images), {
        "export": export(images, where),
        "mount": export(images, where, mount_of),
        "cp": copies(images, where),
        "sums": copies(images, where, "sha256sum"),
    }, (Row(f"export into {name}, images warm, {images.label}: cp of copies, and sync",
            "export", "cp", at_least(0.9)),
        Row("… and sha256sum of them", "export", "sums"),
        Row("… export of a mount: cp of copies, and sync", "mount", "cp")))


def comparisons(sets):
    return [into(sets.middle, MEMORY, "memory"), into(sets.middle, WORK, "a disk")]
