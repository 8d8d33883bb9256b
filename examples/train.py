# SPDX-License-Identifier: MIT
"""Train a small classifier on a mount's train-* shards and test it on test-*.

    train.py MOUNT [--epochs N] [--at-least ACCURACY]

Plain tf.data over plain files: nothing in here knows that the shards are computed when
they are read.  How many classes and images there are comes from the records, so that it
runs on any mount; where that has no test-*, validation-* is tested.  Exits 1 when the
accuracy is below --at-least.
"""

import argparse
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import tensorflow as tf  # noqa: E402 (TensorFlow reads the variables when imported)

PIXELS = 16  # the height and width that every image is scaled to

# What is needed of a record; MOUNT/schema.py shows all there is.
FEATURES = {
    "image/encoded": tf.io.FixedLenFeature([], tf.string),
    "image/class/label": tf.io.FixedLenFeature([], tf.int64),
}


def parse(record):
    example = tf.io.parse_single_example(record, FEATURES)
    image = tf.io.decode_image(example["image/encoded"], channels=3, expand_animations=False)
    image.set_shape([None, None, 3])
    return tf.image.resize(image, [PIXELS, PIXELS]) / 255, example["image/class/label"]


def shards(mount, *splits):
    """The files of the first of @splits that there is."""
    for split in splits:
        files = sorted(tf.io.gfile.glob(os.path.join(mount, f"{split}-*.tfrecord")))
        if files:
            return files
    sys.exit(f"{os.path.basename(sys.argv[0])}: no {splits[0]}-*.tfrecord in {mount}")


def read(files):
    """The images and labels of the files, counted, and kept in memory once read."""
    dataset = tf.data.TFRecordDataset(files, num_parallel_reads=tf.data.AUTOTUNE)
    dataset = dataset.map(parse, num_parallel_calls=tf.data.AUTOTUNE).cache()
    # Files of records do not tell their number, which Keras wants for its steps.
    count = sum(1 for _ in dataset)
    return dataset.apply(tf.data.experimental.assert_cardinality(count))


def count_classes(dataset):
    return 1 + max(int(label) for _, label in dataset.as_numpy_iterator())


def make_model(classes):
    model = tf.keras.Sequential([
        tf.keras.Input([PIXELS, PIXELS, 3]),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation="relu"),
        tf.keras.layers.Dense(classes),
    ])
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(tf.keras.optimizers.Adam(0.001), loss, metrics=["accuracy"])
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("mount")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--at-least", type=float, default=0.0, metavar="ACCURACY")
    arguments = parser.parse_args()

    tf.keras.utils.set_random_seed(1)
    files = shards(arguments.mount, "train")
    train, test = read(files), read(shards(arguments.mount, "test", "validation"))
    classes = count_classes(train)
    print(f"TensorFlow {tf.__version__} reads {len(train):,} images of {classes} classes "
          f"from {len(files)} train-* files")

    started = time.monotonic()
    model = make_model(classes)
    # In memory already, so that a buffer for all of them costs nothing more.  Where images
    # do not fit there, read epochs/N/ instead, as train_epochs.py does.
    batches = train.shuffle(len(train)).batch(32).prefetch(tf.data.AUTOTUNE)
    model.fit(batches, epochs=arguments.epochs, shuffle=False, verbose=0)
    _, accuracy = model.evaluate(test.batch(256), verbose=0)
    print(f"Trained for {arguments.epochs} epochs in {time.monotonic() - started:.1f} s; "
          f"accuracy on {len(test):,} test images: {accuracy:.3f}")
    if accuracy < arguments.at_least:
        sys.exit(f"train.py: the accuracy is below {arguments.at_least}")


if __name__ == "__main__":
    main()
