# SPDX-License-Identifier: MIT
"""Read a mount's train-* shards with Grain, JAX's loader, and go on from a saved place.

    read_grain.py MOUNT

Without JAX, which is not needed to read.  Grain remembers where in a file it is; the
records' order within an epoch is that of the mount's epochs/N/.
"""

import glob
import json
import os
import sys

import grain


def main(arguments):
    if len(arguments) != 1:
        sys.exit("usage: read_grain.py MOUNT")
    files = sorted(glob.glob(os.path.join(arguments[0], "epochs/1/train-*.tfrecord")))
    if not files:
        sys.exit(f"read_grain.py: no train-*.tfrecord in {arguments[0]}")
    # Two files at a time, a record of each in turn.
    dataset = grain.experimental.InterleaveIterDataset(
        [grain.experimental.TFRecordIterDataset(file) for file in files], cycle_length=2)
    everything = list(dataset)
    print(f"Grain read {len(everything):,} records from {len(files)} files, "
          f"{sum(map(len, everything)):,} bytes")

    iterator = iter(dataset)
    for _ in range(len(everything) // 2):
        next(iterator)
    state = json.dumps(iterator.get_state())  # to keep in a checkpoint
    later = iter(dataset)
    later.set_state(json.loads(state))
    rest = list(later)
    if rest != everything[len(everything) // 2:]:
        sys.exit("read_grain.py: the rest is not what follows the saved place")
    print(f"Read the last {len(rest):,} of them again, from a state saved half-way")


if __name__ == "__main__":
    main(sys.argv[1:])
