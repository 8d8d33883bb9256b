# SPDX-License-Identifier: MIT
"""Readers: processes of many threads that go on until they are told to stop."""

import collections
import dataclasses
import multiprocessing
import os
import threading
import time
import traceback

CONTEXT = multiprocessing.get_context("fork")


@dataclasses.dataclass
class Tally:
    """What one reader did."""
    operations: int = 0
    bytes: int = 0
    refused: int = 0
    seconds: dict = dataclasses.field(default_factory=lambda: collections.defaultdict(list))

    def add(self, other):
        self.operations += other.operations
        self.bytes += other.bytes
        self.refused += other.refused
        for phase, values in other.seconds.items():
            self.seconds[phase] += values


class Control:
    """What the process that leads and its readers share."""

    def __init__(self):
        self.stop = CONTEXT.Event()
        self.failures, self.results = CONTEXT.SimpleQueue(), CONTEXT.SimpleQueue()
        self.processes = {}

    @staticmethod
    def shared():
        """A number that all processes see, as its value."""
        return CONTEXT.Value("q", 0)

    def fail(self, who, why):
        self.failures.put(f"{who}: {why}")
        self.stop.set()

    def guard(self, who, function, *arguments):
        """Call; an exception ends the soak and is told."""
        try:
            function(*arguments)
        except BaseException:  # pylint: disable=broad-exception-caught
            self.fail(who, traceback.format_exc())

    def start_readers(self, name, scene, functions):
        """A process with a thread for each of @functions, called as function(stop, tally)."""
        process = CONTEXT.Process(target=self._read, args=(name, scene, functions))
        process.start()
        self.processes[name] = process

    def _read(self, name, scene, functions):
        tallies = [Tally() for _ in functions]
        threads = [threading.Thread(target=self.guard, args=(
            name, function, self.stop.is_set, tally))
            for function, tally in zip(functions, tallies)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for tally in tallies[1:]:
            tallies[0].add(tally)
        self.results.put((scene, tallies[0]))
        # Not what belongs to the process that leads, such as its directories.
        os._exit(0)

    def collect(self, seconds):
        """What all readers did, by scene, once they were told to stop."""
        found = collections.defaultdict(Tally)
        deadline = time.monotonic() + seconds
        while any(process.is_alive() for process in self.processes.values()):
            if time.monotonic() > deadline:
                alive = [name for name, p in self.processes.items() if p.is_alive()]
                for name in alive:
                    self.processes[name].kill()
                self.fail("readers", f"{', '.join(alive)} did not stop within {seconds} s")
                break
            self._drain(found)
            time.sleep(0.05)
        self._drain(found)
        for name, process in self.processes.items():
            process.join()
            if process.exitcode:
                self.fail(name, f"ended with {process.exitcode}")
        return found

    def _drain(self, found):
        while not self.results.empty():
            scene, tally = self.results.get()
            found[scene].add(tally)

    def told(self):
        """What failed so far."""
        found = []
        while not self.failures.empty():
            found.append(self.failures.get())
        return found
