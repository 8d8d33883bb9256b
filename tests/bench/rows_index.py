"""Indexing: the scan of many images, a million of them, and a large manifest."""

import functools
import glob
import os
import shutil
import sys
import tempfile

import data
import show
from harness import PROGRAM, TOOLS, WORK, daemon_of, mounted, resident_mb, run, watch
from measure import Comparison, Row, at_least, below


def scan(sets):
    """Our scan with headers against the bare loop that opens, reads 4 KiB and closes."""
    images = sets.small

    def bare(_):
        return float(run(f"{TOOLS}/scan_files", images.source).split()[0])

    def ours(_):
        images.warm()
        # An index that is there would spare opening what has not changed.
        with tempfile.TemporaryDirectory(dir=WORK) as index:
            lines = run(f"{TOOLS}/index_stages", images.source, index).splitlines()
        return float(dict(line.split("\t") for line in lines)["Scanning images"])
    return Comparison("scan", show.a_second(images), {"ours": ours, "bare": bare}, (
        Row(f"scan with headers, {images.nr:,} images of 6 KB: open, read 4 KiB, close", "ours",
            "bare", at_least(0.7)),))


def many(sets):
    """A million images: index, and mount from it."""
    nr = 20000 if sets.quick else 1000000
    index = os.path.join(WORK, "index-many")

    @functools.cache
    def source():
        return data.small_images(os.path.join(WORK, "many"), nr, 1000, tiny=True)

    @functools.cache
    def indexed():
        shutil.rmtree(index, ignore_errors=True)
        spent, peak = watch(PROGRAM, "index", source(), "--index", index)
        (path,) = glob.glob(index + "/*.index")
        return {"seconds": spent, "peak": peak, "bytes": os.path.getsize(path) / nr}

    def mount(_):
        indexed()
        with mounted(source(), index) as (point, told):
            return {"seconds": told["milliseconds"] / 1000,
                    "resident": resident_mb(daemon_of(point))}
    return [
        Comparison("many", show.seconds, {"index": lambda _: indexed()}, (
            Row(f"{nr:,} images: index built and saved", "index:seconds"),
            Row("… peak memory", "index:peak", show=show.megabytes),
            Row("… index file, a record", "index:bytes", goal=below(40, " B"), show=show.each)), 1),
        Comparison("many", show.milliseconds, {"mount": mount}, (
            Row("… mount from the saved index", "mount:seconds", goal=below(0.1, " s")),
            Row("… resident memory then", "mount:resident", goal=below(64, " MB"),
                show=show.megabytes))),
    ]


PARSE = ("import json, resource, sys, time; start = time.monotonic(); json.load(open("
         "sys.argv[1])); print(0, 0, time.monotonic() - start, "
         "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)")


def coco(sets):
    """Seconds and peak memory of reading a COCO manifest, and of json.load."""
    nr_images, nr_boxes = (1182, 8600) if sets.quick else (118287, 860001)

    @functools.cache
    def manifest():
        return data.coco(os.path.join(WORK, "coco"), nr_images, nr_boxes)

    def told(*command):
        *_, spent, kilobytes = run(*command).split()
        return {"seconds": float(spent), "peak": int(kilobytes) / 1000}

    def ours(_):
        return told(f"{TOOLS}/read_manifest", os.path.dirname(manifest()), manifest())

    def theirs(_):
        return told(sys.executable, "-c", PARSE, manifest())
    return Comparison("coco", show.seconds, {"ours": ours, "json.load": theirs}, (
        Row(f"COCO manifest, {nr_images:,} images, {nr_boxes:,} boxes: json.load",
            "ours:seconds", "json.load:seconds"),
        Row("… peak memory", "ours:peak", "json.load:peak", show=show.megabytes)), 3)


def comparisons(sets):
    return [scan(sets), *many(sets), coco(sets)]
