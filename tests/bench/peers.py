"""Other ways to the same images: what they need is made once, and read as its users would."""

import contextlib
import functools
import importlib.util
import os
import shutil
import sys
import tarfile
import time

from harness import (WORK, can_drop_caches, drop_caches, missing_command, new_directory,
                     read_counted, read_files, run, shards, umount)
from sides import COLD, NOT_ROOT
from workers import Worker

TENSORFLOW = Worker("tensorflow")
GRAIN = Worker("grain")
WEBDATASET = Worker("webdataset")
NR_SHARDS = 16


def stop_workers():
    for worker in (TENSORFLOW, GRAIN, WEBDATASET):
        worker.stop()


def missing_module(name):
    return None if importlib.util.find_spec(name) else f"{name} is not installed"


def fresh(what, images):
    """An empty directory for what a peer needs of images."""
    directory = os.path.join(WORK, f"{what}-{images.label.replace(' ', '-')}-{images.nr}")
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    return directory


def side(start, prepare, read, missing):
    """A side of one pass; prepare makes, once, what read then is given."""
    if missing or (start == COLD and not can_drop_caches()):
        return missing or NOT_ROOT
    prepare = functools.cache(prepare)

    def run_side(_):
        made = prepare()
        if start == COLD:
            drop_caches()
        else:
            read(made)
        return {"1": read(made)}
    return run_side


def held_to(images, told, nr_bytes):
    """Seconds of a worker's pass, which must have seen everything."""
    if (told["records"], told["bytes"]) != (images.nr, nr_bytes):
        sys.exit(f"a pass saw {told}, and not {images.nr} records and {nr_bytes} bytes")
    return told["seconds"]


def tf_data_files(images, parallel, start):
    def read(files):
        told = TENSORFLOW.ask("images", files=files, parallel=parallel)
        return held_to(images, told, images.image_bytes)
    return side(start, lambda: images.files, read, None)


def grain_shuffled(images, start):
    def prepare():
        directory = fresh("array-record", images)
        GRAIN.ask("write", files=shards(images.copies), directory=directory)
        return directory

    def read(directory):
        told = GRAIN.ask("shuffled", directory=directory, seed=time.time_ns() % 2 ** 31)
        return held_to(images, told, images.expected.bytes)
    return side(start, prepare, read, missing_module("grain") or missing_module("array_record"))


def webdataset(images, start):
    def prepare():
        directory = fresh("tar", images)
        for number in range(NR_SHARDS):
            with tarfile.open(f"{directory}/{number:05d}.tar", "w") as tar:
                for path in images.files[number::NR_SHARDS]:
                    tar.add(path, os.path.basename(path))
        return sorted(os.path.join(directory, name) for name in os.listdir(directory))

    def read(files):
        return held_to(images, WEBDATASET.ask("images", files=files), images.image_bytes)
    return side(start, prepare, read, missing_module("webdataset"))


@contextlib.contextmanager
def squash_mounted(image):
    point = new_directory("squash")
    try:
        run("squashfuse", image, point)
        yield point
    finally:
        umount(point, "fusermount3", "-u")


def squashfuse(images, threads, start):
    """The image files within an uncompressed squashfs, read in C; mounted anew each time."""
    def prepare():
        image = os.path.join(fresh("squash", images), "images.squashfs")
        run("mksquashfs", images.source, image, "-noI", "-noD", "-noF", "-noX", "-quiet",
            "-no-progress")
        return image

    def read(image):
        with squash_mounted(image) as point:
            files = [point + path.removeprefix(images.source) for path in images.files]
            seen = read_files(files, threads)
        if seen.bytes != images.image_bytes:
            sys.exit(f"squashfuse: {seen.bytes} bytes, and not {images.image_bytes}")
        return seen.seconds
    missing = (missing_command("mksquashfs", "squashfs-tools") or
               missing_command("squashfuse", "squashfuse"))
    return side(start, prepare, read, missing)


@contextlib.contextmanager
def output():
    """A directory for a converter's shards; gone from disk and memory when left."""
    directory = new_directory("converted")
    try:
        yield directory
    finally:
        shutil.rmtree(directory)
        os.sync()


def convert_in_python(images, directory):
    told = TENSORFLOW.ask("convert", files=images.files, directory=directory, shards=NR_SHARDS)
    return told["seconds"]


def convert_in_c(images, directory, how="convert"):
    return read_files(images.files, NR_SHARDS, how, directory).seconds


def converted(images, convert, start, then_read=True):
    """A side: seconds of converting, and of the first epoch over what that wrote."""
    if start == COLD and not can_drop_caches():
        return NOT_ROOT

    def run_side(_):
        with output() as directory:
            images.files
            if start == COLD:
                drop_caches()
            else:
                images.warm()
            spent = convert(images, directory)
            seen = read_counted(shards(directory), 1)
            if seen.records != images.nr:
                sys.exit(f"a converter wrote {seen.records} of {images.nr} records")
        return {"1": spent + (seen.seconds if then_read else 0)}
    return run_side
