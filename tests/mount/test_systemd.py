# SPDX-License-Identifier: MIT
"""The systemd unit: its command line is run as it stands, with its places moved."""

import json
import pathlib
import shutil
import subprocess

import images
import program as programs
import pytest

UNIT = pathlib.Path(__file__).parents[2] / "systemd" / "tfrecordfs@.service"
PLACES = {"/usr/local/bin/tfrecordfs": "", "/etc/tfrecordfs/%i.json": "data.json",
          "/mnt/%i": "mnt"}


def command(folder):
    (line,) = [line for line in UNIT.read_text().splitlines() if line.startswith("ExecStart=")]
    words = line.removeprefix("ExecStart=").split()
    assert set(PLACES) <= set(words)
    return [str(folder / PLACES[word]) if word in PLACES else word for word in words][1:]


def test_the_command_of_the_unit_serves_a_data_set_file(tfrecordfs, folder):
    source = folder / "images"
    images.class_folders(source, {"cat": 3, "dog": 3})
    (folder / "data.json").write_text(json.dumps({"source": str(source)}))
    (folder / "mnt").mkdir()
    process = tfrecordfs.start(*command(folder), env={"CACHE_DIRECTORY": str(folder / "cache")})
    try:
        programs.wait_until(lambda: programs.mounts_below(folder / "mnt"), 30, "the mount")
        assert list((folder / "mnt").glob("train-*.tfrecord"))
        assert list((folder / "cache").glob("*.index")), "the index is in CACHE_DIRECTORY"
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_understands_the_unit(tfrecordfs, folder):
    unit = folder / "tfrecordfs@x.service"
    unit.write_text(UNIT.read_text().replace("/usr/local/bin/tfrecordfs", str(tfrecordfs.path)))
    run = subprocess.run(["systemd-analyze", "verify", "--man=no", unit],
                         capture_output=True, text=True, check=False)
    assert run.returncode == 0 and unit.name not in run.stderr, run.stderr
