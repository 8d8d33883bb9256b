# SPDX-License-Identifier: MIT
"""Train a small classifier on a mount's train-* shards and test it on test-*.

    train.py MOUNT [--epochs N] [--at-least ACCURACY]

Plain tf.data over plain files: nothing in here knows that the shards are computed when
they are read.  How many classes and images there are, and how large they are, comes from
the records.  Exits 1 when the accuracy is below --at-least.
"""

import argparse
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import tensorflow as tf  # noqa: E402 (TensorFlow reads the variables when imported)

FEATURES = {
    "image/encoded": tf.io.FixedLenFeature([], tf.string),
    "image/class/label": tf.io.FixedLenFeature([], tf.int64),
}


def parse(record):
    example = tf.io.parse_single_example(record, FEATURES)
    image = tf.io.decode_image(example["image/encoded"], expand_animations=False)
    return tf.cast(image, tf.float32) / 255, example["image/class/label"]


def read_split(mount, split):
    """The images and labels of one split, counted, and how many files they were in."""
    files = sorted(tf.io.gfile.glob(os.path.join(mount, f"{split}-*.tfrecord")))
    if not files:
        sys.exit(f"train.py: no {split}-*.tfrecord in {mount}")
    dataset = tf.data.TFRecordDataset(files, num_parallel_reads=tf.data.AUTOTUNE)
    dataset = dataset.map(parse, num_parallel_calls=tf.data.AUTOTUNE).cache()
    # Files of records do not tell their number, which Keras wants for its steps.
    count = sum(1 for _ in dataset)
    return dataset.apply(tf.data.experimental.assert_cardinality(count)), len(files)


def count_classes(dataset):
    return 1 + max(int(label) for _, label in dataset.as_numpy_iterator())


def make_model(shape, classes):
    model = tf.keras.Sequential([
        tf.keras.Input(shape),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation="relu"),
        tf.keras.layers.Dense(classes),
    ])
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(tf.keras.optimizers.Adam(0.003), loss, metrics=["accuracy"])
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("mount")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--at-least", type=float, default=0.0, metavar="ACCURACY")
    arguments = parser.parse_args()

    tf.keras.utils.set_random_seed(1)
    train, files = read_split(arguments.mount, "train")
    test, _ = read_split(arguments.mount, "test")
    images, classes = len(train), count_classes(train)
    print(f"TensorFlow {tf.__version__} reads {images:,} images of {classes} classes "
          f"from {files} train-* files")

    started = time.monotonic()
    model = make_model(next(iter(train))[0].shape, classes)
    model.fit(train.shuffle(images).batch(32), epochs=arguments.epochs, shuffle=False,
              verbose=0)
    _, accuracy = model.evaluate(test.batch(256), verbose=0)
    print(f"Trained for {arguments.epochs} epochs in {time.monotonic() - started:.1f} s; "
          f"accuracy on {len(test):,} test images: {accuracy:.3f}")
    if accuracy < arguments.at_least:
        sys.exit(f"train.py: the accuracy is below {arguments.at_least}")


if __name__ == "__main__":
    main()
