"""Views: how long until one that nobody opened yet can be read, and what it costs.

Openings and listings are measured on data sets of many records without an image
(make_index.c), whose mounts do all but read.
"""

import os
import shutil
import statistics
import sys
import time

from harness import TOOLS, WORK, daemon_of, mounted, run, shards, status_mb

NR_HELD = 1000
ROUNDS = 7

# What is opened, by round: each time a view that nobody opened before.
OPENINGS = (
    ("epochs/E", lambda i: f"epochs/{i}"),
    ("shards/1: one with all", lambda i: "shards/1"),
    ("epochs/E/shards/1", lambda i: f"epochs/{i}/shards/1"),
    ("folds/5/I", lambda i: f"folds/5/{i % 5}"),
    ("by-class/CLASS", lambda i: f"by-class/c{i:03d}"),
    ("filter/quality=…", lambda i: f"filter/quality=q{i % 10}"),
    ("filter/batch=…/shards/1", lambda i: f"filter/batch=b{i:07d}/shards/1"),
    ("first/10000", lambda i: "first/10000"),
    ("balanced", lambda i: "balanced"),
    ("schemas/simple", lambda i: "schemas/simple"),
    ("schemas/simple/shards/1", lambda i: "schemas/simple/shards/1"),
)


def milliseconds(seconds):
    value = 1000 * statistics.median(seconds)
    return f"{value:,.0f} ms" if value >= 10 else f"{value:.1f} ms"


def train_shards(point):
    return [path for path in shards(point) if os.path.basename(path).startswith("train-")]


def open_shard(directory, name):
    """Seconds of opening one shard and asking its size."""
    start = time.perf_counter()
    handle = os.open(os.path.join(directory, name), os.O_RDONLY)
    size = os.fstat(handle).st_size
    spent = time.perf_counter() - start
    os.close(handle)
    if size == 0:
        sys.exit(f"{directory}/{name} is empty")
    return spent


def list_sizes(directory, pattern=""):
    """Seconds of listing a directory with the size of each entry, or of some; the sizes."""
    start = time.perf_counter()
    with os.scandir(directory) as entries:
        seen = {entry.name: entry.stat().st_size for entry in entries if pattern in entry.name}
    return time.perf_counter() - start, seen


def anonymous_mb(pid):
    return status_mb(pid, "RssAnon")


def measure_openings(source, index, rounds):
    """Of each view the seconds of every round; a fresh mount a round, from another view on."""
    seconds = [[] for _ in OPENINGS]
    for i in range(rounds):
        with mounted(source, index) as (point, _):
            names = [os.path.basename(path) for path in train_shards(point)]
            for k in range(len(OPENINGS)):
                which = (i + k) % len(OPENINGS)
                view = OPENINGS[which][1](i)
                name = names[len(names) // 2]
                if view.endswith("shards/1"):
                    name = "train-00000-of-00001.tfrecord"
                seconds[which].append(open_shard(os.path.join(point, view), name))
    return seconds


def measure_listings(source, index, rounds):
    """Seconds of listing a new epochs/E; the root first; the root again; plain files."""
    epoch, first, again, plain = [], [], [], []
    files = os.path.join(WORK, "plain-listing")
    for i in range(rounds):
        with mounted(source, index) as (point, _):
            spent, seen = list_sizes(os.path.join(point, f"epochs/{i}"), "-of-")
            epoch.append(spent)
            if sum(seen.values()) != sum(list_sizes(point, "-of-")[1].values()):
                sys.exit(f"epochs/{i} does not add up")
            spent, root = list_sizes(point)
            first.append(spent)
            shutil.rmtree(files, ignore_errors=True)
            os.mkdir(files)
            for name in root:
                open(os.path.join(files, name), "w", encoding="ascii").close()
            list_sizes(files)
            for _ in range(10):
                again.append(list_sizes(point)[0])
                plain.append(list_sizes(files)[0])
    shutil.rmtree(files)
    return epoch, first, again, plain


def forget_inodes():
    """Make the kernel forget what nobody has open; False where we may not."""
    try:
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as file:
            file.write("2")
    except OSError:
        return False
    return True


def measure_memory(source, index):
    """MB of the daemon's own: at first, with views open, idle, closed and forgotten."""
    told = []
    with mounted(source, index) as (point, _):
        pid = daemon_of(point)
        name = os.path.basename(train_shards(point)[0])
        told.append(anonymous_mb(pid))
        held = [os.open(os.path.join(point, f"epochs/{i}", name), os.O_RDONLY)
                for i in range(NR_HELD)]
        told.append(anonymous_mb(pid))
        # A view that is not used is freed after 15 to 30 seconds, also of open files.
        time.sleep(40)
        told.append(anonymous_mb(pid))
        for handle in held:
            os.close(handle)
        if not forget_inodes():
            print("not root: the kernel remembers its inodes", file=sys.stderr)
        time.sleep(1)
        told.append(anonymous_mb(pid))
    return told


def table(quick):
    """A table of its own: a column a number of records."""
    sizes = (100000, 1000000) if quick else (100000, 10000000)
    rounds = 3 if quick else ROUNDS
    columns = []
    for nr in sizes:
        source, index = os.path.join(WORK, f"records-{nr}"), os.path.join(WORK, "index-records")
        run(f"{TOOLS}/make_index", source, index, nr)
        cells = [milliseconds(seconds) for seconds in measure_openings(source, index, rounds)]
        cells += [milliseconds(seconds) for seconds in measure_listings(source, index, 3)]
        cells += [f"{mb:.0f} MB" for mb in measure_memory(source, index)]
        columns.append(cells)
    names = [f"a shard of {name} opened, never before" for name, _ in OPENINGS]
    names[1:] = [f"… of {name}" for name, _ in OPENINGS[1:]]
    names += ["all shards of epochs/E listed with their sizes, never before",
              "root listed with all sizes, first", "… again", "… as many plain files",
              "memory, without what is mapped", f"… with {NR_HELD:,} views open",
              "… 40 seconds later", "… closed and forgotten"]
    goals = ["≤ 5 ms, ≤ 200 ms"] * len(OPENINGS)
    goals += ["≤ 1 s", "reported", "≤ 1 ms", "", *["reported"] * 4]
    lines = ["| views | " + " | ".join(f"{nr:,} records" for nr in sizes) + " | goal |",
             "| --- | ---: | ---: | ---: |"]
    lines += ["| " + " | ".join(row) + " |" for row in zip(names, *columns, goals)]
    return "\n".join(lines)
