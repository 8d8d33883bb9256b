# SPDX-License-Identifier: MIT
"""Python programs of an engine on a node: servers, and jobs whose output counts."""

import concurrent.futures
import contextlib
import os
import pathlib
import re
import socket
import subprocess
import sys
import threading

TOP = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = TOP / "examples"
PYTHON = sys.executable
BEAM = TOP / "build/venv-beam/bin/python"
RECORD = re.compile(r"[0-9a-f]{64,}$")


def environment(node, **changes):
    kept = {"PATH": os.environ["PATH"], "HOME": str(node.tfrecordfs.home),
            "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return kept | changes


class Job:
    """A program under way on a node; what it prints to standard error is kept in a file."""

    def __init__(self, node, *command, **changes):
        self.command = [*node.prefix, *map(str, command)]
        self.errors = node.place / f"errors-{node.name}-{len(list(node.place.iterdir()))}"
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(self.command, env=environment(node, **changes),
                                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            stderr=errors, text=True)
        self.lines = []

    def read_lines(self, count):
        """The next @count lines, none beyond: a job that is not read from waits."""
        for _ in range(count):
            line = self.process.stdout.readline()
            assert line, f"{self.command} ended:\n{self.errors.read_text()}"
            self.lines.append(line.rstrip("\n"))
        return self.lines[-count:]

    def wait_for(self, pattern):
        while not re.search(pattern, self.read_lines(1)[0]):
            pass

    def finish(self, timeout=200):
        """All that it printed."""
        timer = threading.Timer(timeout, self.process.kill)
        timer.start()
        # Not communicate(), which would pass over what read_lines() has in its buffer.
        self.lines += self.process.stdout.read().splitlines()
        status = self.process.wait()
        timer.cancel()
        self.process.stdout.close()
        assert status == 0, f"{self.command}: {status}\n{self.errors.read_text()}"
        return self.lines

    def end(self):
        self.process.terminate()
        self.process.wait(60)

    def kill(self):
        self.process.kill()
        self.process.wait()


def finish_together(jobs):
    """What each printed, of jobs that wait for each other, so that none may be left unread."""
    with concurrent.futures.ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(Job.finish, jobs))


@contextlib.contextmanager
def running(*arguments, **changes):
    """A job that is ended at the end."""
    job = Job(*arguments, **changes)
    try:
        yield job
    finally:
        if job.process.poll() is None:
            job.end()
        job.process.stdout.close()


def printed_records(lines):
    """The records that an example printed with --print-records."""
    return [bytes.fromhex(line) for line in lines if RECORD.match(line)]


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("localhost", 0)))
                   for _ in range(count)]
        return [s.getsockname()[1] for s in sockets]
