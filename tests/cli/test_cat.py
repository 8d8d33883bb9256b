# SPDX-License-Identifier: MIT
"""cat: windows, what is refused, and a reader that goes away."""

import os
import pty
import subprocess

import pytest

SHARD = "train-00000-of-00002.tfrecord"
OPTIONS = ["--shards", 2, "--index", "none"]


@pytest.fixture
def cat(tfrecordfs, photos):
    def run(*arguments, shard=SHARD, **keywords):
        return tfrecordfs("cat", photos, shard, *OPTIONS, *arguments, binary=True, **keywords)
    return run


def test_windows(cat):
    whole = cat().out
    assert cat("--offset", 0).out == whole and cat("--length", len(whole) + 5).out == whole
    assert cat("--offset", 100, "--length", 77).out == whole[100:177]
    assert cat("--offset", len(whole)).out == b""
    assert cat("--length", 0).out == b""


@pytest.mark.parametrize("number", ["", "-1", "1k", "0x10", " 1", "1e3", "18446744073709551616"])
def test_numbers_are_digits(cat, number):
    assert "number of bytes" in cat(f"--offset={number}", code=2).error
    assert "number of bytes" in cat(f"--length={number}", code=2).error


def test_an_offset_behind_the_end_is_told(cat):
    size = len(cat().out)
    assert f"{size} bytes" in cat("--offset", size + 1, code=2).error


def test_the_nearest_shard_and_all_are_named(cat):
    error = cat(shard="train-00000-of-00008.tfrecord", code=2).error
    assert "did you mean" in error and "train-00001-of-00002.tfrecord" in error
    assert "the 2 of this data set" in cat(shard="nonsense", code=2).error


@pytest.mark.parametrize("restore", [True, False], ids=["SIGPIPE", "EPIPE"])
def test_a_reader_that_has_enough_is_no_failure(tfrecordfs, photos, restore):
    command = tfrecordfs.command("cat", photos, SHARD, *OPTIONS)
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=60,
                          restore_signals=restore, env=tfrecordfs.environment(), check=False)
    os.close(writer)
    assert done.stderr == b""
    assert done.returncode in ((0, -13) if restore else (0,))


def test_a_terminal_is_spared(tfrecordfs, photos):
    ours, theirs = pty.openpty()
    done = subprocess.run(tfrecordfs.command("cat", photos, SHARD, *OPTIONS), stdout=theirs,
                          stderr=subprocess.PIPE, timeout=60, env=tfrecordfs.environment(),
                          check=False)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2 and b"terminal" in done.stderr


def test_what_was_skipped_is_told_beside_the_bytes(cat, photos):
    (photos / "cat" / "empty.jpg").write_bytes(b"")
    assert "skipped 1 image" in cat("--on-bad", "skip").err
