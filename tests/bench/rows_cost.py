"""What a mount takes: memory, page cache, processor and disk."""

import os
import subprocess
import sys

import show
from harness import (TOOLS, WORK, cached_bytes, cached_bytes_of, can_drop_caches, children_cpu,
                     daemon_of, drop_caches, forget_peak, meminfo_bytes, mounted, opened,
                     process_cpu, read_counted, run, shards, status_mb)
from measure import REPORTED, Comparison, Row, at_most, below
from sides import NOT_ROOT, missing_option

CACHES = ("auto", "kernel", "none")


def peak(images, readers):
    """MB of the daemon at most, without its mapped index: two epochs and random reads."""
    def side(_):
        images.expected
        with mounted(images.source, images.index) as (point, told):
            pid = daemon_of(point)
            forget_peak(pid)
            for _ in range(2):
                images.check(read_counted(shards(point), readers), point)
            run(f"{TOOLS}/read_random", readers, *shards(point))
            index_mb = os.path.getsize(told["index"]) / 2 ** 20
            return max(0, status_mb(pid, "VmHWM") - index_mb)
    return side


def nothing():
    """An empty file."""
    path = os.path.join(WORK, "empty")
    open(path, "w", encoding="ascii").close()
    return path


def can_count_pages():
    with opened([nothing()]) as handles:
        return cached_bytes(handles) is not None


def page_cache(images, *options):
    """What one cold pass leaves in the page cache, in sizes of all shards.

    Of the image files and shards, and by how much all that is cached grew.  Of the latter
    everything else on the machine is a part.
    """
    if not can_drop_caches():
        return NOT_ROOT
    if not can_count_pages():
        return "Linux before 6.5 does not tell"

    def side(_):
        size, files = images.expected.bytes, images.files
        with mounted(images.source, images.index, *options) as (point, _):
            with opened(shards(point)) as handles:
                drop_caches()
                read_counted([nothing()], 1)  # the reader's own pages
                before = meminfo_bytes("Cached") - meminfo_bytes("Shmem")
                images.check(read_counted(shards(point), 1), point)
                grown = meminfo_bytes("Cached") - meminfo_bytes("Shmem") - before
                held = cached_bytes(handles)
            return {"files": (held + cached_bytes_of(files)) / size,
                    "all": max(0, grown / size)}
    return side


def cat(files, pid=None):
    """Seconds of processor of cat, and of a daemon that it reads from."""
    before = children_cpu() + (process_cpu(pid) if pid else 0)
    done = subprocess.run(["xargs", "-0", "cat"], input="\0".join(files).encode(),
                          stdout=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit("cat failed")
    return children_cpu() + (process_cpu(pid) if pid else 0) - before


def cpu_of_mount(images):
    def side(_):
        images.warm()
        with mounted(images.source, images.index) as (point, _):
            spent = cat(shards(point), daemon_of(point))
            images.check(read_counted(shards(point), 2), point)
            return spent
    return side


def cpu_of_files(images):
    def side(_):
        images.warm()
        return cat(images.files)
    return side


def cost_comparisons(images):
    caches = [cache for cache in CACHES if cache != "auto"]
    told = [
        Comparison("memory", show.megabytes, {"mount": peak(images, 4)},
                   (Row(f"memory of the daemon at most, {images.label}, four readers", "mount",
                        goal=below(64, " MB")),), 1),
        Comparison("cpu", show.seconds, {"mount": cpu_of_mount(images),
                                         "files": cpu_of_files(images)},
                   (Row(f"processor, cat of all shards, images warm, {images.label}: "
                        "cat of the image files", "mount", "files", at_most(1.5)),)),
    ]
    sides = {"auto": page_cache(images)}
    rows = [Row(f"page cache after a cold pass, {images.label}", "auto:files",
                goal=below(1.05, " ×")),
            Row("… by how much all that is cached grew", "auto:all")]
    for cache in caches:
        option = f"--cache={cache}"
        sides[cache] = missing_option("--cache") or page_cache(images, option)
        rows.append(Row(f"… with {option}", f"{cache}:files",
                        goal=below(0.05 if cache == "none" else 1.05, " ×")))
    told.append(Comparison("memory", show.times, sides, tuple(rows), 3))
    return told


def disk(images, goal):
    def sizes(_):
        index = os.path.getsize(images.index_path)
        return {"index": index / 1e6, "a record": index / images.nr}

    def copies(_):
        return sum(map(os.path.getsize, shards(images.copies))) / 1e6
    return Comparison("disk", show.megabytes, {"mount": sizes, "copies": copies}, (
        Row(f"disk, besides {images.nr:,} images of {images.label}: copies", "mount:index",
            "copies", show=show.small_megabytes),
        Row("… index, a record with its name", "mount:a record", goal=goal, show=show.each)), 1)


def comparisons(sets):
    told = [comparison for images in sets.sizes for comparison in cost_comparisons(images)]
    return told + [disk(images, below(40, " B") if images is sets.small else REPORTED)
                   for images in sets.sizes]
