"""Speed of mounts, as ratios against materialised copies of the same shards.

Every comparison alternates both sides in one run (A B A B ...) and takes the ratio of
their medians, since the machines this runs on are noisy.  Each round uses a fresh mount,
and every reader verifies both checksums of every record.
"""

import argparse
import glob
import os
import platform
import re
import shutil
import statistics
import sys
import time

import contents
import data
import views
from harness import (PROGRAM, README, TOOLS, WORK, evict, gigabytes, mounted, ratio, read,
                     resident_mb, run, shards, watch)


def materialise(source, index, directory):
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    with mounted(source, index) as (point, _):
        for path in shards(point):
            shutil.copyfile(path, os.path.join(directory, os.path.basename(path)))


PASSES = 4


def measure_passes(source, copies, index, rounds, readers):
    """Rates of PASSES passes over a fresh mount and over copies that were evicted.

    Two lists, of one list a pass.  The images stay in the page cache throughout.
    """
    mount, plain = [[] for _ in range(PASSES)], [[] for _ in range(PASSES)]
    for _ in range(rounds):
        with mounted(source, index) as (point, _):
            for rates in mount:
                rates.append(read(shards(point), readers))
        evict(shards(copies))
        for rates in plain:
            rates.append(read(shards(copies), readers))
    return mount, plain


EPOCH = """
import os, sys, time
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
rounds, *directories = sys.argv[1:]
for _ in range(int(rounds)):
    for directory in directories:
        files = sorted(tf.io.gfile.glob(directory + "/train-*.tfrecord"))
        start, total = time.perf_counter(), 0
        for batch in tf.data.TFRecordDataset(files).batch(64):
            total += len(batch)
        print(directory, total, time.perf_counter() - start, flush=True)
"""


def measure_tensorflow(source, copies, index, rounds):
    """Seconds of an epoch of TFRecordDataset over a warm mount and over the copies."""
    seconds = {"mount": [], "copies": []}
    with mounted(source, index) as (point, _):
        read(shards(point), 1)
        text = run(sys.executable, "-c", EPOCH, rounds + 1, point, copies)
        for line in text.splitlines():
            directory, _, spent = line.split()
            seconds["mount" if directory == point else "copies"].append(float(spent))
    # The first epoch of each pays for starting TensorFlow.
    return seconds["mount"][1:], seconds["copies"][1:]


def measure_scan(source, index, rounds):
    """Files per second of the bare loop and of our scan, alternating."""
    bare, ours = [], []
    run(f"{TOOLS}/scan_files", source)
    for _ in range(rounds):
        seconds, files = run(f"{TOOLS}/scan_files", source).split()
        bare.append(int(files) / float(seconds))
        stages = dict(line.split("\t") for line in
                      run(f"{TOOLS}/index_stages", source, index).splitlines())
        ours.append(int(files) / float(stages["Scanning images"]))
    return bare, ours


def measure_million(source, nr_images, rounds):
    """Index and mount many small images; a dict of what was seen."""
    index = os.path.join(WORK, "index-million")
    shutil.rmtree(index, ignore_errors=True)
    seen = {}
    seen["index_seconds"], seen["peak_mb"] = watch(PROGRAM, "index", source, "--index", index)
    (path,) = glob.glob(index + "/*.index")
    seen["bytes_a_record"] = os.path.getsize(path) / nr_images
    seen["milliseconds"], seen["resident"] = [], []
    for _ in range(rounds):
        with mounted(source, index) as (point, told):
            seen["milliseconds"].append(told["milliseconds"])
            pid = os.getxattr(point, "user.tfrecordfs.pid").decode()
            seen["resident"].append(resident_mb(pid))
    return seen


def measure_coco(path, rounds):
    """Seconds of reading a COCO manifest, and of json.load; peak memory of both, in MB."""
    parse = ("import json, resource, sys, time; start = time.monotonic(); json.load(open("
             "sys.argv[1])); print(0, 0, time.monotonic() - start, "
             "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)")
    reader = (os.path.join(TOOLS, "read_manifest"), os.path.dirname(path), path)
    told = {"ours": [], "theirs": []}
    for _ in range(rounds):
        told["ours"].append(run(*reader).split())
        told["theirs"].append(run(sys.executable, "-c", parse, path).split())
    return [([float(seconds) for _, _, seconds, _ in told[who]],
             max(int(kilobytes) for *_, kilobytes in told[who]) / 1000)
            for who in ("ours", "theirs")]


def passes_rows(source, copies, index, rounds):
    rows = []
    for readers, who in ((1, "one reader"), (2, "two readers")):
        mount, plain = measure_passes(source, copies, index, rounds, readers)
        names = ("first pass (copies: from disk)", "second pass", "third pass", "fourth pass")
        for name, ours, theirs in zip(names, mount, plain):
            goal = "reported" if name.startswith("first") else "≥ 0.85"
            rows.append((f"{name}, {who}", gigabytes(ours), gigabytes(theirs),
                         f"{ratio(ours, theirs):.2f}", goal))
        rows.append((f"first pass, {who}, against copies in the page cache", gigabytes(mount[0]),
                     gigabytes(plain[-1]), f"{ratio(mount[0], plain[-1]):.2f}", "reported"))
    return rows


def all_rows(quick):
    rounds = 3 if quick else 7
    index = os.path.join(WORK, "index")
    photographs = data.photographs(os.path.join(WORK, "photographs"), 400 if quick else 4000)
    copies = os.path.join(WORK, "copies")
    materialise(photographs, index, copies)
    rows = passes_rows(photographs, copies, index, rounds)

    ours, theirs = measure_tensorflow(photographs, copies, index, rounds)
    rows.append(("epoch of TFRecordDataset, warm", f"{statistics.median(ours):.2f} s",
                 f"{statistics.median(theirs):.2f} s", f"{ratio(theirs, ours):.2f}", "reported"))
    rows += views.rows(photographs, index, quick)

    nr_small = 10000 if quick else 100000
    small = data.small_images(os.path.join(WORK, "small"), nr_small, 20)
    bare, scanned = measure_scan(small, index, rounds)
    rows.append((f"scan with headers, {nr_small:,} images of 6 kB",
                 f"{statistics.median(scanned):,.0f}/s", f"{statistics.median(bare):,.0f}/s",
                 f"{ratio(scanned, bare):.2f}", "≥ 0.7"))

    nr_many = 20000 if quick else 1000000
    many = data.small_images(os.path.join(WORK, "many"), nr_many, 1000, tiny=True)
    seen = measure_million(many, nr_many, rounds)
    rows += [
        (f"{nr_many:,} images: index built and saved", f"{seen['index_seconds']:.1f} s", "", "",
         "reported"),
        ("… peak memory", f"{seen['peak_mb']:.0f} MB", "", "", "reported"),
        ("… index file, a record, with names", f"{seen['bytes_a_record']:.1f} B", "", "",
         "≤ 40 B"),
        ("… mount from the saved index", f"{statistics.median(seen['milliseconds']):.0f} ms", "",
         "", "≤ 100 ms"),
        ("… resident memory then", f"{statistics.median(seen['resident']):.0f} MB", "", "",
         "≤ 64 MB"),
    ]

    nr_images, nr_boxes = (1182, 8600) if quick else (118287, 860001)
    manifest = data.coco(os.path.join(WORK, "coco"), nr_images, nr_boxes)
    (ours, our_peak), (theirs, their_peak) = measure_coco(manifest, 3)
    rows += [
        (f"COCO manifest of {os.path.getsize(manifest) / 1e6:,.0f} MB, {nr_images:,} images, "
         f"{nr_boxes:,} boxes, against json.load", f"{statistics.median(ours):.2f} s",
         f"{statistics.median(theirs):.2f} s", f"{ratio(theirs, ours):.2f}", "reported"),
        ("… peak memory", f"{our_peak:.0f} MB", f"{their_peak:,.0f} MB", "", "reported"),
    ]
    return rows + contents.rows(photographs, quick)


def table(rows, of_views):
    lines = ["| what | mount | materialised, or bare loop | ratio | goal |",
             "| --- | ---: | ---: | ---: | ---: |"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    lines += ["", of_views, ""]
    lines.append(f"Measured {time.strftime('%Y-%m-%d')} by `make bench` on {os.cpu_count()} "
                 f"cores, Linux {platform.release().split('-')[0]}.")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small data; only print")
    quick = parser.parse_args().quick
    os.makedirs(WORK, exist_ok=True)
    text = table(all_rows(quick), views.table(quick))
    print(text)
    if not quick:
        page = open(README).read()
        page, found = re.subn(r"(<!-- table -->\n).*?(\n?<!-- end -->)",
                              lambda m: f"{m.group(1)}{text}\n<!-- end -->", page, flags=re.S)
        if found != 1:
            sys.exit(f"{README} has no place for the table")
        open(README, "w").write(page)


if __name__ == "__main__":
    main()
