# SPDX-License-Identifier: MIT
"""Read a mount's train-* shards with Ray Data.

    read_ray.py MOUNT [--address ADDRESS]

Without --address a cluster of this machine alone is started.  On a larger one each node
has the same data mounted at the same path.
"""

import argparse
import collections
import glob
import os
import sys

import ray


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("mount")
    parser.add_argument("--address", help="of the cluster, as `ray start` prints it")
    arguments = parser.parse_args()
    # Names, not the directory: Ray would read the files beside the shards, too.
    files = sorted(glob.glob(os.path.join(arguments.mount, "epochs/1/train-*.tfrecord")))
    if not files:
        sys.exit(f"read_ray.py: no train-*.tfrecord in {arguments.mount}")

    if arguments.address:
        ray.init(address=arguments.address, logging_level="ERROR")
    else:
        ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR")
    ray.data.DataContext.get_current().enable_progress_bars = False
    classes, names = collections.Counter(), set()
    for batch in ray.data.read_tfrecords(files).iter_batches(batch_size=256):
        classes.update(label.decode() for label in batch["image/class/text"])
        names.update(batch["image/filename"])
    nodes = sum(node["Alive"] for node in ray.nodes())
    print(f"Ray read {classes.total():,} records of {len(names):,} images from {len(files)} "
          f"files on {nodes} node{'s' * (nodes > 1)}: "
          + ", ".join(f"{count} {name}" for name, count in sorted(classes.items())))
    if classes.total() != len(names):
        sys.exit("read_ray.py: an image came twice")


if __name__ == "__main__":
    main()
