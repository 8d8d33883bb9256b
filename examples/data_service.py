# SPDX-License-Identifier: MIT
"""tf.data service over mounts: a dispatcher, workers that read, a trainer that is fed.

    data_service.py dispatcher --port 5050
    data_service.py worker DISPATCHER:5050 --port 5051        on each machine that reads
    data_service.py train DISPATCHER:5050 MOUNT [--epochs N]

The trainer sends file names only, so each worker needs the same data mounted at the same
path, and nothing else: mounts of one source are alike on all machines, and do not know of
each other.  Sharding is dynamic: whoever is idle is given the next file, each once an
epoch.  No record comes twice.  Of a worker that is killed, the service loses what was
left of the files that it was reading, for that epoch; started again, it is given further
files.  So many small files are better than a few large ones.

    data_service.py train DISPATCHER:5050 MOUNT --sharding file --local-port 5051

shares out the files once and for all among the workers that the dispatcher was told of
(dispatcher --port 5050 --worker HOST:5051 --worker HOST2:5051), each of which runs within
the trainer of its machine.  A trainer that is started again reads its files again.
"""

import argparse
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import tensorflow as tf  # noqa: E402 (TensorFlow reads the variables when imported)

service = tf.data.experimental.service

FILES = 64  # to share out: several times as many as there are workers
FILES_AT_ONCE = 2  # that a worker reads


def dispatch(arguments):
    config = service.DispatcherConfig(port=arguments.port, worker_addresses=arguments.worker)
    server = service.DispatchServer(config)
    print(f"Dispatching on port {arguments.port}", flush=True)
    server.join()


def start_worker(dispatcher, host, port):
    return service.WorkerServer(service.WorkerConfig(
        dispatcher_address=dispatcher, worker_address=f"{host}:{port}", port=port))


def work(arguments):
    server = start_worker(arguments.dispatcher, arguments.host, arguments.port)
    print(f"Working on port {arguments.port}", flush=True)
    server.join()


def train(arguments):
    files = {epoch: sorted(tf.io.gfile.glob(
        f"{arguments.mount}/epochs/{epoch}/shards/{FILES}/train-*.tfrecord"))
        for epoch in range(arguments.epochs)}
    if not files or not all(files.values()):
        sys.exit(f"data_service.py: no train-*.tfrecord in {arguments.mount}")
    policy, target, local = service.ShardingPolicy.DYNAMIC, "AUTO", None
    if arguments.sharding == "file":
        policy, target = service.ShardingPolicy.FILE, "LOCAL"
        local = start_worker(arguments.dispatcher, arguments.host, arguments.local_port)
    for epoch, names in files.items():
        # What stands before distribute() runs on the workers: parsing, decoding and
        # augmenting would go here.  from_tensor_slices and not list_files, so that names,
        # not work, are shared out.
        dataset = tf.data.Dataset.from_tensor_slices(names).interleave(
            tf.data.TFRecordDataset, cycle_length=FILES_AT_ONCE,
            num_parallel_calls=FILES_AT_ONCE, deterministic=False)
        dataset = dataset.apply(service.distribute(
            policy, f"grpc://{arguments.dispatcher}", target_workers=target))
        read, distinct = 0, set()
        for record in dataset.prefetch(tf.data.AUTOTUNE).as_numpy_iterator():
            read += 1
            distinct.add(record)
            if arguments.print_records:
                print(record.hex(), flush=True)
        print(f"Epoch {epoch}: {read:,} records, {len(distinct):,} of them distinct", flush=True)
    del local


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("dispatcher")
    command.add_argument("--port", type=int, default=5050)
    command.add_argument("--worker", action="append", metavar="HOST:PORT",
                         help="one of a fixed list of workers, for --sharding file")
    command.set_defaults(run=dispatch)
    command = commands.add_parser("worker")
    command.add_argument("dispatcher", metavar="DISPATCHER")
    command.add_argument("--port", type=int, default=5051)
    command.add_argument("--host", default="localhost", help="how others reach this machine")
    command.set_defaults(run=work)
    command = commands.add_parser("train")
    command.add_argument("dispatcher", metavar="DISPATCHER")
    command.add_argument("mount")
    command.add_argument("--epochs", type=int, default=1)
    command.add_argument("--sharding", choices=["dynamic", "file"], default="dynamic")
    command.add_argument("--local-port", type=int, default=5051)
    command.add_argument("--host", default="localhost", help="how others reach this machine")
    command.add_argument("--print-records", action="store_true", help="in hexadecimal")
    command.set_defaults(run=train)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
