# SPDX-License-Identifier: MIT
"""Random file operations by several threads, each answer compared with a naive model.

TRFS_MODEL_SEED=N takes the walk of a failure again, alone.
"""

import concurrent.futures
import os
import random

import pytest

import model_source
import mount_model
import program as programs
from mount.view_fixtures import place, program  # noqa: F401

# pylint: disable=redefined-outer-name

THREADS, STEPS = 6, 1000


@pytest.fixture(scope="module")
def source(place):
    return model_source.make(place / "big")


@pytest.fixture(scope="module")
def model(program, source, place):
    return model_source.model_of(program, source, place / "index")


def seeds():
    """One for each thread."""
    told = os.environ.get("TRFS_MODEL_SEED")
    return [int(told)] if told else [random.Random(i).randrange(10**9) for i in range(THREADS)]


@pytest.mark.parametrize("cache", ["kernel", "none"])
def test_random_operations_answer_as_the_model_does(program, source, place, model, cache):
    steps = STEPS if "release" in str(program.path) else STEPS // 5
    with programs.mounted(program, source, place / f"mnt-{cache}", *model_source.SPLIT, "--cache", cache,
                          index=place / "index") as mounted:
        walks = [mount_model.Walk(mounted.path, model, seed) for seed in seeds()]
        with concurrent.futures.ThreadPoolExecutor(len(walks)) as pool:
            for walk in [pool.submit(walk.run, steps) for walk in walks]:
                walk.result()
