"""Until the first batch of 32 records is there: with a saved index and without one."""

import functools
import os
import shutil
import sys

import peers
import show
from harness import (TOOLS, WORK, can_drop_caches, drop_caches, mounted, parse_pass, run, shards)
from measure import Comparison, Row, at_most
from sides import COLD, NOT_ROOT


def first_batch(directory):
    seen = parse_pass(run(f"{TOOLS}/read_shards", "first", 1, *shards(directory)))
    if seen.records != 32:
        sys.exit(f"a first batch of {seen.records} records")
    return seen.seconds


def from_mount(images, saved):
    """Seconds of the mount command and of the first batch; and of the batch alone."""
    def side(_):
        index = images.index
        if not saved:
            index = os.path.join(WORK, "index-none")
            shutil.rmtree(index, ignore_errors=True)
        drop_caches()
        with mounted(images.source, index) as (point, told):
            if told["index_reused"] != saved:
                sys.exit(f"the saved index was {'not ' * saved}used")
            spent = first_batch(point)
        return {"all": told["seconds"] + spent, "batch": spent}
    return side


def after_mount(images):
    """Seconds of the first batch from a mount that is there, whose images were forgotten."""
    def side(_):
        with mounted(images.source, images.index) as (point, _):
            drop_caches()
            return {"batch": first_batch(point)}
    return side


def from_copies(images):
    def side(_):
        images.copies
        drop_caches()
        return {"batch": first_batch(images.copies)}
    return side


def comparisons(sets):
    images = sets.start
    sides = {"saved": from_mount(images, True), "mounted": after_mount(images),
             "copies": from_copies(images)}
    whole = {"none": from_mount(images, False),
             "Python": peers.converted(images, peers.convert_in_python, COLD, False),
             "C": peers.converted(images, peers.convert_in_c, COLD, False)}
    if not can_drop_caches():
        sides, whole = dict.fromkeys(sides, NOT_ROOT), dict.fromkeys(whole, NOT_ROOT)

    @functools.cache
    def index_is_there():
        with mounted(images.source, images.index):
            return True
    if can_drop_caches():
        saved = sides["saved"]
        sides["saved"] = lambda number: index_is_there() and saved(number)
    many = f"{images.nr:,} images of {images.label}"
    return [
        Comparison("start", show.seconds, sides, (
            Row(f"first batch, cold, {many}, from a mount: from copies", "mounted:batch",
                "copies:batch", at_most(2)),
            Row("… and mounting, index saved", "saved:all", "copies:batch", at_most(2))), 9),
        Comparison("start", show.seconds, whole, (
            Row("… and indexing and mounting: a Python converter, without reading", "none:all",
                "Python:1", at_most(0.1)),
            Row("… a C converter, 16 threads, without reading", "none:all", "C:1",
                at_most(0.5))), 3),
    ]
