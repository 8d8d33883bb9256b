"""Records whose contents are computed when they are read: hashes, encodings, pixels.

Each against a bare loop that does only that, on as many threads as there are processors.
"""

import glob
import os
import shutil
import statistics
import subprocess
import time

import data
from harness import (NR_CPUS, PROGRAM, TOOLS, WORK, evict, mounted, ratio, read_counted,
                     resident_mb, run, shards, watch)


def images_of(directory, extension):
    return sorted(glob.glob(os.path.join(directory, "*", "*." + extension)))


def openssl(files):
    """Files per second of `openssl dgst -sha256`, a process for each processor."""
    start = time.perf_counter()
    processes = [subprocess.Popen(["openssl", "dgst", "-sha256", *files[part::NR_CPUS]],
                                  stdout=subprocess.DEVNULL) for part in range(NR_CPUS)]
    if any([process.wait() for process in processes]):
        raise SystemExit("openssl dgst failed")
    return len(files) / (time.perf_counter() - start)


def decode_files(what, files):
    """Files per second of the bare loop."""
    seconds, nr_files = run(f"{TOOLS}/decode_files", what, *files).split()
    return int(nr_files) / float(seconds)


def first_pass(source, index, options):
    """Records per second of reading all shards of a fresh mount, and what mount told."""
    with mounted(source, index, *options) as (point, told):
        seconds, _, records = read_counted(shards(point), NR_CPUS)
    return records / seconds, told


def row(what, ours, theirs, goal):
    return (what, f"{statistics.median(ours):,.0f}/s", f"{statistics.median(theirs):,.0f}/s",
            f"{ratio(ours, theirs):.2f}", goal)


def hash_rows(photographs, rounds):
    files = images_of(photographs, "jpg")
    manifest = data.image_list(os.path.join(WORK, "classification"), photographs)
    index = os.path.join(WORK, "index-classification")
    options = ("--profile", "classification", "--manifest", manifest)
    ours, theirs, milliseconds = [], [], []
    for _ in range(rounds):
        shutil.rmtree(index, ignore_errors=True)
        rate, told = first_pass(photographs, index, options)
        ours.append(rate)
        milliseconds.append(told["milliseconds"])
        theirs.append(openssl(files))
    hashing = 1000 * len(files) / statistics.median(theirs)
    return [row("classification (SHA-256 in records): read, against openssl dgst", ours, theirs,
                "≥ 0.8"),
            ("… mount without a saved index, against openssl dgst of all images",
             f"{statistics.median(milliseconds):,.0f} ms", f"{hashing:,.0f} ms", "", "reported")]


def encode_rows(nr_images, rounds):
    source = data.pngs(os.path.join(WORK, "pngs"), nr_images)
    files = images_of(source, "png")
    index = os.path.join(WORK, "index-inception")
    options = ("--profile", "inception", "--labels", os.path.join(source, "labels.txt"))
    indexing, reading, bare = [], [], []
    for _ in range(rounds):
        shutil.rmtree(index, ignore_errors=True)
        seconds, _ = watch(PROGRAM, "index", source, "--index", index, *options)
        indexing.append(nr_images / seconds)
        reading.append(first_pass(source, index, options)[0])
        bare.append(decode_files("jpeg", files))
    return [row("inception, PNG to JPEG: index, against libpng + libjpeg", indexing, bare, "≥ 0.9"),
            row("… read", reading, bare, "≥ 0.9")]


def pixel_rows(nr_images, rounds):
    source = data.image_mask_pairs(os.path.join(WORK, "pairs"), nr_images)
    files = images_of(source, "jpg") + images_of(source, "png")
    index = os.path.join(WORK, "index-pixels")
    options = ("--profile", "deeplab-pixels", "--manifest", os.path.join(source, "images"),
               "--masks", os.path.join(source, "masks"), "--image-ext", "jpg", "--shards", "16")
    reading, bare = [], []
    for _ in range(rounds):
        reading.append(first_pass(source, index, options)[0])
        bare.append(decode_files("pixels", files) / 2)
    return [row("deeplab-pixels: read, against libjpeg and libpng", reading, bare, "≥ 0.8"),
            memory_row(source, index, options)]


def memory_row(source, index, options):
    """Resident memory of a mount after its pixels were read twice."""
    total = 0
    with mounted(source, index, *options) as (point, _):
        for _ in range(2):
            total += read_counted(shards(point), NR_CPUS)[1]
            evict(shards(point))
        resident = resident_mb(os.getxattr(point, "user.tfrecordfs.pid").decode())
    return (f"… resident memory after {total / 1e9:.1f} GB of pixels", f"{resident:.0f} MB", "", "",
            "reported")


def rows(photographs, quick):
    rounds = 3 if quick else 5
    return (hash_rows(photographs, rounds) + encode_rows(50 if quick else 100, rounds) +
            pixel_rows(100 if quick else 1000, rounds))
