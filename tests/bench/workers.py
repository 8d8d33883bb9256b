"""Readers and writers in Python, each kind in a process of its own that stays.

So neither the import of TensorFlow nor the first thread of a pool is in any figure.
Questions and answers are lines of JSON; run as a program, this file answers.
"""

import glob
import json
import os
import subprocess
import sys
import time

from harness import WORK


class Worker:
    """A process of this file that is started when it is first asked."""

    def __init__(self, kind):
        self.kind, self.process = kind, None
        self.log = os.path.join(WORK, f"{kind}.log")

    def ask(self, what, **arguments):
        if self.process is None:
            environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
            self.process = subprocess.Popen([sys.executable, __file__, self.kind],
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=open(self.log, "w", encoding="utf-8"),
                                            text=True, env=environment)
        self.process.stdin.write(json.dumps(dict(arguments, what=what)) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            said = open(self.log, encoding="utf-8", errors="replace").read()
            sys.exit(f"{self.kind}, asked for {what}, ended:\n{said[-3000:]}")
        return json.loads(line)

    def stop(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()


class TensorFlow:
    """TFRecordDataset, tf.data over files, and the converter that everybody writes."""

    def __init__(self):
        import tensorflow as tf
        self.tf = tf
        self.consume(tf.data.Dataset.from_tensor_slices(["warm up"] * 10000))

    def consume(self, dataset):
        """Sum of what batches of lengths hold, and their number."""
        tf, start, records, total = self.tf, time.perf_counter(), 0, 0
        for lengths in dataset.map(tf.strings.length).batch(64):
            values = lengths.numpy()
            records += len(values)
            total += int(values.sum(dtype="int64"))
        return {"seconds": time.perf_counter() - start, "records": records, "bytes": total}

    def dataset(self, files, parallel):
        return self.tf.data.TFRecordDataset(
            files, num_parallel_reads=parallel if parallel > 1 else None)

    def records(self, files, parallel):
        seen = self.consume(self.dataset(files, parallel))
        seen["bytes"] += 16 * seen["records"]
        return seen

    def images(self, files, parallel):
        return self.consume(self.tf.data.Dataset.from_tensor_slices(files).map(
            self.tf.io.read_file, num_parallel_calls=parallel, deterministic=False))

    def decode(self, files, parallel):
        """Images decoded and resized, as a training program would.

        A call for each processor: what autotuning decides in an epoch this short is chance.
        """
        tf = self.tf

        def decoded(record):
            features = {"image/encoded": tf.io.FixedLenFeature([], tf.string)}
            encoded = tf.io.parse_single_example(record, features)["image/encoded"]
            return tf.image.resize(tf.io.decode_jpeg(encoded, channels=3), (224, 224))
        start, records = time.perf_counter(), 0
        dataset = self.dataset(files, parallel).map(
            decoded, num_parallel_calls=os.cpu_count(), deterministic=False)
        for batch in dataset.batch(64).prefetch(2):
            records += len(batch)
        return {"seconds": time.perf_counter() - start, "records": records}

    def convert(self, files, directory, shards):
        """Image files into shards: what converters do, without decoding anything."""
        tf, start = self.tf, time.perf_counter()
        writers = [tf.io.TFRecordWriter(f"{directory}/p-{i:05d}-of-{shards:05d}.tfrecord")
                   for i in range(shards)]
        for number, path in enumerate(files):
            with open(path, "rb") as file:
                image = file.read()
            folder, name = path.split("/")[-2:]

            def of_bytes(value):
                return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))
            feature = {
                "image/encoded": of_bytes(image),
                "image/filename": of_bytes(name.encode()),
                "image/class/label": tf.train.Feature(int64_list=tf.train.Int64List(
                    value=[int(folder.split("-")[1])])),
            }
            example = tf.train.Example(features=tf.train.Features(feature=feature))
            writers[number % shards].write(example.SerializeToString())
        for writer in writers:
            writer.close()
        return {"seconds": time.perf_counter() - start, "records": len(files)}


class Grain:
    """ArrayRecord files, and grain's shuffled epoch over them."""

    def __init__(self):
        import grain
        from array_record.python import array_record_module
        self.grain, self.array_record = grain, array_record_module

    def write(self, files, directory):
        """The records of TFRecord files, each a group of its own as random access wants it."""
        records = 0
        for path in files:
            name = os.path.basename(path).removesuffix(".tfrecord")
            writer = self.array_record.ArrayRecordWriter(
                f"{directory}/{name}.array_record", "group_size:1,uncompressed")
            with open(path, "rb") as file:
                while header := file.read(12):
                    writer.write(file.read(int.from_bytes(header[:8], "little")))
                    file.read(4)
                    records += 1
            writer.close()
        return {"seconds": 0, "records": records}

    def shuffled(self, directory, seed):
        source = self.grain.sources.ArrayRecordDataSource(
            sorted(glob.glob(directory + "/*.array_record")))
        start, records, total = time.perf_counter(), 0, 0
        for record in self.grain.MapDataset.source(source).shuffle(seed=seed).to_iter_dataset():
            records += 1
            total += len(record)
        return {"seconds": time.perf_counter() - start, "records": records,
                "bytes": total + 16 * records}


class WebDataset:
    """Tar files."""

    def __init__(self):
        import webdataset
        self.webdataset = webdataset

    def images(self, files):
        start, records, total = time.perf_counter(), 0, 0
        for sample in self.webdataset.WebDataset(files, shardshuffle=False):
            records += 1
            total += len(sample["jpg"])
        return {"seconds": time.perf_counter() - start, "records": records, "bytes": total}


KINDS = {"tensorflow": TensorFlow, "grain": Grain, "webdataset": WebDataset}


def main():
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    kind = KINDS[sys.argv[1]]()
    for line in sys.stdin:
        question = json.loads(line)
        answer = getattr(kind, question.pop("what"))(**question)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
