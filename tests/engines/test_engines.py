# SPDX-License-Identifier: MIT
"""Ray, Beam and MultiWorkerMirroredStrategy on several nodes: every record once."""

import json
import re

import pytest

from engines import jobs
from engines.nodes import records

pytestmark = pytest.mark.fuse_required


def test_ray_on_two_nodes(mounted_cluster):
    first, second = nodes = mounted_cluster[:2]
    changes = {"RAY_AUTH_MODE": "disabled", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
               "PATH": f"{jobs.TOP}/build/venv/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    (port,) = jobs.free_ports(1)
    start = [jobs.PYTHON, "-m", "ray.scripts.scripts", "start", "--block", "--num-cpus", "1",
             "--disable-usage-stats"]
    before = [node.reads() for node in nodes]
    with jobs.running(first, *start, "--head", "--port", port, "--include-dashboard", "false",
                      "--temp-dir", first.place / "ray", **changes) as head:
        head.wait_for("Ray runtime started")
        # Ended before the head, without which it would wait for half a minute.
        with jobs.running(second, *start, "--address", f"127.0.0.1:{port}", **changes) as other:
            other.wait_for("Ray runtime started")
            said = jobs.Job(first, jobs.PYTHON, jobs.EXAMPLES / "read_ray.py", first.mnt,
                            "--address", f"127.0.0.1:{port}", **changes).finish()[-1]
    count = len(records(first))
    assert re.match(rf"Ray read {count} records of {count} images from 8 files on 2 nodes", said)
    assert all(node.reads() > b for node, b in zip(nodes, before)), "a node has read nothing"


# Each record's bytes, in files: what Beam read, and not only how much.
BEAM_JOB = """
import sys
import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
with beam.Pipeline(options=PipelineOptions(sys.argv[3:])) as pipeline:
    (pipeline | beam.io.ReadFromTFRecord(sys.argv[1] + "/train-*.tfrecord")
              | beam.Map(lambda record: record.hex())
              | beam.io.WriteToText(sys.argv[2]))
"""


def beam_records(node, view, *options):
    output = node.place / f"beam-{view}"
    output.mkdir()
    jobs.Job(node, jobs.BEAM, "-c", BEAM_JOB, node.mnt / "epochs" / view, output / "part",
             *options).finish()
    return sorted(bytes.fromhex(line) for path in output.iterdir()
                  for line in path.read_text().splitlines())


def test_beam_in_several_processes(mounted_cluster):
    node = mounted_cluster[1]
    assert beam_records(node, "21", "--runner=FnApiRunner",
                        "--direct_running_mode=multi_processing",
                        "--direct_num_workers=2") == sorted(records(node))


def test_beam_with_its_workers_on_another_node(mounted_cluster):
    first, second = mounted_cluster[:2]
    (port,) = jobs.free_ports(1)
    before = second.reads()
    # It starts workers with whatever Python is first in the PATH.
    with jobs.running(second, jobs.BEAM, "-m", "apache_beam.runners.worker.worker_pool_main",
                      "--service_port", port, PATH=f"{jobs.BEAM.parent}:/usr/bin:/bin"):
        read = beam_records(first, "22", "--runner=PortableRunner", "--job_endpoint=embed",
                            "--environment_type=EXTERNAL",
                            f"--environment_config=localhost:{port}")
    assert read == sorted(records(first))
    assert second.reads() > before


def test_multi_worker_mirrored_strategy_shares_the_files_out(mounted_cluster):
    nodes = mounted_cluster[:2]
    workers = [f"localhost:{port}" for port in jobs.free_ports(2)]
    configurations = [json.dumps({"cluster": {"worker": workers},
                                  "task": {"type": "worker", "index": index}})
                      for index in range(2)]
    machines = [jobs.Job(node, jobs.PYTHON, jobs.EXAMPLES / "multi_worker.py", node.mnt,
                         "--epochs", "1", "--print-records", TF_CONFIG=configuration)
                for node, configuration in zip(nodes, configurations)]
    lines = jobs.finish_together(machines)
    parts = [jobs.printed_records(each) for each in lines]
    assert all(parts) and not set(parts[0]) & set(parts[1])
    assert sorted(parts[0] + parts[1]) == sorted(records(nodes[0]))
    weights = [each[-1].split(": ")[1] for each in lines]
    assert weights[0] == weights[1] and weights[0].startswith("sum of all weights")
