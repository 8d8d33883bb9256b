# SPDX-License-Identifier: MIT
"""K-fold cross-validation over a mount: train K networks, each tested on another part.

    cross_validation.py MOUNT [--folds K] [--epochs N]

folds/K/I/ of a mount is a data set whose validation-* is the I-th of K parts of train and
validation together, and whose train-* is all others.  Classes are shared out evenly, and
groups (mounted with --group) kept together.  No list of file names is cut, and no file
written.
"""

import argparse
import hashlib
import os
import statistics
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import tensorflow as tf  # noqa: E402 (TensorFlow reads the variables when imported)

from train import count_classes, make_model, read, shards  # noqa: E402 (beside this file)


def records(files):
    """Each record's digest, to tell whether every one is validated once."""
    return [hashlib.sha256(record).digest()
            for record in tf.data.TFRecordDataset(files).as_numpy_iterator()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("mount")
    parser.add_argument("--folds", type=int, default=5, metavar="K")
    parser.add_argument("--epochs", type=int, default=10)
    arguments = parser.parse_args()

    tf.keras.utils.set_random_seed(1)
    accuracies, validated, everything = [], [], set()
    for number in range(arguments.folds):
        fold = os.path.join(arguments.mount, "folds", str(arguments.folds), str(number))
        train_files, validation_files = shards(fold, "train"), shards(fold, "validation")
        train, validation = read(train_files), read(validation_files)
        model = make_model(count_classes(train))
        model.fit(train.shuffle(len(train)).batch(32), epochs=arguments.epochs, shuffle=False,
                  verbose=0)
        _, accuracy = model.evaluate(validation.batch(256), verbose=0)
        print(f"Fold {number}: trained on {len(train):,} images, accuracy on {len(validation):,} "
              f"others {accuracy:.3f}")
        accuracies.append(accuracy)
        validated += records(validation_files)
        everything |= set(records(train_files + validation_files))

    if len(validated) != len(set(validated)) or set(validated) != everything:
        sys.exit("cross_validation.py: not every image was validated once")
    print(f"Each of {len(validated):,} images was validated once; accuracy "
          f"{statistics.mean(accuracies):.3f} +- {statistics.stdev(accuracies):.3f}")


if __name__ == "__main__":
    main()
