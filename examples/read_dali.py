# SPDX-License-Identifier: MIT
"""Read and decode a mount's train-* shards with NVIDIA DALI.

    read_dali.py MOUNT [--epoch N] [--device ID]

DALI wants an index file beside each shard, which its tool tfrecord2idx would make: a
mount has them in index/.  Runs without a graphics card; --device 0 decodes on one.
Decoding needs DALI's codecs, which pip brings along with it (nvidia-nvimgcodec-cu12).
"""

import argparse
import glob
import os
import sys

import numpy as np
from nvidia.dali import fn, pipeline_def, tfrecord, types

BATCH = 32


@pipeline_def(batch_size=BATCH, num_threads=2)
def images_and_labels(files, index, device):
    record = fn.readers.tfrecord(
        path=files, index_path=index, name="reader", pad_last_batch=True,
        features={"image/encoded": tfrecord.FixedLenFeature((), tfrecord.string, ""),
                  "image/class/label": tfrecord.FixedLenFeature([1], tfrecord.int64, -1)})
    images = fn.decoders.image(record["image/encoded"], output_type=types.RGB,
                               device="cpu" if device is None else "mixed")
    return fn.resize(images, size=[64, 64]), record["image/class/label"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("mount")
    parser.add_argument("--epoch", type=int, help="read in this epoch's order")
    parser.add_argument("--device", type=int, metavar="ID", help="of a graphics card")
    arguments = parser.parse_args()

    # Each epoch is a directory in an order of its own, so that DALI's random_shuffle, which
    # mixes the records of a buffer only, is not needed.
    view = arguments.mount
    if arguments.epoch is not None:
        view = os.path.join(view, "epochs", str(arguments.epoch))
    files = sorted(glob.glob(os.path.join(view, "train-*.tfrecord")))
    index = [os.path.join(view, "index", os.path.basename(file)[:-len("tfrecord")] + "idx")
             for file in files]
    if not files or not all(map(os.path.exists, index)):
        sys.exit(f"read_dali.py: no train-*.tfrecord with their index/*.idx in {view}")

    pipe = images_and_labels(files, index, arguments.device, device_id=arguments.device)
    pipe.build()
    count = pipe.epoch_size("reader")
    sums, labels = np.zeros(3), []
    for first in range(0, count, BATCH):
        images, numbers = pipe.run()
        # The last batch is filled up with copies of its last record.
        for i in range(min(BATCH, count - first)):
            sums += np.asarray(images.as_cpu().at(i)).mean(axis=(0, 1))
            labels.append(int(numbers.at(i)[0]))
    print(f"DALI read {len(labels):,} images of {len(set(labels))} classes from {len(files)} "
          f"files; mean colour {', '.join(f'{mean:.1f}' for mean in sums / count)}")


if __name__ == "__main__":
    main()
