"""Records whose contents are computed when they are read: hashes, encodings, pixels.

Each against a bare loop that does only that, on as many threads as there are processors.
"""

import functools
import glob
import os
import shutil
import subprocess
import sys
import time

import data
import show
from harness import (NR_CPUS, PROGRAM, TOOLS, WORK, daemon_of, evict, mounted, read_counted,
                     resident_mb, run, shards, watch)
from measure import Comparison, Row, at_least


def images_of(directory, extension):
    return sorted(glob.glob(os.path.join(directory, "*", "*." + extension)))


def openssl(files):
    """Seconds of `openssl dgst -sha256`, a process for each processor."""
    start = time.perf_counter()
    processes = [subprocess.Popen(["openssl", "dgst", "-sha256", *files[part::NR_CPUS]],
                                  stdout=subprocess.DEVNULL) for part in range(NR_CPUS)]
    if any([process.wait() for process in processes]):
        sys.exit("openssl dgst failed")
    return time.perf_counter() - start


def decode_files(what, files):
    """Seconds of the bare loop."""
    return float(run(f"{TOOLS}/decode_files", what, *files).split()[0])


def first_pass(source, index, options):
    """Seconds of reading all shards of a fresh mount, and what mount told."""
    with mounted(source, index, *options) as (point, told):
        return read_counted(shards(point), NR_CPUS).seconds, told


def hashes(sets):
    images = sets.middle
    index = os.path.join(WORK, "index-classification")

    @functools.cache
    def options():
        manifest = data.image_list(os.path.join(WORK, "classification"), images.source)
        return "--profile", "classification", "--manifest", manifest

    def ours(_):
        shutil.rmtree(index, ignore_errors=True)
        seconds, told = first_pass(images.source, index, options())
        return {"read": seconds, "mount": told["milliseconds"] / 1000}
    return Comparison("contents", show.a_second(images), {
        "ours": ours, "openssl": lambda _: openssl(images.files)}, (
        Row("classification (SHA-256 in records), read: openssl dgst", "ours:read", "openssl",
            at_least(0.8)),
        Row("… mount without a saved index: openssl dgst of all images", "ours:mount", "openssl",
            show=show.milliseconds)), 5)


def encodings(sets):
    nr = 50 if sets.quick else 100
    index = os.path.join(WORK, "index-inception")

    @functools.cache
    def source():
        return data.pngs(os.path.join(WORK, "pngs"), nr)

    def ours(_):
        options = "--profile", "inception", "--labels", os.path.join(source(), "labels.txt")
        shutil.rmtree(index, ignore_errors=True)
        seconds, _ = watch(PROGRAM, "index", source(), "--index", index, *options)
        return {"index": seconds, "read": first_pass(source(), index, options)[0]}
    return Comparison("contents", show.of_many(lambda: nr), {
        "ours": ours, "bare": lambda _: decode_files("jpeg", images_of(source(), "png"))}, (
        Row("inception, PNG to JPEG, index: libpng + libjpeg", "ours:index", "bare",
            at_least(0.9)),
        Row("… read", "ours:read", "bare", at_least(0.9))), 5)


def pixels(sets):
    nr = 100 if sets.quick else 1000
    index = os.path.join(WORK, "index-pixels")

    @functools.cache
    def source():
        return data.image_mask_pairs(os.path.join(WORK, "pairs"), nr)

    def options():
        return ("--profile", "deeplab-pixels", "--manifest", os.path.join(source(), "images"),
                "--masks", os.path.join(source(), "masks"), "--image-ext", "jpg",
                "--shards", "16")

    def bare(_):
        return decode_files("pixels", images_of(source(), "jpg") + images_of(source(), "png"))

    def memory(_):
        """Resident memory of a mount after its pixels were read twice."""
        with mounted(source(), index, *options()) as (point, _):
            for _ in range(2):
                read_counted(shards(point), NR_CPUS)
                evict(shards(point))
            return resident_mb(daemon_of(point))
    return [
        Comparison("contents", show.of_many(lambda: nr), {
            "ours": lambda _: first_pass(source(), index, options())[0], "bare": bare}, (
            Row("deeplab-pixels, read: libjpeg and libpng", "ours", "bare", at_least(0.8)),), 5),
        Comparison("contents", show.megabytes, {"ours": memory}, (
            Row("… resident memory after two passes", "ours"),), 1),
    ]


def comparisons(sets):
    return [hashes(sets), encodings(sets), *pixels(sets)]
