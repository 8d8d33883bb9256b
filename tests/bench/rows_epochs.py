"""Epochs: cold and warm, in order and at random, against copies and all other ways."""

import peers
import show
from measure import REPORTED, Comparison, Row, at_least
from sides import (COLD, EVICTED, WARM, Copies, Mount, c_reader, cp_reader, image_files, passes,
                   plain_passes, random_reader, worker_reader)

READERS = ((1, "one reader"), (2, "two readers"), (4, "four readers"))
GOALS_COLD = {"110 KB": at_least(1.0), "6 KB": at_least(0.6), "1 MB": at_least(0.85)}
GOALS_MANY_READERS = {1: at_least(0.8), 2: at_least(0.5), 4: at_least(0.5)}
GOALS_PLAIN = {1: at_least(0.55), 2: at_least(0.5), 4: at_least(0.5)}
GOALS_AGAIN = {1: at_least(0.95), 2: at_least(0.9), 4: at_least(0.9)}


def cold(sets):
    """The first epoch, nothing in the page cache; at 110 KB against everything there is."""
    images = sets.middle
    others = {
        "image files in C, one thread": image_files(images, 1, COLD),
        "image files in C, 16 threads": image_files(images, 16, COLD),
        "image files by tf.data, 16 parallel": peers.tf_data_files(images, 16, COLD),
        "squashfuse, 16 threads": peers.squashfuse(images, 16, COLD),
        "tar files by WebDataset": peers.webdataset(images, COLD),
    }
    converters = {
        "a Python converter, then read": peers.converted(images, peers.convert_in_python, COLD),
        "a C converter, 16 threads, then read": peers.converted(images, peers.convert_in_c, COLD),
        "… that writes to the disk, then read": peers.converted(
            images, lambda images, to: peers.convert_in_c(images, to, "convert-sync"), COLD),
    }
    goals = {"image files in C, one thread": at_least(4)}
    goals.update(dict.fromkeys(converters, at_least(2.5)))
    rows = [Row("epoch 1, cold, 110 KB: copies", "mount:1", "copies:1", at_least(1.0))]
    rows += [Row(f"… {name.removeprefix('… ')}", "mount:1", f"{name}:1",
                 goals.get(name, REPORTED)) for name in (*others, *converters)]
    rows.append(Row("… the best of all these other ways", "mount:1",
                    tuple(f"{name}:1" for name in (*others, *converters))))
    return Comparison("cold", show.a_second(images), {
        "mount": passes(Mount(images), c_reader("verify"), COLD),
        "copies": passes(Copies(images), c_reader("verify"), COLD), **others, **converters,
    }, tuple(rows))


def cold_other_size(images):
    sides = {"mount": passes(Mount(images), c_reader("verify"), COLD),
             "copies": passes(Copies(images), c_reader("verify"), COLD),
             "files": image_files(images, 16, COLD), "file by file": image_files(images, 1, COLD)}
    small = images.label == "6 KB"
    return Comparison("cold", show.a_second(images), sides, (
        Row(f"epoch 1, cold, {images.label}: copies", "mount:1", "copies:1",
            GOALS_COLD[images.label]),
        Row("… image files in C, 16 threads", "mount:1", "files:1",
            at_least(0.8) if small else REPORTED),
        Row("… image files in C, one thread", "mount:1", "file by file:1")))


def cold_many_readers(images, readers, who):
    return Comparison("cold", show.gigabytes(images), {
        "mount": passes(Mount(images), c_reader("verify", readers), COLD),
        "copies": passes(Copies(images), c_reader("verify", readers), COLD),
    }, (Row(f"epoch 1, cold, {images.label}, {who}: copies", "mount:1", "copies:1"),))


def warm(images, readers, who):
    """Three passes over a fresh mount, and over copies that begin on the disk."""
    what = f"{images.label}, {who}"
    main = images.label == "110 KB"
    sides = {"mount": passes(Mount(images), c_reader("verify", readers), EVICTED, 3),
             "copies": passes(Copies(images), c_reader("verify", readers), EVICTED, 3)}
    return Comparison("warm", show.gigabytes(images), sides, (
        Row(f"epoch 1, images warm, {what}: warm copies", "mount:1", "copies:3",
            GOALS_MANY_READERS[readers] if main else REPORTED),
        Row("… epoch 2: copies in theirs", "mount:2", "copies:2",
            GOALS_AGAIN[readers] if main else REPORTED),
        Row("… epoch 3: copies in theirs", "mount:3", "copies:3",
            GOALS_AGAIN[readers] if main else REPORTED)))


def plain(images, readers, who):
    return Comparison("warm", show.gigabytes(images), {
        "mount": plain_passes(Mount(images), readers, WARM),
        "copies": plain_passes(Copies(images), readers, WARM),
    }, (Row(f"epoch 1, images warm, {images.label}, {who}, nothing verified: warm copies",
            "mount:1", "copies:1", GOALS_PLAIN[readers]),))


def warm_files(images):
    """The same pages, read as image files: no FUSE, no TFRecords."""
    return Comparison("warm", show.a_second(images), {
        "mount": passes(Mount(images), c_reader("verify"), WARM, 2),
        "files": image_files(images, 1, WARM),
        "tf.data": peers.tf_data_files(images, 16, WARM),
        "squashfuse": peers.squashfuse(images, 16, WARM),
        "tar": peers.webdataset(images, WARM),
    }, (Row(f"epoch 1, images warm, {images.label}: image files in C, one thread", "mount:1",
            "files:1"),
        Row("… image files by tf.data, 16 parallel", "mount:1", "tf.data:1"),
        Row("… squashfuse, 16 threads", "mount:1", "squashfuse:1"),
        Row("… tar files by WebDataset", "mount:1", "tar:1")))


def other_readers(images):
    """cp, mmap, and records at random."""
    told = []
    for what, reader, state, how in (
            ("cp into memory", cp_reader, COLD, "cold"), ("cp into memory", cp_reader, WARM, "warm"),
            ("mmap", c_reader("map"), COLD, "cold"), ("mmap", c_reader("map"), WARM, "warm"),
            ("records at random, by index/*.idx", random_reader(1), COLD, "cold"),
            ("records at random, by index/*.idx", random_reader(1), WARM, "warm"),
            ("records at random, four readers", random_reader(4), COLD, "cold"),
            ("records at random, four readers", random_reader(4), WARM, "warm")):
        told.append(Comparison("readers", show.gigabytes(images), {
            "mount": passes(Mount(images), reader, state, 2),
            "copies": passes(Copies(images), reader, state, 2),
        }, (Row(f"{what}, {how}, {images.label}, epoch 1: copies", "mount:1", "copies:1"),
            Row("… epoch 2", "mount:2", "copies:2"))))
    return told


def shuffled(images):
    """The order of epochs/E against that of the folders, and against grain's shuffle."""
    tensorflow = worker_reader(peers.TENSORFLOW, "records", parallel=16)
    return [
        Comparison("shuffle", show.gigabytes(images), {
            "epoch": passes(Mount(images, view="epochs/7"), c_reader("verify"), COLD),
            "folders": passes(Mount(images, "--order", "local"), c_reader("verify"), COLD),
        }, (Row(f"epochs/E, cold, {images.label}: the order of the folders", "epoch:1",
                "folders:1", at_least(0.9)),)),
        Comparison("shuffle", show.gigabytes(images), {
            "epoch": passes(Mount(images, view="epochs/7"), c_reader("verify"), WARM),
            "folders": passes(Mount(images, "--order", "local"), c_reader("verify"), WARM),
        }, (Row(f"epochs/E, images warm, {images.label}: the order of the folders", "epoch:1",
                "folders:1", at_least(0.9)),)),
        Comparison("shuffle", show.a_second(images), {
            "epoch": passes(Mount(images, view="epochs/7"), tensorflow, COLD),
            "grain": peers.grain_shuffled(images, COLD),
        }, (Row(f"epochs/E by TFRecordDataset, 16 parallel, cold, {images.label}: "
                "grain's shuffle of ArrayRecords", "epoch:1", "grain:1", at_least(1.0)),)),
    ]


def comparisons(sets):
    told = [cold(sets), *map(cold_other_size, sets.sizes[1:])]
    told += [cold_many_readers(sets.middle, *who) for who in READERS[1:]]
    told += [warm(images, *who) for images in sets.sizes for who in READERS]
    told += [plain(sets.middle, *who) for who in READERS]
    return told + [warm_files(sets.middle), *other_readers(sets.middle), *shuffled(sets.middle)]
