"""Sets of images to read, what stands beside them for other readers, all made when asked."""

import functools
import os
import shutil
import sys

import data
from harness import TOOLS, WORK, evict, mounted, parse_pass, read_files, run, shards


class Images:
    """Image files in class folders; their index; copies of the shards that a mount shows."""

    def __init__(self, label, make, nr):
        self.label, self.make, self.nr = label, make, nr
        self.index = os.path.join(WORK, "index")

    @functools.cached_property
    def source(self):
        return self.make(os.path.join(WORK, self.label.replace(" ", "-")), self.nr)

    @functools.cached_property
    def files(self):
        names = [os.path.join(folder.path, name) for folder in os.scandir(self.source)
                 if folder.is_dir() for name in os.listdir(folder)]
        return sorted(names)

    @functools.cached_property
    def copies(self):
        """Plain files with the bytes of the shards, and their index for random reads.

        The images in them are compared with the files, so that from here on it is enough to
        compare records with these.
        """
        directory = os.path.join(WORK, f"copies-{self.label.replace(' ', '-')}-{self.nr}")
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(os.path.join(directory, "index"))
        with mounted(self.source, self.index) as (point, _):
            for path in shards(point):
                name = os.path.basename(path).removesuffix(".tfrecord")
                shutil.copyfile(path, os.path.join(directory, os.path.basename(path)))
                shutil.copyfile(os.path.join(point, "index", f"{name}.idx"),
                                os.path.join(directory, "index", f"{name}.idx"))
        images = parse_pass(run(f"{TOOLS}/read_shards", "images", 1, *shards(directory)))
        files = read_files(self.files, 2)
        if (images.records, images.digest) != (files.records, files.digest):
            sys.exit(f"{directory} does not hold the images of {self.source}")
        return directory

    @functools.cached_property
    def expected(self):
        """What a reader of all shards must see."""
        return parse_pass(run(f"{TOOLS}/read_shards", "verify", 1, *shards(self.copies)))

    @functools.cached_property
    def image_bytes(self):
        return sum(os.path.getsize(path) for path in self.files)

    @functools.cached_property
    def index_path(self):
        with mounted(self.source, self.index) as (_, told):
            return told["index"]

    def warm(self):
        """All image files into the page cache."""
        read_files(self.files, 2)

    def evict(self):
        evict(self.files)

    def check(self, seen, where):
        """Fail where a pass saw other records than there are."""
        for name in ("bytes", "records", "digest"):
            value, expected = getattr(seen, name), getattr(self.expected, name)
            if value not in (None, expected):
                sys.exit(f"{where}: {value} {name}, and not {expected}")


class Sets:
    """All sets of one run; quick ones have a tenth of the images."""

    def __init__(self, quick):
        def images(label, make, nr):
            return Images(label, make, nr // 10 if quick else nr)
        self.quick = quick
        self.small = images("6 KB", data.six_kilobytes, 50000)
        self.middle = images("110 KB", data.photographs, 4000)
        self.large = images("1 MB", data.megabytes, 400)
        self.start = images("100 KB", data.hundred_kilobytes, 20000)
        self.few = images("110 KB", data.photographs, 1500)  # for what takes processors long
        self.sizes = (self.middle, self.small, self.large)
