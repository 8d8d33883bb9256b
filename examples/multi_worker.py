# SPDX-License-Identifier: MIT
"""Train one network on several machines with MultiWorkerMirroredStrategy.

    multi_worker.py MOUNT --on-this-machine 2      tries it with two processes here
    TF_CONFIG=... multi_worker.py MOUNT            is one process of a cluster

Every machine mounts the same data at the same path.  The strategy shares out the files,
each to one machine; it wants at least as many files as machines, and shards/N/ has as
many as one likes.
"""

import argparse
import json
import os
import pathlib
import socket
import subprocess
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

BATCH = 64  # of all machines together


def free_ports(count):
    sockets = [socket.create_server(("localhost", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for one in sockets:
        one.close()
    return ports


def start_all(count, arguments):
    """One process a machine, each told of all and of which one it is."""
    workers = [f"localhost:{port}" for port in free_ports(count)]
    processes = []
    for index in range(count):
        config = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}}
        processes.append(subprocess.Popen([sys.executable, __file__, *arguments],
                                          env=os.environ | {"TF_CONFIG": json.dumps(config)}))
    return max([process.wait() for process in processes])


def train(mount, epochs, print_records):
    import tensorflow as tf  # reads TF_CONFIG

    from train import make_model, parse  # beside this file

    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    machine, machines = strategy.cluster_resolver.task_id, strategy.num_replicas_in_sync
    split = json.loads(pathlib.Path(mount, "stats.json").read_text())["splits"]["train"]
    with strategy.scope():
        model = make_model(len(split["classes"]))

    def train_step(images, labels, records):
        with tf.GradientTape() as tape:
            losses = tf.keras.losses.sparse_categorical_crossentropy(
                labels, model(images, training=True), from_logits=True)
            # The mean of all machines' images, of which this one has some.
            loss = tf.nn.compute_average_loss(losses, global_batch_size=BATCH)
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss, records

    @tf.function
    def train_batch(batch):
        return strategy.run(train_step, args=batch)

    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.FILE
    for epoch in range(epochs):
        view = f"{mount}/epochs/{epoch}/shards/{4 * machines}"
        files = sorted(tf.io.gfile.glob(f"{view}/train-*.tfrecord"))
        dataset = tf.data.TFRecordDataset(files).map(lambda record: (*parse(record), record))
        dataset = dataset.batch(BATCH).with_options(options)
        read, total = 0, 0.0
        for batch in strategy.experimental_distribute_dataset(dataset):
            loss, records = train_batch(batch)
            total += float(loss)
            read += len(records)
            for record in records.numpy() if print_records else []:
                print(record.hex(), flush=True)
        print(f"Epoch {epoch}, machine {machine} of {machines}: {read:,} of "
              f"{split['records']:,} records, sum of losses {total:.3f}", flush=True)
    weights = sum(float(tf.reduce_sum(tf.abs(w))) for w in model.trainable_variables)
    print(f"Machine {machine}: sum of all weights {weights:.6f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("mount")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--on-this-machine", type=int, metavar="N")
    parser.add_argument("--print-records", action="store_true", help="in hexadecimal")
    arguments = parser.parse_args()
    if not pathlib.Path(arguments.mount, "stats.json").exists():
        sys.exit(f"multi_worker.py: no stats.json in {arguments.mount}: is it mounted?")
    if arguments.on_this_machine:
        options = ["--epochs", str(arguments.epochs)]
        if arguments.print_records:
            options.append("--print-records")
        sys.exit(start_all(arguments.on_this_machine, [arguments.mount, *options]))
    if "TF_CONFIG" not in os.environ:
        sys.exit("multi_worker.py: TF_CONFIG is not set; try --on-this-machine 2")
    train(arguments.mount, arguments.epochs, arguments.print_records)


if __name__ == "__main__":
    main()
