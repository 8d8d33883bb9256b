# SPDX-License-Identifier: MIT
"""Count a mount's records by class with Apache Beam.

    count_beam.py MOUNT [OPTIONS OF BEAM]

Runs in this process unless Beam's own options name another runner, whose workers then need
the same data mounted at the same path.  Needs the packages apache-beam, crcmod, and, for the
message tf.train.Example, tfrecord (TensorFlow has it, too: tf.train.Example.FromString).
"""

import argparse
import glob
import os
import sys

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from tfrecord import example_pb2


def label_of(record):
    feature = example_pb2.Example.FromString(record).features.feature
    return feature["image/class/text"].bytes_list.value[0].decode()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("mount")
    arguments, options = parser.parse_known_args()
    pattern = os.path.join(arguments.mount, "train-*.tfrecord")
    if not glob.glob(pattern):
        sys.exit(f"count_beam.py: no train-*.tfrecord in {arguments.mount}")

    with beam.Pipeline(options=PipelineOptions(options)) as pipeline:
        labels = (pipeline
                  | beam.io.ReadFromTFRecord(pattern)
                  | beam.Map(label_of))
        (labels | "count each" >> beam.combiners.Count.PerElement()
                | "print" >> beam.MapTuple(lambda name, count: print(f"{count:8,} {name}")))
        (labels | "count all" >> beam.combiners.Count.Globally()
                | "print all" >> beam.Map(lambda count: print(f"{count:8,} records")))


if __name__ == "__main__":
    main()
