# SPDX-License-Identifier: MIT
"""The demo and the examples, as a newcomer runs them."""

import os
import pathlib
import re
import subprocess

import program as programs
import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_demo_runs_twice_and_leaves_nothing_mounted(program_path):
    if program_path != TOP / "build/release/tfrecordfs":
        pytest.skip("the demo shows the release build")
    for _ in range(2):
        done = subprocess.run([TOP / "examples/demo"], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=280, check=False,
                              env=dict(os.environ, NO_COLOR="1"))
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"accuracy on \d+ test images: 0\.9[5-9]", done.stdout)
        assert done.stdout.count("the same bytes") >= 2
        assert done.stderr == ""
        assert not programs.mounts_below(TOP / "build/demo")
