# SPDX-License-Identifier: MIT
"""Every program of examples/ on a real mount, as a person runs it, and where it fails."""

import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

import pytest

import program as programs
from mount.view_fixtures import place, program  # noqa: F401

TOP = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = TOP / "examples"
BEAM = TOP / "build/venv-beam/bin/python"
STAND_IN = pathlib.Path(__file__).parent / "stand_in"

pytestmark = pytest.mark.fuse_required


@pytest.fixture(scope="module")
def digits(place, program):
    """A mount of every fourth handwritten digit: 450 in ten classes, 361 of them in train."""
    run_python("prepare_digits.py", place / "all")
    for path in sorted((place / "all").rglob("*.png"))[::4]:
        target = place / "digits" / path.relative_to(place / "all")
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    with programs.mounted(program, place / "digits", place / "mnt", "--split",
                          "train=0.8,validation=0.1,test=0.1", "--shards", "8",
                          index=place / "index") as mounted:
        yield mounted


@pytest.fixture(scope="module")
def counts(digits):
    """{split: number of records}"""
    splits = json.loads((digits / "stats.json").read_text())["splits"]
    return {name: split["records"] for name, split in splits.items()}


def environment(**changes):
    """A user's: nothing of ours but what the person would have set."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH")
            if name in os.environ}
    return kept | {"HOME": tempfile.gettempdir(), "CUDA_VISIBLE_DEVICES": ""} | changes


def run_python(name, *arguments, code=0, python=sys.executable, **changes):
    """What an example prints."""
    done = subprocess.run([python, EXAMPLES / name, *map(str, arguments)], check=False,
                          capture_output=True, text=True, timeout=200,
                          stdin=subprocess.DEVNULL, env=environment(**changes))
    assert done.returncode == code, f"{name}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout if code == 0 else done.stderr.strip().splitlines()[-1]


def numbers(pattern, text):
    """The groups of every match as numbers."""
    found = re.findall(pattern, text)
    assert found, f"{pattern}\n{text}"
    return [tuple(int(n.replace(",", "")) for n in (m if isinstance(m, tuple) else (m,)))
            for m in found]


def test_train(digits, counts):
    said = run_python("train.py", digits.path, "--at-least", "0.8")
    assert numbers(r"reads ([\d,]+) images of (\d+) classes from (\d+)", said) == [
        (counts["train"], 10, 8)]
    assert numbers(r"on ([\d,]+) test images", said) == [(counts["test"],)]
    said = run_python("train.py", digits / "first/40", "--epochs", "1", "--at-least", "1.1",
                      code=1)
    assert said == "train.py: the accuracy is below 1.1"


def test_an_ended_run_goes_on_where_it_was(digits, counts, place):
    """With the weights of one that was not ended."""
    whole = run_python("train_epochs.py", digits.path, place / "whole", "--epochs", "4")
    assert numbers(r"Epoch (\d): ([\d,]+) records", whole) == [
        (epoch, counts["train"]) for epoch in range(4)]
    said = run_python("train_epochs.py", digits.path, place / "ended", "--epochs", "4",
                      "--stop-after", "35", code=1)
    assert said == "train_epochs.py: stopped after 35 steps"
    rest = run_python("train_epochs.py", digits.path, place / "ended", "--epochs", "4")
    assert "Going on in epoch" in rest
    assert rest.splitlines()[-1] == whole.splitlines()[-1]


def test_nvidia_dali(digits, counts):
    for options in [], ["--epoch", "3"]:
        said = run_python("read_dali.py", digits.path, *options)
        assert numbers(r"DALI read ([\d,]+) images of (\d+) classes", said) == [
            (counts["train"], 10)]


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_pytorch(digits, counts, workers):
    said = run_python("read_pytorch.py", digits.path, "--workers", workers,
                      PYTHONPATH=str(STAND_IN))
    assert numbers(r"Epoch (\d): ([\d,]+) images of (\d+)", said) == [
        (epoch, counts["train"], 10) for epoch in range(2)]


def test_pytorch_s_processes_share_the_records(digits, counts):
    read = [numbers(r"Epoch 0: ([\d,]+)", run_python(
        "read_pytorch.py", digits.path, "--epochs", "1", "--workers", "2", RANK=str(rank),
        WORLD_SIZE="3", PYTHONPATH=str(STAND_IN)))[0][0] for rank in range(3)]
    assert sum(read) == counts["train"] and max(read) - min(read) < 6


def test_tensorflow_datasets(digits, counts):
    said = run_python("read_tfds.py", digits.path)
    assert "digits has 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and" in said
    ((first, second),) = numbers(r"([\d,]+) images of train\[:80%\] and ([\d,]+)", said)
    assert first + second == counts["train"] and first == round(0.8 * counts["train"])


def test_cross_validation(digits, counts):
    said = run_python("cross_validation.py", digits.path, "--folds", "3", "--epochs", "2")
    everything = counts["train"] + counts["validation"]
    folds = numbers(r"Fold (\d): trained on ([\d,]+) images, accuracy on ([\d,]+)", said)
    assert [fold[0] for fold in folds] == [0, 1, 2]
    assert all(fold[1] + fold[2] == everything for fold in folds)
    assert numbers(r"Each of ([\d,]+) images was validated once", said) == [(everything,)]


def test_grain(digits, counts):
    said = run_python("read_grain.py", digits.path)
    assert numbers(r"Grain read ([\d,]+) records from (\d)", said) == [(counts["train"], 8)]


def test_ray(digits, counts):
    said = run_python("read_ray.py", digits.path, RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO="0")
    assert numbers(r"Ray read ([\d,]+) records of ([\d,]+) images from (\d) files on (\d) node:",
                   said) == [(counts["train"], counts["train"], 8, 1)]


def test_beam(digits, counts):
    said = run_python("count_beam.py", digits.path, python=BEAM)
    assert numbers(r"([\d,]+) records", said) == [(counts["train"],)]
    assert len(re.findall(r"^ +\d+ \d$", said, re.M)) == 10


def test_several_workers(digits, counts):
    said = run_python("multi_worker.py", digits.path, "--epochs", "1", "--on-this-machine", "2")
    read = numbers(r"machine (\d) of 2: ([\d,]+) of ([\d,]+) records", said)
    assert sorted(machine for machine, _, _ in read) == [0, 1]
    assert sum(count for _, count, _ in read) == counts["train"]
    weights = re.findall(r"sum of all weights ([\d.]+)", said)
    assert len(weights) == 2 and weights[0] == weights[1]


@contextlib.contextmanager
def started(*arguments):
    """A server of data_service.py, once it has said that it is there."""
    server = subprocess.Popen([sys.executable, EXAMPLES / "data_service.py", *arguments],
                              stdout=subprocess.PIPE, text=True, env=environment())
    try:
        assert re.match(r"(Dispatch|Work)ing on port \d+$", server.stdout.readline())
        yield server
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("localhost", 0)))
                   for _ in range(count)]
        return [str(s.getsockname()[1]) for s in sockets]


def test_data_service(digits, counts):
    port, first, second = free_ports(3)
    with (started("dispatcher", "--port", port),
          started("worker", f"localhost:{port}", "--port", first),
          started("worker", f"localhost:{port}", "--port", second)):
        said = run_python("data_service.py", "train", f"localhost:{port}", digits.path,
                          "--epochs", "2")
    assert numbers(r"Epoch (\d): ([\d,]+) records, ([\d,]+) of them distinct", said) == [
        (epoch, counts["train"], counts["train"]) for epoch in range(2)]


def test_the_notebook(digits, counts):
    notebook = json.loads((EXAMPLES / "tour.ipynb").read_text())
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code), "not stripped"
    source = "\n\n".join("".join(cell["source"]) for cell in code)
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True,
                          timeout=200, check=False, env=environment(MOUNT=str(digits.path)))
    assert done.returncode == 0, done.stderr
    assert str([counts["train"]] * 3) in done.stdout


# Every program above that takes a mount, and what it wants to see besides.
NEED_A_MOUNT = {"train.py": [], "train_epochs.py": ["checkpoints"], "read_dali.py": [],
                "read_pytorch.py": [], "read_tfds.py": [], "cross_validation.py": [],
                "read_grain.py": [], "read_ray.py": [], "count_beam.py": [],
                "multi_worker.py": []}


@pytest.mark.parametrize("name", NEED_A_MOUNT)
def test_a_directory_that_is_no_mount_is_told_in_one_sentence(name, folder):
    said = run_python(name, folder, *[folder / more for more in NEED_A_MOUNT[name]], code=1,
                      python=BEAM if name == "count_beam.py" else sys.executable,
                      PYTHONPATH=str(STAND_IN))
    assert re.match(rf"{name}: no .* in {folder}", said)


def test_every_program_is_run_here():
    run_elsewhere = {"prepare_converters.py", "prepare_digits.py", "prepare_photographs.py",
                     "read_records.py", "data_service.py"}
    there = {path.name for path in EXAMPLES.glob("*.py")}
    assert there == run_elsewhere | set(NEED_A_MOUNT)
