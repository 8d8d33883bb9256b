# SPDX-License-Identifier: MIT
"""Read a mount's train-* shards with PyTorch's DataLoader.

    read_pytorch.py MOUNT [--epochs N] [--workers N]

The shards are shared out among the workers of the DataLoader, and among the processes of
a distributed run (RANK and WORLD_SIZE, as torchrun sets them), so that each record is
read once.  shards/N/ of the mount has as many shards as there are readers, whatever
their number.  Needs torch, pillow, numpy, and the package tfrecord, which parses records.
"""

import argparse
import glob
import io
import os
import pathlib
import sys

import numpy as np
from PIL import Image
from tfrecord.reader import tfrecord_loader
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

FEATURES = {"image/encoded": "byte", "image/class/label": "int", "image/filename": "byte"}
PIXELS = 64


class Shards(IterableDataset):
    """Of one epoch's train-* shards: images as arrays of floats, labels, file names."""

    def __init__(self, mount, readers):
        super().__init__()
        self.mount, self.readers, self.epoch = mount, readers, 0

    def files(self):
        view = f"{self.mount}/epochs/{self.epoch}/shards/{self.readers}"
        return sorted(glob.glob(f"{view}/train-*.tfrecord"))

    def __iter__(self):
        worker = get_worker_info()
        workers, number = (worker.num_workers, worker.id) if worker else (1, 0)
        first = int(os.environ.get("RANK", 0)) * workers + number
        for file in self.files()[first::self.readers]:
            # No index file: each shard has one reader, from its beginning to its end.
            for example in tfrecord_loader(file, None, FEATURES):
                yield (decode(example["image/encoded"]), int(example["image/class/label"][0]),
                       bytes(example["image/filename"]).decode())


def decode(encoded):
    image = Image.open(io.BytesIO(encoded)).convert("RGB").resize((PIXELS, PIXELS))
    return np.asarray(image, np.float32).transpose(2, 0, 1) / 255


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("mount")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()

    processes = int(os.environ.get("WORLD_SIZE", 1))
    dataset = Shards(arguments.mount, processes * max(arguments.workers, 1))
    if not dataset.files():
        sys.exit(f"read_pytorch.py: no train-*.tfrecord in {arguments.mount}")
    expected = int(pathlib.Path(arguments.mount, "num_examples.txt").read_text())
    for dataset.epoch in range(arguments.epochs):
        # No shuffle=True: the epoch's order is the shuffle.  Workers are started anew for
        # each epoch, and with them goes dataset.epoch.
        loader = DataLoader(dataset, batch_size=32, num_workers=arguments.workers)
        read, classes, names = 0, set(), set()
        for images, labels, batch_names in loader:
            read += len(images)
            classes |= set(labels.tolist())
            names |= set(batch_names)
        print(f"Epoch {dataset.epoch}: {read:,} images of {len(classes)} classes")
        if len(names) != read or (processes == 1 and read != expected):
            sys.exit(f"read_pytorch.py: not each of {expected:,} images was read once")


if __name__ == "__main__":
    main()
