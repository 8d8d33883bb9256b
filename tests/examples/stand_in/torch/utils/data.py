# SPDX-License-Identifier: MIT
"""DataLoader, IterableDataset, get_worker_info: see ../__init__.py."""

import dataclasses
import itertools
import multiprocessing

import numpy as np

_context = multiprocessing.get_context("fork")
_worker = None


class IterableDataset:
    """What data sets are derived from."""


@dataclasses.dataclass
class WorkerInfo:
    id: int
    num_workers: int


def get_worker_info():
    return _worker


def _batches(dataset, size):
    rows = iter(dataset)
    while batch := list(itertools.islice(rows, size)):
        yield [np.stack(column) for column in map(list, zip(*batch))]


def _work(dataset, size, info, batches):
    global _worker  # pylint: disable=global-statement
    _worker = info
    for batch in _batches(dataset, size):
        batches.send(batch)
    batches.send(None)


class DataLoader:
    """Batches of a data set, made by @num_workers processes, or here."""

    def __init__(self, dataset, batch_size, num_workers):
        assert isinstance(dataset, IterableDataset)
        self.dataset, self.batch_size, self.num_workers = dataset, batch_size, num_workers

    def __iter__(self):
        if self.num_workers == 0:
            yield from _batches(self.dataset, self.batch_size)
            return
        pipes = []
        for number in range(self.num_workers):
            reader, writer = _context.Pipe(duplex=False)
            _context.Process(target=_work, daemon=True, args=(
                self.dataset, self.batch_size, WorkerInfo(number, self.num_workers),
                writer)).start()
            writer.close()
            pipes.append(reader)
        while pipes:
            for pipe in list(pipes):
                batch = pipe.recv()  # EOFError where the worker died
                if batch is None:
                    pipes.remove(pipe)
                else:
                    yield batch
