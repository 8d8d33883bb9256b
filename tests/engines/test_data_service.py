# SPDX-License-Identifier: MIT
"""The tf.data service, its workers on nodes of their own: every record once an epoch."""

import collections
import contextlib

import pytest

from engines import jobs
from engines.nodes import records

pytestmark = pytest.mark.fuse_required

SERVICE = jobs.EXAMPLES / "data_service.py"


def start_dispatcher(node, *options):
    (port,) = jobs.free_ports(1)
    return port, jobs.running(node, jobs.PYTHON, SERVICE, "dispatcher", "--port", port, *options)


def start_worker(node, dispatcher, port):
    return jobs.running(node, jobs.PYTHON, SERVICE, "worker", f"localhost:{dispatcher}",
                        "--port", port)


def start_trainer(node, dispatcher, *options):
    return jobs.Job(node, jobs.PYTHON, SERVICE, "train", f"localhost:{dispatcher}", node.mnt,
                    "--print-records", *options)


@contextlib.contextmanager
def service(nodes, *options):
    """A dispatcher on the last node, and a worker on each of the others."""
    ports = jobs.free_ports(len(nodes) - 1)
    dispatcher, running = start_dispatcher(nodes[-1], *options)
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(running)]
        servers += [stack.enter_context(start_worker(node, dispatcher, port))
                    for node, port in zip(nodes, ports)]
        for server in servers:
            server.wait_for("ing on port")
        yield dispatcher, dict(zip(ports, servers[1:]))


def epochs(lines):
    """The records of each epoch."""
    ends = [number for number, line in enumerate(lines) if line.startswith("Epoch ")]
    return [jobs.printed_records(lines[start:end]) for start, end in zip([0, *ends], ends)]


def test_each_record_comes_once_from_workers_elsewhere(mounted_cluster):
    wanted = sorted(records(mounted_cluster[0]))
    before = [node.reads() for node in mounted_cluster]
    with service(mounted_cluster) as (dispatcher, _):
        lines = start_trainer(mounted_cluster[-1], dispatcher, "--epochs", "2").finish()
    assert [sorted(read) for read in epochs(lines)] == [wanted, wanted]
    after = [node.reads() for node in mounted_cluster]
    assert all(a > b for a, b in zip(after[:-1], before)), "a worker has read nothing"


@pytest.mark.fault(fault="SIGKILL of a worker of the tf.data service", moment="while it reads",
                   expected="no record twice, none changed; the next epoch has all")
def test_a_worker_that_is_killed_and_started_again(mounted_cluster):
    """The service promises at most once; what the worker had in hand is lost to that epoch."""
    node = mounted_cluster[1]
    wanted = collections.Counter(records(mounted_cluster[0]))
    with service(mounted_cluster) as (dispatcher, workers):
        trainer = start_trainer(mounted_cluster[-1], dispatcher, "--epochs", "2")
        trainer.read_lines(100)
        (_, (port, worker)) = workers.items()
        worker.kill()
        with start_worker(node, dispatcher, port) as again:
            again.wait_for("Working on port")
            first, second = epochs(trainer.finish())
    assert collections.Counter(second) == wanted
    assert max(collections.Counter(first).values()) == 1
    assert set(first) <= set(wanted)
    # Not more than it had in hand: the other worker read on.
    assert len(first) > len(second) / 2


def test_files_are_shared_out_once_and_for_all(mounted_cluster):
    wanted = sorted(records(mounted_cluster[0]))
    nodes = mounted_cluster[:2]
    ports = jobs.free_ports(2)
    fixed = [word for port in ports for word in ("--worker", f"localhost:{port}")]
    dispatcher, running = start_dispatcher(mounted_cluster[2], *fixed)
    with running as server:
        server.wait_for("Dispatching")
        trainers = [start_trainer(node, dispatcher, "--sharding", "file", "--local-port", port)
                    for node, port in zip(nodes, ports)]
        parts = [jobs.printed_records(lines) for lines in jobs.finish_together(trainers)]
    assert all(parts) and not set(parts[0]) & set(parts[1])
    assert sorted(parts[0] + parts[1]) == wanted
