# SPDX-License-Identifier: MIT
"""The soak, for as long as `make check` has: `make soak` takes ten minutes."""

import os
import subprocess
import sys

import pytest

import documents
import program as programs

SECONDS = {"release": 60, "address-undefined": 40, "thread": 40}


def survives(fault, moment, expected):
    return pytest.mark.fault(fault=fault, moment=moment, expected=expected)


@pytest.mark.fuse_required
@survives("image truncated, grown, deleted, unreadable; EIO, ESTALE, hanging storage",
          "one after the other, under 11 readers",
          "EIO for its record while it lasts, then right again; others are read")
@survives("reload of other labels, images, contents", "all the time, under 33 readers",
          "an open file keeps its data set, a new one has the next; no mixture")
@survives("reload that is refused", "under 33 readers", "nothing changes")
@survives("SIGKILL of the worker", "in a sequence of mounts",
          "errors until another serves, then right bytes")
@survives("SIGKILL of the keeper", "in a sequence of mounts", "--replace mounts anew")
@survives("umount, umount --lazy, SIGTERM", "in a sequence of mounts, files open",
          "refused; files are read on; all processes end")
@survives("many readers", "for a minute", "memory, descriptors and threads do not grow")
def test_a_soak_finds_nothing_wrong(program_path, folder):
    flavour = program_path.parent.name
    done = subprocess.run(
        [sys.executable, documents.TOP / "tests/soak/run", "--seconds",
         str(SECONDS.get(flavour, 60))], capture_output=True, text=True, timeout=280, check=False,
        env=os.environ | {"TRFS_PROGRAM": str(program_path), "TMPDIR": str(folder)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].endswith("nothing wrong")
    print(done.stdout)
    assert not programs.mounts_below(folder)
