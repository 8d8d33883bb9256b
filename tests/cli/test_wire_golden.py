# SPDX-License-Identifier: MIT
"""The committed golden files are what TensorFlow writes, so that matching them counts."""

import pathlib
import subprocess
import sys

GENERATE = pathlib.Path(__file__).parents[1] / "data" / "golden" / "generate.py"


def test_golden_files_are_what_tensorflow_writes_today():
    run = subprocess.run([sys.executable, GENERATE, "--check"], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 0, run.stderr
