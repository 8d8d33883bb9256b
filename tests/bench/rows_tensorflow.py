"""Epochs of TensorFlow's own reader, of records alone and with their images decoded."""

import peers
import show
from measure import Comparison, Row, at_least
from sides import COLD, WARM, Copies, Mount, passes, worker_reader

PARALLEL = (1, 4, 16)


def records(images, parallel):
    reader = worker_reader(peers.TENSORFLOW, "records", parallel=parallel)
    what = f"TFRecordDataset, {parallel} parallel, {images.label}"
    return [
        Comparison("tensorflow", show.gigabytes(images), {
            "mount": passes(Mount(images), reader, WARM, 2),
            "copies": passes(Copies(images), reader, WARM, 2),
        }, (Row(f"{what}, warm, epoch 1: copies", "mount:1", "copies:1", at_least(0.9)),
            Row("… epoch 2", "mount:2", "copies:2", at_least(0.98)))),
        Comparison("tensorflow", show.gigabytes(images), {
            "mount": passes(Mount(images), reader, COLD),
            "copies": passes(Copies(images), reader, COLD),
        }, (Row(f"{what}, cold: copies", "mount:1", "copies:1", at_least(1.0)),)),
    ]


def decoded(images, parallel, state, how):
    reader = worker_reader(peers.TENSORFLOW, "decode", parallel=parallel)
    return Comparison("decode", show.a_second(images), {
        "mount": passes(Mount(images), reader, state),
        "copies": passes(Copies(images), reader, state),
    }, (Row(f"TFRecordDataset, decode_jpeg and resize, {parallel} parallel, {images.label}, {how}: "
            "copies", "mount:1", "copies:1", at_least(0.98)),))


def comparisons(sets):
    told = [comparison for parallel in PARALLEL for comparison in records(sets.middle, parallel)]
    told += [decoded(sets.few, parallel, state, how) for parallel in PARALLEL
             for state, how in ((WARM, "warm"), (COLD, "cold"))]
    return told
