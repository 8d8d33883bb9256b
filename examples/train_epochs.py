# SPDX-License-Identifier: MIT
"""Train with every epoch in an order of its own, and go on where a run was ended.

    train_epochs.py MOUNT CHECKPOINTS [--epochs N] [--stop-after STEPS]

epochs/7/ of a mount shows all records of train in another order than epochs/8/: a
shuffle of the whole epoch, without a buffer to fill or memory to hold it.  The order is
the same in every run and on every machine, so "epoch 7, 1,000 records read" says all
about a run's place in the data, and epochs/7/from/1000/ goes on there without reading
what came before.  Run it again with the same CHECKPOINTS after it was killed, or after
--stop-after: it ends with the weights that it would have had otherwise.
"""

import argparse
import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import tensorflow as tf  # noqa: E402 (TensorFlow reads the variables when imported)

from train import make_model, parse  # noqa: E402 (beside this file)

BATCH = 32
STEPS_PER_CHECKPOINT = 20


def read_epoch(mount, epoch, done):
    """Batches of an epoch, from record @done on."""
    view = os.path.join(mount, "epochs", str(epoch), "from", str(done))
    files = sorted(tf.io.gfile.glob(os.path.join(view, "train-*.tfrecord")))
    # One file after the other, since the files are in order already; reading several at
    # once would mix them.
    return (tf.data.TFRecordDataset(files)
            .map(parse, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
            .batch(BATCH).prefetch(tf.data.AUTOTUNE))


def save(folder, model, epoch, done, records):
    """The model, and then the place in one stroke: either both are new or neither is."""
    place = {"epoch": epoch, "done": done} if done < records else {"epoch": epoch + 1, "done": 0}
    name = f"{place['epoch']:04}-{place['done']:09}.keras"
    model.save(folder / name)
    (folder / "place.unfinished").write_text(json.dumps(place | {"model": name}))
    (folder / "place.unfinished").rename(folder / "place.json")
    for old in folder.glob("*.keras"):
        if old.name != name:
            old.unlink()


def load(folder, classes):
    if not (folder / "place.json").exists():
        return make_model(classes), {"epoch": 0, "done": 0}
    place = json.loads((folder / "place.json").read_text())
    model = tf.keras.models.load_model(folder / place.pop("model"))
    print(f"Going on in epoch {place['epoch']} after {place['done']:,} records")
    return model, place


def train_split(mount):
    """How many records and classes train has: the mount has counted them."""
    counts = pathlib.Path(mount, "stats.json")
    splits = json.loads(counts.read_text())["splits"] if counts.exists() else {}
    if "train" not in splits:
        sys.exit(f"train_epochs.py: no stats.json with a split train in {mount}")
    return splits["train"]["records"], len(splits["train"]["classes"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("mount")
    parser.add_argument("checkpoints", type=pathlib.Path)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--stop-after", type=int, metavar="STEPS",
                        help="end as if killed, to try what happens then")
    arguments = parser.parse_args()

    tf.keras.utils.set_random_seed(1)
    tf.config.experimental.enable_op_determinism()
    arguments.checkpoints.mkdir(parents=True, exist_ok=True)
    records, classes = train_split(arguments.mount)
    model, place = load(arguments.checkpoints, classes)
    steps = 0
    for epoch in range(place["epoch"], arguments.epochs):
        done = place["done"] if epoch == place["epoch"] else 0
        model.reset_metrics()
        for images, labels in read_epoch(arguments.mount, epoch, done):
            if steps == arguments.stop_after:
                sys.exit(f"train_epochs.py: stopped after {steps} steps")
            loss, accuracy = model.train_on_batch(images, labels)
            done += len(labels)
            steps += 1
            if steps % STEPS_PER_CHECKPOINT == 0:
                save(arguments.checkpoints, model, epoch, done, records)
        if done != records:
            sys.exit(f"train_epochs.py: epoch {epoch} had {done:,} records, not {records:,}")
        print(f"Epoch {epoch}: {done:,} records, loss {loss:.4f}, accuracy {accuracy:.3f}")
        save(arguments.checkpoints, model, epoch, done, records)
    weights = sum(float(tf.reduce_sum(tf.abs(w))) for w in model.trainable_variables)
    print(f"Sum of all weights: {weights:.6f}")


if __name__ == "__main__":
    main()
